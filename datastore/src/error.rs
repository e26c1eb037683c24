//! The one error type of this room: what was being done, with what, what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why a datastore operation was refused or failed.
///
/// The variants are the cases a caller can act on; everything the operating system reports that has no
/// case of its own is [`DatastoreError::Io`].
#[derive(Debug, thiserror::Error)]
pub enum DatastoreError {
    /// A file template of the configuration cannot be used at all.
    #[error(
        "file template '{template}' is not usable: {reason}; correct datastore.templates in butler.yaml"
    )]
    BadTemplate {
        /// The template as configured.
        template: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A good template has no path for this dataset.
    #[error("file template '{template}' gives no path for dataset type '{dataset_type}': {reason}")]
    NoPath {
        /// The template as configured.
        template: String,
        /// Name of the dataset type, component included.
        dataset_type: String,
        /// The field that failed and why.
        reason: String,
    },
    /// No template matches and there is no default.
    #[error(
        "no file template for dataset type '{dataset_type}' and no default; add one to datastore.templates"
    )]
    NoTemplate {
        /// Name of the dataset type, component included.
        dataset_type: String,
    },
    /// A look-up section (templates, formatters) is not of the expected shape.
    #[error("datastore configuration, key '{key}': {reason}")]
    BadConfig {
        /// The key below `templates` or `formatters`.
        key: String,
        /// What was found.
        reason: String,
    },
    /// The extension of a file is not one that its formatter reads.
    #[error(
        "file {path} has extension '{extension}', which formatter {formatter} does not read (it reads {known}); rename the file or correct the formatter"
    )]
    BadExtension {
        /// The path that would be recorded.
        path: String,
        /// Its extension.
        extension: String,
        /// Full name of the formatter class.
        formatter: String,
        /// The extensions it reads.
        known: String,
    },
    /// A path or URI that cannot be read as one.
    #[error("cannot use path '{text}': {reason}")]
    BadPath {
        /// As given.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A path that leaves the folder it has to stay in.
    #[error(
        "path '{path}' leaves {folder} ({how}); only transfer mode 'direct' may name files elsewhere"
    )]
    Escapes {
        /// As given.
        path: String,
        /// The folder it must stay in.
        folder: PathBuf,
        /// `..`, an absolute path or a symbolic link.
        how: String,
    },
    /// A source file is not there.
    #[error("file {path} does not exist")]
    Missing {
        /// The path looked for.
        path: PathBuf,
    },
    /// Something is there that is no regular file: a folder, a device.
    #[error("{path} is not a file")]
    NotAFile {
        /// The path looked at.
        path: PathBuf,
    },
    /// A file is there but may not be read or written.
    #[error("no permission while {doing} {path}; check owner and mode")]
    Denied {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
    },
    /// The destination exists and is not what would be put there.
    #[error("{path} exists with other content ({difference}); move it away or import it in place")]
    Occupied {
        /// The destination.
        path: PathBuf,
        /// How it differs.
        difference: String,
    },
    /// The file system is full, or the quota is.
    #[error("no space left while {doing} {path}; free some and run the command again")]
    Full {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
    },
    /// A transfer mode that this file or file system does not allow.
    #[error("cannot use transfer mode '{mode}' for {path}: {reason}")]
    BadMode {
        /// Name of the mode.
        mode: &'static str,
        /// The source file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A zip archive, or a member of one, that cannot be read for certain.
    #[error("zip {uri}: {reason}")]
    BadZip {
        /// The archive.
        uri: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A recorded checksum that is not written in a known way.
    #[error(
        "checksum '{text}' is neither blake3:<64 hex digits> nor the 128 hex digits of BLAKE2b"
    )]
    BadChecksum {
        /// As recorded.
        text: String,
    },
    /// The caller asked for a stop, or another file of the same batch failed for good.
    #[error("stopped before {path}")]
    Stopped {
        /// The file that was not touched.
        path: PathBuf,
    },
    /// Something that works with files of this machine only.
    #[error("{doing} needs a datastore on this machine; this one is at {uri}")]
    NotLocal {
        /// What was being done.
        doing: &'static str,
        /// The datastore's root.
        uri: String,
    },
    /// A store that cannot be reached with what is configured.
    #[error("cannot reach store {store}: {reason}")]
    StoreConfig {
        /// Its URI.
        store: String,
        /// Which setting is wrong, without secrets.
        reason: String,
    },
    /// A store that does not allow it.
    #[error(
        "{doing} {uri} was refused by {endpoint}; check the keys of its profile (LSST_RESOURCES_S3_PROFILE_*, ~/.aws) or its token, and who may do that"
    )]
    Refused {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        uri: String,
        /// Whom it was asked of.
        endpoint: String,
    },
    /// A store that failed, also when it was asked again.
    #[error("{doing} {uri} at {endpoint} failed: {reason}")]
    Store {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        uri: String,
        /// Whom it was asked of.
        endpoint: String,
        /// What it said.
        reason: String,
    },
    /// Anything else the operating system reports.
    #[error("{doing} {path} failed: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// The system's own error.
        source: io::Error,
    },
}

/// Short form used throughout this room.
pub type Result<T> = std::result::Result<T, DatastoreError>;

impl DatastoreError {
    /// Sort a system error into the case a caller can act on.
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { doing, path },
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Denied { doing, path }
            }
            _ => Self::Io {
                doing,
                path,
                source,
            },
        }
    }

    /// Whether the same failure must be expected for every other file, so that going on is pointless.
    pub fn stops_everything(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::Stopped { .. })
    }
}
