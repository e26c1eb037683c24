//! Boxes of longitudes and latitudes as HEALPix pixels are held against them.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use super::cell::Cell;
use super::cover::{Shape, Zone, finest_order, pixel_radius};
use super::location::{Location, modulo};
use crate::lon_lat_box::LonLatBox;

/// A box turned around the polar axis so that it contains the meridian of 180° and does not wrap.
pub(super) struct LonLatBoxCover {
    theta: (f64, f64),
    phi: (f64, f64),
    turn: f64,
    /// Greatest extent in radians of the pixels of each order.
    radii: Vec<f64>,
}

/// Rounding allowed at the borders of the box.
const SLACK: f64 = f64::EPSILON;

impl LonLatBoxCover {
    /// The box, which must not be empty, for a query of pixels of `order`; `None` when it gets no pixels.
    pub fn new(b: &LonLatBox, order: u32) -> Option<Self> {
        let theta = (
            FRAC_PI_2 - b.lat().b().as_radians(),
            FRAC_PI_2 - b.lat().a().as_radians(),
        );
        let west = modulo(b.lon().a().as_radians(), TAU);
        let east = modulo(b.lon().b().as_radians(), TAU);
        if theta.0 == theta.1 || west == east {
            return None;
        }
        let middle = (west + east) / 2.0;
        let turn = modulo(if west < east { PI - middle } else { -middle }, TAU);
        Some(Self {
            theta,
            phi: (modulo(west + turn, TAU), modulo(east + turn, TAU)),
            turn,
            radii: (0..=finest_order(order)).map(pixel_radius).collect(),
        })
    }
}

impl Shape for LonLatBoxCover {
    fn zone(&self, cell: Cell) -> Zone {
        let middle = Location::middle_of(cell);
        let radius = self.radii[cell.order as usize];
        let theta = middle.theta();
        let by_latitude = zone_of(theta, radius, self.theta);
        if by_latitude == Zone::Outside {
            return by_latitude;
        }
        let phi = modulo(middle.phi + self.turn, TAU);
        by_latitude.min(zone_of(phi, radius / theta.sin(), self.phi))
    }
}

/// The zone of the interval `at` ± `radius` against [`first`, `last`].
fn zone_of(at: f64, radius: f64, (first, last): (f64, f64)) -> Zone {
    let (first, last) = (first - SLACK, last + SLACK);
    let (low, high) = (at - radius, at + radius);
    if high < first || low > last {
        Zone::Outside
    } else if low >= first && high <= last {
        Zone::Inside
    } else if at >= first && at <= last {
        Zone::Middle
    } else {
        Zone::Near
    }
}
