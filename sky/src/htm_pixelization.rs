//! The hierarchical triangular mesh.

use crate::convex_polygon::ConvexPolygon;
use crate::error::SkyError;
use crate::htm_finder::find_pixels;
use crate::htm_trixel::{child, midpoints, root, root_of};
use crate::orientation::orientation;
use crate::pixelization::Pixelization;
use crate::range_set::RangeSet;
use crate::region::Region;
use crate::unit_vector3d::UnitVector3d;

/// HTM at one level (`sphgeom/HtmPixelization`): 8 root trixels, each divided into 4 `level` times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HtmPixelization {
    level: u32,
}

impl HtmPixelization {
    /// The finest level.
    pub const MAX_LEVEL: u32 = 24;

    /// HTM at `level`. Errors with [`SkyError::Pixel`] beyond [`HtmPixelization::MAX_LEVEL`].
    pub fn new(level: u32) -> Result<Self, SkyError> {
        if level > Self::MAX_LEVEL {
            return Err(SkyError::Pixel(format!(
                "HTM level {level} is above {}",
                Self::MAX_LEVEL
            )));
        }
        Ok(Self { level })
    }

    /// The level.
    pub fn level(&self) -> u32 {
        self.level
    }

    /// The level that an index belongs to: its highest bit tells. `None` when it is no index of any level.
    pub fn level_of(index: u64) -> Option<u32> {
        match index.checked_ilog2() {
            Some(bit) if bit >= 3 && bit % 2 == 1 && (bit - 3) / 2 <= Self::MAX_LEVEL => {
                Some((bit - 3) / 2)
            }
            _ => None,
        }
    }

    /// The triangle of an index of any level. Errors with [`SkyError::Pixel`] when it is no index.
    pub fn triangle(index: u64) -> Result<ConvexPolygon, SkyError> {
        let level = Self::checked_level_of(index)?;
        let mut trixel = root(index >> (2 * level));
        for l in (0..level).rev() {
            trixel = child(&trixel, &midpoints(&trixel), (index >> (2 * l)) & 3);
        }
        Ok(ConvexPolygon::triangle(trixel))
    }

    /// The name of an index of any level: N or S, then a digit 0-3 for the root and each division.
    ///
    /// Errors with [`SkyError::Pixel`] when it is no index.
    pub fn as_string(index: u64) -> Result<String, SkyError> {
        let level = Self::checked_level_of(index)?;
        let mut name = String::with_capacity(level as usize + 2);
        name.push(if (index >> (2 * (level + 1))) & 1 == 0 {
            'S'
        } else {
            'N'
        });
        for l in (0..=level).rev() {
            name.push(char::from(b'0' + ((index >> (2 * l)) & 3) as u8));
        }
        Ok(name)
    }

    /// The pixels that may have points in common with `region`, joined to at most `max_ranges` ranges per simple region
    /// by adding pixels (0: no limit).
    pub fn envelope_with_max_ranges(&self, region: &Region, max_ranges: usize) -> RangeSet {
        find_pixels::<false>(region, max_ranges, self)
    }

    /// The pixels within `region`, at most `max_ranges` ranges per simple region by leaving out pixels (0: no limit).
    pub fn interior_with_max_ranges(&self, region: &Region, max_ranges: usize) -> RangeSet {
        find_pixels::<true>(region, max_ranges, self)
    }

    fn checked_level_of(index: u64) -> Result<u32, SkyError> {
        Self::level_of(index).ok_or_else(|| SkyError::Pixel(format!("{index} is not an HTM index")))
    }
}

impl Pixelization for HtmPixelization {
    fn universe(&self) -> RangeSet {
        let mut all = RangeSet::new();
        all.insert(8 << (2 * self.level)..16 << (2 * self.level));
        all
    }

    fn index(&self, v: &UnitVector3d) -> u64 {
        let r = root_of(v);
        let mut trixel = root(r);
        let mut index = r + 8;
        for _ in 0..self.level {
            let mid = midpoints(&trixel);
            let i = if orientation(v, &mid[2], &mid[1]) >= 0 {
                0
            } else if orientation(v, &mid[0], &mid[2]) >= 0 {
                1
            } else if orientation(v, &mid[1], &mid[0]) >= 0 {
                2
            } else {
                3
            };
            trixel = child(&trixel, &mid, i);
            index = index << 2 | i;
        }
        index
    }

    fn pixel(&self, index: u64) -> Result<Region, SkyError> {
        Ok(Self::triangle(index)?.into())
    }

    fn to_string(&self, index: u64) -> Result<String, SkyError> {
        Self::as_string(index)
    }

    fn envelope(&self, region: &Region) -> RangeSet {
        self.envelope_with_max_ranges(region, 0)
    }

    fn interior(&self, region: &Region) -> RangeSet {
        self.interior_with_max_ranges(region, 0)
    }
}
