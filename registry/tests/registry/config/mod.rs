//! Configuration, database URLs, credentials and repository labels against the reference.

mod case;
mod credentials;
mod database_url;
mod dump;
mod new_repo;
mod postgres;
mod repo_argument;
mod yaml;
