//! A closed interval of numbers or angles.

use std::ops::{Add, Mul, Sub};

use crate::angle::Angle;
use crate::constants::{std_max, std_min};
use crate::relationship::Relationship;

/// A closed interval [a, b]; empty unless a ≤ b, so also when one of them is NaN (`sphgeom/Interval.h`).
#[derive(Debug, Clone, Copy)]
pub struct Interval<T> {
    a: T,
    b: T,
}

/// An interval of real numbers.
pub type Interval1d = Interval<f64>;
/// An interval of angles, not reduced.
pub type AngleInterval = Interval<Angle>;

/// What an interval needs of its ends: doubles and [`Angle`].
pub trait Scalar:
    Copy + PartialOrd + From<f64> + Add<Output = Self> + Sub<Output = Self> + Mul<f64, Output = Self>
{
}
impl Scalar for f64 {}
impl Scalar for Angle {}

impl<T: Scalar> Interval<T> {
    /// The interval [a, b].
    pub const fn new(a: T, b: T) -> Self {
        Self { a, b }
    }

    /// The interval [x, x].
    pub const fn point(x: T) -> Self {
        Self { a: x, b: x }
    }

    /// The empty interval, which the reference writes as [1, 0].
    pub fn empty() -> Self {
        Self {
            a: T::from(1.0),
            b: T::from(0.0),
        }
    }

    /// Lower end.
    pub fn a(&self) -> T {
        self.a
    }

    /// Upper end.
    pub fn b(&self) -> T {
        self.b
    }

    /// True unless a ≤ b.
    pub fn is_empty(&self) -> bool {
        !matches!(self.a.partial_cmp(&self.b), Some(o) if o.is_le())
    }

    /// The middle.
    pub fn center(&self) -> T {
        (self.a + self.b) * 0.5
    }

    /// b - a.
    pub fn size(&self) -> T {
        self.b - self.a
    }

    /// True when `x` lies inside; also for NaN, which counts as an empty set.
    pub fn contains(&self, x: T) -> bool {
        self.intersects(x) || is_nan(x)
    }

    /// True when `x` lies inside.
    pub fn intersects(&self, x: T) -> bool {
        self.a <= x && x <= self.b
    }

    /// True when all of `x` lies inside.
    pub fn contains_interval(&self, x: &Self) -> bool {
        x.is_empty() || (!self.is_empty() && self.a <= x.a && self.b >= x.b)
    }

    /// True when the intervals have no point in common.
    pub fn is_disjoint_from(&self, x: &Self) -> bool {
        self.is_empty() || x.is_empty() || self.a > x.b || self.b < x.a
    }

    /// How this interval lies to `x`.
    pub fn relate(&self, x: &Self) -> Relationship {
        if let Some(r) = relate_if_empty(self.is_empty(), x.is_empty()) {
            r
        } else if self.a == x.a && self.b == x.b {
            Relationship::CONTAINS | Relationship::WITHIN
        } else if self.a > x.b || self.b < x.a {
            Relationship::DISJOINT
        } else if self.a <= x.a && self.b >= x.b {
            Relationship::CONTAINS
        } else if x.a <= self.a && x.b >= self.b {
            Relationship::WITHIN
        } else {
            Relationship::INTERSECTS
        }
    }

    /// The part of this interval inside `x`.
    pub fn clipped_to(&self, x: &Self) -> Self {
        if x.is_empty() {
            *x
        } else if self.is_empty() {
            *self
        } else {
            Self {
                a: std_max(self.a, x.a),
                b: std_min(self.b, x.b),
            }
        }
    }

    /// The smallest interval with this one and `x` in it.
    pub fn expanded_to(&self, x: &Self) -> Self {
        if self.is_empty() {
            *x
        } else if x.is_empty() {
            *self
        } else {
            Self {
                a: std_min(self.a, x.a),
                b: std_max(self.b, x.b),
            }
        }
    }

    /// The smallest interval with this one and the point `x` in it.
    pub fn expanded_to_point(&self, x: T) -> Self {
        if self.is_empty() {
            Self::point(x)
        } else if x < self.a {
            Self { a: x, b: self.b }
        } else if x > self.b {
            Self { a: self.a, b: x }
        } else {
            *self
        }
    }

    /// Both ends moved outwards by `x` (inwards when negative); NaN changes nothing.
    pub fn dilated_by(&self, x: T) -> Self {
        if is_nan(x) || self.is_empty() {
            *self
        } else {
            Self {
                a: self.a - x,
                b: self.b + x,
            }
        }
    }
}

impl<T: Scalar> PartialEq for Interval<T> {
    fn eq(&self, x: &Self) -> bool {
        (self.a == x.a && self.b == x.b) || (self.is_empty() && x.is_empty())
    }
}

fn is_nan<T: PartialOrd>(x: T) -> bool {
    x.partial_cmp(&x).is_none()
}

/// The relationship of two sets when one of them is known to be empty.
pub(crate) fn relate_if_empty(first: bool, second: bool) -> Option<Relationship> {
    match (first, second) {
        (true, true) => {
            Some(Relationship::CONTAINS | Relationship::DISJOINT | Relationship::WITHIN)
        }
        (true, false) => Some(Relationship::DISJOINT | Relationship::WITHIN),
        (false, true) => Some(Relationship::CONTAINS | Relationship::DISJOINT),
        (false, false) => None,
    }
}
