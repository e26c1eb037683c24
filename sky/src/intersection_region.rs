//! The intersection of regions.

use crate::box3d::Box3d;
use crate::circle::Circle;
use crate::error::SkyError;
use crate::lon_lat_box::LonLatBox;
use crate::region::Region;
use crate::relationship::Relationship;

/// All points that are in every operand (`sphgeom/CompoundRegion`). No operand is itself an intersection; none at all is
/// the whole sphere.
#[derive(Debug, Clone, PartialEq)]
pub struct IntersectionRegion {
    operands: Vec<Region>,
}

impl IntersectionRegion {
    /// The intersection of `operands`; intersections among them are replaced by their operands.
    pub fn new(operands: Vec<Region>) -> Self {
        let mut flat = Vec::with_capacity(operands.len());
        for operand in operands {
            match operand {
                Region::Intersection(i) => flat.extend(i.operands),
                other => flat.push(other),
            }
        }
        Self { operands: flat }
    }

    /// The regions intersected.
    pub fn operands(&self) -> &[Region] {
        &self.operands
    }

    /// True when all operands are empty or two are proven disjoint; false does not prove that there are points.
    pub fn is_empty(&self) -> bool {
        if self.operands.is_empty() {
            return false;
        }
        self.operands.iter().all(Region::is_empty)
            || self.operands.iter().enumerate().any(|(i, a)| {
                self.operands[i + 1..]
                    .iter()
                    .any(|b| a.overlaps(b) == Some(false))
            })
    }

    /// A box of longitudes and latitudes around the common points.
    pub fn bounding_box(&self) -> LonLatBox {
        let boxes = self.operands.iter().map(Region::bounding_box);
        boxes
            .reduce(|a, b| a.clipped_to(&b))
            .unwrap_or(LonLatBox::full())
    }

    /// A circle around the common points.
    pub fn bounding_circle(&self) -> Result<Circle, SkyError> {
        let mut circles = self.operands.iter().map(Region::bounding_circle);
        let first = circles.next().unwrap_or(Ok(Circle::full()))?;
        circles.try_fold(first, |a, b| Ok(a.clipped_to(&b?)))
    }

    /// A box in ℝ³ around the common points.
    pub fn bounding_box3d(&self) -> Result<Box3d, SkyError> {
        let mut boxes = self.operands.iter().map(Region::bounding_box3d);
        let first = boxes.next().unwrap_or(Ok(Box3d::around_unit_sphere()))?;
        boxes.try_fold(first, |a, b| Ok(a.clipped_to(&b?)))
    }

    /// How this intersection lies to `rhs`, as far as it follows from single operands.
    pub fn relate(&self, rhs: &Region) -> Relationship {
        let proven_by_one = Relationship::DISJOINT | Relationship::WITHIN;
        let mut result = Relationship::CONTAINS;
        for operand in &self.operands {
            let r = operand.relate(rhs);
            result = result & (r | proven_by_one);
            result = result | (r & proven_by_one);
            if result == proven_by_one {
                break;
            }
        }
        result
    }

    /// Whether this intersection and `other` have points in common; `None` unless an operand proves otherwise.
    pub fn overlaps(&self, other: &Region) -> Option<bool> {
        if self.operands.is_empty() {
            return Some(!other.is_empty());
        }
        let disjoint = self
            .operands
            .iter()
            .any(|operand| operand.overlaps(other) == Some(false));
        if disjoint { Some(false) } else { None }
    }
}
