//! A point of the sphere in the coordinates that HEALPix is built on.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2, TAU};

use super::cell::Cell;
use super::place::Place;
use crate::angle::Angle;
use crate::error::SkyError;
use crate::lon_lat::LonLat;
use crate::normalized_angle::NormalizedAngle;
use crate::unit_vector3d::UnitVector3d;
use crate::vector3d::Vector3d;

/// A point by height above the equator and longitude, with the distance from the axis where `z` alone is too coarse.
#[derive(Debug, Clone, Copy)]
pub(super) struct Location {
    /// Sine of the latitude.
    pub z: f64,
    /// Longitude in radians.
    pub phi: f64,
    /// Distance from the polar axis, given only near a pole.
    pub sin_theta: Option<f64>,
}

/// Beyond this height the distance from the axis is kept beside `z`.
const POLAR: f64 = 0.99;

/// A little less than 0.01 radians from the south pole: hpgeom has π to five decimals here.
#[expect(clippy::approx_constant, reason = "π would be a different angle")]
const SOUTHERN: f64 = 3.14159 - 0.01;

impl Location {
    /// The direction of `v`.
    pub fn of_vector(v: &Vector3d) -> Self {
        let scale = 1.0 / v.norm();
        let z = v.z * scale;
        Self {
            z,
            // On the axis the signs of zeros must not decide.
            phi: if v.x == 0.0 && v.y == 0.0 {
                0.0
            } else {
                v.y.atan2(v.x)
            },
            sin_theta: (z.abs() > POLAR).then(|| (v.x * v.x + v.y * v.y).sqrt() * scale),
        }
    }

    /// The point at colatitude `theta` and longitude `phi`, in radians.
    pub fn of_angles(theta: f64, phi: f64) -> Self {
        // The reference leaves the sine out where it matters most, within 0.01 radians of a pole.
        let sin_theta = (0.01..=SOUTHERN).contains(&theta).then(|| theta.sin());
        Self {
            z: theta.cos(),
            phi,
            sin_theta,
        }
    }

    /// The middle of a pixel.
    pub fn middle_of(cell: Cell) -> Self {
        let place = Place::of(cell);
        let nside = 1i64 << cell.order;
        let cap_scale = 4.0 / (12 * nside * nside) as f64;
        let belt_scale = (2 * nside) as f64 * cap_scale;
        // Rings of pixels are counted from the north pole, 1 to 4 nside - 1.
        let ring = ((i64::from(place.face) / 4 + 2) << cell.order) - place.x - place.y - 1;
        let from_pole = ring.min(4 * nside - ring);
        let ring_quarter = from_pole.min(nside);
        let mut eighths = first_longitude(place.face) * ring_quarter + place.x - place.y;
        if eighths < 0 {
            eighths += 8 * ring_quarter;
        }
        if ring_quarter == nside {
            Self {
                z: (2 * nside - ring) as f64 * belt_scale,
                phi: 0.75 * FRAC_PI_2 * eighths as f64 * belt_scale,
                sin_theta: None,
            }
        } else {
            let depth = (from_pole * from_pole) as f64 * cap_scale;
            let phi = 0.5 * FRAC_PI_2 * eighths as f64 / from_pole as f64;
            Self::in_cap(depth, ring < nside, phi)
        }
    }

    /// Point `i` of `steps` on one side of a pixel's outline. Sides 0-3 and the points on them run counter-clockwise as
    /// seen from outside, beginning at the northern corner.
    pub fn on_outline(place: Place, side: u32, i: u32, steps: u32) -> Self {
        let nside = (1u64 << place.order) as f64;
        let half = 0.5 / nside;
        let (x, y) = (
            (place.x as f64 + 0.5) / nside,
            (place.y as f64 + 0.5) / nside,
        );
        let along = f64::from(i) * (1.0 / (f64::from(steps) * nside));
        match side {
            0 => Self::on_face(place.face, x + half - along, y + half),
            1 => Self::on_face(place.face, x - half, y + half - along),
            2 => Self::on_face(place.face, x - half + along, y - half),
            _ => Self::on_face(place.face, x + half, y - half + along),
        }
    }

    /// The point of a base face at (`x`, `y`), each from 0 to 1.
    fn on_face(face: u8, x: f64, y: f64) -> Self {
        let ring = f64::from(face / 4 + 2) - x - y;
        let ring_quarter = if ring < 1.0 {
            ring
        } else if ring > 3.0 {
            4.0 - ring
        } else {
            1.0
        };
        let mut eighths = first_longitude(face) as f64 * ring_quarter + x - y;
        if eighths < 0.0 {
            eighths += 8.0;
        }
        if eighths >= 8.0 {
            eighths -= 8.0;
        }
        let phi = if ring_quarter < 1e-15 {
            0.0
        } else {
            0.5 * FRAC_PI_2 * eighths / ring_quarter
        };
        if (1.0..=3.0).contains(&ring) {
            Self {
                z: (2.0 - ring) * 2.0 / 3.0,
                phi,
                sin_theta: None,
            }
        } else {
            Self::in_cap(ring_quarter * ring_quarter / 3.0, ring < 1.0, phi)
        }
    }

    /// A point beyond the heights ±2/3, `depth` below the pole of its hemisphere.
    fn in_cap(depth: f64, north: bool, phi: f64) -> Self {
        let z = if north { 1.0 - depth } else { depth - 1.0 };
        let sin_theta = (z.abs() > POLAR).then(|| (depth * (2.0 - depth)).sqrt());
        Self { z, phi, sin_theta }
    }

    /// Angle from the north pole in radians.
    pub fn theta(&self) -> f64 {
        self.sin_theta
            .map_or_else(|| self.z.acos(), |s| s.atan2(self.z))
    }

    /// Latitude in radians.
    pub fn latitude(&self) -> f64 {
        -(self.theta() - FRAC_PI_2)
    }

    /// The point as a vector of about unit length.
    pub fn vector(&self) -> Vector3d {
        let s = self
            .sin_theta
            .unwrap_or_else(|| ((1.0 - self.z) * (1.0 + self.z)).sqrt());
        Vector3d::new(s * self.phi.cos(), s * self.phi.sin(), self.z)
    }

    /// The point as sphgeom makes it from longitude and latitude.
    pub fn unit_vector(&self) -> Result<UnitVector3d, SkyError> {
        let lat = Angle::from_radians(self.latitude());
        let lon = NormalizedAngle::from_radians(self.phi);
        Ok(UnitVector3d::from_lon_lat(&LonLat::new(lon, lat)?))
    }

    /// The pixel of `order` that the point belongs to.
    pub fn cell(&self, order: u32) -> Cell {
        let nside = 1i64 << order;
        let scale = nside as f64;
        let quarters = modulo(self.phi * FRAC_2_PI, 4.0);
        let height = self.z.abs();
        let (face, x, y);
        if height <= 2.0 / 3.0 {
            // Pixel edges are straight lines in (longitude, z) here; these are the numbers of the lines just passed.
            let (along, up) = (scale * (0.5 + quarters), scale * (self.z * 0.75));
            let (rising, falling) = ((along - up) as i64, (along + up) as i64);
            let (r, f) = (rising >> order, falling >> order);
            face = match r.cmp(&f) {
                std::cmp::Ordering::Equal => r | 4,
                std::cmp::Ordering::Less => r,
                std::cmp::Ordering::Greater => f + 8,
            };
            (x, y) = (falling & (nside - 1), nside - 1 - (rising & (nside - 1)));
        } else {
            let quarter = (quarters as i64).min(3);
            let part = quarters - quarter as f64;
            let from_pole = match self.sin_theta {
                Some(s) if height >= POLAR => scale * s / ((1.0 + height) / 3.0).sqrt(),
                _ => scale * (3.0 * (1.0 - height)).sqrt(),
            };
            // Rounding can push a point over the border of its face.
            let rising = ((part * from_pole) as i64).min(nside - 1);
            let falling = (((1.0 - part) * from_pole) as i64).min(nside - 1);
            if self.z >= 0.0 {
                (face, x, y) = (quarter, nside - falling - 1, nside - rising - 1);
            } else {
                (face, x, y) = (quarter + 8, rising, falling);
            }
        }
        let face = face as u8;
        Place { order, face, x, y }.cell()
    }
}

/// Longitude of the middle of a face in units of 45°.
fn first_longitude(face: u8) -> i64 {
    i64::from(2 * (face % 4)) + i64::from(face / 4 != 1)
}

/// `v` reduced to [0, `period`).
pub(super) fn modulo(v: f64, period: f64) -> f64 {
    if v >= 0.0 {
        return v % period;
    }
    let r = v % period + period;
    if r == period { 0.0 } else { r }
}

/// A longitude reduced as Python's `%` does: a full turn is possible for the smallest negative ones.
pub(super) fn python_modulo_turn(v: f64) -> f64 {
    let r = v % TAU;
    if r < 0.0 { r + TAU } else { r.abs() }
}
