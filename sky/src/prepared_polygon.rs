//! A convex polygon made ready to be related to many trixels.

use crate::convex_polygon::ConvexPolygon;
use crate::htm_finder::{Children, Target};
use crate::htm_trixel::{Trixel, root_of};
use crate::orientation::EdgePlane;
use crate::relationship::Relationship;
use crate::unit_vector3d::UnitVector3d;
use crate::vertices::edges;
use crate::vertices_relate::{edges_cross, relate_polygon};

/// Squared lengths of vertices that are this far from 1 are not trusted to be unit vectors.
const MAX_NORM_ERROR: f64 = 1.0e-9;

/// Checking convexity takes time quadratic in the number of vertices; polygons with more than this are not checked.
const MAX_CHECKED: usize = 256;

/// A polygon with the planes of its edges.
///
/// Orientations of unit vectors are exact, so for a strictly convex polygon [`relate_polygon`] tells the geometric truth
/// about the given vertices, and so does every other way to find it: the shortcuts here give the same bits. A decoded
/// polygon that is not strictly convex or not of unit vectors takes the long way, and so does one with very many vertices.
pub(crate) struct PreparedPolygon<'a> {
    vertices: &'a [UnitVector3d],
    planes: Vec<EdgePlane>,
    is_convex: bool,
}

impl<'a> PreparedPolygon<'a> {
    pub(crate) fn new(polygon: &'a ConvexPolygon) -> Self {
        let vertices = polygon.vertices();
        let planes: Vec<EdgePlane> = edges(vertices).map(|(a, b)| EdgePlane::new(a, b)).collect();
        let is_unit =
            |v: &UnitVector3d| (v.as_vector().squared_norm() - 1.0).abs() < MAX_NORM_ERROR;
        // Plane j goes through vertices j - 1 and j; all others must lie strictly on its inner side.
        let before = |j: usize| if j == 0 { vertices.len() - 1 } else { j - 1 };
        let is_convex = vertices.len() <= MAX_CHECKED
            && vertices.iter().all(is_unit)
            && planes.iter().enumerate().all(|(j, plane)| {
                let mut others = vertices
                    .iter()
                    .enumerate()
                    .filter(|(k, _)| *k != j && *k != before(j));
                others.all(|(_, v)| plane.side(v) > 0)
            });
        Self {
            vertices,
            planes,
            is_convex,
        }
    }

    /// Relation of a trixel to this polygon, which is convex.
    fn relate_convex(&self, trixel: &Trixel) -> Relationship {
        let mut inside = [true; 3];
        for plane in &self.planes {
            let sides = trixel.each_ref().map(|v| plane.side(v));
            if sides == [-1; 3] {
                return Relationship::DISJOINT;
            }
            for (inside, side) in inside.iter_mut().zip(sides) {
                *inside &= side >= 0;
            }
        }
        let [a, b, c] = trixel;
        let planes = [
            EdgePlane::new(a, b),
            EdgePlane::new(b, c),
            EdgePlane::new(c, a),
        ];
        let (mut all, mut any, mut beyond) = (true, false, [true; 3]);
        for v in self.vertices {
            let outside = planes.each_ref().map(|plane| plane.side(v) < 0);
            all &= outside == [false; 3];
            any |= outside == [false; 3];
            beyond
                .iter_mut()
                .zip(outside)
                .for_each(|(beyond, outside)| *beyond &= outside);
        }
        if inside == [true; 3] || all {
            let within = if inside == [true; 3] {
                Relationship::WITHIN
            } else {
                Relationship::INTERSECTS
            };
            let contains = if all {
                Relationship::CONTAINS
            } else {
                Relationship::INTERSECTS
            };
            within | contains
        } else if any || inside.contains(&true) {
            Relationship::INTERSECTS
        } else if beyond.contains(&true) || !edges_cross(trixel, self.vertices) {
            Relationship::DISJOINT
        } else {
            Relationship::INTERSECTS
        }
    }
}

impl Target for PreparedPolygon<'_> {
    fn relate_trixel(&self, trixel: &Trixel) -> Relationship {
        if self.is_convex {
            self.relate_convex(trixel)
        } else {
            relate_polygon(trixel, self.vertices)
        }
    }

    fn only_root(&self) -> Option<u64> {
        let octant = |v: &UnitVector3d| (v.x() > 0.0, v.y() > 0.0, v.z() > 0.0);
        let off_axes = |v: &UnitVector3d| v.x() != 0.0 && v.y() != 0.0 && v.z() != 0.0;
        let first = self.vertices.first()?;
        let alone = self.is_convex
            && self
                .vertices
                .iter()
                .all(|v| off_axes(v) && octant(v) == octant(first));
        alone.then(|| root_of(first))
    }

    /// Looks at the edges between the middle child and the others: most polygons are beyond some of them.
    fn children(&self, mid: &Trixel, inside: bool) -> Children {
        if !self.is_convex {
            return Children::Candidates([true; 4]);
        }
        let [m0, m1, m2] = mid;
        // Child i is on the positive side of edge i, the middle child on the negative sides of all.
        let planes = [
            EdgePlane::new(m2, m1),
            EdgePlane::new(m0, m2),
            EdgePlane::new(m1, m0),
        ];
        let mut candidates = [true; 4];
        for (i, plane) in (0..3).zip(&planes) {
            let (mut positive, mut negative) = (true, true);
            for v in self.vertices {
                let side = plane.side(v);
                positive &= side > 0;
                negative &= side < 0;
            }
            if positive {
                return if inside {
                    Children::Only(i as u64)
                } else {
                    Children::Candidates(std::array::from_fn(|child| {
                        child == i && candidates[child]
                    }))
                };
            }
            candidates[i] = !negative;
        }
        if inside && candidates == [false, false, false, true] {
            return Children::Only(3);
        }
        Children::Candidates(candidates)
    }
}
