//! A vector in three dimensions.

use std::ops::{Add, AddAssign, Mul, Neg, Sub};

use crate::angle::Angle;
use crate::error::SkyError;
use crate::unit_vector3d::UnitVector3d;

/// A vector in ℝ³ (`sphgeom/Vector3d`). Every operation keeps the reference's order of floating point operations.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Vector3d {
    /// First component, towards longitude 0° on the equator.
    pub x: f64,
    /// Second component, towards longitude 90° on the equator.
    pub y: f64,
    /// Third component, towards the north pole.
    pub z: f64,
}

impl Vector3d {
    /// The vector (x, y, z).
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }

    /// Inner product.
    #[inline]
    pub fn dot(&self, v: &Self) -> f64 {
        self.x * v.x + self.y * v.y + self.z * v.z
    }

    /// Inner product with itself.
    #[inline]
    pub fn squared_norm(&self) -> f64 {
        self.dot(self)
    }

    /// Euclidean length.
    pub fn norm(&self) -> f64 {
        self.squared_norm().sqrt()
    }

    /// True when every component is zero.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Vector product.
    #[inline]
    pub fn cross(&self, v: &Self) -> Self {
        Self::new(
            self.y * v.z - self.z * v.y,
            self.z * v.x - self.x * v.z,
            self.x * v.y - self.y * v.x,
        )
    }

    /// Component `i` (0, 1 or anything else for the third).
    pub fn component(&self, i: usize) -> f64 {
        match i {
            0 => self.x,
            1 => self.y,
            _ => self.z,
        }
    }

    /// The vector scaled to unit length and its former length; `what` names the computation in the error for (0, 0, 0).
    pub(crate) fn normalized(&self, what: &'static str) -> Result<(Self, f64), SkyError> {
        if self.is_zero() {
            return Err(SkyError::ZeroVector(what));
        }
        Ok(self.scaled_to_unit())
    }

    /// The vector scaled to unit length and its former length. The caller knows that it is not zero.
    ///
    /// Dividing by the largest component first avoids overflow, as `sphgeom/Vector3d.cc` does. That component itself
    /// becomes ±1 by its sign, so that an infinite one gives an axis.
    #[inline]
    pub(crate) fn scaled_to_unit(self) -> (Self, f64) {
        let (ax, ay, az) = (self.x.abs(), self.y.abs(), self.z.abs());
        let mut v = self;
        // The order of comparisons decides which component counts as the largest when some are equal or NaN.
        let largest = if ax > az {
            if ax > ay { &mut v.x } else { &mut v.y }
        } else if ay > az {
            &mut v.y
        } else {
            &mut v.z
        };
        let scale = largest.abs();
        let sign = 1.0f64.copysign(*largest);
        *largest = 0.0;
        let (x, y, z) = (v.x / scale, v.y / scale, v.z / scale);
        let norm = (1.0 + ((x * x + y * y) + z * z)).sqrt();
        let unit = sign / norm;
        let (ux, uy, uz) = (x / norm, y / norm, z / norm);
        let out = if ax > az {
            if ax > ay {
                Self::new(unit, uy, uz)
            } else {
                Self::new(ux, unit, uz)
            }
        } else if ay > az {
            Self::new(ux, unit, uz)
        } else {
            Self::new(ux, uy, unit)
        };
        (out, norm * scale)
    }

    /// This vector rotated by `angle` around the axis `k`, right-handed.
    pub fn rotated_around(&self, k: &UnitVector3d, angle: Angle) -> Self {
        let (s, c) = (angle.sin(), angle.cos());
        let k = k.as_vector();
        *self * c + k.cross(self) * s + *k * (k.dot(self) * (1.0 - c))
    }
}

impl Add for Vector3d {
    type Output = Self;
    #[inline]
    fn add(self, v: Self) -> Self {
        Self::new(self.x + v.x, self.y + v.y, self.z + v.z)
    }
}

impl AddAssign for Vector3d {
    fn add_assign(&mut self, v: Self) {
        *self = *self + v;
    }
}

impl Sub for Vector3d {
    type Output = Self;
    #[inline]
    fn sub(self, v: Self) -> Self {
        Self::new(self.x - v.x, self.y - v.y, self.z - v.z)
    }
}

impl Mul<f64> for Vector3d {
    type Output = Self;
    fn mul(self, s: f64) -> Self {
        Self::new(self.x * s, self.y * s, self.z * s)
    }
}

impl Neg for Vector3d {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self::new(-self.x, -self.y, -self.z)
    }
}
