//! Convex polygons as HEALPix pixels are held against them.

use std::f64::consts::FRAC_PI_2;

use super::cell::Cell;
use super::circle_cover::zone_limits;
use super::cover::{Shape, Zone};
use super::location::{Location, python_modulo_turn};
use crate::unit_vector3d::UnitVector3d;
use crate::vector3d::Vector3d;

/// A polygon as the common part of the hemispheres left of its edges and a circle around it.
pub(super) struct PolygonCover {
    /// Poles of the edges, pointing inside.
    poles: Vec<Vector3d>,
    /// Limits of the hemispheres, for each order as in [`zone_limits`].
    edge_limits: Vec<[f64; 3]>,
    center: Vector3d,
    circle_limits: Vec<[f64; 3]>,
}

/// A corner is degenerate when the next vertex is nearer to the plane of an edge than this.
const STRAIGHT: f64 = 1e-10;

impl PolygonCover {
    /// The polygon for a query of pixels of `order`.
    ///
    /// `None` when hpgeom finds it degenerate or not convex; the reference then takes the bounding circle.
    pub fn new(vertices: &[UnitVector3d], order: u32) -> Option<Self> {
        let corners = corners(vertices);
        let n = corners.len();
        if n < 3 {
            return None;
        }
        let mut poles = Vec::with_capacity(n);
        let mut side = 0.0;
        for i in 0..n {
            let pole = normalized(corners[i].cross(&corners[(i + 1) % n]));
            let height = pole.dot(&corners[(i + 2) % n]);
            if height.abs() < STRAIGHT {
                return None;
            }
            if i == 0 {
                side = if height < 0.0 { -1.0 } else { 1.0 };
            } else if side * height < 0.0 {
                return None;
            }
            poles.push(pole * side);
        }
        let (center, cosine) = enclosing_circle(&corners);
        Some(Self {
            poles,
            edge_limits: zone_limits(FRAC_PI_2, order),
            center,
            circle_limits: zone_limits(cosine.acos(), order),
        })
    }
}

impl Shape for PolygonCover {
    fn zone(&self, cell: Cell) -> Zone {
        let middle = Location::middle_of(cell).vector();
        let order = cell.order as usize;
        let mut zone = Zone::Inside;
        for pole in &self.poles {
            zone = zone.min(zone_of(middle.dot(pole), &self.edge_limits[order]));
            if zone == Zone::Outside {
                return zone;
            }
        }
        zone.min(zone_of(
            middle.dot(&self.center),
            &self.circle_limits[order],
        ))
    }
}

/// The zone of a pixel whose middle is this far (as a cosine) from a circle's center; inside for NaN.
fn zone_of(cosine: f64, [near, edge, inside]: &[f64; 3]) -> Zone {
    if cosine < *near {
        Zone::Outside
    } else if cosine < *edge {
        Zone::Near
    } else if cosine < *inside {
        Zone::Middle
    } else {
        Zone::Inside
    }
}

/// The vertices after the detour through colatitude and longitude that the reference sends them on. A last one that
/// repeats the first is left out.
fn corners(vertices: &[UnitVector3d]) -> Vec<Vector3d> {
    let mut angles: Vec<(f64, f64)> = vertices
        .iter()
        .map(|v| {
            let theta = (v.z() / v.as_vector().norm()).acos();
            (theta, python_modulo_turn(v.y().atan2(v.x())))
        })
        .collect();
    let closed =
        |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() < 1e-14 && (a.1 - b.1).abs() < 1e-14;
    if angles.len() > 1 && closed(angles[0], angles[angles.len() - 1]) {
        angles.pop();
    }
    let vector = |(theta, phi): (f64, f64)| {
        let s = theta.sin();
        Vector3d::new(s * phi.cos(), s * phi.sin(), theta.cos())
    };
    angles.into_iter().map(vector).collect()
}

/// Multiplied by the reciprocal length, unlike sphgeom's normalisation.
fn normalized(v: Vector3d) -> Vector3d {
    v * (1.0 / v.norm())
}

/// Center and cosine of the radius of the smallest circle around `points` (at least two), found by adding one point
/// after the other and starting over with those that fall outside on the edge.
fn enclosing_circle(points: &[Vector3d]) -> (Vector3d, f64) {
    let mut circle = circle_between(&points[0], &points[1]);
    for i in 2..points.len() {
        if circle_misses(&circle, &points[i]) {
            circle = circle_through_one(&points[..i], &points[i]);
        }
    }
    circle
}

/// The smallest circle around `points` with `on_edge` on its edge.
fn circle_through_one(points: &[Vector3d], on_edge: &Vector3d) -> (Vector3d, f64) {
    let mut circle = circle_between(&points[0], on_edge);
    for i in 1..points.len() {
        if circle_misses(&circle, &points[i]) {
            circle = circle_through_two(&points[..i], &points[i], on_edge);
        }
    }
    circle
}

/// The smallest circle around `points` with `p` and `q` on its edge.
fn circle_through_two(points: &[Vector3d], p: &Vector3d, q: &Vector3d) -> (Vector3d, f64) {
    let mut circle = circle_between(p, q);
    for point in points {
        if circle_misses(&circle, point) {
            let center = normalized((*p - *point).cross(&(*q - *point)));
            let cosine = point.dot(&center);
            circle = if cosine < 0.0 {
                (-center, -cosine)
            } else {
                (center, cosine)
            };
        }
    }
    circle
}

fn circle_between(p: &Vector3d, q: &Vector3d) -> (Vector3d, f64) {
    let center = normalized(*p + *q);
    (center, p.dot(&center))
}

/// False for NaN, which no further point could mend.
fn circle_misses((center, cosine): &(Vector3d, f64), point: &Vector3d) -> bool {
    point.dot(center) < *cosine
}
