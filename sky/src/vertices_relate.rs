//! How a spherical polygon given by its vertices lies to another shape.

use crate::chord::{max_squared_chord_length, min_squared_chord_length};
use crate::circle::Circle;
use crate::constants::MAX_SQUARED_CHORD_LENGTH_ERROR;
use crate::lon_lat_box::LonLatBox;
use crate::orientation::orientation;
use crate::relationship::Relationship;
use crate::unit_vector3d::UnitVector3d;
use crate::vertices::{bounding_box, contains, edges};

/// Polygon to box: through the polygon's bounding box, so only DISJOINT and WITHIN can be proven.
pub(crate) fn relate_box(vertices: &[UnitVector3d], b: &LonLatBox) -> Relationship {
    bounding_box(vertices).relate_box(b) & (Relationship::DISJOINT | Relationship::WITHIN)
}

/// Polygon to circle (`sphgeom/ConvexPolygonImpl.h`).
pub(crate) fn relate_circle(vertices: &[UnitVector3d], c: &Circle) -> Relationship {
    if c.is_empty() {
        return Relationship::CONTAINS | Relationship::DISJOINT;
    }
    if c.is_full() {
        return Relationship::WITHIN;
    }
    let cl2 = c.squared_chord_length();
    match side_of_circle(vertices, c) {
        None => Relationship::INTERSECTS,
        Some(true) => {
            let leaves = edges(vertices).any(|(a, b)| {
                let n = a.robust_cross(b);
                max_squared_chord_length(c.center(), a, b, &n)
                    > cl2 - MAX_SQUARED_CHORD_LENGTH_ERROR
            });
            // A circle larger than a hemisphere may still punch a hole around its anti-center.
            if leaves || contains(vertices, &-*c.center()) {
                Relationship::INTERSECTS
            } else {
                Relationship::WITHIN
            }
        }
        Some(false) => {
            let enters = edges(vertices).any(|(a, b)| {
                let n = a.robust_cross(b);
                min_squared_chord_length(c.center(), a, b, &n)
                    < cl2 + MAX_SQUARED_CHORD_LENGTH_ERROR
            });
            if enters {
                Relationship::INTERSECTS
            } else if contains(vertices, c.center()) {
                Relationship::CONTAINS
            } else {
                Relationship::DISJOINT
            }
        }
    }
}

/// `Some(true)` when all points are clearly inside the circle, `Some(false)` when all are clearly outside.
pub(crate) fn side_of_circle(points: &[UnitVector3d], c: &Circle) -> Option<bool> {
    let cl2 = c.squared_chord_length();
    let mut inside = None;
    for v in points {
        let d = v.squared_chord_to(c.center());
        if (d - cl2).abs() < MAX_SQUARED_CHORD_LENGTH_ERROR {
            return None;
        }
        let b = d < cl2;
        if *inside.get_or_insert(b) != b {
            return None;
        }
    }
    inside.or(Some(false))
}

/// Polygon to polygon; exact for valid convex polygons.
pub(crate) fn relate_polygon(first: &[UnitVector3d], second: &[UnitVector3d]) -> Relationship {
    let (all1, any1) = all_any(first.iter().map(|v| contains(second, v)));
    let (all2, any2) = all_any(second.iter().map(|v| contains(first, v)));
    if all1 || all2 {
        let within = if all1 {
            Relationship::WITHIN
        } else {
            Relationship::INTERSECTS
        };
        let contains = if all2 {
            Relationship::CONTAINS
        } else {
            Relationship::INTERSECTS
        };
        within | contains
    } else if any1 || any2 || edges_cross(first, second) {
        Relationship::INTERSECTS
    } else {
        Relationship::DISJOINT
    }
}

fn all_any(inside: impl Iterator<Item = bool>) -> (bool, bool) {
    inside.fold((true, false), |(all, any), b| (all && b, any || b))
}

/// True when an edge of one polygon properly crosses an edge of the other.
fn edges_cross(first: &[UnitVector3d], second: &[UnitVector3d]) -> bool {
    edges(first).any(|(a, b)| edges(second).any(|(c, d)| edge_crosses(a, b, c, d)))
}

/// True when the arcs from `a` to `b` and from `c` to `d` cross between their ends.
pub(crate) fn edge_crosses(
    a: &UnitVector3d,
    b: &UnitVector3d,
    c: &UnitVector3d,
    d: &UnitVector3d,
) -> bool {
    let acd = orientation(a, c, d);
    acd != 0
        && acd == orientation(b, d, c)
        && acd == orientation(c, b, a)
        && acd == orientation(d, a, b)
}
