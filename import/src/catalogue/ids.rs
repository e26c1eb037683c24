//! The ids of one file: each once, and which are there more than once.

use std::io;

use super::finding::Tally;
use super::sorter::Sorter;

/// Ids that are sorted in memory.
const FEW: usize = 1 << 18;

/// Takes the ids of a file.
pub struct FileIds {
    few: Vec<i64>,
    /// All, once there are more.
    many: Option<Sorter>,
    rows: u32,
    is_unique: bool,
    keep: usize,
}

impl FileIds {
    /// With `is_unique`, ids that are there more than once are told, and `keep` of them are named.
    pub fn new(is_unique: bool, keep: usize) -> Self {
        Self {
            few: Vec::new(),
            many: None,
            rows: 0,
            is_unique,
            keep,
        }
    }

    /// Take some.
    pub fn extend(&mut self, ids: &[i64]) -> io::Result<()> {
        self.few.extend_from_slice(ids);
        match self.few.len() > FEW {
            true => self.spill(),
            false => Ok(()),
        }
    }

    /// Hand over the ids, and tell which are there more than once.
    pub fn finish(mut self, mut into: impl FnMut(&[i64]) -> io::Result<()>) -> io::Result<Tally> {
        let mut repeated = Tally::default();
        if self.many.is_none() {
            self.few.sort_unstable();
            let pairs = self.few.windows(2).filter(|pair| pair[0] == pair[1]);
            let mut last = None;
            for pair in pairs.filter(|_| self.is_unique) {
                if last.replace(pair[0]) != Some(pair[0]) {
                    repeated.add(pair[0], self.keep);
                }
            }
            self.few.dedup();
            into(&self.few)?;
            return Ok(repeated);
        }
        self.spill()?;
        let sorted = self.many.take().unwrap_or_default().finish();
        let (mut ids, mut rows) = (sorted.by_id(), Vec::new());
        let mut some = Vec::new();
        while let Some(id) = ids.peek()? {
            ids.take(id, &mut rows)?;
            if self.is_unique && rows.len() > 1 {
                repeated.add(id, self.keep);
            }
            some.push(id);
            if some.len() == FEW {
                into(&some)?;
                some.clear();
            }
        }
        into(&some)?;
        Ok(repeated)
    }

    /// Rows are told apart only where that matters; otherwise equal entries are one.
    fn spill(&mut self) -> io::Result<()> {
        let many = self.many.get_or_insert_default();
        match self.is_unique {
            false => many.extend(&self.few, 0)?,
            true => {
                for id in &self.few {
                    many.extend(&[*id], self.rows)?;
                    self.rows = self.rows.saturating_add(1);
                }
            }
        }
        self.few.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file is known by heart: 0, 1, 2... with each hundredth twice.
    #[test]
    fn repeated_ids_are_found_in_small_and_in_large_files() {
        for rows in [1000, 2 * FEW as i64 + 1000] {
            let all: Vec<i64> = (0..rows).chain((0..rows).step_by(100)).collect();
            for is_unique in [true, false] {
                let mut ids = FileIds::new(is_unique, 3);
                all.chunks(777).for_each(|some| ids.extend(some).unwrap());
                let mut found = Vec::new();
                let repeated = ids
                    .finish(|some| {
                        found.extend_from_slice(some);
                        Ok(())
                    })
                    .unwrap();
                assert_eq!(found, (0..rows).collect::<Vec<_>>());
                let expected = match is_unique {
                    true => Tally {
                        count: (all.len() as u64) - rows.unsigned_abs(),
                        sample: vec![0, 100, 200],
                    },
                    false => Tally::default(),
                };
                assert_eq!(repeated, expected);
            }
        }
    }
}
