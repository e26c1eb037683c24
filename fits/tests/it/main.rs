//! Tests of the FITS room from outside; expected values are astropy's or the standard's.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod any_bytes;
mod astropy;
mod damaged;
mod made;
mod rows;
