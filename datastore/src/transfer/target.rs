//! Where an ingested file goes and what its record says, for every transfer mode.
//!
//! Reference behaviour: `FileDatastore._extractIngestInfo` in `lsst/daf/butler/datastores/fileDatastore.py`.

use super::mode::TransferMode;
use crate::error::{DatastoreError, Result};
use crate::location::{DatastoreRoot, Location};
use crate::resource_path::ResourcePath;

/// What is to be done with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// It stays; only a record is written.
    Stay(Location),
    /// It is copied, linked or moved to this location.
    Place(Location),
}

impl Target {
    /// Decide for `source` (absolute, see [`source_uri`]). `mode` must be resolved
    /// ([`TransferMode::resolve`]); an unresolved `auto` counts as `link`. `template_path` formats the dataset's
    /// template and is called only for modes that place files.
    pub fn new(
        root: &DatastoreRoot,
        source: &ResourcePath,
        mode: TransferMode,
        template_path: impl FnOnce() -> Result<String>,
    ) -> Result<Self> {
        match mode {
            TransferMode::Direct => Ok(Self::Stay(root.direct(source)?)),
            TransferMode::InPlace => match root.existing(source)? {
                Some(location) => Ok(Self::Stay(location)),
                None => Err(DatastoreError::Escapes {
                    path: source.to_string(),
                    folder: root.uri().to_string().into(),
                    how: "it is elsewhere, and the import is in place".to_owned(),
                }),
            },
            TransferMode::Split => match root.existing(source)? {
                Some(location) => Ok(Self::Stay(location)),
                None => Ok(Self::Stay(root.direct(source)?)),
            },
            _ if source.zip_member().is_some() => Err(DatastoreError::BadMode {
                mode: mode.name(),
                path: source.to_string().into(),
                reason: "members of a zip stay where they are; take direct, or have the zip below the datastore's root and \
                         take auto"
                    .to_owned(),
            }),
            _ => {
                let location = root.new_location(&template_path()?, source)?;
                // A file that already is where it should be: the reference returns at once.
                let is_there = location.uri() == source;
                Ok(if is_there {
                    Self::Stay(location)
                } else {
                    Self::Place(location)
                })
            }
        }
    }

    /// The location that is recorded.
    pub fn location(&self) -> &Location {
        match self {
            Self::Stay(location) | Self::Place(location) => location,
        }
    }
}

/// The absolute URI of a file named in an export: relative to the export's `folder`, or to the datastore root
/// when there is none.
pub fn source_uri(
    root: &DatastoreRoot,
    folder: Option<&ResourcePath>,
    path: &str,
) -> Result<ResourcePath> {
    let uri = folder.unwrap_or(root.uri()).join(path)?;
    if uri.is_folder() {
        let reason = "it names a folder".to_owned();
        return Err(DatastoreError::BadPath {
            text: path.to_owned(),
            reason,
        });
    }
    Ok(uri)
}
