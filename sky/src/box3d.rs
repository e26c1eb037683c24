//! A box in three dimensions, used to bound regions.

use crate::interval::Interval1d;

/// An axis-aligned box in ℝ³; when one side is empty, all are (`sphgeom/Box3d.h`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Box3d([Interval1d; 3]);

impl Box3d {
    /// The box of these intervals.
    pub fn new(x: Interval1d, y: Interval1d, z: Interval1d) -> Self {
        if x.is_empty() || y.is_empty() || z.is_empty() {
            Self::empty()
        } else {
            Self([x, y, z])
        }
    }

    /// The box without points.
    pub fn empty() -> Self {
        Self([Interval1d::empty(); 3])
    }

    /// The smallest box around the unit sphere.
    pub fn around_unit_sphere() -> Self {
        Self([Interval1d::new(-1.0, 1.0); 3])
    }

    /// The range of x.
    pub fn x(&self) -> &Interval1d {
        &self.0[0]
    }

    /// The range of y.
    pub fn y(&self) -> &Interval1d {
        &self.0[1]
    }

    /// The range of z.
    pub fn z(&self) -> &Interval1d {
        &self.0[2]
    }

    /// True when the box has no points.
    pub fn is_empty(&self) -> bool {
        self.x().is_empty()
    }

    /// The part of this box inside `b`.
    pub fn clipped_to(&self, b: &Self) -> Self {
        Self::new(
            self.x().clipped_to(b.x()),
            self.y().clipped_to(b.y()),
            self.z().clipped_to(b.z()),
        )
    }

    /// The smallest box with this one and `b` in it.
    pub fn expanded_to(&self, b: &Self) -> Self {
        Self([
            self.x().expanded_to(b.x()),
            self.y().expanded_to(b.y()),
            self.z().expanded_to(b.z()),
        ])
    }
}
