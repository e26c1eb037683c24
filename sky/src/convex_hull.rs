//! The convex hull of points on the sphere.

use crate::error::SkyError;
use crate::orientation::orientation;
use crate::unit_vector3d::UnitVector3d;

const ANTIPODAL: SkyError = SkyError::Hull(
    "the points do not fit in an open hemisphere (a point and its antipode are in the hull)",
);
const TOO_FEW: SkyError =
    SkyError::Hull("there are fewer than three distinct points that are not on one great circle");

/// Vertices of the hull of `points`, counter-clockwise, in the order in which sphgeom stores them.
///
/// Points are taken one by one and the hull so far is replaced (`computeHull` in `sphgeom/ConvexPolygon.cc`); which
/// vertex comes first depends on that, and the encoding on which comes first.
pub(crate) fn convex_hull(points: &[UnitVector3d]) -> Result<Vec<UnitVector3d>, SkyError> {
    let (triangle, rest) = first_triangle(points)?;
    let mut hull = Vec::with_capacity(points.len());
    hull.extend(triangle);
    for v in rest {
        if let Some((to_ccw, from_ccw)) = visible_edges(&hull, v)? {
            replace_visible(&mut hull, *v, to_ccw, from_ccw);
        }
    }
    Ok(hull)
}

/// The first three points that make a counter-clockwise triangle, after discarding coplanar ones, and the points after.
fn first_triangle(
    points: &[UnitVector3d],
) -> Result<([UnitVector3d; 3], &[UnitVector3d]), SkyError> {
    let (first, others) = points.split_first().ok_or(TOO_FEW)?;
    let mut v0 = *first;
    let mut second = None;
    for (i, v) in others.iter().enumerate() {
        if v0 == -*v {
            return Err(ANTIPODAL);
        }
        if v0 != *v {
            second = Some((i, *v));
            break;
        }
    }
    let (i, mut v1) = second.ok_or(TOO_FEW)?;
    let rest = &others[i + 1..];
    let n = UnitVector3d::from_vector(&v0.robust_cross(&v1))?;
    for (i, v) in rest.iter().enumerate() {
        match orientation(&v0, &v1, v) {
            1 => return Ok(([v0, v1, *v], &rest[i + 1..])),
            -1 => return Ok(([v1, v0, *v], &rest[i + 1..])),
            _ => extend_arc(&n, &mut v0, &mut v1, v)?,
        }
    }
    Err(TOO_FEW)
}

/// Makes the arc from `v0` to `v1` on the great circle with normal `n` include the coplanar point `v`.
fn extend_arc(
    n: &UnitVector3d,
    v0: &mut UnitVector3d,
    v1: &mut UnitVector3d,
    v: &UnitVector3d,
) -> Result<(), SkyError> {
    if v == v0 || v == v1 {
        return Ok(());
    }
    if *v == -*v0 || *v == -*v1 {
        return Err(ANTIPODAL);
    }
    let v0v = orientation(n, v0, v);
    let vv1 = orientation(n, v, v1);
    if v0v == vv1 {
        return Ok(());
    }
    let v0v1 = orientation(n, v0, v1);
    if v0v1 == -vv1 {
        *v1 = *v;
    } else if -v0v == v0v1 {
        *v0 = *v;
    } else {
        return Err(ANTIPODAL);
    }
    Ok(())
}

/// Vertices before and at which the hull turns towards and away from `v`; `None` when `v` is inside the hull.
fn visible_edges(
    hull: &[UnitVector3d],
    v: &UnitVector3d,
) -> Result<Option<(usize, usize)>, SkyError> {
    let last = hull.len() - 1;
    let (mut to_ccw, mut from_ccw) = (None, None);
    let first_ccw = orientation(v, &hull[last], &hull[0]) > 0;
    let mut previous_ccw = first_ccw;
    for j in 1..hull.len() {
        if orientation(v, &hull[j - 1], &hull[j]) > 0 {
            if !previous_ccw {
                to_ccw = Some(j - 1);
                previous_ccw = true;
            }
        } else if previous_ccw {
            from_ccw = Some(j);
            previous_ccw = false;
        }
    }
    if first_ccw {
        if !previous_ccw {
            to_ccw = Some(last);
        }
    } else if previous_ccw {
        from_ccw = Some(0);
    }
    match (to_ccw, from_ccw) {
        (Some(to), Some(from)) => Ok(Some((to, from))),
        _ if first_ccw => Ok(None),
        _ => Err(ANTIPODAL),
    }
}

/// Puts `v` in the place of the hull vertices strictly between `from_ccw` and `to_ccw`.
fn replace_visible(hull: &mut Vec<UnitVector3d>, v: UnitVector3d, to_ccw: usize, from_ccw: usize) {
    if to_ccw < from_ccw {
        hull.truncate(from_ccw);
        hull.drain(..to_ccw);
        hull.push(v);
    } else if to_ccw > from_ccw {
        hull.splice(from_ccw..to_ccw, [v]);
    } else if from_ccw == 0 {
        hull.push(v);
    } else {
        hull.insert(from_ccw, v);
    }
}
