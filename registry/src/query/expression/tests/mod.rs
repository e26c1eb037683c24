//! Tests of the where-language.

mod round_trip;
mod shapes;
