//! Bytes at URIs: path templates, transfer modes, checksums, members of zips. Does not know what a dataset is.

mod checksum;
mod confine;
mod defaults;
mod digest;
mod error;
mod formatter;
mod inspect;
mod location;
mod lookup;
mod open_file;
mod percent;
mod posix;
mod resource_path;
pub mod store;
pub mod template;
pub mod transfer;
mod walk;
pub mod zip;

pub use checksum::Checksum;
pub use confine::Confinement;
pub use defaults::{formatters as default_formatters, templates as default_templates};
pub use digest::{Algorithm, Digests};
pub use error::{DatastoreError, Result};
pub use formatter::{FormatterNames, check_extension};
pub use inspect::{Found, check_readable, inspect, inspect_one};
pub use location::{DatastoreRoot, Location};
pub use lookup::{Conform, LookupEntity, LookupValue};
pub use open_file::OpenFile;
pub use resource_path::ResourcePath;
pub use walk::{WalkedFile, WalkedKind, walk, walk_after};
