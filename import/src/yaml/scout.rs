//! Looking ahead in an export for keys that stand behind a streamed list.

use super::error::YamlError;
use super::mapping::Mapping;
use super::source::Source;
use super::walker::{Part, Walker};

/// A second walk through the same export, ahead of the first. It only goes forward.
pub(super) struct Scout {
    walker: Walker,
    entries: u64,
    ranges: u64,
}

impl Scout {
    /// Opens the source again.
    pub(super) fn open(source: &Source) -> Result<Scout, YamlError> {
        Ok(Scout {
            walker: Walker::open(source, Default::default())?,
            entries: 0,
            ranges: 0,
        })
    }

    /// All keys of the top mapping but `data`.
    pub(super) fn top_mapping(mut self) -> Result<Mapping, YamlError> {
        loop {
            if let Part::End(mapping) = self.walker.next()? {
                return Ok(mapping);
            }
        }
    }

    /// All keys of an entry but its bulk list, by its number from 1.
    pub(super) fn entry(&mut self, number: u64) -> Result<Mapping, YamlError> {
        loop {
            match self.walker.next()? {
                Part::EntryStart => self.entries += 1,
                Part::EntryEnd(mapping) if self.entries == number => return Ok(mapping),
                Part::End(_) => return Err(self.changed()),
                _ => {}
            }
        }
    }

    /// All keys of a validity range but `dataset_ids`, by its number from 1 in the whole file.
    pub(super) fn range(&mut self, number: u64) -> Result<Mapping, YamlError> {
        loop {
            match self.walker.next()? {
                Part::RangeStart => self.ranges += 1,
                Part::RangeEnd(mapping) if self.ranges == number => return Ok(mapping),
                Part::End(_) => return Err(self.changed()),
                _ => {}
            }
        }
    }

    fn changed(&self) -> YamlError {
        self.walker
            .error("the export has become shorter while it was read")
    }
}
