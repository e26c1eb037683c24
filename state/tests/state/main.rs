//! Pantry's own state: the same tests on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod migrations;
mod place;
mod replicas;
mod tokens;
mod verifications;
