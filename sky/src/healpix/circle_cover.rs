//! Circles as HEALPix pixels are held against them.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use super::cell::Cell;
use super::cover::{Shape, Zone, finest_order, pixel_radius};
use super::location::{Location, modulo};
use crate::lon_lat::LonLat;

/// A circle, prepared for all orders up to the finest.
pub(super) struct CircleCover {
    z: f64,
    phi: f64,
    /// For each order the cosines of the distances that a pixel's middle must not exceed to be of each zone.
    limits: Vec<[f64; 3]>,
}

impl CircleCover {
    /// The circle of `radius` radians around `center` for a query of pixels of `order`.
    pub fn new(center: &LonLat, radius: f64, order: u32) -> Self {
        Self {
            z: (FRAC_PI_2 - center.lat().as_radians()).cos(),
            phi: modulo(center.lon().as_radians(), TAU),
            limits: zone_limits(radius, order),
        }
    }
}

impl Shape for CircleCover {
    fn zone(&self, cell: Cell) -> Zone {
        let middle = Location::middle_of(cell);
        let flat = ((1.0 - self.z * self.z) * (1.0 - middle.z * middle.z)).sqrt();
        let cosine = self.z * middle.z + (self.phi - middle.phi).cos() * flat;
        let [near, edge, inside] = self.limits[cell.order as usize];
        // Written so that NaN, from a circle with NaN for its center, is outside.
        if cosine > near {
            if cosine < edge {
                Zone::Near
            } else if cosine <= inside {
                Zone::Middle
            } else {
                Zone::Inside
            }
        } else {
            Zone::Outside
        }
    }
}

/// For each order up to the finest of a query at `order`: the cosines of the distances from the center of a circle at
/// which pixels begin to be near, have their middle inside and are inside.
pub(super) fn zone_limits(radius: f64, order: u32) -> Vec<[f64; 3]> {
    (0..=finest_order(order))
        .map(|o| {
            let extent = pixel_radius(o);
            let (far, close) = (radius + extent, radius - extent);
            let near = if far > PI { -1.0 } else { far.cos() };
            let inside = if close < 0.0 { 1.0 } else { close.cos() };
            [near, radius.cos(), inside]
        })
        .collect()
}
