//! The managers of a repo: which layout its tables have, as `butler_attributes` names and numbers it.

use std::fmt;

/// A schema version `major.minor.patch` (`VersionTuple`, `lsst/daf/butler/registry/interfaces/_versioning.py`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// Parse `1.0.2`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|p| p.parse().ok());
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(a), Some(b), Some(c), None) => Some(Self(a?, b?, c?)),
            _ => None,
        }
    }

    /// Whether software that knows this version may use a repo of version `stored` (`VersionTuple.checkCompatibility`):
    /// the same major version; an older minor version only for reading.
    pub fn accepts(self, stored: Version, writeable: bool) -> bool {
        self.0 == stored.0 && (self.1 == stored.1 || (self.1 > stored.1 && !writeable))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// How collections are identified in other tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CollectionKey {
    /// By a generated integer (`synthIntKey`), what new repos have.
    #[default]
    Id,
    /// By their name (`nameKey`).
    Name,
}

/// How `dataset.ingest_date` is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IngestDate {
    /// A `TIMESTAMP` in UTC: version 1 of the datasets manager.
    Timestamp,
    /// TAI nanoseconds since 1970: version 2, what new repos have.
    #[default]
    TaiNs,
}

/// The choices that a repo's layout leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Managers {
    /// How collections are identified.
    pub collections: CollectionKey,
    /// How ingest dates are stored.
    pub ingest_date: IngestDate,
}

impl Managers {
    /// `(manager type, class, version)` in the order in which the reference writes them
    /// (`RegistryManagerTypes.as_dict`, `lsst/daf/butler/registry/managers.py`).
    pub fn describe(self) -> [(&'static str, &'static str, Version); 6] {
        let collections = match self.collections {
            CollectionKey::Id => SYNTH_INT_KEY,
            CollectionKey::Name => NAME_KEY,
        };
        let datasets = match self.ingest_date {
            IngestDate::Timestamp => Version(1, 0, 0),
            IngestDate::TaiNs => Version(2, 0, 0),
        };
        [
            ("attributes", ATTRIBUTES, Version(1, 0, 1)),
            ("dimensions", DIMENSIONS, Version(6, 0, 2)),
            ("collections", collections, Version(2, 0, 0)),
            ("datasets", DATASETS, datasets),
            ("opaque", OPAQUE, Version(0, 2, 0)),
            ("datastores", DATASTORES, Version(0, 2, 1)),
        ]
    }
}

/// Class of the attributes manager.
pub const ATTRIBUTES: &str = "lsst.daf.butler.registry.attributes.DefaultButlerAttributeManager";
/// Class of the dimensions manager.
pub const DIMENSIONS: &str =
    "lsst.daf.butler.registry.dimensions.static.StaticDimensionRecordStorageManager";
/// Class of the collections manager with integer keys.
pub const SYNTH_INT_KEY: &str =
    "lsst.daf.butler.registry.collections.synthIntKey.SynthIntKeyCollectionManager";
/// Class of the collections manager whose keys are names.
pub const NAME_KEY: &str = "lsst.daf.butler.registry.collections.nameKey.NameKeyCollectionManager";
/// Class of the datasets manager, as `butler_attributes` has it; configurations leave out `_manager`.
pub const DATASETS: &str = "lsst.daf.butler.registry.datasets.byDimensions._manager.\
                            ByDimensionsDatasetRecordStorageManagerUUID";
/// Class of the manager of opaque tables.
pub const OPAQUE: &str = "lsst.daf.butler.registry.opaque.ByNameOpaqueTableStorageManager";
/// Class of the manager of datastore locations.
pub const DATASTORES: &str =
    "lsst.daf.butler.registry.bridge.monolithic.MonolithicDatastoreRegistryBridgeManager";
