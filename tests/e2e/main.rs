//! The program from outside, as a user meets it. One module for each topic.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod config_dump;
mod exit_codes;
mod log_options;
mod pantry;
mod release;
mod smoke;
