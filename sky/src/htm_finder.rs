//! Finding the trixels that touch a region or lie within it.

use crate::htm_pixelization::HtmPixelization;
use crate::htm_trixel::{Trixel, child, midpoints, root};
use crate::pixelization::Pixelization;
use crate::prepared_polygon::PreparedPolygon;
use crate::range_set::RangeSet;
use crate::region::Region;
use crate::relationship::Relationship;
use crate::vertices_relate::{relate_box, relate_circle};

/// Trixels touching `region`, or within it if `INTERIOR` (`sphgeom/PixelFinder.h`).
///
/// An ellipse counts as its bounding circle, for the interior too, as in the reference.
pub(crate) fn find_pixels<const INTERIOR: bool>(
    region: &Region,
    max_ranges: usize,
    htm: &HtmPixelization,
) -> RangeSet {
    let find_circle = |c| find::<INTERIOR>(max_ranges, htm.level(), |t| relate_circle(t, c));
    match region {
        Region::Circle(c) => find_circle(c),
        Region::Ellipse(e) => find_circle(&e.bounding_circle()),
        Region::Box(b) => find::<INTERIOR>(max_ranges, htm.level(), |t| relate_box(t, b)),
        Region::ConvexPolygon(p) => {
            let prepared = PreparedPolygon::new(p);
            find::<INTERIOR>(max_ranges, htm.level(), |t| prepared.relate_to_triangle(t))
        }
        Region::Union(u) => u.operands().iter().fold(RangeSet::new(), |found, operand| {
            found.union(&find_pixels::<INTERIOR>(operand, max_ranges, htm))
        }),
        Region::Intersection(i) => i.operands().iter().fold(htm.universe(), |found, operand| {
            found.intersection(&find_pixels::<INTERIOR>(operand, max_ranges, htm))
        }),
    }
}

fn find<const INTERIOR: bool>(
    max_ranges: usize,
    level: u32,
    relate: impl Fn(&Trixel) -> Relationship,
) -> RangeSet {
    let max_ranges = if max_ranges == 0 {
        usize::MAX
    } else {
        max_ranges
    };
    let mut finder = Finder::<INTERIOR, _> {
        relate,
        found: RangeSet::new(),
        max_ranges,
        level: level as i32,
        wanted: level as i32,
    };
    for r in 0..8 {
        finder.visit(&root(r), r + 8, 0);
    }
    finder.found
}

/// A search from the roots down. `relate` tells how a trixel lies to the region.
struct Finder<const INTERIOR: bool, F> {
    relate: F,
    found: RangeSet,
    max_ranges: usize,
    /// The level at which the search stops; it is lowered when there are too many ranges.
    level: i32,
    wanted: i32,
}

impl<const INTERIOR: bool, F: Fn(&Trixel) -> Relationship> Finder<INTERIOR, F> {
    fn visit(&mut self, trixel: &Trixel, index: u64, level: i32) {
        if level > self.level {
            return;
        }
        let r = (self.relate)(trixel);
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
