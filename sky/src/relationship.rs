//! What is known about how two sets of points lie.

use std::ops::{BitAnd, BitOr, Not};

/// Bits that are set only for what has been proven (`sphgeom/Relationship.h`); no bit means "they may intersect".
///
/// The numbers are the ones that Python sees from `Region.relate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Relationship(u8);

impl Relationship {
    /// Nothing proven: the sets may have points in common.
    pub const INTERSECTS: Self = Self(0);
    /// The sets have no point in common.
    pub const DISJOINT: Self = Self(1);
    /// The first set contains the second.
    pub const CONTAINS: Self = Self(2);
    /// The first set lies within the second.
    pub const WITHIN: Self = Self(4);

    /// The three bits as a number from 0 to 7.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// True when all bits of `r` are set here.
    pub const fn has(self, r: Self) -> bool {
        self.0 & r.0 == r.0
    }

    /// True when any bit of `r` is set here.
    pub const fn has_any(self, r: Self) -> bool {
        self.0 & r.0 != 0
    }

    /// The same knowledge with the roles of the two sets exchanged.
    pub const fn invert(self) -> Self {
        Self((self.0 & 1) | ((self.0 & 2) << 1) | ((self.0 & 4) >> 1))
    }

    /// Whether the sets overlap, where that follows: `None` is unknown.
    pub(crate) const fn to_overlaps(self) -> Option<bool> {
        if self.has(Self::DISJOINT) {
            Some(false)
        } else if self.has_any(Self(6)) {
            Some(true)
        } else {
            None
        }
    }
}

impl BitOr for Relationship {
    type Output = Self;
    fn bitor(self, r: Self) -> Self {
        Self(self.0 | r.0)
    }
}

impl BitAnd for Relationship {
    type Output = Self;
    fn bitand(self, r: Self) -> Self {
        Self(self.0 & r.0)
    }
}

impl Not for Relationship {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0 & 7)
    }
}
