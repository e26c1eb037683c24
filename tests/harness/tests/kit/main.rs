//! Tests of the kit itself and of the fixtures, against the oracle.

mod fixtures;
mod kit;
