//! Growing a cover by one pixel, and giving it in coarser pixels.

use super::cell::Cell;
use super::place::Place;
use crate::range_set::RangeSet;

/// The pixels of `order` that contain a neighbour of a pixel of some finer order within `cover`.
///
/// Each such pixel has neighbours in its own ancestor of `order`, so these are always there; others join where `cover`
/// touches the border of an ancestor. The finer order itself makes no difference.
pub(super) fn envelope(cover: &[Cell], order: u32) -> RangeSet {
    let mut single = Vec::new();
    let mut large = RangeSet::new();
    for cell in cover {
        if cell.order <= order {
            let shift = 2 * (order - cell.order);
            large.insert(cell.index << shift..(cell.index + 1) << shift);
            around_large(*cell, order, &mut single);
        } else {
            around_small(*cell, order, &mut single);
        }
    }
    single.sort_unstable();
    single.dedup();
    let single: RangeSet = single.into_iter().map(|i| i..i + 1).collect();
    large.union(&single)
}

/// The pixels of `order` around a pixel of the same or a coarser order.
fn around_large(cell: Cell, order: u32, out: &mut Vec<u64>) {
    let place = Place::of(cell);
    let shift = order - cell.order;
    let size = 1i64 << shift;
    let at = |x: i64, y: i64| Place {
        order,
        face: place.face,
        x: (place.x << shift) + x,
        y: (place.y << shift) + y,
    };
    let last = size - 1;
    let mut push = |from: Place, dx, dy| {
        out.extend(from.neighbor(dx, dy).map(|to| to.cell().index));
    };
    for i in 0..size {
        push(at(0, i), -1, 0);
        push(at(last, i), 1, 0);
        push(at(i, 0), 0, -1);
        push(at(i, last), 0, 1);
    }
    push(at(0, 0), -1, -1);
    push(at(last, 0), 1, -1);
    push(at(0, last), -1, 1);
    push(at(last, last), 1, 1);
}

/// The ancestor of a pixel that is finer than `order`, and the pixels of `order` beyond those of the ancestor's borders
/// that the pixel touches.
fn around_small(cell: Cell, order: u32, out: &mut Vec<u64>) {
    let place = Place::of(cell);
    let per_side = 1i64 << (cell.order - order);
    let steps = |v: i64| {
        let v = v % per_side;
        let down = if v == 0 { -1 } else { 0 };
        let up = i64::from(v == per_side - 1);
        down..=up
    };
    let ancestor = Place::of(cell.ancestor(order));
    for dx in steps(place.x) {
        for dy in steps(place.y) {
            out.extend(ancestor.neighbor(dx, dy).map(|to| to.cell().index));
        }
    }
}
