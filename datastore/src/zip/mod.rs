//! Members of zip archives, read by ranges: the central directory first, then only the bytes of the member.
//!
//! APPNOTE.TXT 6.3.10 of PKWARE, as far as Python's `zipfile` follows it, because what the reference cannot read must not be
//! recorded: stored and deflated members, ZIP64, names in UTF-8 or code page 437. Whatever could mean two things is refused.

mod archive;
mod cp437;
mod end;
mod entry;
mod inflate;
mod local;
mod member_store;
mod record;
mod writer;
mod zip_files;

pub use archive::{MemberBytes, ZipArchive, directory};
pub use entry::{Method, ZipMember};
pub use record::{member_name, safe_name};
pub use writer::ZipWriter;
pub(crate) use zip_files::Kept;
pub use zip_files::ZipFiles;
