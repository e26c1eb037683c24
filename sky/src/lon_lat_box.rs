//! A box of longitudes and latitudes: sphgeom's `Box`, renamed because Rust's prelude has one.

use crate::angle::Angle;
use crate::constants::PI;
use crate::error::SkyError;
use crate::interval::AngleInterval;
use crate::lon_lat::LonLat;
use crate::normalized_angle::NormalizedAngle;
use crate::normalized_angle_interval::NormalizedAngleInterval;
use crate::relationship::Relationship;
use crate::unit_vector3d::UnitVector3d;

/// All points with a longitude in one interval and a latitude in another (`sphgeom/Box`).
///
/// The latitudes lie in [-π/2, π/2]; both intervals are empty or neither is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LonLatBox {
    lon: NormalizedAngleInterval,
    lat: AngleInterval,
}

impl LonLatBox {
    /// The box of these intervals; latitudes beyond the poles are cut off.
    pub fn new(lon: NormalizedAngleInterval, lat: AngleInterval) -> Self {
        let lat = lat.clipped_to(&Self::all_latitudes());
        if lat.is_empty() {
            Self {
                lon: NormalizedAngleInterval::empty(),
                lat,
            }
        } else if lon.is_empty() {
            Self {
                lon,
                lat: AngleInterval::empty(),
            }
        } else {
            Self { lon, lat }
        }
    }

    /// The box from longitude `lon1` counter-clockwise to `lon2` and latitude `lat1` to `lat2`, in radians.
    ///
    /// Errors with [`SkyError::Angle`] when a longitude is outside of [0, 2π] and `lon1 > lon2`.
    pub fn from_radians(lon1: f64, lat1: f64, lon2: f64, lat2: f64) -> Result<Self, SkyError> {
        let lon = NormalizedAngleInterval::from_angles(
            Angle::from_radians(lon1),
            Angle::from_radians(lon2),
        )?;
        Ok(Self::new(
            lon,
            AngleInterval::new(Angle::from_radians(lat1), Angle::from_radians(lat2)),
        ))
    }

    /// As [`LonLatBox::from_radians`], in degrees.
    pub fn from_degrees(lon1: f64, lat1: f64, lon2: f64, lat2: f64) -> Result<Self, SkyError> {
        let lon = NormalizedAngleInterval::from_angles(
            Angle::from_degrees(lon1),
            Angle::from_degrees(lon2),
        )?;
        Ok(Self::new(
            lon,
            AngleInterval::new(Angle::from_degrees(lat1), Angle::from_degrees(lat2)),
        ))
    }

    /// The box with center `p`, half width `w` and half height `h`.
    pub fn around(p: &LonLat, w: Angle, h: Angle) -> Self {
        let lon = NormalizedAngleInterval::point(p.lon()).dilated_by(w);
        Self::new(lon, AngleInterval::point(p.lat()).dilated_by(h))
    }

    /// The box without points.
    pub fn empty() -> Self {
        Self {
            lon: NormalizedAngleInterval::empty(),
            lat: AngleInterval::empty(),
        }
    }

    /// The whole sphere.
    pub fn full() -> Self {
        Self {
            lon: NormalizedAngleInterval::full(),
            lat: Self::all_latitudes(),
        }
    }

    fn all_latitudes() -> AngleInterval {
        AngleInterval::new(
            Angle::from_radians(-0.5 * PI),
            Angle::from_radians(0.5 * PI),
        )
    }

    /// Half the range of longitudes of a circle with radius `r` around a point of latitude `lat`.
    pub fn half_width_for_circle(r: Angle, lat: Angle) -> NormalizedAngle {
        if r <= Angle::ZERO {
            return NormalizedAngle::from_radians(0.0);
        }
        if lat.abs() + r >= Angle::from_radians(0.5 * PI) {
            return NormalizedAngle::from_radians(PI);
        }
        let s = (r.sin() / lat.cos()).abs();
        NormalizedAngle::from_radians(if s >= 1.0 { 0.5 * PI } else { s.asin() })
    }

    /// The longitudes.
    pub fn lon(&self) -> &NormalizedAngleInterval {
        &self.lon
    }

    /// The latitudes.
    pub fn lat(&self) -> &AngleInterval {
        &self.lat
    }

    /// True when the box has no points.
    pub fn is_empty(&self) -> bool {
        self.lat.is_empty()
    }

    /// True for the whole sphere.
    pub fn is_full(&self) -> bool {
        self.lon.is_full() && self.lat == Self::all_latitudes()
    }

    /// True when the point lies inside or on an edge.
    pub fn contains(&self, v: &UnitVector3d) -> bool {
        self.contains_lon_lat(&LonLat::from_vector(v.as_vector()))
    }

    /// True when the point lies inside or on an edge.
    pub fn contains_lon_lat(&self, p: &LonLat) -> bool {
        self.lat.contains(p.lat()) && self.lon.contains(p.lon())
    }

    /// True when the boxes have a point in common.
    pub fn intersects(&self, b: &Self) -> bool {
        !self.lat.is_disjoint_from(&b.lat) && !self.lon.is_disjoint_from(&b.lon)
    }

    /// How this box lies to `b`.
    pub fn relate_box(&self, b: &Self) -> Relationship {
        let r1 = self.lon.relate(&b.lon);
        let r2 = self.lat.relate(&b.lat);
        ((r1 & r2) & (Relationship::CONTAINS | Relationship::WITHIN))
            | ((r1 | r2) & Relationship::DISJOINT)
    }

    /// A box with all common points of both.
    pub fn clipped_to(&self, b: &Self) -> Self {
        Self::new(self.lon.clipped_to(&b.lon), self.lat.clipped_to(&b.lat))
    }

    /// A box with the points of both.
    pub fn expanded_to(&self, b: &Self) -> Self {
        Self {
            lon: self.lon.expanded_to(&b.lon),
            lat: self.lat.expanded_to(&b.lat),
        }
    }
}
