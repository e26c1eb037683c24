//! The common skypix dimension: which of its pixels a region overlaps.

use pantry_sky::{HtmPixelization, Pixelization, Region};

use crate::error::RegistryError;
use crate::model::universe::Universe;

/// The pixelisation that relates all spatial elements of a universe in the database.
#[derive(Debug)]
pub struct CommonSkyPix {
    pixelization: HtmPixelization,
}

impl CommonSkyPix {
    /// The common skypix dimension of `universe`.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] if it is of another system than htm, which no universe of the reference has.
    pub fn of(universe: &Universe) -> Result<Self, RegistryError> {
        let pixelization = match universe.common_skypix_level() {
            Some(("htm", level)) => HtmPixelization::new(level).ok(),
            _ => None,
        };
        pixelization.map(|pixelization| Self { pixelization }).ok_or_else(|| {
            RegistryError::Invalid(format!(
                "the common skypix dimension of the universe is '{}', but only levels of htm can be",
                universe.common_skypix()
            ))
        })
    }

    /// The pixels that a region, in sphgeom's byte encoding, may overlap, in ascending order
    /// (`StaticDimensionRecordStorageManager._compute_common_skypix_overlap_inserts`); `Err` says why the bytes are not a
    /// region.
    pub fn overlaps(&self, region: &[u8]) -> Result<Vec<i64>, String> {
        let region = Region::decode(region).map_err(|e| e.to_string())?;
        let envelope = self.pixelization.envelope(&region);
        envelope
            .indices()
            .map(|pixel| i64::try_from(pixel).map_err(|e| e.to_string()))
            .collect()
    }
}
