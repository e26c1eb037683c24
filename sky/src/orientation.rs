//! On which side of a great circle a point lies, exactly.

use crate::exact_sign::determinant_sign;
use crate::unit_vector3d::UnitVector3d;

/// Determinants of unit vectors beyond this cannot have the wrong sign (`sphgeom/orientation.cc`).
pub(crate) const MAX_ABSOLUTE_ERROR: f64 = 1.7e-15;

/// 1 if a, b, c are in counter-clockwise order seen from outside the sphere, -1 if clockwise, 0 if coplanar.
///
/// Exact for the given components but for a rare flaw that it shares with the reference, see `exact_sign.rs`.
#[inline]
pub fn orientation(a: &UnitVector3d, b: &UnitVector3d, c: &UnitVector3d) -> i32 {
    let determinant = a.dot(&b.cross(c.as_vector()));
    if determinant > MAX_ABSOLUTE_ERROR {
        1
    } else if determinant < -MAX_ABSOLUTE_ERROR {
        -1
    } else {
        near_zero(determinant, a, b, c)
    }
}

/// Orientation where the determinant as computed is too small to be trusted at once.
#[cold]
#[inline(never)]
fn near_zero(determinant: f64, a: &UnitVector3d, b: &UnitVector3d, c: &UnitVector3d) -> i32 {
    const RELATIVE_ERROR: f64 = 5.6e-16;
    const MIN_ABSOLUTE_ERROR: f64 = 4.0e-307;
    let permanent = a.x().abs() * ((b.y() * c.z()).abs() + (b.z() * c.y()).abs())
        + a.y().abs() * ((b.z() * c.x()).abs() + (b.x() * c.z()).abs())
        + a.z().abs() * ((b.x() * c.y()).abs() + (b.y() * c.x()).abs());
    let max_error = RELATIVE_ERROR * permanent + MIN_ABSOLUTE_ERROR;
    if determinant > max_error {
        return 1;
    } else if determinant < -max_error {
        return -1;
    }
    if a == b || b == c || a == c || *a == -*b || *b == -*c || *a == -*c {
        return 0;
    }
    determinant_sign(a.as_vector(), b.as_vector(), c.as_vector())
}

/// Sign of `ab - ba` where rounding cannot have changed it, else 0.
fn difference_sign(ab: f64, ba: f64) -> i32 {
    const RELATIVE_ERROR: f64 = 1.12e-16;
    const MAX_ABSOLUTE_ERROR: f64 = 1.12e-16;
    const MIN_ABSOLUTE_ERROR: f64 = 1.0e-307;
    let determinant = ab - ba;
    if determinant > MAX_ABSOLUTE_ERROR {
        return 1;
    } else if determinant < -MAX_ABSOLUTE_ERROR {
        return -1;
    }
    let max_error = RELATIVE_ERROR * (ab.abs() + ba.abs()) + MIN_ABSOLUTE_ERROR;
    if determinant > max_error {
        1
    } else if determinant < -max_error {
        -1
    } else {
        0
    }
}

fn or_exact(sign: i32, axis: &UnitVector3d, b: &UnitVector3d, c: &UnitVector3d) -> i32 {
    if sign != 0 {
        sign
    } else {
        determinant_sign(axis.as_vector(), b.as_vector(), c.as_vector())
    }
}

/// `orientation(X, b, c)`.
pub(crate) fn orientation_x(b: &UnitVector3d, c: &UnitVector3d) -> i32 {
    or_exact(
        difference_sign(b.y() * c.z(), b.z() * c.y()),
        &UnitVector3d::X,
        b,
        c,
    )
}

/// `orientation(Y, b, c)`.
pub(crate) fn orientation_y(b: &UnitVector3d, c: &UnitVector3d) -> i32 {
    or_exact(
        difference_sign(b.z() * c.x(), b.x() * c.z()),
        &UnitVector3d::Y,
        b,
        c,
    )
}

/// `orientation(Z, b, c)`.
pub(crate) fn orientation_z(b: &UnitVector3d, c: &UnitVector3d) -> i32 {
    or_exact(
        difference_sign(b.x() * c.y(), b.y() * c.x()),
        &UnitVector3d::Z,
        b,
        c,
    )
}
