//! The reader of exports.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::YamlError;
use super::event::Event;
use super::mapping::Mapping;
use super::mapping_builder::MappingBuilder;
use super::scout::Scout;
use super::source::Source;
use super::walker::{Part, Walker};

/// Reads an export file as a stream of [`Event`]s.
///
/// The file may be compressed with gzip or zstd. It is opened again when keys come in an order that needs looking
/// ahead (`data` before `version`, `records` before `type`), or in a YAML style other than the exporter's; so it must
/// be a regular file. Memory does not grow with its size, apart from the values of anchors.
pub struct ExportReader {
    source: Source,
    taken: Arc<AtomicU64>,
    walker: Walker,
    /// Looks ahead for the keys of entries.
    entries: Option<Scout>,
    /// Looks ahead for the keys of validity ranges.
    ranges: Option<Scout>,
    /// Number of entries and ranges that have started.
    entry_count: u64,
    range_count: u64,
    /// Whether the current entry's keys were handed out.
    entry_announced: bool,
    queue: VecDeque<Event>,
    done: bool,
}

impl ExportReader {
    /// Opens an export.
    pub fn open(path: &Path) -> Result<ExportReader, YamlError> {
        ExportReader::from_source(Source::file(path)?)
    }

    /// Reads bytes in memory; `name` stands for the path in messages.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<ExportReader, YamlError> {
        ExportReader::from_source(Source::memory(name, bytes))
    }

    fn from_source(source: Source) -> Result<ExportReader, YamlError> {
        let taken = Arc::<AtomicU64>::default();
        let walker = Walker::open(&source, Arc::clone(&taken))?;
        Ok(ExportReader::new(source, taken, walker))
    }

    pub(super) fn new(source: Source, taken: Arc<AtomicU64>, walker: Walker) -> ExportReader {
        ExportReader {
            source,
            taken,
            walker,
            entries: None,
            ranges: None,
            entry_count: 0,
            range_count: 0,
            entry_announced: false,
            queue: VecDeque::new(),
            done: false,
        }
    }

    /// The next part, or `None` after the last entry. After an error, `None`.
    pub fn next_event(&mut self) -> Result<Option<Event>, YamlError> {
        while self.queue.is_empty() && !self.done {
            if let Err(error) = self.walk() {
                self.done = true;
                self.queue.clear();
                return Err(error);
            }
        }
        Ok(self.queue.pop_front())
    }

    /// Line, counted from 1, up to which the file has been read.
    pub fn line(&self) -> u64 {
        self.walker.line()
    }

    /// Bytes of the file that have been read, before decompression: for progress.
    pub fn bytes_read(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Size of the file in bytes.
    pub fn bytes_total(&self) -> u64 {
        self.source.size()
    }

    /// Takes one step through the file.
    fn walk(&mut self) -> Result<(), YamlError> {
        match self.walker.next()? {
            Part::DataStart => {
                let header = self.header()?;
                self.queue.push_back(Event::Header(header));
            }
            Part::End(_) => self.done = true,
            Part::EntryStart => {
                self.entry_count += 1;
                self.entry_announced = false;
            }
            Part::BulkStart(bulk) => {
                let header = self.entry_header()?;
                self.entry_announced = true;
                self.queue.push_back(Event::Entry {
                    header,
                    bulk: Some(bulk),
                });
            }
            Part::EntryEnd(header) => {
                if !self.entry_announced {
                    self.queue.push_back(Event::Entry { header, bulk: None });
                }
                self.queue.push_back(Event::EndEntry);
            }
            Part::Record(record) => self.queue.push_back(Event::Record(record)),
            Part::Member { line, id } => self.queue.push_back(Event::Member { line, id }),
            Part::RangeStart => self.range_count += 1,
            Part::MembersStart => {
                let header = self.range_header()?;
                self.queue.push_back(Event::Range(header));
            }
            Part::RangeEnd(_) => self.queue.push_back(Event::EndRange),
        }
        Ok(())
    }

    /// The keys of the top mapping. Without all that an export may need, the rest of the file is searched.
    fn header(&self) -> Result<Mapping, YamlError> {
        let met = self.walker.top_so_far();
        if has_all(met, &["version", "universe_version", "universe_namespace"]) {
            return Ok(met.so_far());
        }
        Scout::open(&self.source)?.top_mapping()
    }

    /// The keys of the current entry.
    fn entry_header(&mut self) -> Result<Mapping, YamlError> {
        let met = self.walker.entry_so_far();
        let needed: &[&str] = match met.get_str("type") {
            Some("dimension") => &["element"],
            Some("dataset") => &["dataset_type", "run"],
            Some("associations") => &["collection", "collection_type"],
            _ => &["type", "unknown entries are searched to their end"],
        };
        if has_all(met, needed) {
            return Ok(met.so_far());
        }
        scout(&mut self.entries, &self.source)?.entry(self.entry_count)
    }

    /// The keys of the current validity range.
    fn range_header(&mut self) -> Result<Mapping, YamlError> {
        let met = self.walker.range_so_far();
        if has_all(met, &["timespan"]) || has_all(met, &["begin", "end"]) {
            return Ok(met.so_far());
        }
        scout(&mut self.ranges, &self.source)?.range(self.range_count)
    }
}

impl Iterator for ExportReader {
    type Item = Result<Event, YamlError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_event().transpose()
    }
}

impl std::fmt::Debug for ExportReader {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("ExportReader")
            .field("source", &self.source)
            .field("line", &self.line())
            .finish_non_exhaustive()
    }
}

fn has_all(met: &MappingBuilder, keys: &[&str]) -> bool {
    keys.iter().all(|key| met.has(key))
}

fn scout<'a>(place: &'a mut Option<Scout>, source: &Source) -> Result<&'a mut Scout, YamlError> {
    match place {
        Some(scout) => Ok(scout),
        None => Ok(place.insert(Scout::open(source)?)),
    }
}
