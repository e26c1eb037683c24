//! An angle in [0, 2π].

use crate::angle::Angle;
use crate::constants::{PI, RAD_PER_DEG};
use crate::vector3d::Vector3d;

/// An angle reduced to [0, 2π], or NaN (`sphgeom/NormalizedAngle`). Both ends are allowed and differ.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct NormalizedAngle(Angle);

impl NormalizedAngle {
    /// Not an angle.
    pub const NAN: Self = Self(Angle::NAN);

    /// `a` radians, reduced.
    pub fn from_radians(a: f64) -> Self {
        if a < 0.0 {
            Self(Angle::from_radians(a % (2.0 * PI) + 2.0 * PI))
        } else if a > 2.0 * PI {
            Self(Angle::from_radians(a % (2.0 * PI)))
        } else {
            Self(Angle::from_radians(a))
        }
    }

    /// `a` degrees, reduced.
    pub fn from_degrees(a: f64) -> Self {
        Self::from_radians(a * RAD_PER_DEG)
    }

    /// The angle in [0, π] between two vectors; 0 when one of them is zero.
    pub fn between_vectors(v1: &Vector3d, v2: &Vector3d) -> Self {
        let s = v1.cross(v2).norm();
        let c = v1.dot(v2);
        if s == 0.0 && c == 0.0 {
            Self::default()
        } else {
            Self(Angle::from_radians(s.atan2(c)))
        }
    }

    /// The middle of the counter-clockwise arc from `a` to `b`.
    pub fn center(a: Self, b: Self) -> Self {
        let c = 0.5 * (a.as_radians() + b.as_radians());
        let c = if a <= b {
            c
        } else if c < PI {
            c + PI
        } else {
            c - PI
        };
        Self(Angle::from_radians(c))
    }

    /// The counter-clockwise angle from here to `a`.
    pub fn angle_to(self, a: Self) -> Self {
        let d = a.as_radians() - self.as_radians();
        Self(Angle::from_radians(if d < 0.0 { 2.0 * PI + d } else { d }))
    }

    /// The value in radians.
    pub const fn as_radians(self) -> f64 {
        self.0.as_radians()
    }

    /// The value in degrees.
    pub fn as_degrees(self) -> f64 {
        self.0.as_degrees()
    }

    /// True when the value is NaN.
    pub fn is_nan(self) -> bool {
        self.0.is_nan()
    }
}

impl From<NormalizedAngle> for Angle {
    fn from(a: NormalizedAngle) -> Self {
        a.0
    }
}

impl From<Angle> for NormalizedAngle {
    /// The angle reduced to [0, 2π].
    fn from(a: Angle) -> Self {
        Self::from_radians(a.as_radians())
    }
}
