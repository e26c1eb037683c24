//! The model against the reference.

mod universe;
