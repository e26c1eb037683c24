//! What tests of all rooms share: fixtures, the oracle, a PostgreSQL server, comparison of repositories.
//!
//! A dev-dependency only. Everything here panics with a message that says what to do: a test has no other way to fail.

pub mod compare;
pub mod moto;
pub mod oracle;
pub mod postgres;
mod ran;
pub mod s3;
mod skip;
mod workspace;

pub use ran::{Ran, run, run_with_input};
pub use skip::skip;
pub use workspace::{fixture, workspace};
