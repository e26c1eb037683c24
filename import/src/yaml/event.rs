//! The parts of an export, in the order in which they are handed out.

use super::mapping::Mapping;
use super::node::Node;

/// One part of an export.
///
/// The order is `Header (Entry (Record* | Member* | (Range Member* EndRange)*) EndEntry)*`, whatever the order of the
/// keys in the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// All keys of the top mapping but `data`.
    Header(Mapping),
    /// One element of `data`: all its keys but the bulk list.
    Entry {
        /// The entry's keys without the bulk list; `header.line` is where the entry starts.
        header: Mapping,
        /// Which list follows, if the entry has one (it may be empty).
        bulk: Option<BulkKey>,
    },
    /// One element of the entry's `records`.
    Record(Mapping),
    /// One dataset ID: an element of `dataset_ids`, either the entry's or the current range's.
    Member {
        /// Line, counted from 1.
        line: u64,
        /// The ID: a UUID, or an integer in old exports. Not checked further.
        id: Node,
    },
    /// One element of the entry's `validity_ranges`: all its keys but `dataset_ids`.
    Range(Mapping),
    /// The last member of the current range was handed out.
    EndRange,
    /// The entry is complete.
    EndEntry,
}

/// The list of an entry that is streamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkKey {
    /// Dimension records or file datasets: [`Event::Record`].
    Records,
    /// Members of a TAGGED collection: [`Event::Member`].
    DatasetIds,
    /// Members of a CALIBRATION collection: [`Event::Range`].
    ValidityRanges,
}

impl BulkKey {
    /// The bulk list that a key names, if it does.
    pub fn from_key(key: &str) -> Option<BulkKey> {
        match key {
            "records" => Some(BulkKey::Records),
            "dataset_ids" => Some(BulkKey::DatasetIds),
            "validity_ranges" => Some(BulkKey::ValidityRanges),
            _ => None,
        }
    }

    /// The key in the file.
    pub fn key(self) -> &'static str {
        match self {
            BulkKey::Records => "records",
            BulkKey::DatasetIds => "dataset_ids",
            BulkKey::ValidityRanges => "validity_ranges",
        }
    }
}
