//! Export YAML in, verification: always plan, then apply.
