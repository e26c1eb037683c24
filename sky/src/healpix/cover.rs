//! The descent from the base faces to the pixels that a shape comes near.

use std::f64::consts::PI;

use super::cell::Cell;
use crate::vector3d::Vector3d;

/// How a pixel lies to a shape, as far as its middle and the greatest extent of pixels of its order tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Zone {
    /// No point in common.
    Outside,
    /// The middle is outside, other points may be inside.
    Near,
    /// The middle is inside, other points may be outside.
    Middle,
    /// All points are inside.
    Inside,
}

/// A shape that pixels can be held against.
pub(super) trait Shape {
    /// How `cell`, of an order up to [`finest_order`] of the order asked for, lies to this shape.
    fn zone(&self, cell: Cell) -> Zone;
}

/// The order of the pixels that decide whether a pixel of `order` is near enough: hpgeom's default `fact` of 4.
pub(super) fn finest_order(order: u32) -> u32 {
    order + 2
}

/// The pixels of `order` that may have a point in common with `shape`, ascending; four or more that lie inside may be
/// given as one of a coarser order.
///
/// A pixel is taken when its own middle is inside, or that of a part down to [`finest_order`], or when a part of that
/// order is [`Zone::Near`].
pub(super) fn cover(shape: &impl Shape, order: u32) -> Vec<Cell> {
    let mut cells = Vec::new();
    for face in Cell::faces() {
        descend(shape, face, order, &mut cells);
    }
    cells
}

fn descend(shape: &impl Shape, cell: Cell, order: u32, cells: &mut Vec<Cell>) {
    match shape.zone(cell) {
        Zone::Outside => {}
        Zone::Inside => cells.push(cell),
        zone if cell.order == order => {
            if zone == Zone::Middle || comes_near(shape, cell, finest_order(order)) {
                cells.push(cell);
            }
        }
        _ => {
            for child in cell.children() {
                descend(shape, child, order, cells);
            }
        }
    }
}

/// Whether a part of `cell`, itself [`Zone::Near`], shows that the shape reaches into it.
fn comes_near(shape: &impl Shape, cell: Cell, finest: u32) -> bool {
    cell.order == finest
        || cell.children().any(|child| match shape.zone(child) {
            Zone::Outside => false,
            Zone::Near => comes_near(shape, child, finest),
            Zone::Middle | Zone::Inside => true,
        })
}

/// The largest angle in radians between the middle of a pixel of `order` and one of its corners.
pub(super) fn pixel_radius(order: u32) -> f64 {
    let nside = (1u64 << order) as f64;
    // Such a pixel lies where belt and cap meet: its middle is at z = 2/3, the corner beside it nearer to the pole.
    let at = |z: f64, lon: f64| {
        let distance = ((1.0 - z) * (1.0 + z)).sqrt();
        Vector3d::new(distance * lon.cos(), distance * lon.sin(), z)
    };
    let middle = at(2.0 / 3.0, PI / (4.0 * nside));
    let rings = 1.0 - 1.0 / nside;
    let corner = at(1.0 - rings * rings / 3.0, 0.0);
    middle.cross(&corner).norm().atan2(middle.dot(&corner))
}
