//! Tests of the where-language.

mod binds;
mod predicates;
mod round_trip;
mod shapes;
