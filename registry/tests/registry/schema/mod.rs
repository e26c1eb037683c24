//! Schema, attributes and dynamic tables against those that the reference makes.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do; clippy.toml covers only the tests themselves"
)]

mod connection;
mod create;
mod ddl;
mod dynamic;
mod names;
mod open;
mod patience;
mod place;
mod reading;
mod tls;
mod tls_server;
