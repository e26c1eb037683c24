//! Skypix dimensions: which pixels a region overlaps, and their shapes.

use pantry_sky::{HealpixPixelization, HtmPixelization, Pixelization, RangeSet, Region};

use crate::error::RegistryError;
use crate::model::element::ElementKind;
use crate::model::universe::Universe;

/// The pixelisation of a skypix dimension (`htm7`, `healpix12`).
#[derive(Debug)]
pub enum SkyPixelization {
    /// A level of htm.
    Htm(HtmPixelization),
    /// An order of healpix.
    Healpix(HealpixPixelization),
}

impl SkyPixelization {
    /// Of a dimension.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] for another dimension, or a system that is neither htm nor healpix.
    pub fn of(universe: &Universe, dimension: &str) -> Result<Self, RegistryError> {
        let made = match universe.get(dimension).map(|e| &e.kind) {
            Some(ElementKind::SkyPix { system, level }) if system == "htm" => {
                HtmPixelization::new(*level).ok().map(Self::Htm)
            }
            Some(ElementKind::SkyPix { system, level }) if system == "healpix" => {
                HealpixPixelization::new(*level).ok().map(Self::Healpix)
            }
            _ => None,
        };
        made.ok_or_else(|| {
            RegistryError::Invalid(format!(
                "'{dimension}' is no skypix dimension of htm or healpix"
            ))
        })
    }

    /// The pixels that a region may overlap.
    pub fn envelope(&self, region: &Region) -> Result<RangeSet, RegistryError> {
        match self {
            Self::Htm(htm) => Ok(htm.envelope(region)),
            Self::Healpix(healpix) => healpix
                .envelope(region)
                .map_err(|e| RegistryError::Invalid(e.to_string())),
        }
    }

    /// The region of a pixel.
    pub fn pixel(&self, index: i64) -> Result<Region, RegistryError> {
        let fault = |e: String| RegistryError::Invalid(format!("pixel {index}: {e}"));
        let index = u64::try_from(index).map_err(|e| fault(e.to_string()))?;
        let region = match self {
            Self::Htm(htm) => htm.pixel(index),
            Self::Healpix(healpix) => healpix.pixel(index).map(Region::from),
        };
        region.map_err(|e| fault(e.to_string()))
    }
}

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
