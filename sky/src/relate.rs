//! Relations between two regions of any kinds.
//!
//! The reference dispatches twice, and which side computes matters where bounds stand in for shapes, so the order here is
//! its order (`sphgeom/Region.h` and the `relate` and `overlaps` of each class).

use crate::circle::Circle;
use crate::convex_polygon::ConvexPolygon;
use crate::ellipse::Ellipse;
use crate::lon_lat_box::LonLatBox;
use crate::region::Region;
use crate::relationship::Relationship;

impl Region {
    /// How this region lies to `other`: the bits that can be proven.
    pub fn relate(&self, other: &Self) -> Relationship {
        match (Simple::of(self), Simple::of(other)) {
            (Ok(a), Ok(b)) => b.relate(a).invert(),
            (Err(Compound::Union(u)), _) => u.relate(other),
            (Err(Compound::Intersection(i)), _) => i.relate(other),
            (Ok(_), Err(_)) => other.relate(self).invert(),
        }
    }

    /// True when this region is proven to contain `other`.
    pub fn contains_region(&self, other: &Self) -> bool {
        match (self, other) {
            // Python's `Circle.contains(Circle)` finds this overload first.
            (Self::Circle(a), Self::Circle(b)) => a.contains_circle(b),
            _ => self.relate(other).has(Relationship::CONTAINS),
        }
    }

    /// Whether the regions have points in common: `None` if the reference cannot tell.
    pub fn overlaps(&self, other: &Self) -> Option<bool> {
        match (Simple::of(self), Simple::of(other)) {
            (Ok(a), Ok(b)) => b.overlaps(a),
            (Err(Compound::Union(u)), _) => u.overlaps(other),
            (Err(Compound::Intersection(i)), _) => i.overlaps(other),
            (Ok(_), Err(_)) => other.overlaps(self),
        }
    }
}

/// A region that is not made of others.
#[derive(Clone, Copy)]
enum Simple<'a> {
    Box(&'a LonLatBox),
    Circle(&'a Circle),
    Polygon(&'a ConvexPolygon),
    Ellipse(&'a Ellipse),
}

enum Compound<'a> {
    Union(&'a crate::union_region::UnionRegion),
    Intersection(&'a crate::intersection_region::IntersectionRegion),
}

impl<'a> Simple<'a> {
    fn of(region: &'a Region) -> Result<Self, Compound<'a>> {
        match region {
            Region::Box(b) => Ok(Self::Box(b)),
            Region::Circle(c) => Ok(Self::Circle(c)),
            Region::ConvexPolygon(p) => Ok(Self::Polygon(p)),
            Region::Ellipse(e) => Ok(Self::Ellipse(e)),
            Region::Union(u) => Err(Compound::Union(u)),
            Region::Intersection(i) => Err(Compound::Intersection(i)),
        }
    }

    fn relate(self, other: Self) -> Relationship {
        match (self, other) {
            (Self::Box(x), Self::Box(y)) => x.relate_box(y),
            (Self::Box(x), Self::Circle(y)) => x.relate_circle(y),
            (Self::Box(x), Self::Polygon(y)) => y.relate_box(x).invert(),
            (Self::Box(x), Self::Ellipse(y)) => y.relate_box(x).invert(),
            (Self::Circle(x), Self::Box(y)) => y.relate_circle(x).invert(),
            (Self::Circle(x), Self::Circle(y)) => x.relate_circle(y),
            (Self::Circle(x), Self::Polygon(y)) => y.relate_circle(x).invert(),
            (Self::Circle(x), Self::Ellipse(y)) => y.relate_circle(x).invert(),
            (Self::Polygon(x), Self::Box(y)) => x.relate_box(y),
            (Self::Polygon(x), Self::Circle(y)) => x.relate_circle(y),
            (Self::Polygon(x), Self::Polygon(y)) => x.relate_polygon(y),
            (Self::Polygon(x), Self::Ellipse(y)) => x.relate_ellipse(y),
            (Self::Ellipse(x), Self::Box(y)) => x.relate_box(y),
            (Self::Ellipse(x), Self::Circle(y)) => x.relate_circle(y),
            (Self::Ellipse(x), Self::Polygon(y)) => x.relate_polygon(y),
            (Self::Ellipse(x), Self::Ellipse(y)) => x.relate_ellipse(y),
        }
    }

    fn overlaps(self, other: Self) -> Option<bool> {
        let not_disjoint = |r: Relationship| Some(!r.has(Relationship::DISJOINT));
        match (self, other) {
            (Self::Box(x), Self::Box(y)) => Some(x.intersects(y)),
            (Self::Circle(x), Self::Circle(y)) => Some(!x.is_disjoint_from(y)),
            (Self::Box(b), Self::Circle(c)) | (Self::Circle(c), Self::Box(b)) => {
                not_disjoint(b.relate_circle(c))
            }
            (Self::Circle(c), Self::Polygon(p)) | (Self::Polygon(p), Self::Circle(c)) => {
                not_disjoint(p.relate_circle(c))
            }
            (Self::Polygon(x), Self::Polygon(y)) => not_disjoint(x.relate_polygon(y)),
            (Self::Box(b), Self::Polygon(p)) | (Self::Polygon(p), Self::Box(b)) => {
                p.relate_box(b).to_overlaps()
            }
            (Self::Box(b), Self::Ellipse(e)) | (Self::Ellipse(e), Self::Box(b)) => {
                e.relate_box(b).to_overlaps()
            }
            (Self::Circle(c), Self::Ellipse(e)) | (Self::Ellipse(e), Self::Circle(c)) => {
                e.relate_circle(c).to_overlaps()
            }
            (Self::Polygon(x), Self::Ellipse(y)) => x.relate_ellipse(y).to_overlaps(),
            (Self::Ellipse(x), Self::Polygon(y)) => x.relate_polygon(y).to_overlaps(),
            (Self::Ellipse(x), Self::Ellipse(y)) => x.relate_ellipse(y).to_overlaps(),
        }
    }
}
