//! Tests of the sphere from outside.

mod decode_any;
mod healpix;
mod ivoa_pos;
mod oracle;
mod oracle_process;
