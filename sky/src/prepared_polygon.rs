//! A convex polygon made ready to be related to many triangles.

use crate::convex_polygon::ConvexPolygon;
use crate::htm_trixel::Trixel;
use crate::orientation::EdgePlane;
use crate::relationship::Relationship;
use crate::unit_vector3d::UnitVector3d;
use crate::vertices::edges;
use crate::vertices_relate::{edges_cross, relate_polygon};

/// Squared lengths of vertices that are this far from 1 are not trusted to be unit vectors.
const MAX_NORM_ERROR: f64 = 1.0e-9;

/// A polygon with the planes of its edges.
///
/// Orientations of unit vectors are exact, so that the shortcuts here, which hold for convex polygons, give what
/// [`relate_polygon`] gives. A decoded polygon that is not convex or not of unit vectors takes the long way.
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
        let is_convex = vertices.iter().all(is_unit)
            && planes
                .iter()
                .all(|plane| vertices.iter().all(|v| plane.side(v) >= 0));
        Self {
            vertices,
            planes,
            is_convex,
        }
    }

    /// How `triangle`, which is counter-clockwise and of unit vectors, lies to this polygon.
    pub(crate) fn relate_to_triangle(&self, triangle: &Trixel) -> Relationship {
        if !self.is_convex {
            return relate_polygon(triangle, self.vertices);
        }
        let mut inside = [true; 3];
        for plane in &self.planes {
            let sides = triangle.each_ref().map(|v| plane.side(v));
            if sides == [-1; 3] {
                return Relationship::DISJOINT;
            }
            for (inside, side) in inside.iter_mut().zip(sides) {
                *inside &= side >= 0;
            }
        }
        let [a, b, c] = triangle;
        let triangle_planes = [
            EdgePlane::new(c, a),
            EdgePlane::new(a, b),
            EdgePlane::new(b, c),
        ];
        // Bits of the triangle's edges that a vertex of the polygon is outside of.
        let outside = |v: &UnitVector3d| {
            triangle_planes
                .iter()
                .enumerate()
                .fold(0u8, |bits, (i, p)| bits | u8::from(p.side(v) < 0) << i)
        };
        let (mut all, mut any, mut common) = (true, false, 7u8);
        for v in self.vertices {
            let bits = outside(v);
            all &= bits == 0;
            any |= bits == 0;
            common &= bits;
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
        } else if common != 0 || !edges_cross(triangle, self.vertices) {
            // Either all vertices are beyond one edge of the triangle, or no edge tells and none crosses.
            Relationship::DISJOINT
        } else {
            Relationship::INTERSECTS
        }
    }
}
