//! Pantry's engine as the comparison asks it.

use std::path::Path;

use crate::engine::Engine;

/// The engine over a repository.
pub fn open(repo: &Path) -> Box<dyn Engine> {
    unimplemented!("the adapter to the query engine, for {}", repo.display())
}
