//! What every pixelisation of the sphere can do.

use crate::error::SkyError;
use crate::range_set::RangeSet;
use crate::region::Region;
use crate::unit_vector3d::UnitVector3d;

/// A division of the sphere into numbered pixels (`sphgeom/Pixelization.h`).
pub trait Pixelization {
    /// The numbers of all pixels.
    fn universe(&self) -> RangeSet;

    /// The pixel that the point belongs to.
    fn index(&self, v: &UnitVector3d) -> u64;

    /// The shape of pixel `index`. Errors with [`SkyError::Pixel`] when there is none.
    fn pixel(&self, index: u64) -> Result<Region, SkyError>;

    /// The name of pixel `index` for people. Errors with [`SkyError::Pixel`] when there is none.
    fn to_string(&self, index: u64) -> Result<String, SkyError>;

    /// The pixels that may have points in common with `region`.
    fn envelope(&self, region: &Region) -> RangeSet;

    /// The pixels that lie within `region` as far as that can be proven.
    fn interior(&self, region: &Region) -> RangeSet;
}
