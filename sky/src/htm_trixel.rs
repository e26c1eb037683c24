//! The triangles of the hierarchical triangular mesh.

use crate::unit_vector3d::UnitVector3d;

const X: UnitVector3d = UnitVector3d::X;
const Y: UnitVector3d = UnitVector3d::Y;
const Z: UnitVector3d = UnitVector3d::Z;

/// Vertices of a trixel, counter-clockwise.
pub(crate) type Trixel = [UnitVector3d; 3];

/// Vertices of root trixel `r`, whose index at level 0 is r + 8; only the lowest three bits of `r` count.
pub(crate) fn root(r: u64) -> Trixel {
    match r & 7 {
        0 => [X, -Z, Y],
        1 => [Y, -Z, -X],
        2 => [-X, -Z, -Y],
        3 => [-Y, -Z, X],
        4 => [X, Z, -Y],
        5 => [-Y, Z, -X],
        6 => [-X, Z, Y],
        _ => [Y, Z, X],
    }
}

/// The middles of the edges opposite to vertices 0, 1 and 2.
#[inline]
pub(crate) fn midpoints([v0, v1, v2]: &Trixel) -> Trixel {
    [v1.midpoint(v2), v2.midpoint(v0), v0.midpoint(v1)]
}

/// Child `i` (0 to 3) of a trixel with its midpoints.
#[inline]
pub(crate) fn child(v: &Trixel, mid: &Trixel, i: u64) -> Trixel {
    match i {
        0 => [v[0], mid[2], mid[1]],
        1 => [v[1], mid[0], mid[2]],
        2 => [v[2], mid[1], mid[0]],
        _ => *mid,
    }
}

/// The root trixel that the point belongs to.
pub(crate) fn root_of(v: &UnitVector3d) -> u64 {
    let (x, y) = (v.x(), v.y());
    if v.z() < 0.0 {
        if y > 0.0 {
            if x > 0.0 { 0 } else { 1 }
        } else if y == 0.0 {
            if x >= 0.0 { 0 } else { 2 }
        } else if x < 0.0 {
            2
        } else {
            3
        }
    } else if y > 0.0 {
        if x > 0.0 { 7 } else { 6 }
    } else if y == 0.0 {
        if x >= 0.0 { 7 } else { 5 }
    } else if x < 0.0 {
        5
    } else {
        4
    }
}
