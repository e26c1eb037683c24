//! Regions of function calls (`queries/_expression_strings.py`); angles are in degrees.

use pantry_sky::{Angle, Circle, ConvexPolygon, LonLat, LonLatBox, Region, SkyError, UnitVector3d};

use super::syntax::Function;
use crate::query::tree::RegionLiteral;

/// The region of a call with these numbers, of which there are as many as the parser lets through.
pub(super) fn region(function: &Function, numbers: &[f64]) -> Result<RegionLiteral, SkyError> {
    match (function, numbers) {
        (Function::Point, [ra, dec]) => Ok(RegionLiteral::point(vector(*ra, *dec)?)),
        (Function::Circle, [ra, dec, radius]) => {
            let center = vector(*ra, *dec)?;
            // Twice: the reference takes the opening angle for a diameter.
            let circle = Circle::new(center, Angle::from_degrees(radius * 2.0));
            Ok(RegionLiteral::new(Region::Circle(circle)))
        }
        (Function::Box, [ra, dec, width, height]) => {
            let center = LonLat::from_degrees(*ra, *dec)?;
            let (width, height) = (width / 2.0, height / 2.0);
            let (width, height) = (Angle::from_degrees(width), Angle::from_degrees(height));
            Ok(RegionLiteral::new(
                LonLatBox::around(&center, width, height).into(),
            ))
        }
        _ => {
            let (pairs, _) = numbers.as_chunks::<2>();
            let vertices: Result<Vec<_>, _> =
                pairs.iter().map(|[ra, dec]| vector(*ra, *dec)).collect();
            let polygon = ConvexPolygon::convex_hull(&vertices?)?;
            Ok(RegionLiteral::new(polygon.into()))
        }
    }
}

fn vector(ra: f64, dec: f64) -> Result<UnitVector3d, SkyError> {
    Ok(UnitVector3d::from_lon_lat(&LonLat::from_degrees(ra, dec)?))
}
