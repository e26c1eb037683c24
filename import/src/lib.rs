//! Export YAML in, verification: always plan, then apply.

pub mod yaml;
