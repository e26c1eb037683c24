//! Measures of a spherical polygon given by its vertices: centroid and bounds.

use crate::angle::Angle;
use crate::box3d::Box3d;
use crate::circle::Circle;
use crate::constants::{MAX_SQUARED_CHORD_LENGTH_ERROR, PI, std_max, std_min};
use crate::error::SkyError;
use crate::interval::{AngleInterval, Interval1d};
use crate::lon_lat::LonLat;
use crate::lon_lat_box::LonLatBox;
use crate::normalized_angle_interval::NormalizedAngleInterval;
use crate::orientation::{orientation, orientation_x, orientation_y, orientation_z};
use crate::unit_vector3d::UnitVector3d;
use crate::vector3d::Vector3d;

/// The edges of the polygon, starting with the one that ends at the first vertex.
pub(crate) fn edges(
    vertices: &[UnitVector3d],
) -> impl Iterator<Item = (&UnitVector3d, &UnitVector3d)> {
    vertices
        .iter()
        .cycle()
        .skip(vertices.len().saturating_sub(1))
        .zip(vertices)
}

/// True when `v` is on the inner side of every edge.
pub(crate) fn contains(vertices: &[UnitVector3d], v: &UnitVector3d) -> bool {
    edges(vertices).all(|(i, j)| orientation(v, i, j) >= 0)
}

/// Center of mass of the area, projected on the sphere. Errors when an edge or the whole is degenerate.
pub(crate) fn centroid(vertices: &[UnitVector3d]) -> Result<UnitVector3d, SkyError> {
    let mut sum = Vector3d::default();
    for (i, j) in edges(vertices) {
        let (v, norm) = i.robust_cross(j).normalized("a polygon's centroid")?;
        let s = 0.5 * norm;
        let c = i.dot(j.as_vector());
        let a = if s == 0.0 && c == 0.0 {
            0.0
        } else {
            s.atan2(c)
        };
        sum += v * a;
    }
    UnitVector3d::from_vector(&sum)
}

/// A circle around the centroid with all vertices in it.
pub(crate) fn bounding_circle(vertices: &[UnitVector3d]) -> Result<Circle, SkyError> {
    let c = centroid(vertices)?;
    let cl2 = vertices
        .iter()
        .fold(0.0, |cl2, v| std_max(cl2, v.squared_chord_to(&c)));
    Ok(Circle::from_squared_chord_length(
        c,
        cl2 + 2.0 * MAX_SQUARED_CHORD_LENGTH_ERROR,
    ))
}

/// A box of longitudes and latitudes with all vertices and edges in it, and all longitudes if a pole may be inside.
pub(crate) fn bounding_box(vertices: &[UnitVector3d]) -> LonLatBox {
    let eps = Angle::from_radians(5.0e-10); // About 0.1 milliarcseconds.
    let mut bbox = LonLatBox::empty();
    let (mut have_cw, mut have_ccw) = (false, false);
    for (i, j) in edges(vertices) {
        let p = LonLat::from_vector(j.as_vector());
        bbox = bbox.expanded_to(&LonLatBox::around(&p, eps, eps));
        if !have_cw || !have_ccw {
            let o = orientation_z(i, j);
            have_ccw |= o > 0;
            have_cw |= o < 0;
        }
        if let Some(lat) = extreme_latitude(i, j, eps) {
            bbox = LonLatBox::new(*bbox.lon(), bbox.lat().expanded_to_point(lat));
        }
    }
    let pole = if !have_cw {
        0.5 * PI
    } else if !have_ccw {
        -0.5 * PI
    } else {
        return bbox;
    };
    let pole = AngleInterval::point(Angle::from_radians(pole));
    bbox.expanded_to(&LonLatBox::new(NormalizedAngleInterval::full(), pole))
}

/// The highest or lowest latitude on the edge, moved outwards by `eps`, if it is not at an end.
fn extreme_latitude(i: &UnitVector3d, j: &UnitVector3d, eps: Angle) -> Option<Angle> {
    let n = i.robust_cross(j);
    // The northernmost direction of the edge's great circle.
    let v = Vector3d::new(-n.x * n.z, -n.y * n.z, n.x * n.x + n.y * n.y);
    if v.is_zero() {
        return None;
    }
    let zni = i.y() * n.x - i.x() * n.y;
    let znj = j.y() * n.x - j.x() * n.y;
    if zni > 0.0 && znj < 0.0 {
        Some(LonLat::latitude_of(&v) + eps)
    } else if zni < 0.0 && znj > 0.0 {
        Some(LonLat::latitude_of(&-v) - eps)
    } else {
        None
    }
}

/// A box in ℝ³ with the polygon's points on the sphere in it. Errors when an edge is degenerate.
pub(crate) fn bounding_box3d(vertices: &[UnitVector3d]) -> Result<Box3d, SkyError> {
    const MAX_ERROR: f64 = 1.0e-14;
    let (mut emin, mut emax) = vertex_extremes(vertices);
    for (j, k) in edges(vertices) {
        let n = UnitVector3d::from_vector(&j.robust_cross(k))?;
        for i in 0..3 {
            extend_by_edge(i, n.as_vector(), j, k, &mut emin[i], &mut emax[i]);
        }
    }
    // Whether each axis and its antipode is inside.
    let mut positive = [true; 3];
    let mut negative = [true; 3];
    for (j, k) in edges(vertices) {
        for (i, o) in [
            orientation_x(j, k),
            orientation_y(j, k),
            orientation_z(j, k),
        ]
        .into_iter()
        .enumerate()
        {
            negative[i] &= o <= 0;
            positive[i] &= o >= 0;
        }
    }
    let interval = |i: usize| {
        let low = if negative[i] {
            -1.0
        } else {
            std_max(-1.0, emin[i] - MAX_ERROR)
        };
        let high = if positive[i] {
            1.0
        } else {
            std_min(1.0, emax[i] + MAX_ERROR)
        };
        Interval1d::new(low, high)
    };
    Ok(Box3d::new(interval(0), interval(1), interval(2)))
}

fn vertex_extremes(vertices: &[UnitVector3d]) -> ([f64; 3], [f64; 3]) {
    let components = |v: &UnitVector3d| [v.x(), v.y(), v.z()];
    let first = vertices.first().map_or([0.0; 3], components);
    let (mut emin, mut emax) = (first, first);
    for v in vertices.iter().skip(1) {
        for (i, c) in components(v).into_iter().enumerate() {
            emin[i] = std_min(emin[i], c);
            emax[i] = std_max(emax[i], c);
        }
    }
    (emin, emax)
}

/// Widens the range of component `i` by the extremes of the great circle with normal `n` that lie on the edge j, k.
fn extend_by_edge(
    i: usize,
    n: &Vector3d,
    j: &UnitVector3d,
    k: &UnitVector3d,
    emin: &mut f64,
    emax: &mut f64,
) {
    let ni = n.component(i);
    let d = (1.0 - ni * ni).abs();
    if d.is_nan() || d <= 0.0 {
        return;
    }
    let on_axis = |axis: usize, c: f64| if i == axis { -d } else { c * ni };
    let e = Vector3d::new(on_axis(0, n.x), on_axis(1, n.y), on_axis(2, n.z));
    let v = e.cross(n);
    let vdj = v.dot(j.as_vector());
    let vdk = v.dot(k.as_vector());
    if vdj >= 0.0 && vdk <= 0.0 {
        *emin = std_min(*emin, -d.sqrt());
    }
    if vdj <= 0.0 && vdk >= 0.0 {
        *emax = std_max(*emax, d.sqrt());
    }
}
