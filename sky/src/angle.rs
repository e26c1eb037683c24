//! An angle in radians.

use std::ops::{Add, Mul, Neg, Sub};

use crate::constants::{DEG_PER_RAD, PI, RAD_PER_DEG};

/// An angle, kept in radians (`sphgeom/Angle`). It may have any value, NaN included.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Angle(f64);

impl Angle {
    /// Zero.
    pub const ZERO: Self = Self(0.0);
    /// Not an angle.
    pub const NAN: Self = Self(f64::NAN);

    /// An angle of `a` radians.
    pub const fn from_radians(a: f64) -> Self {
        Self(a)
    }

    /// An angle of `a` degrees.
    pub fn from_degrees(a: f64) -> Self {
        Self(a * RAD_PER_DEG)
    }

    /// The value in radians.
    pub const fn as_radians(self) -> f64 {
        self.0
    }

    /// The value in degrees.
    pub fn as_degrees(self) -> f64 {
        self.0 * DEG_PER_RAD
    }

    /// True when the value lies in [0, 2π].
    pub fn is_normalized(self) -> bool {
        self.0 >= 0.0 && self.0 <= 2.0 * PI
    }

    /// True when the value is NaN.
    pub fn is_nan(self) -> bool {
        self.0.is_nan()
    }

    /// Sine.
    pub fn sin(self) -> f64 {
        self.0.sin()
    }

    /// Cosine.
    pub fn cos(self) -> f64 {
        self.0.cos()
    }

    /// Tangent.
    pub fn tan(self) -> f64 {
        self.0.tan()
    }

    /// Absolute value.
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }
}

impl From<f64> for Angle {
    /// An angle in radians.
    fn from(radians: f64) -> Self {
        Self(radians)
    }
}

impl Add for Angle {
    type Output = Self;
    fn add(self, a: Self) -> Self {
        Self(self.0 + a.0)
    }
}

impl Sub for Angle {
    type Output = Self;
    fn sub(self, a: Self) -> Self {
        Self(self.0 - a.0)
    }
}

impl Mul<f64> for Angle {
    type Output = Self;
    fn mul(self, a: f64) -> Self {
        Self(self.0 * a)
    }
}

impl Neg for Angle {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
