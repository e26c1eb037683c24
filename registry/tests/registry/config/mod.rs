//! Configuration, database URLs, credentials and repository labels against the reference.

mod case;
mod credentials;
mod database_url;
mod dump;
mod dump_cases;
mod new_repo;
mod postgres;
mod postgres_cases;
mod repo_argument;
mod storage_class;
mod yaml;
mod yaml_texts;
