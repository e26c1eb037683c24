//! The union of regions.

use crate::box3d::Box3d;
use crate::circle::Circle;
use crate::error::SkyError;
use crate::lon_lat_box::LonLatBox;
use crate::region::Region;
use crate::relationship::Relationship;

/// All points of any operand (`sphgeom/CompoundRegion`). No operand is itself a union; none at all is the empty set.
#[derive(Debug, Clone, PartialEq)]
pub struct UnionRegion {
    operands: Vec<Region>,
}

impl UnionRegion {
    /// The union of `operands`; unions among them are replaced by their operands.
    pub fn new(operands: Vec<Region>) -> Self {
        let mut flat = Vec::with_capacity(operands.len());
        for operand in operands {
            match operand {
                Region::Union(u) => flat.extend(u.operands),
                other => flat.push(other),
            }
        }
        Self { operands: flat }
    }

    /// The regions united.
    pub fn operands(&self) -> &[Region] {
        &self.operands
    }

    /// True when all operands are empty.
    pub fn is_empty(&self) -> bool {
        self.operands.iter().all(Region::is_empty)
    }

    /// A box of longitudes and latitudes around all operands.
    pub fn bounding_box(&self) -> LonLatBox {
        let boxes = self.operands.iter().map(Region::bounding_box);
        boxes
            .reduce(|a, b| a.expanded_to(&b))
            .unwrap_or(LonLatBox::empty())
    }

    /// A circle around all operands.
    pub fn bounding_circle(&self) -> Result<Circle, SkyError> {
        let mut circles = self.operands.iter().map(Region::bounding_circle);
        let first = circles.next().unwrap_or(Ok(Circle::empty()))?;
        circles.try_fold(first, |a, b| a.expanded_to(&b?))
    }

    /// A box in ℝ³ around all operands.
    pub fn bounding_box3d(&self) -> Result<Box3d, SkyError> {
        let mut boxes = self.operands.iter().map(Region::bounding_box3d);
        let first = boxes.next().unwrap_or(Ok(Box3d::empty()))?;
        boxes.try_fold(first, |a, b| Ok(a.expanded_to(&b?)))
    }

    /// How this union lies to `rhs`, as far as it follows from single operands.
    pub fn relate(&self, rhs: &Region) -> Relationship {
        if self.operands.is_empty() {
            return Relationship::DISJOINT;
        }
        let mut result = Relationship::DISJOINT | Relationship::WITHIN;
        for operand in &self.operands {
            let r = operand.relate(rhs);
            result = result & (r | Relationship::CONTAINS);
            result = result | (r & Relationship::CONTAINS);
            if result == Relationship::CONTAINS {
                break;
            }
        }
        result
    }

    /// Whether this union and `other` have points in common: `None` if unknown.
    pub fn overlaps(&self, other: &Region) -> Option<bool> {
        let mut result = Some(false);
        for operand in &self.operands {
            match operand.overlaps(other) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => result = None,
            }
        }
        result
    }
}
