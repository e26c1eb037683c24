//! Schema, attributes and dynamic tables against those that the reference makes.

mod connection;
mod create;
mod ddl;
mod dynamic;
mod names;
mod open;
mod place;
mod reading;
mod tls;
mod tls_server;
