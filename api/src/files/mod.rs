//! Files over HTTP: conditional requests and ranges as RFC 9110 has them, and signed links.

mod answer;
mod blocks;
mod byte_ranges;
mod content;
mod content_type;
mod dataset_file;
mod disposition;
mod file_body;
mod file_store;
#[cfg(test)]
mod http_tests;
mod link;
mod link_keys;
mod member;
mod multipart;
mod named_file;
mod recent_files;
mod signed_file;
mod validators;

pub use dataset_file::send;
pub use file_store::{Artifact, FileStore};
pub use link::{FileLink, UNRESERVED, seconds};
pub use link_keys::{LinkKeys, LinkKeysError};
pub use recent_files::RecentFiles;
pub use signed_file::get;
