//! Finding the trixels that touch a region or lie within it.

use crate::circle::Circle;
use crate::htm_pixelization::HtmPixelization;
use crate::htm_trixel::{Trixel, child, midpoints, root};
use crate::lon_lat_box::LonLatBox;
use crate::pixelization::Pixelization;
use crate::prepared_polygon::PreparedPolygon;
use crate::range_set::RangeSet;
use crate::region::Region;
use crate::relationship::Relationship;
use crate::vertices_relate::{relate_box, relate_circle};

/// Trixels touching `region`, or within it if `INTERIOR` (`sphgeom/PixelFinder.h`).
///
/// An ellipse counts as its bounding circle, for the interior too. The reference means the same, but its finder keeps a
/// reference to a temporary circle, so that what it returns for ellipses is undefined.
pub(crate) fn find_pixels<const INTERIOR: bool>(
    region: &Region,
    max_ranges: usize,
    htm: &HtmPixelization,
) -> RangeSet {
    match region {
        Region::Circle(c) => find::<INTERIOR, _>(c, max_ranges, htm),
        Region::Ellipse(e) => find::<INTERIOR, _>(&e.bounding_circle(), max_ranges, htm),
        Region::Box(b) => find::<INTERIOR, _>(b, max_ranges, htm),
        Region::ConvexPolygon(p) => find::<INTERIOR, _>(&PreparedPolygon::new(p), max_ranges, htm),
        Region::Union(u) => u.operands().iter().fold(RangeSet::new(), |found, operand| {
            found.union(&find_pixels::<INTERIOR>(operand, max_ranges, htm))
        }),
        Region::Intersection(i) => i.operands().iter().fold(htm.universe(), |found, operand| {
            found.intersection(&find_pixels::<INTERIOR>(operand, max_ranges, htm))
        }),
    }
}

/// What the search asks of a region.
pub(crate) trait Target {
    /// How a trixel lies to the region.
    fn relate_trixel(&self, trixel: &Trixel) -> Relationship;
}

impl Target for Circle {
    fn relate_trixel(&self, trixel: &Trixel) -> Relationship {
        relate_circle(trixel, self)
    }
}

impl Target for LonLatBox {
    fn relate_trixel(&self, trixel: &Trixel) -> Relationship {
        relate_box(trixel, self)
    }
}

fn find<const INTERIOR: bool, T: Target>(
    target: &T,
    max_ranges: usize,
    htm: &HtmPixelization,
) -> RangeSet {
    let mut finder = Finder::<INTERIOR, T> {
        target,
        found: RangeSet::new(),
        max_ranges: if max_ranges == 0 {
            usize::MAX
        } else {
            max_ranges
        },
        level: htm.level() as i32,
        wanted: htm.level() as i32,
    };
    for r in 0..8 {
        finder.visit(&root(r), r + 8, 0);
    }
    finder.found
}

/// A search from the roots down.
struct Finder<'a, const INTERIOR: bool, T> {
    target: &'a T,
    found: RangeSet,
    max_ranges: usize,
    /// The level at which the search stops; it is lowered when there are too many ranges.
    level: i32,
    wanted: i32,
}

impl<const INTERIOR: bool, T: Target> Finder<'_, INTERIOR, T> {
    fn visit(&mut self, trixel: &Trixel, index: u64, level: i32) {
        if level > self.level {
            return;
        }
        let r = self.target.relate_trixel(trixel);
        if r.has(Relationship::DISJOINT) {
            return;
        }
        if r.has(Relationship::WITHIN) {
            self.insert(index, level);
        } else if level == self.level {
            if !INTERIOR {
                self.insert(index, level);
            }
        } else {
            let mid = midpoints(trixel);
            for i in 0..4 {
                self.visit(&child(trixel, &mid, i), index * 4 + i, level + 1);
            }
        }
    }

    fn insert(&mut self, index: u64, level: i32) {
        let mut bits = 2 * (self.wanted - level).unsigned_abs();
        self.found.insert(index << bits..(index + 1) << bits);
        while self.found.len() > self.max_ranges {
            self.level -= 1;
            bits += 2;
            self.found = if INTERIOR {
                self.found.narrowed(bits)
            } else {
                self.found.widened(bits)
            };
        }
    }
}
