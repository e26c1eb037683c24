//! Between the `path` column of a datastore record and a file.
//!
//! Reference behaviour: `lsst/daf/butler/_location.py` and `StoredFileInfo.file_location`. The database holds a
//! path relative to the root, plain (not percent-encoded); or, for files ingested `direct`, an absolute URI.

use std::path::{Path, PathBuf};

use crate::error::{DatastoreError, Result};
use crate::resource_path::{ResourcePath, extension_of};

/// The root folder of a datastore: on this machine, in a bucket, or on a web server.
#[derive(Debug, Clone)]
pub struct DatastoreRoot {
    /// `None` elsewhere than on this machine.
    path: Option<PathBuf>,
    uri: ResourcePath,
}

/// Where one file of a datastore is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    record: String,
    uri: ResourcePath,
    in_store: bool,
}

impl DatastoreRoot {
    /// The root at an absolute `path`, which need not exist yet.
    pub fn new(path: &Path) -> Result<Self> {
        Ok(Self::at(ResourcePath::from_absolute(path)?))
    }

    /// The root at an absolute URI, in whatever store.
    pub fn at(uri: ResourcePath) -> Self {
        Self {
            path: uri.local_path(),
            uri,
        }
    }

    /// The folder; `None` if it is not on this machine.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The folder, for what can be done with files of this machine only.
    ///
    /// # Errors
    /// [`DatastoreError::NotLocal`].
    pub fn local(&self, doing: &'static str) -> Result<&Path> {
        self.path().ok_or_else(|| DatastoreError::NotLocal {
            doing,
            uri: self.uri.to_string(),
        })
    }

    /// The folder as a URI.
    pub fn uri(&self) -> &ResourcePath {
        &self.uri
    }

    /// Where the file of a record is. Relative paths must stay below the root.
    pub fn locate(&self, record: &str) -> Result<Location> {
        let parsed = ResourcePath::parse(record)?;
        if parsed.is_folder() {
            return Err(names_folder(record));
        }
        if parsed.is_absolute() {
            return Ok(Location {
                record: record.to_owned(),
                uri: parsed,
                in_store: false,
            });
        }
        self.inside(&parsed, record.to_owned())
    }

    /// Where a file goes that is copied or linked into the datastore: the formatted template path with the
    /// extension of the source (`FileDatastore._calculate_ingested_datastore_name`).
    pub fn new_location(&self, template_path: &str, source: &ResourcePath) -> Result<Location> {
        let parsed = ResourcePath::parse(template_path)?;
        if parsed.is_absolute() {
            return Err(self.escapes(template_path, "an absolute path"));
        }
        if parsed.is_folder() {
            return Err(names_folder(template_path));
        }
        if !parsed.fragment().is_empty() {
            return Err(not_recordable(template_path));
        }
        let extension = source.extension();
        let record = if extension.is_empty() || extension == parsed.extension() {
            parsed.path().to_owned()
        } else {
            let old = extension_of(parsed.path());
            let stem = parsed.path().strip_suffix(old).unwrap_or(parsed.path());
            format!("{stem}{extension}")
        };
        let location = self.locate(&record)?;
        if location.uri.fragment().is_empty() {
            Ok(location)
        } else {
            Err(not_recordable(&record))
        }
    }

    /// The location of a file that stays where it is below the root; `None` when it is elsewhere.
    ///
    /// The reference loses part of names with `#` or `%XX` in them (its record names another file); such a file
    /// is an error here.
    pub fn existing(&self, source: &ResourcePath) -> Result<Option<Location>> {
        let Some(relative) = source.relative_to(&self.uri) else {
            return Ok(None);
        };
        let parsed = ResourcePath::parse(&relative)?;
        let location = self.inside(&parsed, parsed.path().to_owned())?;
        if location.uri.key() != source.key() || location.uri.is_folder() {
            return Err(not_recordable(&source.to_string()));
        }
        // The reference loses the member here, and records the zip itself.
        match source.zip_member() {
            Some(member) => self.member(&location, &member).map(Some),
            None => Ok(Some(location)),
        }
    }

    /// The location of a file elsewhere that is recorded by its URI.
    pub fn direct(&self, source: &ResourcePath) -> Result<Location> {
        if !source.is_absolute() || source.is_folder() {
            return Err(not_recordable(&source.to_string()));
        }
        Ok(Location {
            record: source.to_string(),
            uri: source.clone(),
            in_store: false,
        })
    }

    fn inside(&self, relative: &ResourcePath, record: String) -> Result<Location> {
        let uri = self.uri.join_parsed(relative);
        let below = uri
            .path()
            .strip_prefix(self.uri.path().trim_end_matches('/'));
        match below.and_then(|rest| rest.strip_prefix('/')) {
            Some(rest) if !rest.is_empty() => Ok(Location {
                record,
                uri,
                in_store: true,
            }),
            _ => Err(self.escapes(&record, "'..'")),
        }
    }

    fn escapes(&self, path: &str, how: &str) -> DatastoreError {
        DatastoreError::Escapes {
            path: path.to_owned(),
            folder: self
                .path
                .clone()
                .unwrap_or_else(|| self.uri.to_string().into()),
            how: how.to_owned(),
        }
    }
}

impl Location {
    /// The text of the `path` column.
    pub fn record(&self) -> &str {
        &self.record
    }

    /// The text of the `path` column, without a copy.
    pub fn into_record(self) -> String {
        self.record
    }

    /// The absolute URI, with its fragment if it has one.
    pub fn uri(&self) -> &ResourcePath {
        &self.uri
    }

    /// The file; `None` when it is not on this machine.
    pub fn local_path(&self) -> Option<PathBuf> {
        self.uri.local_path()
    }

    /// Whether the file is below the root (as opposed to recorded by URI).
    pub fn is_in_store(&self) -> bool {
        self.in_store
    }
}

fn not_recordable(text: &str) -> DatastoreError {
    let reason = "a record with this name would be read back as another file ('#', '%XX' or a final '/' in it); \
                  rename the file or use transfer mode copy";
    DatastoreError::BadPath {
        text: text.to_owned(),
        reason: reason.to_owned(),
    }
}

fn names_folder(text: &str) -> DatastoreError {
    DatastoreError::BadPath {
        text: text.to_owned(),
        reason: "it names a folder".to_owned(),
    }
}
