//! Tests of the FITS room from outside; expected values are astropy's or the standard's.

mod any_bytes;
mod astropy;
mod damaged;
mod made;
mod rows;
