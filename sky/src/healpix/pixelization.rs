//! HEALPix at one level.

use super::cell::Cell;
use super::circle_cover::CircleCover;
use super::cover::cover;
use super::envelope::envelope;
use super::location::Location;
use super::lon_lat_box_cover::LonLatBoxCover;
use super::place::Place;
use super::polygon_cover::PolygonCover;
use crate::circle::Circle;
use crate::constants::{DEG_PER_RAD, RAD_PER_DEG};
use crate::convex_polygon::ConvexPolygon;
use crate::error::SkyError;
use crate::lon_lat::LonLat;
use crate::range_set::RangeSet;
use crate::region::Region;
use crate::unit_vector3d::UnitVector3d;

/// HEALPix at one level in nested numbering (`sphgeom/_healpixPixelization.py`): 12 · 4^level pixels of equal area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealpixPixelization {
    level: u32,
}

/// Envelopes are computed from pixels so many levels finer.
const FINER: u32 = 4;

impl HealpixPixelization {
    /// The finest level that the reference declares.
    pub const MAX_LEVEL: u32 = 17;

    /// HEALPix at `level`. Errors with [`SkyError::Pixel`] beyond [`HealpixPixelization::MAX_LEVEL`].
    pub fn new(level: u32) -> Result<Self, SkyError> {
        if level > Self::MAX_LEVEL {
            return Err(SkyError::Pixel(format!(
                "HEALPix level {level} is above {}",
                Self::MAX_LEVEL
            )));
        }
        Ok(Self { level })
    }

    /// The level.
    pub fn level(&self) -> u32 {
        self.level
    }

    /// 2^level, the number of pixels along the side of a base face.
    pub fn nside(&self) -> u64 {
        1 << self.level
    }

    /// The numbers of all pixels.
    pub fn universe(&self) -> RangeSet {
        std::iter::once(0..12 << (2 * self.level)).collect()
    }

    /// The pixel that the point belongs to.
    pub fn index(&self, v: &UnitVector3d) -> u64 {
        Location::of_vector(v.as_vector()).cell(self.level).index
    }

    /// The hull of 16 points on the outline of pixel `index`. Errors with [`SkyError::Pixel`] when there is none.
    pub fn pixel(&self, index: u64) -> Result<ConvexPolygon, SkyError> {
        if index >= 12 << (2 * self.level) {
            return Err(SkyError::Pixel(format!(
                "{index} is not a HEALPix pixel of level {}",
                self.level
            )));
        }
        let place = Place::of(self.cell(index));
        let mut points = Vec::with_capacity(16);
        for side in 0..4 {
            for i in 0..4 {
                let point = Location::on_outline(place, side, i, 4);
                points.push(through_degrees(&point)?);
            }
        }
        ConvexPolygon::convex_hull(&points)
    }

    /// The name of pixel `index` for people: its number. As in the reference, it need not exist.
    pub fn to_string(&self, index: u64) -> String {
        index.to_string()
    }

    /// The pixels that may have points in common with `region`, and some beside them.
    ///
    /// Errors with [`SkyError::Pixel`] for regions that the reference refuses: unions, intersections and empty ones.
    pub fn envelope(&self, region: &Region) -> Result<RangeSet, SkyError> {
        let fine = self.level + FINER;
        let cells = match region {
            Region::Circle(c) if c.opening_angle().as_radians() == 0.0 => {
                vec![pixel_of_point(&center_of(c), fine)]
            }
            _ => cover_of(region, fine)?,
        };
        Ok(envelope(&cells, self.level))
    }

    /// The pixels whose four corners lie within `region`.
    ///
    /// Errors with [`SkyError::Pixel`] for regions that the reference refuses: those that
    /// [`HealpixPixelization::envelope`] refuses, and circles of radius zero.
    pub fn interior(&self, region: &Region) -> Result<RangeSet, SkyError> {
        let mut out = RangeSet::new();
        for cell in cover_of(region, self.level)? {
            let shift = 2 * (self.level - cell.order);
            for index in cell.index << shift..(cell.index + 1) << shift {
                if self.has_corners_in(index, region)? {
                    out.insert(index..index + 1);
                }
            }
        }
        Ok(out)
    }

    fn has_corners_in(&self, index: u64, region: &Region) -> Result<bool, SkyError> {
        let place = Place::of(self.cell(index));
        for side in 0..4 {
            let corner = Location::on_outline(place, side, 0, 1);
            if !region.contains(&corner.unit_vector()?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn cell(&self, index: u64) -> Cell {
        let order = self.level;
        Cell { order, index }
    }
}

/// The pixels of `order` that the reference's queries find for `region`.
fn cover_of(region: &Region, order: u32) -> Result<Vec<Cell>, SkyError> {
    match region {
        Region::Circle(c) => cover_of_circle(c, order),
        Region::Ellipse(e) => cover_of_circle(&e.bounding_circle(), order),
        Region::ConvexPolygon(p) => match PolygonCover::new(p.vertices(), order) {
            Some(polygon) => Ok(cover(&polygon, order)),
            None => cover_of_circle(&p.bounding_circle()?, order),
        },
        Region::Box(b) if b.is_empty() => Err(refused("an empty box")),
        Region::Box(b) => {
            Ok(LonLatBoxCover::new(b, order).map_or(Vec::new(), |b| cover(&b, order)))
        }
        Region::Union(_) => Err(refused("a union of regions")),
        Region::Intersection(_) => Err(refused("an intersection of regions")),
    }
}

fn cover_of_circle(c: &Circle, order: u32) -> Result<Vec<Cell>, SkyError> {
    let radius = c.opening_angle().as_radians();
    if radius >= std::f64::consts::PI {
        return Ok(Cell::faces().collect());
    }
    if radius > 0.0 {
        return Ok(cover(
            &CircleCover::new(&center_of(c), radius, order),
            order,
        ));
    }
    Err(refused("an empty circle or a single point"))
}

fn center_of(c: &Circle) -> LonLat {
    LonLat::from_vector(c.center().as_vector())
}

/// The pixel of `order` at `p`, as the reference finds it for circles of radius zero.
fn pixel_of_point(p: &LonLat, order: u32) -> Cell {
    let theta = std::f64::consts::FRAC_PI_2 - p.lat().as_radians();
    Location::of_angles(theta, p.lon().as_radians()).cell(order)
}

/// The point as a vector after the detour through degrees that the reference sends it on.
fn through_degrees(point: &Location) -> Result<UnitVector3d, SkyError> {
    let lon = (point.phi * DEG_PER_RAD) % 360.0 * RAD_PER_DEG;
    let lat = point.latitude() * DEG_PER_RAD * RAD_PER_DEG;
    let theta = std::f64::consts::FRAC_PI_2 - lat;
    UnitVector3d::new(
        theta.sin() * lon.cos(),
        theta.sin() * lon.sin(),
        theta.cos(),
    )
}

fn refused(what: &str) -> SkyError {
    SkyError::Pixel(format!(
        "HEALPix pixels of {what} are not defined; take the parts or a bounding circle"
    ))
}
