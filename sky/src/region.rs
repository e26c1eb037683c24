//! Any region on the sphere.

use crate::box3d::Box3d;
use crate::circle::Circle;
use crate::convex_polygon::ConvexPolygon;
use crate::ellipse::Ellipse;
use crate::error::SkyError;
use crate::intersection_region::IntersectionRegion;
use crate::lon_lat_box::LonLatBox;
use crate::union_region::UnionRegion;
use crate::unit_vector3d::UnitVector3d;

/// A set of points on the sphere (`sphgeom/Region`).
#[derive(Debug, Clone, PartialEq)]
pub enum Region {
    /// sphgeom's `Box`.
    Box(LonLatBox),
    /// sphgeom's `Circle`.
    Circle(Circle),
    /// sphgeom's `ConvexPolygon`.
    ConvexPolygon(ConvexPolygon),
    /// sphgeom's `Ellipse`.
    Ellipse(Ellipse),
    /// sphgeom's `UnionRegion`.
    Union(UnionRegion),
    /// sphgeom's `IntersectionRegion`.
    Intersection(IntersectionRegion),
}

impl Region {
    /// The name of the Python class, as in `lsst.sphgeom.<name>`.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::Box(_) => "Box",
            Self::Circle(_) => "Circle",
            Self::ConvexPolygon(_) => "ConvexPolygon",
            Self::Ellipse(_) => "Ellipse",
            Self::Union(_) => "UnionRegion",
            Self::Intersection(_) => "IntersectionRegion",
        }
    }

    /// What the reference's `isEmpty` answers; that is true for every convex polygon.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Box(b) => b.is_empty(),
            Self::Circle(c) => c.is_empty(),
            Self::ConvexPolygon(p) => p.is_empty(),
            Self::Ellipse(e) => e.is_empty(),
            Self::Union(u) => u.is_empty(),
            Self::Intersection(i) => i.is_empty(),
        }
    }

    /// True when the point is in the region.
    pub fn contains(&self, v: &UnitVector3d) -> bool {
        match self {
            Self::Box(b) => b.contains(v),
            Self::Circle(c) => c.contains(v),
            Self::ConvexPolygon(p) => p.contains(v),
            Self::Ellipse(e) => e.contains(v),
            Self::Union(u) => u.operands().iter().any(|r| r.contains(v)),
            Self::Intersection(i) => i.operands().iter().all(|r| r.contains(v)),
        }
    }

    /// A box of longitudes and latitudes around the region.
    pub fn bounding_box(&self) -> LonLatBox {
        match self {
            Self::Box(b) => *b,
            Self::Circle(c) => c.bounding_box(),
            Self::ConvexPolygon(p) => p.bounding_box(),
            Self::Ellipse(e) => e.bounding_box(),
            Self::Union(u) => u.bounding_box(),
            Self::Intersection(i) => i.bounding_box(),
        }
    }

    /// A circle around the region. Errors with [`SkyError::ZeroVector`] for degenerate decoded regions.
    pub fn bounding_circle(&self) -> Result<Circle, SkyError> {
        match self {
            Self::Box(b) => Ok(b.bounding_circle()),
            Self::Circle(c) => Ok(*c),
            Self::ConvexPolygon(p) => p.bounding_circle(),
            Self::Ellipse(e) => Ok(e.bounding_circle()),
            Self::Union(u) => u.bounding_circle(),
            Self::Intersection(i) => i.bounding_circle(),
        }
    }

    /// A box in ℝ³ around the region. Errors with [`SkyError::ZeroVector`] for degenerate decoded regions.
    pub fn bounding_box3d(&self) -> Result<Box3d, SkyError> {
        match self {
            Self::Box(b) => Ok(b.bounding_box3d()),
            Self::Circle(c) => Ok(c.bounding_box3d()),
            Self::ConvexPolygon(p) => p.bounding_box3d(),
            Self::Ellipse(e) => Ok(e.bounding_box3d()),
            Self::Union(u) => u.bounding_box3d(),
            Self::Intersection(i) => i.bounding_box3d(),
        }
    }

    /// The operands of a union or intersection, or the region itself (`Region.getRegions`).
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::Union(u) => u.operands(),
            Self::Intersection(i) => i.operands(),
            simple => std::slice::from_ref(simple),
        }
    }
}

macro_rules! region_from {
    ($($variant:ident: $type:ty),*) => {$(
        impl From<$type> for Region {
            fn from(shape: $type) -> Self {
                Self::$variant(shape)
            }
        }
    )*};
}
region_from!(Box: LonLatBox, Circle: Circle, ConvexPolygon: ConvexPolygon, Ellipse: Ellipse,
    Union: UnionRegion, Intersection: IntersectionRegion);
