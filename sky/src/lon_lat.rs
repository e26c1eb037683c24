//! Spherical coordinates of a point.

use crate::angle::Angle;
use crate::constants::PI;
use crate::error::SkyError;
use crate::normalized_angle::NormalizedAngle;
use crate::vector3d::Vector3d;

/// Longitude in [0, 2π] and latitude in [-π/2, π/2], or NaN in both (`sphgeom/LonLat`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LonLat {
    lon: NormalizedAngle,
    lat: Angle,
}

impl LonLat {
    /// A point. Errors with [`SkyError::Angle`] when the latitude is beyond a pole. NaN in one makes both NaN.
    pub fn new(lon: NormalizedAngle, lat: Angle) -> Result<Self, SkyError> {
        if lat.as_radians().abs() > 0.5 * PI {
            return Err(SkyError::Angle(
                "a latitude must lie between -90 and +90 degrees",
            ));
        }
        Ok(Self::with_matching_nan(lon, lat))
    }

    /// A point in degrees; the longitude is reduced to [0°, 360°].
    pub fn from_degrees(lon: f64, lat: f64) -> Result<Self, SkyError> {
        Self::new(NormalizedAngle::from_degrees(lon), Angle::from_degrees(lat))
    }

    /// A point in radians; the longitude is reduced to [0, 2π].
    pub fn from_radians(lon: f64, lat: f64) -> Result<Self, SkyError> {
        Self::new(NormalizedAngle::from_radians(lon), Angle::from_radians(lat))
    }

    /// Coordinates of the direction of `v`, which need not have unit length.
    pub fn from_vector(v: &Vector3d) -> Self {
        Self::with_matching_nan(Self::longitude_of(v), Self::latitude_of(v))
    }

    /// Latitude of the direction of `v`; 0 when z is 0.
    pub fn latitude_of(v: &Vector3d) -> Angle {
        let d2 = v.x * v.x + v.y * v.y;
        let mut lat = 0.0f64;
        if v.z != 0.0 {
            lat = v.z.atan2(d2.sqrt());
            if lat.abs() > 0.5 * PI {
                lat = (0.5 * PI).copysign(lat);
            }
        }
        Angle::from_radians(lat)
    }

    /// Longitude of the direction of `v`; 0 on the axis.
    pub fn longitude_of(v: &Vector3d) -> NormalizedAngle {
        let d2 = v.x * v.x + v.y * v.y;
        let mut lon = 0.0;
        if d2 != 0.0 {
            lon = v.y.atan2(v.x);
            if lon < 0.0 {
                lon += 2.0 * PI;
            }
        }
        NormalizedAngle::from_radians(lon)
    }

    /// The longitude.
    pub fn lon(&self) -> NormalizedAngle {
        self.lon
    }

    /// The latitude.
    pub fn lat(&self) -> Angle {
        self.lat
    }

    fn with_matching_nan(lon: NormalizedAngle, lat: Angle) -> Self {
        if lon.is_nan() {
            Self {
                lon,
                lat: Angle::NAN,
            }
        } else if lat.is_nan() {
            Self {
                lon: NormalizedAngle::NAN,
                lat,
            }
        } else {
            Self { lon, lat }
        }
    }
}
