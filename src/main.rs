//! `pantry`: a Data Butler in one binary.
fn main() {}
