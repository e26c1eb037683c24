//! Where bytes are: files of this machine, buckets of S3 and Ceph, and web servers, behind one trait.
//!
//! Which service a URI means is found out as the reference's resources package does it
//! (`lsst/resources/s3utils.py`, `http.py`), from variables and `~/.aws`. Input and output are asynchronous here; callers on
//! plain threads use [`Stores::wait`].

mod aws_config;
mod cache;
mod cached_store;
mod copies;
mod copying;
mod object_store;
mod opened;
mod posix_store;
mod s3;
mod s3_endpoint;
mod secret;
mod settings;
mod sizes;
mod source;
mod store_trait;
mod stores;
mod web;

pub use cache::Cache;
pub use copies::Copies;
pub use copying::{Copied, Copying};
pub use settings::{StoreSettings, Variables};
pub use sizes::sizes;
pub use source::Source;
pub use store_trait::{Object, Ranges, Store};
pub use stores::{Stored, Stores};
