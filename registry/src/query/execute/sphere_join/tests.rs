//! Pairs that the circles alone rule out are those that the relation of the regions rules out, too.

use pantry_sky::{Angle, Circle, ConvexPolygon, LonLatBox};
use proptest::prelude::*;

use super::*;

/// The point at a distance from another, in a direction; both in radians.
fn beside(point: &UnitVector3d, distance: f64, direction: f64) -> UnitVector3d {
    let axis = UnitVector3d::orthogonal_to(point.as_vector()).unwrap();
    let other = point.cross(axis.as_vector());
    let (sin, cos) = distance.sin_cos();
    let (a, b) = (sin * direction.cos(), sin * direction.sin());
    let at = |c: f64, u: f64, v: f64| cos * c + a * u + b * v;
    UnitVector3d::new(
        at(point.x(), axis.x(), other.x),
        at(point.y(), axis.y(), other.y),
        at(point.z(), axis.z(), other.z),
    )
    .unwrap()
}

/// Anywhere, often at a pole or where longitudes begin again.
fn point() -> impl Strategy<Value = UnitVector3d> {
    let pole = prop::sample::select(vec![1.0, -1.0]);
    let small = (-12.0..-2.0_f64, -std::f64::consts::PI..std::f64::consts::PI);
    prop_oneof![
        (-std::f64::consts::PI..std::f64::consts::PI, -1.0..=1.0_f64).prop_map(|(lon, z)| {
            let r = (1.0 - z * z).sqrt();
            UnitVector3d::new(r * lon.cos(), r * lon.sin(), z).unwrap()
        }),
        (pole, small.clone()).prop_map(|(z, (log, direction))| {
            beside(
                &UnitVector3d::new(0.0, 0.0, z).unwrap(),
                10_f64.powf(log),
                direction,
            )
        }),
        small.prop_map(|(log, direction)| {
            beside(
                &UnitVector3d::new(1.0, 0.0, 0.0).unwrap(),
                10_f64.powf(log),
                direction,
            )
        }),
    ]
}

/// From a fiftieth of an arc second to nearly a hemisphere.
fn radius() -> impl Strategy<Value = f64> {
    (-7.0..0.19_f64).prop_map(|log| 10_f64.powf(log))
}

/// What a region looks like, wherever it is: kind, directions and distances of its vertices.
fn form() -> impl Strategy<Value = (u8, Vec<(f64, f64)>)> {
    let vertex = (0.0..std::f64::consts::TAU, prop_oneof![Just(1.0), 0.2..1.0]);
    (0..8_u8, prop::collection::vec(vertex, 3..9))
}

/// A region about a point; two of three are polygons.
fn region(
    center: &UnitVector3d,
    radius: f64,
    (kind, vertices): &(u8, Vec<(f64, f64)>),
) -> Option<Region> {
    match kind {
        0 => Some(Region::Circle(Circle::new(
            *center,
            Angle::from_radians(radius),
        ))),
        1 => {
            let circle = Circle::new(*center, Angle::from_radians(radius));
            let around: LonLatBox = circle.bounding_box();
            Some(Region::Box(around))
        }
        _ => {
            let points: Vec<UnitVector3d> = vertices
                .iter()
                .map(|(direction, part)| beside(center, radius * part, *direction))
                .collect();
            ConvexPolygon::convex_hull(&points)
                .ok()
                .map(Region::ConvexPolygon)
        }
    }
}

/// Two regions; the second at a multiple of the sum of the radii, or at that sum but for very little.
fn pair() -> impl Strategy<Value = Option<(Region, Region)>> {
    let gap = prop_oneof![
        (0.0..3.0_f64).prop_map(|factor| (factor, 0.0)),
        (0.98..1.02_f64).prop_map(|factor| (factor, 0.0)),
        (-16.0..-4.0_f64, any::<bool>()).prop_map(|(log, is_apart)| {
            let little = 10_f64.powf(log);
            (1.0, if is_apart { little } else { -little })
        }),
    ];
    let direction = 0.0..std::f64::consts::TAU;
    (point(), radius(), radius(), gap, direction, form(), form()).prop_map(
        |(center, a, b, (factor, little), direction, form_a, form_b)| {
            let distance = ((a + b) * factor + little).clamp(0.0, std::f64::consts::PI);
            let second = beside(&center, distance, direction);
            Some((region(&center, a, &form_a)?, region(&second, b, &form_b)?))
        },
    )
}

/// Two polygons with a vertex, or an edge, in common: they touch.
fn touching() -> impl Strategy<Value = Option<(Region, Region)>> {
    let turn = 0.05..1.5_f64;
    (point(), radius(), turn, any::<bool>(), form()).prop_map(
        |(corner, size, turn, is_edge, (_, vertices))| {
            let size = size.min(0.7);
            let shared = beside(&corner, size, 0.0);
            let hull = |points: &[UnitVector3d]| {
                ConvexPolygon::convex_hull(points)
                    .ok()
                    .map(Region::ConvexPolygon)
            };
            let part = vertices.first().map_or(1.0, |(_, part)| *part);
            let left = beside(&corner, size * part, turn);
            let right = beside(&corner, size, -turn);
            let far = beside(
                &corner,
                size,
                if is_edge {
                    -turn
                } else {
                    std::f64::consts::PI + turn
                },
            );
            let other = if is_edge {
                shared
            } else {
                beside(&corner, size * part, std::f64::consts::PI)
            };
            let first = hull(&[corner, shared, left])?;
            let second = if is_edge {
                hull(&[corner, other, right])?
            } else {
                hull(&[corner, other, far])?
            };
            Some((first, second))
        },
    )
}

/// Whether the circles of two shapes rule an overlap out: with a region in place of both that does overlap itself, only they can.
fn is_ruled_out(a: &Shape, b: &Shape) -> bool {
    let everywhere = |circle| {
        let region = Region::Circle(Circle::full());
        Some(Shape { region, circle })
    };
    !may_overlap(&everywhere(a.circle), &everywhere(b.circle))
}

fn shape(region: &Region) -> Shape {
    Shape::of(&region.encode()).unwrap()
}

fn check(a: &Region, b: &Region) -> Result<bool, TestCaseError> {
    let (x, y) = (shape(a), shape(b));
    let is_ruled_out = is_ruled_out(&x, &y) || is_ruled_out(&y, &x);
    if is_ruled_out {
        prop_assert_eq!(a.overlaps(b), Some(false), "{:?} {:?}", a, b);
        prop_assert_eq!(b.overlaps(a), Some(false), "{:?} {:?}", b, a);
    }
    let exact = a.overlaps(b) != Some(false);
    prop_assert_eq!(may_overlap(&Some(x), &Some(y)), exact, "{:?} {:?}", a, b);
    Ok(is_ruled_out)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn circles_rule_out_only_what_is_disjoint(pair in pair()) {
        if let Some((a, b)) = pair {
            check(&a, &b)?;
        }
    }

    #[test]
    fn circles_do_not_rule_out_what_touches(pair in touching()) {
        if let Some((a, b)) = pair {
            prop_assert!(!check(&a, &b)?, "{:?} {:?}", a, b);
        }
    }
}

/// The properties above would hold of circles that rule out nothing.
#[test]
fn circles_rule_out_what_is_a_little_apart_and_not_what_nearly_touches() {
    let at = |lon: f64, size: f64| {
        let center = UnitVector3d::new(lon.cos(), lon.sin(), 0.0).unwrap();
        let square: Vec<(f64, f64)> = (0..4)
            .map(|i| (f64::from(i) * std::f64::consts::FRAC_PI_2, 1.0))
            .collect();
        shape(&region(&center, size, &(7, square)).unwrap())
    };
    for size in [1e-6, 1e-3, 0.1, 0.7] {
        let apart = |gap: f64| is_ruled_out(&at(0.0, size), &at(2.0 * size + gap, size));
        assert!(apart(2.1 * MARGIN), "{size}");
        assert!(!apart(1.9 * MARGIN), "{size}");
    }
}
