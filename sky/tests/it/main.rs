//! Tests of the sphere from outside.

mod decode_any;
mod oracle;
mod oracle_process;
