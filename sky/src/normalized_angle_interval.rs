//! An arc of longitudes.

use crate::angle::Angle;
use crate::constants::PI;
use crate::error::SkyError;
use crate::interval::relate_if_empty;
use crate::normalized_angle::NormalizedAngle;
use crate::relationship::Relationship;

/// The longitudes met when going counter-clockwise from a to b (`sphgeom/NormalizedAngleInterval`).
///
/// It wraps through 0 when a > b, is empty when one is NaN and full when it is [0, 2π].
#[derive(Debug, Clone, Copy)]
pub struct NormalizedAngleInterval {
    a: NormalizedAngle,
    b: NormalizedAngle,
}

impl NormalizedAngleInterval {
    /// The arc from `a` to `b`.
    pub const fn new(a: NormalizedAngle, b: NormalizedAngle) -> Self {
        Self { a, b }
    }

    /// The arc of the single longitude `x`.
    pub const fn point(x: NormalizedAngle) -> Self {
        Self { a: x, b: x }
    }

    /// The arc without points.
    pub const fn empty() -> Self {
        Self::point(NormalizedAngle::NAN)
    }

    /// All longitudes.
    pub fn full() -> Self {
        Self::new(
            NormalizedAngle::from_radians(0.0),
            NormalizedAngle::from_radians(2.0 * PI),
        )
    }

    /// The arc from `x` to `y` after reducing them; full when they are 2π or more apart, empty when one is NaN.
    ///
    /// Errors with [`SkyError::Angle`] when one is outside of [0, 2π] and x > y.
    pub fn from_angles(x: Angle, y: Angle) -> Result<Self, SkyError> {
        if x.is_nan() || y.is_nan() {
            return Ok(Self::empty());
        }
        if !x.is_normalized() || !y.is_normalized() {
            if x > y {
                return Err(SkyError::Angle(
                    "longitude interval has unreduced ends in the wrong order",
                ));
            }
            if y - x >= Angle::from_radians(2.0 * PI) {
                return Ok(Self::full());
            }
        }
        Ok(Self::new(x.into(), y.into()))
    }

    /// Start of the arc.
    pub fn a(&self) -> NormalizedAngle {
        self.a
    }

    /// End of the arc.
    pub fn b(&self) -> NormalizedAngle {
        self.b
    }

    /// True when an end is NaN.
    pub fn is_empty(&self) -> bool {
        self.a.is_nan() || self.b.is_nan()
    }

    /// True for exactly [0, 2π].
    pub fn is_full(&self) -> bool {
        self.a.as_radians() == 0.0 && self.b.as_radians() == 2.0 * PI
    }

    /// True when the arc passes through 0.
    pub fn wraps(&self) -> bool {
        self.a > self.b
    }

    /// The middle of the arc.
    pub fn center(&self) -> NormalizedAngle {
        NormalizedAngle::center(self.a, self.b)
    }

    /// The length of the arc.
    pub fn size(&self) -> NormalizedAngle {
        self.a.angle_to(self.b)
    }

    /// True when `x` lies on the arc; also for NaN, which counts as an empty set.
    pub fn contains(&self, x: NormalizedAngle) -> bool {
        x.is_nan() || self.intersects(x)
    }

    /// True when `x` lies on the arc.
    pub fn intersects(&self, x: NormalizedAngle) -> bool {
        if self.wraps() {
            x <= self.b || self.a <= x
        } else {
            self.a <= x && x <= self.b
        }
    }

    /// True when the arcs have no longitude in common.
    pub fn is_disjoint_from(&self, x: &Self) -> bool {
        if x.is_empty() || self.is_empty() {
            return true;
        }
        match (self.wraps(), x.wraps()) {
            (true, true) => false,
            (false, true) => x.a > self.b && x.b < self.a,
            (true, false) => self.a > x.b && self.b < x.a,
            (false, false) => x.b < self.a || x.a > self.b,
        }
    }

    /// How this arc lies to `x`.
    pub fn relate(&self, x: &Self) -> Relationship {
        if let Some(r) = relate_if_empty(self.is_empty(), x.is_empty()) {
            return r;
        }
        if self.a == x.a && self.b == x.b {
            return Relationship::CONTAINS | Relationship::WITHIN;
        }
        match (self.wraps(), x.wraps()) {
            (true, false) => self.relate_wrapping_to_plain(x),
            (false, true) => x.relate_wrapping_to_plain(self).invert(),
            (wraps, _) => {
                if self.a <= x.a && self.b >= x.b {
                    Relationship::CONTAINS
                } else if self.a >= x.a && self.b <= x.b {
                    Relationship::WITHIN
                } else if wraps || (self.a <= x.b && self.b >= x.a) {
                    Relationship::INTERSECTS
                } else {
                    Relationship::DISJOINT
                }
            }
        }
    }

    fn relate_wrapping_to_plain(&self, x: &Self) -> Relationship {
        if x.is_full() {
            Relationship::WITHIN
        } else if self.a <= x.a || self.b >= x.b {
            Relationship::CONTAINS
        } else if self.a > x.b && self.b < x.a {
            Relationship::DISJOINT
        } else {
            Relationship::INTERSECTS
        }
    }

    /// An arc with all common longitudes; when those are two pieces, the shorter of the two arcs.
    pub fn clipped_to(&self, x: &Self) -> Self {
        if x.is_empty() {
            Self::empty()
        } else if self.contains(x.a) {
            if !self.contains(x.b) {
                Self::new(x.a, self.b)
            } else if self.size() >= x.size() {
                *x
            } else {
                *self
            }
        } else if self.contains(x.b) {
            Self::new(self.a, x.b)
        } else if !x.intersects(self.a) {
            Self::empty()
        } else {
            *self
        }
    }

    /// The shortest arc with this one and `x` in it.
    pub fn expanded_to(&self, x: &Self) -> Self {
        if x.is_empty() {
            return *self;
        }
        if self.contains(x.a) {
            if !self.contains(x.b) {
                Self::new(self.a, x.b)
            } else if self.wraps() != x.wraps() {
                Self::full()
            } else {
                *self
            }
        } else if self.contains(x.b) {
            Self::new(x.a, self.b)
        } else if self.is_empty() || x.contains(self.a) {
            *x
        } else if self.b.angle_to(x.a) < x.b.angle_to(self.a) {
            Self::new(self.a, x.b)
        } else {
            Self::new(x.a, self.b)
        }
    }

    /// Both ends moved outwards by `x` (inwards when negative); NaN changes nothing.
    pub fn dilated_by(&self, x: Angle) -> Self {
        if self.is_empty() || self.is_full() || x == Angle::ZERO || x.is_nan() {
            return *self;
        }
        if x > Angle::ZERO {
            self.widened_by(x)
        } else {
            self.narrowed_by(x)
        }
    }

    fn widened_by(&self, x: Angle) -> Self {
        let turn = Angle::from_radians(2.0 * PI);
        let mut a = Angle::from(self.a) - x;
        let mut b = Angle::from(self.b) + x;
        if x >= Angle::from_radians(PI) {
            return Self::full();
        }
        if self.wraps() {
            if a <= b {
                return Self::full();
            }
        } else {
            if a < Angle::ZERO {
                a = a + turn;
                if a <= b {
                    return Self::full();
                }
            }
            if b > turn {
                b = b - turn;
                if a <= b {
                    return Self::full();
                }
            }
        }
        Self::new(a.into(), b.into())
    }

    fn narrowed_by(&self, x: Angle) -> Self {
        let turn = Angle::from_radians(2.0 * PI);
        let mut a = Angle::from(self.a) - x;
        let mut b = Angle::from(self.b) + x;
        if x <= Angle::from_radians(-PI) {
            return Self::empty();
        }
        if self.wraps() {
            if a > turn {
                a = a - turn;
                if a > b {
                    return Self::empty();
                }
            }
            if b < Angle::ZERO {
                b = b + turn;
                if a > b {
                    return Self::empty();
                }
            }
        } else if a > b {
            return Self::empty();
        }
        Self::new(a.into(), b.into())
    }
}

impl PartialEq for NormalizedAngleInterval {
    fn eq(&self, x: &Self) -> bool {
        (self.a == x.a && self.b == x.b) || (self.is_empty() && x.is_empty())
    }
}
