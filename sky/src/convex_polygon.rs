//! A convex polygon with great-circle edges.

use crate::box3d::Box3d;
use crate::circle::Circle;
use crate::convex_hull::convex_hull;
use crate::ellipse::Ellipse;
use crate::error::SkyError;
use crate::lon_lat_box::LonLatBox;
use crate::relationship::Relationship;
use crate::unit_vector3d::UnitVector3d;
use crate::{vertices, vertices_relate};

/// A closed convex polygon (`sphgeom/ConvexPolygon`): at least three vertices, counter-clockwise from outside.
///
/// Convexity holds for polygons built from points. Decoded ones are taken as they are, like the reference does.
#[derive(Debug, Clone)]
pub struct ConvexPolygon {
    vertices: Vec<UnitVector3d>,
}

impl ConvexPolygon {
    /// The convex hull of `points`, in any order.
    ///
    /// Errors with [`SkyError::Hull`] when they do not fit in an open hemisphere or span no area.
    pub fn convex_hull(points: &[UnitVector3d]) -> Result<Self, SkyError> {
        Ok(Self {
            vertices: convex_hull(points)?,
        })
    }

    /// The polygon with exactly these vertices. Only their number is checked, as when decoding.
    pub fn from_vertices(vertices: Vec<UnitVector3d>) -> Result<Self, SkyError> {
        if vertices.len() < 3 {
            return Err(SkyError::Hull("a polygon needs at least three vertices"));
        }
        Ok(Self { vertices })
    }

    /// A triangle that is known to be counter-clockwise.
    pub(crate) fn triangle(vertices: [UnitVector3d; 3]) -> Self {
        Self {
            vertices: vertices.to_vec(),
        }
    }

    /// The vertices, counter-clockwise.
    pub fn vertices(&self) -> &[UnitVector3d] {
        &self.vertices
    }

    /// Center of mass of the area, projected on the sphere. Errors for decoded polygons with repeated vertices.
    pub fn centroid(&self) -> Result<UnitVector3d, SkyError> {
        vertices::centroid(&self.vertices)
    }

    /// Always true: `sphgeom/ConvexPolygon.cc` says so, and the overlap with an empty intersection depends on it.
    pub fn is_empty(&self) -> bool {
        true
    }

    /// True when the point lies inside or on an edge; exact.
    pub fn contains(&self, v: &UnitVector3d) -> bool {
        vertices::contains(&self.vertices, v)
    }

    /// A circle around the polygon. Errors for decoded polygons with repeated vertices.
    pub fn bounding_circle(&self) -> Result<Circle, SkyError> {
        vertices::bounding_circle(&self.vertices)
    }

    /// A box of longitudes and latitudes around the polygon.
    pub fn bounding_box(&self) -> LonLatBox {
        vertices::bounding_box(&self.vertices)
    }

    /// A box in ℝ³ around the polygon. Errors for decoded polygons with repeated vertices.
    pub fn bounding_box3d(&self) -> Result<Box3d, SkyError> {
        vertices::bounding_box3d(&self.vertices)
    }

    /// How this polygon lies to a box; proves DISJOINT and WITHIN only.
    pub fn relate_box(&self, b: &LonLatBox) -> Relationship {
        vertices_relate::relate_box(&self.vertices, b)
    }

    /// How this polygon lies to a circle.
    pub fn relate_circle(&self, c: &Circle) -> Relationship {
        vertices_relate::relate_circle(&self.vertices, c)
    }

    /// How this polygon lies to another.
    pub fn relate_polygon(&self, p: &Self) -> Relationship {
        vertices_relate::relate_polygon(&self.vertices, &p.vertices)
    }

    /// How this polygon lies to an ellipse; proves CONTAINS and DISJOINT only.
    pub fn relate_ellipse(&self, e: &Ellipse) -> Relationship {
        self.relate_circle(&e.bounding_circle()) & (Relationship::CONTAINS | Relationship::DISJOINT)
    }
}

impl PartialEq for ConvexPolygon {
    /// Polygons are equal when their vertices are, whichever comes first.
    fn eq(&self, p: &Self) -> bool {
        let (ours, theirs) = (&self.vertices, &p.vertices);
        ours.len() == theirs.len()
            && theirs.iter().position(|v| *v == ours[0]).is_some_and(|f| {
                let rotated = theirs[f..].iter().chain(&theirs[..f]);
                ours.iter().eq(rotated)
            })
    }
}
