//! Regions in words of the IVOA's Simple Image Access (parameter POS), as sphgeom's Python layer reads them
//! (`Region.from_ivoa_pos`, `lsst/sphgeom/_continue_class.py`).

use crate::angle::Angle;
use crate::circle::Circle;
use crate::convex_polygon::ConvexPolygon;
use crate::error::SkyError;
use crate::interval::AngleInterval;
use crate::lon_lat::LonLat;
use crate::lon_lat_box::LonLatBox;
use crate::normalized_angle_interval::NormalizedAngleInterval;
use crate::region::Region;
use crate::unit_vector3d::UnitVector3d;

impl Region {
    /// Reads `CIRCLE lon lat radius`, `RANGE lon1 lon2 lat1 lat2` or `POLYGON lon1 lat1 lon2 lat2 lon3 lat3 ...`, in degrees.
    ///
    /// Infinite limits of a range are 0, 360, -90 and 90; the vertices of a polygon may come in any order.
    ///
    /// # Errors
    /// [`SkyError::Pos`] when the words are others, else whatever the region refuses.
    pub fn from_ivoa_pos(pos: &str) -> Result<Self, SkyError> {
        let error = |reason: &str| SkyError::Pos(format!("{reason} in '{pos}'"));
        let mut words = pos.split(is_space).filter(|word| !word.is_empty());
        let shape = words.next().unwrap_or_default();
        let numbers: Option<Vec<f64>> = words.map(python_float).collect();
        let numbers = numbers.ok_or_else(|| error("a coordinate is no number"))?;
        match (shape, numbers.as_slice()) {
            ("CIRCLE", [lon, lat, radius]) => {
                let center = vertex(*lon, *lat)?;
                Ok(Circle::new(center, Angle::from_degrees(*radius)).into())
            }
            ("RANGE", [lon1, lon2, lat1, lat2]) => {
                let corner = |lon, lat| {
                    LonLat::from_degrees(finite(lon, 0.0, 360.0), finite(lat, -90.0, 90.0))
                };
                let (a, b) = (corner(*lon1, *lat1)?, corner(*lon2, *lat2)?);
                let lon = NormalizedAngleInterval::new(a.lon(), b.lon());
                Ok(LonLatBox::new(lon, AngleInterval::new(a.lat(), b.lat())).into())
            }
            ("POLYGON", coordinates)
                if coordinates.len() >= 6 && coordinates.len().is_multiple_of(2) =>
            {
                let (pairs, _) = coordinates.as_chunks::<2>();
                let vertices: Result<Vec<_>, _> =
                    pairs.iter().map(|[lon, lat]| vertex(*lon, *lat)).collect();
                Ok(ConvexPolygon::convex_hull(&vertices?)?.into())
            }
            ("CIRCLE", _) => Err(error("CIRCLE needs 3 numbers")),
            ("RANGE", _) => Err(error("RANGE needs 4 numbers")),
            ("POLYGON", _) => Err(error("POLYGON needs at least 3 pairs of numbers")),
            _ => Err(error("unknown shape")),
        }
    }
}

fn vertex(lon: f64, lat: f64) -> Result<UnitVector3d, SkyError> {
    Ok(UnitVector3d::from_lon_lat(&LonLat::from_degrees(lon, lat)?))
}

fn finite(value: f64, low: f64, high: f64) -> f64 {
    if value.is_finite() || value.is_nan() {
        value
    } else if value > 0.0 {
        high
    } else {
        low
    }
}

/// White space of Python's `str.split`.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// A number as Python's `float` takes it: like Rust, and with single underscores between digits.
fn python_float(word: &str) -> Option<f64> {
    if !word.contains('_') {
        return word.parse().ok();
    }
    let is_digit = |part: &str, at: usize| part.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let parts: Vec<&str> = word.split('_').collect();
    let between = parts.windows(2).all(|pair| {
        pair[0]
            .len()
            .checked_sub(1)
            .is_some_and(|last| is_digit(pair[0], last))
            && is_digit(pair[1], 0)
    });
    between.then(|| parts.concat().parse().ok()).flatten()
}
