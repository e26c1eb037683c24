//! What the registry says about the collections and dataset types that a query names.

use std::collections::{BTreeMap, BTreeSet};

use super::catalog_rows::CatalogRows;
use crate::collection_summaries::CollectionSummary;
use crate::database::Value;
use crate::dataset_types::DatasetTypeRecord;
use crate::error::RegistryError;
use crate::listing::NAMES;
use crate::model::collection::CollectionType;
use crate::query::QueryError;
use crate::query::tree::QueryTree;
use crate::registry::Registry;
use crate::schema::managers::CollectionKey;

/// A collection that a query may search.
#[derive(Debug, Clone)]
pub struct SearchedCollection {
    /// Its name.
    pub name: String,
    /// Its type.
    pub collection_type: CollectionType,
    /// What columns that refer to it hold.
    pub key: Value,
    /// Of a chain: its children in order.
    pub children: Vec<String>,
    /// What it may hold; empty for chains.
    pub summary: CollectionSummary,
}

/// The collections and dataset types that a query names, as they are now: read anew for each query, so never stale.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    collections: BTreeMap<String, SearchedCollection>,
    dataset_types: BTreeMap<String, DatasetTypeRecord>,
}

impl Catalog {
    /// Read what `trees`, and the queries in their filters, name.
    pub fn of<'a>(
        registry: &mut Registry,
        trees: impl Iterator<Item = &'a QueryTree>,
    ) -> Result<Self, QueryError> {
        let (mut types, mut collections) = (BTreeSet::new(), BTreeSet::new());
        let mut todo: Vec<&QueryTree> = trees.collect();
        while let Some(tree) = todo.pop() {
            for (name, search) in &tree.datasets {
                types.insert(name.as_str());
                collections.extend(search.collections.iter().cloned());
            }
            todo.extend(tree.predicate.subqueries());
        }
        let mut catalog = Self::default();
        if types.is_empty() && collections.is_empty() {
            return Ok(catalog);
        }
        let names = |name: &&str| registry.overrides.database_name(name).map(str::to_owned);
        let database_types: Vec<String> = types.iter().filter_map(names).collect();
        let collections: Vec<String> = collections.into_iter().collect();
        let first = collections.len().min(NAMES);
        for piece in
            std::iter::once(&collections[..first]).chain(collections[first..].chunks(NAMES))
        {
            let rows = CatalogRows::read(registry, piece, &database_types)?;
            catalog.add(registry, rows)?;
        }
        if let Some(missing) = types
            .iter()
            .find(|t| !catalog.dataset_types.contains_key(**t))
        {
            return Err(QueryError::MissingDatasetType((*missing).to_owned()));
        }
        if let Some(missing) = collections
            .iter()
            .find(|c| !catalog.collections.contains_key(*c))
        {
            return Err(QueryError::MissingCollection(missing.clone()));
        }
        Ok(catalog)
    }

    /// The collection of this name.
    pub fn collection(&self, name: &str) -> Result<&SearchedCollection, QueryError> {
        self.collections
            .get(name)
            .ok_or_else(|| QueryError::MissingCollection(name.to_owned()))
    }

    /// The dataset type of this name.
    pub fn dataset_type(&self, name: &str) -> Result<&DatasetTypeRecord, QueryError> {
        self.dataset_types
            .get(name)
            .ok_or_else(|| QueryError::MissingDatasetType(name.to_owned()))
    }

    /// The collections that a search path leads to, chains replaced by their children, each once
    /// (`DirectQueryDriver._filter_collections`).
    pub fn flatten<'a>(
        &'a self,
        path: &[String],
    ) -> Result<Vec<&'a SearchedCollection>, QueryError> {
        let mut done: BTreeSet<&str> = BTreeSet::new();
        let mut flat = Vec::new();
        let mut todo: Vec<&str> = path.iter().rev().map(String::as_str).collect();
        while let Some(name) = todo.pop() {
            let collection = self.collection(name)?;
            if !done.insert(collection.name.as_str()) {
                continue;
            }
            match collection.collection_type {
                CollectionType::Chained => {
                    todo.extend(collection.children.iter().rev().map(String::as_str));
                }
                _ => flat.push(collection),
            }
        }
        Ok(flat)
    }

    fn add(&mut self, registry: &mut Registry, rows: CatalogRows) -> Result<(), QueryError> {
        for record in registry.dataset_types_of(rows.dataset_types)? {
            let name = record.dataset_type.name.clone();
            self.dataset_types.insert(name, record);
        }
        let names: BTreeMap<&str, &str> = rows
            .collections
            .iter()
            .map(|(key, name, _)| (key.as_str(), name.as_str()))
            .collect();
        for (key, name, collection_type) in &rows.collections {
            let children = rows
                .children
                .get(key)
                .into_iter()
                .flat_map(BTreeMap::values);
            let children = children.filter_map(|child| names.get(child.as_str()));
            let collection = SearchedCollection {
                name: name.clone(),
                collection_type: *collection_type,
                key: match registry.managers().collections {
                    CollectionKey::Id => Value::Int(key.parse().map_err(|_| {
                        RegistryError::Corrupt(format!("'{key}' is no number of a collection"))
                    })?),
                    CollectionKey::Name => Value::Text(key.clone()),
                },
                children: children.map(|child| (*child).to_owned()).collect(),
                summary: CollectionSummary::default(),
            };
            self.collections.insert(name.clone(), collection);
        }
        for (key, name) in rows.held_types {
            if let Some(collection) = self.of_key(&names, &key) {
                let name = registry.overrides.client_name(&name).to_owned();
                collection.summary.dataset_types.insert(name);
            }
        }
        for (key, governor, value) in rows.held_governors {
            if let Some(collection) = self.of_key(&names, &key) {
                let values = collection.summary.governors.entry(governor).or_default();
                values.insert(value);
            }
        }
        Ok(())
    }

    /// The collection of this key, if it may hold anything: chains do not by themselves.
    fn of_key(
        &mut self,
        names: &BTreeMap<&str, &str>,
        key: &str,
    ) -> Option<&mut SearchedCollection> {
        let collection = self.collections.get_mut(*names.get(key)?)?;
        (collection.collection_type != CollectionType::Chained).then_some(collection)
    }
}
