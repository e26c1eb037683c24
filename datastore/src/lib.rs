//! Bytes at URIs: path templates, transfer modes, checksums. Does not know what a dataset is.

mod confine;
mod defaults;
mod error;
mod formatter;
mod location;
mod lookup;
mod percent;
mod posix;
mod resource_path;
pub mod template;
pub mod transfer;

pub use confine::Confinement;
pub use defaults::{formatters as default_formatters, templates as default_templates};
pub use error::{DatastoreError, Result};
pub use formatter::{FormatterNames, check_extension};
pub use location::{DatastoreRoot, Location};
pub use lookup::{Conform, LookupEntity, LookupValue};
pub use resource_path::ResourcePath;
