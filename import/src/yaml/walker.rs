//! The parts of an export in the order of the file.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::composer::{Composer, Opened};
use super::error::YamlError;
use super::event::BulkKey;
use super::mapping::Mapping;
use super::mapping_builder::MappingBuilder;
use super::node::Node;
use super::source::Source;

/// One part of an export, as it is met.
#[derive(Debug, PartialEq)]
pub(super) enum Part {
    /// The list of entries starts.
    DataStart,
    /// The file is complete; all keys of the top mapping but `data`.
    End(Mapping),
    /// An element of `data` starts.
    EntryStart,
    /// Its bulk list starts.
    BulkStart(BulkKey),
    /// It ends; all its keys but the bulk list.
    EntryEnd(Mapping),
    /// An element of `records`.
    Record(Mapping),
    /// An element of `validity_ranges` starts.
    RangeStart,
    /// Its dataset IDs start.
    MembersStart,
    /// It ends; all its keys but `dataset_ids`.
    RangeEnd(Mapping),
    /// An element of `dataset_ids`.
    Member { line: u64, id: Node },
}

/// What is open.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Level {
    Document,
    Top,
    Data,
    Entry,
    Bulk(BulkKey),
    Range,
    Members,
    Done,
}

/// Walks through an export once, with one record in memory.
pub(super) struct Walker {
    composer: Composer,
    level: Level,
    top: Collected,
    entry: Collected,
    range: Collected,
}

/// The fields of a streamed mapping so far.
#[derive(Default)]
struct Collected {
    fields: MappingBuilder,
    /// Whether the streamed list was met.
    streamed: bool,
}

impl Walker {
    /// Opens a source at its start; `taken` counts the bytes read from it.
    pub(super) fn open(source: &Source, taken: Arc<AtomicU64>) -> Result<Walker, YamlError> {
        Ok(Walker::new(Composer::open(source, taken)?))
    }

    /// On any composer.
    pub(super) fn new(composer: Composer) -> Walker {
        Walker {
            composer,
            level: Level::Document,
            top: Collected::default(),
            entry: Collected::default(),
            range: Collected::default(),
        }
    }

    /// Line of the last event.
    pub(super) fn line(&self) -> u64 {
        self.composer.line()
    }

    /// A fault at the last event.
    pub(super) fn error(&self, message: impl Into<String>) -> YamlError {
        self.composer.error(message)
    }

    /// The top mapping's keys met so far.
    pub(super) fn top_so_far(&self) -> &MappingBuilder {
        &self.top.fields
    }

    /// The current entry's keys met so far.
    pub(super) fn entry_so_far(&self) -> &MappingBuilder {
        &self.entry.fields
    }

    /// The current validity range's keys met so far.
    pub(super) fn range_so_far(&self) -> &MappingBuilder {
        &self.range.fields
    }

    /// The next part; after the end, `End` with an empty mapping again.
    pub(super) fn next(&mut self) -> Result<Part, YamlError> {
        loop {
            let part = match self.level {
                Level::Document => self.document()?,
                Level::Top => self.top()?,
                Level::Data => self.data()?,
                Level::Entry => self.entry()?,
                Level::Bulk(key) => self.bulk(key)?,
                Level::Range => self.range()?,
                Level::Members => self.member()?,
                Level::Done => Some(Part::End(Mapping::default())),
            };
            if let Some(part) = part {
                return Ok(part);
            }
        }
    }

    fn document(&mut self) -> Result<Option<Part>, YamlError> {
        match self.composer.open_node(false)? {
            Opened::Map(_) => {
                self.top.start(self.composer.line());
                self.level = Level::Top;
                Ok(None)
            }
            Opened::End => Err(self.error("the export is empty")),
            _ => Err(self.error("an export must be a mapping with the keys `version` and `data`")),
        }
    }

    fn top(&mut self) -> Result<Option<Part>, YamlError> {
        let is_data = |key: &str| key == "data";
        match self.top.next_field(&mut self.composer, is_data)? {
            Met::Field => Ok(None),
            Met::List(_) => {
                self.level = Level::Data;
                Ok(Some(Part::DataStart))
            }
            Met::Close => {
                self.level = Level::Done;
                match self.composer.open_node(false)? {
                    Opened::End if self.top.streamed => Ok(Some(Part::End(self.top.take()))),
                    Opened::End => Err(self.error("an export needs the key `data`")),
                    _ => Err(self.error("something follows the end of the export")),
                }
            }
        }
    }

    fn data(&mut self) -> Result<Option<Part>, YamlError> {
        self.composer.start_unit();
        match self.composer.open_node(false)? {
            Opened::Map(_) => {
                self.entry.start(self.composer.line());
                self.level = Level::Entry;
                Ok(Some(Part::EntryStart))
            }
            Opened::Close => {
                self.level = Level::Top;
                Ok(None)
            }
            _ => Err(self.error("an element of `data` must be a mapping, written in place")),
        }
    }

    fn entry(&mut self) -> Result<Option<Part>, YamlError> {
        let is_bulk = |key: &str| BulkKey::from_key(key).is_some();
        match self.entry.next_field(&mut self.composer, is_bulk)? {
            Met::Field => Ok(None),
            Met::List(key) => {
                let bulk = BulkKey::from_key(&key).unwrap_or(BulkKey::Records);
                self.level = Level::Bulk(bulk);
                Ok(Some(Part::BulkStart(bulk)))
            }
            Met::Close => {
                self.level = Level::Data;
                Ok(Some(Part::EntryEnd(self.entry.take())))
            }
        }
    }

    fn bulk(&mut self, key: BulkKey) -> Result<Option<Part>, YamlError> {
        self.composer.start_unit();
        let opened = self.composer.open_node(false)?;
        if let Opened::Close = opened {
            self.level = Level::Entry;
            return Ok(None);
        }
        match key {
            BulkKey::Records => match self.composer.complete(opened)? {
                Node::Map(record) => Ok(Some(Part::Record(record))),
                other => {
                    Err(self.error(format!("a record must be a mapping, not {}", other.kind())))
                }
            },
            BulkKey::DatasetIds => self.member_from(opened).map(Some),
            BulkKey::ValidityRanges => {
                let Opened::Map(_) = opened else {
                    return Err(self.error("a validity range must be a mapping, written in place"));
                };
                self.range.start(self.composer.line());
                self.level = Level::Range;
                Ok(Some(Part::RangeStart))
            }
        }
    }

    fn range(&mut self) -> Result<Option<Part>, YamlError> {
        let is_members = |key: &str| key == BulkKey::DatasetIds.key();
        match self.range.next_field(&mut self.composer, is_members)? {
            Met::Field => Ok(None),
            Met::List(_) => {
                self.level = Level::Members;
                Ok(Some(Part::MembersStart))
            }
            Met::Close if !self.range.streamed => {
                Err(self.error("a validity range needs `dataset_ids`"))
            }
            Met::Close => {
                self.level = Level::Bulk(BulkKey::ValidityRanges);
                Ok(Some(Part::RangeEnd(self.range.take())))
            }
        }
    }

    fn member(&mut self) -> Result<Option<Part>, YamlError> {
        self.composer.start_unit();
        match self.composer.open_node(false)? {
            Opened::Close => {
                self.level = Level::Range;
                Ok(None)
            }
            opened => self.member_from(opened).map(Some),
        }
    }

    fn member_from(&mut self, opened: Opened) -> Result<Part, YamlError> {
        let line = self.composer.line();
        Ok(Part::Member {
            line,
            id: self.composer.complete(opened)?,
        })
    }
}

/// What stands next in a streamed mapping.
enum Met {
    /// A field, which was collected.
    Field,
    /// The list to be streamed starts; its key.
    List(String),
    /// The mapping ends.
    Close,
}

impl Collected {
    fn start(&mut self, line: u64) {
        *self = Collected {
            fields: MappingBuilder::new(line),
            streamed: false,
        };
    }

    fn take(&mut self) -> Mapping {
        std::mem::take(&mut self.fields).finish()
    }

    /// Reads the next key and, unless it names a list to be streamed, its value.
    fn next_field(
        &mut self,
        composer: &mut Composer,
        is_streamed: impl Fn(&str) -> bool,
    ) -> Result<Met, YamlError> {
        let Some((opened, line)) = composer.key()? else {
            return Ok(Met::Close);
        };
        let key = match &opened {
            Opened::Node(Node::Str(key)) if is_streamed(key) => key.to_string(),
            _ => {
                composer.field(opened, line, &mut self.fields)?;
                return Ok(Met::Field);
            }
        };
        if self.streamed {
            return Err(composer.error(format!(
                "duplicate key `{key}`, or a second list of its kind"
            )));
        }
        self.streamed = true;
        match composer.open_node(false)? {
            Opened::Seq(props) if props.tag == super::tag::Tag::None => Ok(Met::List(key)),
            _ => Err(composer.error(format!("`{key}` must be a list, written in place"))),
        }
    }
}
