//! Export YAML as a stream of events, in memory that does not grow with the file.
//!
//! ```text
//! Source (file, gzip, zstd) -> Text (checked UTF-8) -> Markup events -> Composer (Nodes) -> ExportReader (Events)
//!                                                      |- BlockParser: the style PyYAML writes, fast
//!                                                      `- AnyParser: everything else, by saphyr-parser
//! ```
//! Meaning is that of `yaml.safe_load` of PyYAML with the constructors that `lsst.daf.butler` and `lsst.sphgeom`
//! register (YAML 1.1), except that duplicate keys are an error.

mod anchor_names;
mod anchors;
mod any_parser;
mod binary;
mod block;
mod composer;
mod construct;
mod document;
mod error;
mod event;
mod limits;
mod mapping;
mod mapping_builder;
mod markup;
mod node;
mod number;
mod reader;
mod region;
mod resolve;
mod scout;
mod source;
mod syntax;
mod tag;
#[cfg(test)]
mod tests;
mod text;
mod timestamp;
mod walker;
mod zstd;

pub use document::document;
pub use error::YamlError;
pub use event::{BulkKey, Event};
pub use mapping::{Field, Mapping};
pub use node::Node;
pub use reader::ExportReader;
pub use region::{EncodedRegion, RegionClass};
pub use timestamp::Timestamp;
