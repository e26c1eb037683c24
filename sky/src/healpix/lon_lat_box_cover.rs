//! Boxes of longitudes and latitudes as HEALPix pixels are held against them.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use super::cell::Cell;
use super::cover::{Shape, Zone, finest_order, pixel_radius};
use super::location::{Location, modulo};
use crate::lon_lat_box::LonLatBox;
use crate::vector3d::Vector3d;

/// A box as a band of latitudes and the hemispheres that its western and eastern meridian bound.
pub(super) struct LonLatBoxCover {
    /// First and last colatitude in radians.
    theta: (f64, f64),
    /// Pole of the hemisphere east of the western meridian, and of that west of the eastern one.
    poles: [Vector3d; 2],
    /// The middle of the longitudes, on the equator.
    middle: Vector3d,
    /// Whether the longitudes are those of either hemisphere, not only those of both: beyond 180° of width.
    wide: bool,
    /// Greatest extent of the pixels of each order in radians, and its sine.
    radii: Vec<(f64, f64)>,
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
        let width = modulo(east - west, TAU);
        let middle = west + 0.5 * width;
        let radius = |o| {
            let r: f64 = pixel_radius(o);
            (r, r.sin())
        };
        Some(Self {
            theta,
            poles: [
                Vector3d::new(-west.sin(), west.cos(), 0.0),
                Vector3d::new(east.sin(), -east.cos(), 0.0),
            ],
            middle: Vector3d::new(middle.cos(), middle.sin(), 0.0),
            wide: width > PI,
            radii: (0..=finest_order(order)).map(radius).collect(),
        })
    }

    /// The zone of a pixel around `v` by latitude alone.
    fn zone_by_latitude(&self, v: &Vector3d, radius: f64) -> Zone {
        let at = (v.x * v.x + v.y * v.y).sqrt().atan2(v.z);
        let (first, last) = (self.theta.0 - SLACK, self.theta.1 + SLACK);
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

    /// The zone of a pixel around `v` by longitude alone.
    fn zone_by_longitude(&self, v: &Vector3d, sine: f64) -> Zone {
        let of_pole = |pole: &Vector3d| zone_of_height(v.dot(pole), sine);
        let (east, west) = (of_pole(&self.poles[0]), of_pole(&self.poles[1]));
        if self.wide {
            return east.max(west);
        }
        // Far from the box both meridians' planes are near each other again, on the other half of the sphere.
        if zone_of_height(v.dot(&self.middle), sine) == Zone::Outside {
            return Zone::Outside;
        }
        east.min(west)
    }
}

impl Shape for LonLatBoxCover {
    fn zone(&self, cell: Cell) -> Zone {
        let v = Location::middle_of(cell).vector();
        let (radius, sine) = self.radii[cell.order as usize];
        match self.zone_by_latitude(&v, radius) {
            Zone::Outside => Zone::Outside,
            by_latitude => by_latitude.min(self.zone_by_longitude(&v, sine)),
        }
    }
}

/// The zone of a pixel whose middle is this high above the plane that bounds a hemisphere, `sine` being the greatest
/// height of a point of the pixel above its middle.
fn zone_of_height(height: f64, sine: f64) -> Zone {
    if height < -sine - SLACK {
        Zone::Outside
    } else if height >= sine - SLACK {
        Zone::Inside
    } else if height >= -SLACK {
        Zone::Middle
    } else {
        Zone::Near
    }
}
