//! Sorting more ids than memory holds: runs in a temporary file, merged while they are read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::iter::Peekable;
use std::os::unix::fs::FileExt;
use std::vec;

/// An id, and the number of the file or unit that has it.
pub type Entry = (i64, u32);

/// Bytes of an entry on disk.
const SIZE: usize = 12;

/// Entries that are sorted in memory (16 MiB).
const RUN: usize = 1 << 20;

/// Bytes of all runs together that are held while they are merged, and the least of one.
const MERGED: usize = 32 << 20;
const LEAST: usize = 4096 / SIZE * SIZE;

/// Takes entries.
#[derive(Default)]
pub struct Sorter {
    buffer: Vec<Entry>,
    file: Option<File>,
    /// Where the runs end in the file.
    ends: Vec<u64>,
}

/// Entries in their order, each once.
pub struct Sorted {
    buffer: Vec<Entry>,
    file: Option<File>,
    ends: Vec<u64>,
}

impl Sorter {
    /// Take entries of one number.
    ///
    /// # Errors
    /// When the folder for temporary files is full.
    pub fn extend(&mut self, ids: &[i64], number: u32) -> io::Result<()> {
        for id in ids {
            self.buffer.push((*id, number));
            if self.buffer.len() >= RUN {
                self.spill()?;
            }
        }
        Ok(())
    }

    /// All entries.
    pub fn finish(mut self) -> Sorted {
        self.buffer.sort_unstable();
        self.buffer.dedup();
        let Self { buffer, file, ends } = self;
        Sorted { buffer, file, ends }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.buffer.sort_unstable();
        self.buffer.dedup();
        let file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile()?,
        };
        let mut out = BufWriter::with_capacity(1 << 18, &file);
        for (id, number) in &self.buffer {
            out.write_all(&id.to_le_bytes())?;
            out.write_all(&number.to_le_bytes())?;
        }
        out.flush()?;
        drop(out);
        let start = self.ends.last().copied().unwrap_or(0);
        self.ends.push(start + (self.buffer.len() * SIZE) as u64);
        self.file = Some(file);
        self.buffer.clear();
        Ok(())
    }
}

impl Sorted {
    /// The entries of each id in turn. May be asked for more than once.
    pub fn by_id(&self) -> ById<'_> {
        let Self { buffer, file, ends } = self;
        let mut runs = vec![Run::Memory(buffer.clone().into_iter())];
        let starts = std::iter::once(&0).chain(ends);
        let size = (MERGED / ends.len().max(1) / SIZE * SIZE).max(LEAST);
        for (start, end) in starts.zip(ends) {
            runs.extend(file.as_ref().map(|file| Run::Disk {
                file,
                at: *start,
                end: *end,
                size,
                read: Vec::new().into_iter(),
            }));
        }
        let heap = BinaryHeap::new();
        let merge = Merge {
            runs,
            heap,
            is_begun: false,
        };
        ById {
            merge: merge.peekable(),
        }
    }
}

/// One sorted run.
enum Run<'a> {
    Memory(vec::IntoIter<Entry>),
    Disk {
        file: &'a File,
        at: u64,
        end: u64,
        /// Bytes read at a time.
        size: usize,
        read: vec::IntoIter<Entry>,
    },
}

impl Run<'_> {
    fn next(&mut self) -> io::Result<Option<Entry>> {
        let (file, at, end, size, read) = match self {
            Self::Memory(entries) => return Ok(entries.next()),
            Self::Disk {
                file,
                at,
                end,
                size,
                read,
            } => (file, at, end, size, read),
        };
        if read.as_slice().is_empty() && at < end {
            let wanted = usize::try_from(*end - *at).map_or(*size, |left| left.min(*size));
            let mut bytes = vec![0; wanted];
            file.read_exact_at(&mut bytes, *at)?;
            *at += wanted as u64;
            *read = bytes
                .chunks_exact(SIZE)
                .map(entry)
                .collect::<Vec<_>>()
                .into_iter();
        }
        Ok(read.next())
    }
}

fn entry(bytes: &[u8]) -> Entry {
    let (mut id, mut number) = ([0; 8], [0; 4]);
    id.copy_from_slice(&bytes[..8]);
    number.copy_from_slice(&bytes[8..SIZE]);
    (i64::from_le_bytes(id), u32::from_le_bytes(number))
}

struct Merge<'a> {
    runs: Vec<Run<'a>>,
    heap: BinaryHeap<Reverse<(Entry, usize)>>,
    is_begun: bool,
}

impl Merge<'_> {
    fn step(&mut self) -> io::Result<Option<Entry>> {
        if !self.is_begun {
            self.is_begun = true;
            for (number, run) in self.runs.iter_mut().enumerate() {
                self.heap
                    .extend(run.next()?.map(|entry| Reverse((entry, number))));
            }
        }
        let Some(Reverse((entry, number))) = self.heap.pop() else {
            return Ok(None);
        };
        let next = self.runs[number].next()?;
        self.heap.extend(next.map(|entry| Reverse((entry, number))));
        Ok(Some(entry))
    }
}

impl Iterator for Merge<'_> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// Ids in their order, each with its numbers.
pub struct ById<'a> {
    merge: Peekable<Merge<'a>>,
}

impl ById<'_> {
    /// The id that comes next.
    pub fn peek(&mut self) -> io::Result<Option<i64>> {
        match self.merge.peek() {
            None => Ok(None),
            Some(Ok((id, _))) => Ok(Some(*id)),
            Some(Err(_)) => self.merge.next().transpose().map(|e| e.map(|(id, _)| id)),
        }
    }

    /// If `id` comes next, its numbers, each once.
    pub fn take(&mut self, id: i64, numbers: &mut Vec<u32>) -> io::Result<()> {
        numbers.clear();
        while self.peek()? == Some(id) {
            let number = self.merge.next().transpose()?.map(|(_, number)| number);
            numbers.extend(number.filter(|n| numbers.last() != Some(n)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Expected: what the standard library's ordered maps hold.
    #[test]
    fn ids_come_in_order_from_memory_and_from_disk() {
        for runs in [0, 1, 7] {
            let mut sorter = Sorter::default();
            let mut expected: BTreeMap<i64, BTreeSet<u32>> = BTreeMap::new();
            let mut state = 88_172_645_463_325_252_u64;
            for run in 0..=runs {
                for _ in 0..2000 {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    let (id, number) = ((state % 3000) as i64 - 1500, (state >> 40) as u32 % 5);
                    sorter.extend(&[id], number).unwrap();
                    expected.entry(id).or_default().insert(number);
                }
                if run < runs {
                    sorter.spill().unwrap();
                }
            }
            let sorted = sorter.finish();
            for _ in 0..2 {
                let mut found = BTreeMap::new();
                let (mut ids, mut numbers, mut last) = (sorted.by_id(), Vec::new(), i64::MIN);
                while let Some(id) = ids.peek().unwrap() {
                    assert!(id > last);
                    last = id;
                    ids.take(id, &mut numbers).unwrap();
                    found.insert(id, numbers.iter().copied().collect::<BTreeSet<u32>>());
                }
                assert_eq!(found, expected);
            }
        }
    }
}
