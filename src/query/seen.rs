//! Datasets that a query finds more than once, as those of several collections.
use std::collections::HashSet;

use uuid::Uuid;

/// Finds datasets that were there before.
pub enum Seen {
    /// The last one, where repetitions follow each other: sorted by run and data ID, which no other dataset of the type has.
    Last(Uuid),
    /// All of them.
    All(HashSet<Uuid>),
}

impl Seen {
    /// None yet; `is_sorted` if they come in order of run and data ID.
    pub fn new(is_sorted: bool) -> Self {
        match is_sorted {
            true => Self::Last(Uuid::nil()),
            false => Self::All(HashSet::new()),
        }
    }

    /// Whether this one was not there before.
    pub fn is_new(&mut self, id: Uuid) -> bool {
        match self {
            Self::Last(last) => std::mem::replace(last, id) != id,
            Self::All(ids) => ids.insert(id),
        }
    }
}
