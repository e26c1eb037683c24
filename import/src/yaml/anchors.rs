//! Values that aliases may refer to.

use uuid::Uuid;

use super::limits::ANCHOR_BYTES;
use super::node::Node;

/// Anchored values by number. An export has one for each dataset ID that it repeats, so UUIDs are kept compactly.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    slots: Vec<Slot>,
    uuids: Vec<Uuid>,
    others: Vec<Anchored>,
    bytes: usize,
}

/// Index into one of the two lists, or why there is no value.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Open,
    Uuid(u32),
    Other(u32),
}

/// A value and what it costs.
#[derive(Debug)]
pub(super) struct Anchored {
    pub(super) node: Node,
    /// Memory in bytes.
    pub(super) bytes: usize,
    /// Levels of nesting.
    pub(super) depth: usize,
}

/// A found anchor.
pub(super) enum Found<'a> {
    /// A UUID.
    Uuid(Uuid),
    /// Any other value.
    Other(&'a Anchored),
}

impl Anchors {
    /// Reserves the place of an anchor when its value starts.
    pub(super) fn open(&mut self, anchor: usize) {
        while self.slots.len() < anchor {
            self.slots.push(Slot::Open);
        }
    }

    /// Stores the value of an anchor. An error says that anchors take too much memory.
    pub(super) fn close(&mut self, anchor: usize, value: Anchored) -> Result<(), String> {
        self.open(anchor);
        let slot = if let Node::Uuid(uuid) = value.node {
            self.uuids.push(uuid);
            self.bytes += size_of::<Uuid>() + size_of::<Slot>();
            Slot::Uuid((self.uuids.len() - 1) as u32)
        } else {
            self.bytes += value.bytes + size_of::<Anchored>();
            self.others.push(value);
            Slot::Other((self.others.len() - 1) as u32)
        };
        self.slots[anchor - 1] = slot;
        if self.bytes > ANCHOR_BYTES {
            return Err(format!(
                "the anchors (&) of this file need more than {} MiB",
                ANCHOR_BYTES >> 20
            ));
        }
        Ok(())
    }

    /// The value of an alias. An error says why there is none.
    pub(super) fn find(&self, anchor: usize) -> Result<Found<'_>, String> {
        match anchor.checked_sub(1).and_then(|index| self.slots.get(index)) {
            Some(Slot::Uuid(index)) => Ok(Found::Uuid(self.uuids[*index as usize])),
            Some(Slot::Other(index)) => Ok(Found::Other(&self.others[*index as usize])),
            _ => Err("an alias (*) refers to what contains it, or to the lists and entries that are streamed".to_owned()),
        }
    }
}
