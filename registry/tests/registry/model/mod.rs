//! The model against the reference.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do; clippy.toml covers only the tests themselves"
)]

mod universe;
