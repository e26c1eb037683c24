//! Configuration, database URLs, credentials and repository labels against the reference.

mod case;
mod dump;
mod new_repo;
mod repo_argument;
mod yaml;
