//! Tests of the registry from outside, most of them against the reference.

mod config;
mod half_written;
mod model;
mod order_by;
mod order_terms;
mod schema;
