//! HTTP: the Butler protocol for the unchanged Python client and REST for everybody else.
//!
//! [`serve`] answers for one or several repos until it is told to stop. The registry is synchronous: its work is done by
//! [`ServedRepo::ask`] and [`streaming`] on threads of their own, with connections of a pool.

mod asked;
pub mod auth;
mod base_url;
pub mod butler;
mod client_address;
mod connections;
mod cors;
mod files;
mod health;
mod listen;
mod network;
mod query_pairs;
mod refusal;
pub mod remote;
mod router;
pub mod rows;
mod served_repo;
mod server;
mod settings;
mod streaming;
mod streams;
#[cfg(test)]
mod test_site;
mod tls;
mod traffic;
mod v1;

pub use cors::Origin;
pub use network::Network;
pub use refusal::Refusal;
pub use server::{ServeError, serve};
pub use settings::{FileSettings, Limits, RepoSetting, Settings};
pub use tls::{TlsError, TlsSettings};
