//! A circle on the sphere.

use crate::angle::Angle;
use crate::box3d::Box3d;
use crate::constants::{MAX_ASIN_ERROR, PI, std_max, std_min};
use crate::error::SkyError;
use crate::interval::{Interval1d, relate_if_empty};
use crate::lon_lat::LonLat;
use crate::lon_lat_box::LonLatBox;
use crate::normalized_angle::NormalizedAngle;
use crate::relationship::Relationship;
use crate::unit_vector3d::UnitVector3d;

/// All points within some angle of a center (`sphgeom/Circle`).
///
/// The squared chord length from center to edge decides which points are inside; it is below 0 (or NaN) for the empty
/// circle and at least 4 for the full sphere. The opening angle is kept beside it, as in the reference.
#[derive(Debug, Clone, Copy)]
pub struct Circle {
    center: UnitVector3d,
    squared_chord_length: f64,
    opening_angle: Angle,
}

/// Slack that covers the rounding of the two opening angles and the distance of their centers.
pub(crate) const ANGLE_SLACK: f64 = 4.0 * MAX_ASIN_ERROR;

impl Circle {
    /// The circle of radius `opening_angle`; negative is empty, π or more is full.
    pub fn new(center: UnitVector3d, opening_angle: Angle) -> Self {
        Self::from_parts(
            center,
            Self::squared_chord_length_for(opening_angle),
            opening_angle,
        )
    }

    /// The circle of points at most this squared chord length away from `center`.
    pub fn from_squared_chord_length(center: UnitVector3d, squared_chord_length: f64) -> Self {
        Self::from_parts(
            center,
            squared_chord_length,
            Self::opening_angle_for(squared_chord_length),
        )
    }

    /// A circle with the three stored values, unchecked.
    pub(crate) fn from_parts(
        center: UnitVector3d,
        squared_chord_length: f64,
        opening_angle: Angle,
    ) -> Self {
        Self {
            center,
            squared_chord_length,
            opening_angle,
        }
    }

    /// The circle without points.
    pub fn empty() -> Self {
        Self::from_parts(UnitVector3d::Z, -1.0, Angle::from_radians(-1.0))
    }

    /// The whole sphere.
    pub fn full() -> Self {
        Self::from_squared_chord_length(UnitVector3d::Z, 4.0)
    }

    /// The squared chord length of an arc of length `a`.
    pub fn squared_chord_length_for(a: Angle) -> f64 {
        if a.as_radians() < 0.0 {
            return -1.0;
        }
        if a.as_radians() >= PI {
            return 4.0;
        }
        let s = (a * 0.5).sin();
        4.0 * s * s
    }

    /// The arc length that has this squared chord length.
    pub fn opening_angle_for(squared_chord_length: f64) -> Angle {
        Angle::from_radians(if squared_chord_length < 0.0 {
            -1.0
        } else if squared_chord_length >= 4.0 {
            PI
        } else {
            2.0 * (0.5 * squared_chord_length.sqrt()).asin()
        })
    }

    /// The center.
    pub fn center(&self) -> &UnitVector3d {
        &self.center
    }

    /// Squared chord length from the center to the edge.
    pub fn squared_chord_length(&self) -> f64 {
        self.squared_chord_length
    }

    /// Angle between the center and the edge.
    pub fn opening_angle(&self) -> Angle {
        self.opening_angle
    }

    /// True when the circle has no points.
    pub fn is_empty(&self) -> bool {
        self.squared_chord_length < 0.0 || self.squared_chord_length.is_nan()
    }

    /// True for the whole sphere.
    pub fn is_full(&self) -> bool {
        self.squared_chord_length >= 4.0
    }

    /// True when the point lies inside or on the edge.
    pub fn contains(&self, v: &UnitVector3d) -> bool {
        self.is_full() || v.squared_chord_to(&self.center) <= self.squared_chord_length
    }

    /// True when `x` is proven to lie inside.
    pub fn contains_circle(&self, x: &Self) -> bool {
        if self.is_full() || x.is_empty() {
            return true;
        }
        if self.is_empty() || x.is_full() {
            return false;
        }
        self == x
            || self.opening_angle
                > self.angle_to(x) + x.opening_angle + Angle::from_radians(ANGLE_SLACK)
    }

    /// True when the circles are proven to have no point in common.
    pub fn is_disjoint_from(&self, x: &Self) -> bool {
        if self.is_empty() || x.is_empty() {
            return true;
        }
        if self.is_full() || x.is_full() {
            return false;
        }
        self.angle_to(x) > self.opening_angle + x.opening_angle + Angle::from_radians(ANGLE_SLACK)
    }

    /// How this circle lies to `c`.
    pub fn relate_circle(&self, c: &Self) -> Relationship {
        if let Some(r) = relate_if_empty(self.is_empty(), c.is_empty()) {
            return r;
        }
        match (self.is_full(), c.is_full()) {
            (true, true) => return Relationship::CONTAINS | Relationship::WITHIN,
            (true, false) => return Relationship::CONTAINS,
            (false, true) => return Relationship::WITHIN,
            (false, false) => {}
        }
        if self == c {
            return Relationship::CONTAINS | Relationship::WITHIN;
        }
        let cc = self.angle_to(c);
        let slack = Angle::from_radians(ANGLE_SLACK);
        if cc > self.opening_angle + c.opening_angle + slack {
            Relationship::DISJOINT
        } else if cc + c.opening_angle + slack <= self.opening_angle {
            Relationship::CONTAINS
        } else if cc + self.opening_angle + slack <= c.opening_angle {
            Relationship::WITHIN
        } else {
            Relationship::INTERSECTS
        }
    }

    /// The smaller of the two circles if they may intersect, else the empty circle.
    pub fn clipped_to(&self, x: &Self) -> Self {
        if self.is_empty() || x.is_full() {
            return *self;
        }
        if self.is_full() || x.is_empty() {
            return *x;
        }
        if self.is_disjoint_from(x) {
            Self::empty()
        } else if x.opening_angle < self.opening_angle {
            *x
        } else {
            *self
        }
    }

    /// The smallest circle around both. Errors when a center, which was decoded, is not a direction.
    pub fn expanded_to(&self, x: &Self) -> Result<Self, SkyError> {
        if self.is_empty() || x.is_full() {
            return Ok(*x);
        }
        if x.is_empty() || self.is_full() {
            return Ok(*self);
        }
        let cc = self.angle_to(x);
        let slack = Angle::from_radians(ANGLE_SLACK);
        if cc + x.opening_angle + slack <= self.opening_angle {
            return Ok(*self);
        }
        if cc + self.opening_angle + slack <= x.opening_angle {
            return Ok(*x);
        }
        let o = (cc + self.opening_angle + x.opening_angle) * 0.5;
        let asin_error = Angle::from_radians(MAX_ASIN_ERROR);
        if o + asin_error * 2.0 >= Angle::from_radians(PI) {
            return Ok(Self::full());
        }
        let c = self.center.as_vector();
        let n = UnitVector3d::orthogonal_to_both(c, x.center.as_vector())?;
        // The new center is this one rotated around n, which is orthogonal to it.
        let r = o - self.opening_angle;
        let center = UnitVector3d::from_vector(&(*c * r.cos() + n.cross(c) * r.sin()))?;
        Ok(Self::from_parts(
            center,
            Self::squared_chord_length_for(o + asin_error),
            o + asin_error,
        ))
    }

    /// A box of longitudes and latitudes around the circle.
    pub fn bounding_box(&self) -> LonLatBox {
        let c = LonLat::from_vector(self.center.as_vector());
        let asin_error = Angle::from_radians(MAX_ASIN_ERROR);
        let h = self.opening_angle + asin_error * 2.0;
        let w = NormalizedAngle::from(
            Angle::from(LonLatBox::half_width_for_circle(h, c.lat())) + asin_error,
        );
        LonLatBox::around(&c, w.into(), h)
    }

    /// A box in ℝ³ around the circle.
    pub fn bounding_box3d(&self) -> Box3d {
        const MAX_BOUNDARY_ERROR: f64 = 6.2e-16;
        if self.is_empty() {
            return Box3d::empty();
        }
        if self.is_full() {
            return Box3d::around_unit_sphere();
        }
        let (s, c) = (self.opening_angle.sin(), self.opening_angle.cos());
        let side = |ci: f64| {
            let di = (1.0 - ci * ci).sqrt();
            let mut high = if 2.0 - 2.0 * ci <= self.squared_chord_length {
                1.0
            } else {
                -1.0
            };
            let mut low = if 2.0 + 2.0 * ci <= self.squared_chord_length {
                -1.0
            } else {
                1.0
            };
            for b in [ci * c + di * s, ci * c - di * s] {
                high = std_max(high, b + MAX_BOUNDARY_ERROR);
                low = std_min(low, b - MAX_BOUNDARY_ERROR);
            }
            Interval1d::new(std_max(-1.0, low), std_min(1.0, high))
        };
        Box3d::new(
            side(self.center.x()),
            side(self.center.y()),
            side(self.center.z()),
        )
    }

    fn angle_to(&self, x: &Self) -> Angle {
        NormalizedAngle::between_vectors(self.center.as_vector(), x.center.as_vector()).into()
    }
}

impl PartialEq for Circle {
    /// All empty circles are equal and all full ones are.
    fn eq(&self, c: &Self) -> bool {
        (self.is_empty() && c.is_empty())
            || (self.is_full() && c.is_full())
            || (self.center == c.center
                && self.squared_chord_length == c.squared_chord_length
                && self.opening_angle == c.opening_angle)
    }
}
