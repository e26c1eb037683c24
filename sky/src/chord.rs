//! Chord lengths from a point to the interior of an arc.

use crate::constants::PI;
use crate::unit_vector3d::UnitVector3d;
use crate::vector3d::Vector3d;

/// Smallest squared chord length from `v` to the interior of the arc from `a` to `b` in the plane with normal `n`, or 4
/// when no interior point is the closest (`sphgeom/utils.cc`).
pub(crate) fn min_squared_chord_length(
    v: &UnitVector3d,
    a: &UnitVector3d,
    b: &UnitVector3d,
    n: &Vector3d,
) -> f64 {
    let vxn = v.cross(n);
    if vxn.dot(a.as_vector()) > 0.0 && vxn.dot(b.as_vector()) < 0.0 {
        let s = v.dot(n).abs();
        let c = vxn.norm();
        let theta = if c == 0.0 { 0.5 * PI } else { (s / c).atan() };
        let d = (0.5 * theta).sin();
        return 4.0 * d * d;
    }
    4.0
}

/// Largest squared chord length from `v` to the interior of the arc from `a` to `b` in the plane with normal `n`, or 0
/// when no interior point is the furthest (`sphgeom/utils.cc`).
pub(crate) fn max_squared_chord_length(
    v: &UnitVector3d,
    a: &UnitVector3d,
    b: &UnitVector3d,
    n: &Vector3d,
) -> f64 {
    let vxn = v.cross(n);
    if vxn.dot(a.as_vector()) < 0.0 && vxn.dot(b.as_vector()) > 0.0 {
        let s = v.dot(n).abs();
        let c = -vxn.norm();
        let d = (0.5 * s.atan2(c)).sin();
        return 4.0 * d * d;
    }
    0.0
}
