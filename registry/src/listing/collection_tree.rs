//! Named collections with all that is below them.

use std::collections::BTreeMap;

use crate::error::RegistryError;
use crate::model::collection::{Collection, CollectionType};
use crate::registry::Registry;

/// Names that go into one statement.
pub(crate) const NAMES: usize = 500;

/// Collections and what is below those of them that are chains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CollectionTree {
    /// The collections by name.
    pub collections: BTreeMap<String, Collection>,
    /// The children of each chain in search order; all of them are in `collections`.
    pub children: BTreeMap<String, Vec<String>>,
}

impl Registry {
    /// The collections of these names and all that are below them, by few look-ups.
    ///
    /// # Errors
    /// [`RegistryError::Missing`] for a name that is no collection.
    pub fn collection_tree(&mut self, names: Vec<String>) -> Result<CollectionTree, RegistryError> {
        let mut tree = CollectionTree::default();
        let mut names = names;
        while !names.is_empty() {
            names.sort_unstable();
            names.dedup();
            names.retain(|name| !tree.collections.contains_key(name));
            let mut chains = Vec::new();
            for piece in names.chunks(NAMES) {
                for collection in self.collections_named(piece)? {
                    if collection.collection_type == CollectionType::Chained {
                        chains.push(collection.name.clone());
                    }
                    tree.collections.insert(collection.name.clone(), collection);
                }
            }
            if let Some(missing) = names.iter().find(|n| !tree.collections.contains_key(*n)) {
                return Err(RegistryError::Missing {
                    kind: "collection",
                    name: missing.clone(),
                });
            }
            names.clear();
            for chain in chains {
                let children = self.chain_children(&chain)?;
                names.extend(children.iter().cloned());
                tree.children.insert(chain, children);
            }
        }
        Ok(tree)
    }
}
