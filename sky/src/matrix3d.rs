//! A 3x3 matrix.

use crate::vector3d::Vector3d;

/// A real 3x3 matrix, stored by rows (`sphgeom/Matrix3d.h`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix3d {
    rows: [Vector3d; 3],
}

impl Matrix3d {
    /// The matrix with these rows.
    pub const fn from_rows(r0: Vector3d, r1: Vector3d, r2: Vector3d) -> Self {
        Self { rows: [r0, r1, r2] }
    }

    /// The rows.
    pub fn rows(&self) -> &[Vector3d; 3] {
        &self.rows
    }

    /// The product with a column vector; each component sums in the order of the columns.
    pub fn times(&self, v: &Vector3d) -> Vector3d {
        Vector3d::new(
            self.rows[0].dot(v),
            self.rows[1].dot(v),
            self.rows[2].dot(v),
        )
    }
}
