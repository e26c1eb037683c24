//! Collections as rows, with the chains that they are in.

use pantry_registry::RegistryError;
use pantry_registry::listing::CollectionCatalog;
use pantry_registry::model::collection::{Collection, CollectionType};
use pantry_registry::model::glob::{Glob, Wildcard};

use super::{Column, Kind, Value};

/// How chains are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chains {
    /// A column lists the children of chains.
    Table,
    /// A column lists the chains that a collection is a child of.
    InverseTable,
    /// Below each chain its children, and theirs.
    Tree,
    /// Below each collection the chains that it is a child of, and theirs.
    InverseTree,
    /// No chains, but all that is below them.
    Flatten,
    /// Chains like any other collection.
    NoChildren,
}

/// A collection as it is listed.
#[derive(Debug, Clone, Copy)]
pub struct CollectionEntry<'a> {
    /// The collection.
    pub collection: &'a Collection,
    /// How deep it is in a tree; 0 without one.
    pub depth: usize,
}

/// Which collections are listed, and how.
#[derive(Debug)]
pub struct CollectionListing<'a> {
    /// All of them.
    pub catalog: &'a CollectionCatalog,
    /// How chains are shown.
    pub chains: Chains,
    /// Patterns of the dataset types that are left out; `None` if no dataset types are shown.
    pub excluded: Option<Vec<Glob>>,
}

impl<'a> CollectionListing<'a> {
    /// The collections that an expression means.
    ///
    /// # Errors
    /// [`RegistryError::Missing`] for a name that is no collection.
    pub fn entries(
        &self,
        wildcard: &Wildcard,
        types: &[CollectionType],
    ) -> Result<Vec<CollectionEntry<'a>>, RegistryError> {
        let flatten = self.chains == Chains::Flatten;
        let mut found = self.catalog.resolve(wildcard, types, flatten, None)?;
        if !matches!(self.chains, Chains::Flatten | Chains::NoChildren) {
            found.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let mut entries = Vec::new();
        for collection in found {
            self.add(collection, 0, &mut entries)?;
        }
        Ok(entries)
    }

    /// Adds a collection and what is below it in a tree.
    fn add(
        &self,
        collection: &'a Collection,
        depth: usize,
        entries: &mut Vec<CollectionEntry<'a>>,
    ) -> Result<(), RegistryError> {
        entries.push(CollectionEntry { collection, depth });
        if matches!(self.chains, Chains::Tree | Chains::InverseTree) {
            for name in self.relatives(collection) {
                self.add(self.catalog.get(name)?, depth + 1, entries)?;
            }
        }
        Ok(())
    }

    /// The children of a collection, or its parents.
    pub fn relatives(&self, collection: &Collection) -> Vec<&'a str> {
        match self.chains {
            Chains::InverseTable | Chains::InverseTree => self.catalog.parents(&collection.name),
            _ => {
                let children = self.catalog.children(&collection.name);
                children.iter().map(String::as_str).collect()
            }
        }
    }

    /// The dataset types of a collection that are not left out.
    pub fn dataset_types(&self, name: &str) -> Option<Vec<&'a str>> {
        let excluded = self.excluded.as_ref()?;
        let mut types: Vec<&str> = self.catalog.dataset_types(name).into_iter().collect();
        types.retain(|t| !excluded.iter().any(|pattern| pattern.matches(t)));
        Some(types)
    }

    /// The columns.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = vec![Column::text("name"), Column::text("type")];
        match self.chains {
            Chains::Table => columns.push(Column::new("children", Kind::Texts)),
            Chains::InverseTable => columns.push(Column::new("parents", Kind::Texts)),
            Chains::Tree | Chains::InverseTree => columns.push(Column::new("depth", Kind::Int)),
            Chains::Flatten | Chains::NoChildren => {}
        }
        let types = Column::new("dataset_types", Kind::Texts);
        columns.extend(self.excluded.is_some().then_some(types));
        columns
    }

    /// The row of an entry.
    pub fn row(&self, entry: &CollectionEntry<'a>) -> Vec<Value<'a>> {
        let collection = entry.collection;
        let mut row = vec![
            collection.name.as_str().into(),
            collection.collection_type.name().into(),
        ];
        match self.chains {
            Chains::Table | Chains::InverseTable => {
                row.push(self.relatives(collection).into_iter().collect());
            }
            Chains::Tree | Chains::InverseTree => row.push(Value::Int(entry.depth as i64)),
            Chains::Flatten | Chains::NoChildren => {}
        }
        let types = self.dataset_types(&collection.name);
        row.extend(types.map(|types| types.into_iter().collect::<Value>()));
        row
    }
}
