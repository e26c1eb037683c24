//! Tests of the where-language.

mod binds;
mod depth;
mod predicates;
mod round_trip;
mod shapes;
