//! FITS structure by ranged reads: headers, the index of HDUs, what is wrong with a file, columns of tables.
//!
//! Files are untrusted: whatever the bytes, nothing here panics, and memory is bounded by the sizes named in [`limits`],
//! not by what a header claims.

mod card;
mod check;
mod error;
mod fault;
mod hdu;
mod header;
mod index;
pub mod limits;
mod number;
mod scan;
mod source;
mod structure;
pub mod table;

pub use card::{Card, CardValue};
pub use check::{Report, check};
pub use error::FitsError;
pub use fault::{Fault, Problem, Severity};
pub use hdu::{CompressedImage, Hdu, HduKind};
pub use header::Header;
pub use index::{Hdus, index};
pub use source::ReadAt;
