//! Getting files into the datastore: modes, targets, and placing files so that nothing half-done is ever seen.

mod copy;
mod durable;
mod existing;
mod folders;
mod journal;
mod leftover;
mod link;
mod lock;
mod mode;
mod placer;
mod progress;
mod publish;
mod remote;
mod request;
mod stage;
mod target;
mod unlink;

pub use leftover::is_leftover;
pub use lock::FolderLock;
pub use mode::TransferMode;
pub use placer::{PlaceOptions, Placer};
pub use progress::TransferProgress;
pub use remote::RemotePlacer;
pub use request::{PlaceRequest, Placed};
pub use target::{Target, source_uri};
pub use unlink::unlink_source;
