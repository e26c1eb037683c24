//! A direction: a vector of length one.

use std::ops::Neg;

use crate::angle::Angle;
use crate::error::SkyError;
use crate::lon_lat::LonLat;
use crate::normalized_angle::NormalizedAngle;
use crate::vector3d::Vector3d;

/// A point on the unit sphere (`sphgeom/UnitVector3d`).
///
/// (0°, 0°) is (1, 0, 0), (90°, 0°) is (0, 1, 0) and latitude +90° is (0, 0, 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitVector3d(Vector3d);

impl UnitVector3d {
    /// Longitude 0° on the equator.
    pub const X: Self = Self(Vector3d::new(1.0, 0.0, 0.0));
    /// Longitude 90° on the equator.
    pub const Y: Self = Self(Vector3d::new(0.0, 1.0, 0.0));
    /// The north pole.
    pub const Z: Self = Self(Vector3d::new(0.0, 0.0, 1.0));

    /// The direction of (x, y, z). Errors with [`SkyError::ZeroVector`] when all are zero.
    pub fn new(x: f64, y: f64, z: f64) -> Result<Self, SkyError> {
        Self::from_vector(&Vector3d::new(x, y, z))
    }

    /// The direction of `v`. Errors with [`SkyError::ZeroVector`] when it is zero.
    pub fn from_vector(v: &Vector3d) -> Result<Self, SkyError> {
        Ok(Self(v.normalized("a unit vector")?.0))
    }

    /// `v` itself, which the caller says has unit length; this is not checked.
    pub const fn from_normalized(v: Vector3d) -> Self {
        Self(v)
    }

    /// The point with these coordinates. The result is not normalised again, as in the reference.
    pub fn from_angles(lon: Angle, lat: Angle) -> Self {
        let (sin_lon, cos_lon) = (lon.sin(), lon.cos());
        let (sin_lat, cos_lat) = (lat.sin(), lat.cos());
        Self(Vector3d::new(cos_lon * cos_lat, sin_lon * cos_lat, sin_lat))
    }

    /// The point with these coordinates.
    pub fn from_lon_lat(p: &LonLat) -> Self {
        Self::from_angles(p.lon().into(), p.lat())
    }

    /// Some direction orthogonal to `v`. Errors when `v` is zero.
    pub fn orthogonal_to(v: &Vector3d) -> Result<Self, SkyError> {
        if v.x.abs() > v.y.abs() {
            Self::new(-v.z, 0.0, v.x)
        } else {
            Self::new(0.0, v.z, -v.y)
        }
    }

    /// The direction of the vector product of two vectors, or any one orthogonal to `a` when they are (anti)parallel.
    pub fn orthogonal_to_both(a: &Vector3d, b: &Vector3d) -> Result<Self, SkyError> {
        let n = (*b + *a).cross(&(*b - *a));
        if n.is_zero() {
            Self::orthogonal_to(a)
        } else {
            Self::from_vector(&n)
        }
    }

    /// The normal of the plane of the meridian at `lon`.
    pub fn orthogonal_to_meridian(lon: NormalizedAngle) -> Self {
        let lon = Angle::from(lon);
        Self(Vector3d::new(-lon.sin(), lon.cos(), 0.0))
    }

    /// The direction orthogonal to `v` that points north from it; at a pole it is (∓1, 0, 0).
    pub fn north_from(v: &Vector3d) -> Self {
        let n = Vector3d::new(-v.x * v.z, -v.y * v.z, v.x * v.x + v.y * v.y);
        if n.is_zero() {
            return Self(Vector3d::new(-1.0f64.copysign(v.z), 0.0, 0.0));
        }
        Self(n.scaled_to_unit().0)
    }

    /// First component.
    #[inline]
    pub fn x(&self) -> f64 {
        self.0.x
    }

    /// Second component.
    #[inline]
    pub fn y(&self) -> f64 {
        self.0.y
    }

    /// Third component.
    #[inline]
    pub fn z(&self) -> f64 {
        self.0.z
    }

    /// The components.
    #[inline]
    pub fn as_vector(&self) -> &Vector3d {
        &self.0
    }

    /// Inner product with any vector.
    pub fn dot(&self, v: &Vector3d) -> f64 {
        self.0.dot(v)
    }

    /// Vector product with any vector.
    pub fn cross(&self, v: &Vector3d) -> Vector3d {
        self.0.cross(v)
    }

    /// Twice the vector product, computed so that it stays orthogonal for nearly (anti)parallel directions.
    pub fn robust_cross(&self, v: &Self) -> Vector3d {
        (v.0 + self.0).cross(&(v.0 - self.0))
    }

    /// The normalised sum: the middle of the arc between two points that are not antipodal.
    #[inline]
    pub(crate) fn midpoint(&self, v: &Self) -> Self {
        Self((self.0 + v.0).scaled_to_unit().0)
    }

    /// Squared length of the chord between two points, in [0, 4].
    #[inline]
    pub fn squared_chord_to(&self, v: &Self) -> f64 {
        (self.0 - v.0).squared_norm()
    }

    /// This direction rotated by `angle` around the axis `k`. Errors when the result vanishes (only for non-unit input).
    pub fn rotated_around(&self, k: &Self, angle: Angle) -> Result<Self, SkyError> {
        Self::from_vector(&self.0.rotated_around(k, angle))
    }
}

impl Neg for UnitVector3d {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
