//! What the registry says about the collections and dataset types that a query names.

use std::collections::{BTreeMap, BTreeSet};

use crate::collection_summaries::CollectionSummary;
use crate::database::{Statement, Value};
use crate::dataset_types::DatasetTypeRecord;
use crate::error::RegistryError;
use crate::model::collection::CollectionType;
use crate::query::QueryError;
use crate::query::tree::QueryTree;
use crate::registry::Registry;
use crate::schema::collection_tables::summary_name;
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

/// Names that go into one statement.
const NAMES: usize = 500;

impl Catalog {
    /// Read what `trees`, and the queries in their filters, name.
    pub fn of<'a>(
        registry: &mut Registry,
        trees: impl Iterator<Item = &'a QueryTree>,
    ) -> Result<Self, QueryError> {
        let mut catalog = Self::default();
        let mut names: Vec<String> = Vec::new();
        let mut todo: Vec<&QueryTree> = trees.collect();
        while let Some(tree) = todo.pop() {
            for (name, search) in &tree.datasets {
                names.extend(search.collections.iter().cloned());
                if catalog.dataset_types.contains_key(name) {
                    continue;
                }
                let record = registry
                    .find_dataset_type(name)?
                    .ok_or_else(|| QueryError::MissingDatasetType(name.clone()))?;
                catalog.dataset_types.insert(name.clone(), record);
            }
            todo.extend(tree.predicate.subqueries());
        }
        catalog.read_collections(registry, names)?;
        catalog.read_summaries(registry)?;
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

    fn read_collections(
        &mut self,
        registry: &mut Registry,
        mut names: Vec<String>,
    ) -> Result<(), QueryError> {
        while !names.is_empty() {
            names.sort_unstable();
            names.dedup();
            names.retain(|name| !self.collections.contains_key(name));
            let mut chains = Vec::new();
            for piece in names.chunks(NAMES) {
                for collection in registry.collections_named(piece)? {
                    let key = registry.collection_key(&collection);
                    if collection.collection_type == CollectionType::Chained {
                        chains.push(collection.name.clone());
                    }
                    self.collections.insert(
                        collection.name.clone(),
                        SearchedCollection {
                            name: collection.name,
                            collection_type: collection.collection_type,
                            key,
                            children: Vec::new(),
                            summary: CollectionSummary::default(),
                        },
                    );
                }
            }
            if let Some(missing) = names.iter().find(|n| !self.collections.contains_key(*n)) {
                return Err(QueryError::MissingCollection(missing.clone()));
            }
            names.clear();
            for chain in chains {
                let children = registry.chain_children(&chain)?;
                names.extend(children.iter().cloned());
                if let Some(collection) = self.collections.get_mut(&chain) {
                    collection.children = children;
                }
            }
        }
        Ok(())
    }

    fn read_summaries(&mut self, registry: &mut Registry) -> Result<(), QueryError> {
        let types: BTreeMap<i64, String> = self
            .dataset_types
            .values()
            .map(|t| (t.id, t.dataset_type.name.clone()))
            .collect();
        if types.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = self
            .collections
            .values()
            .filter(|c| c.collection_type != CollectionType::Chained)
            .map(|c| c.name.clone())
            .collect();
        let governors: Vec<String> = registry
            .universe()
            .governors()
            .map(|g| g.name.clone())
            .collect();
        for piece in names.chunks(NAMES) {
            let keys: Vec<Value> = piece
                .iter()
                .filter_map(|n| self.collections.get(n))
                .map(|c| c.key.clone())
                .collect();
            let by_key = |key: &Value| {
                let position = keys.iter().position(|k| k == key)?;
                piece.get(position)
            };
            let statement = summary_rows(registry, "dataset_type", "dataset_type_id", &keys)
                .text(" AND dataset_type_id IN (")
                .bind_all(types.keys().map(|id| Value::Int(*id)))
                .text(")");
            let rows = read_pairs(registry, &statement, |row| row.get_i64(1))?;
            for (key, id) in rows {
                if let (Some(name), Some(found)) = (by_key(&key), types.get(&id))
                    && let Some(collection) = self.collections.get_mut(name)
                {
                    collection.summary.dataset_types.insert(found.clone());
                }
            }
            for governor in &governors {
                let statement = summary_rows(registry, governor, governor, &keys);
                let rows = read_pairs(registry, &statement, |row| Ok(row.get_str(1)?.to_owned()))?;
                for (key, value) in rows {
                    if let Some(collection) = by_key(&key).and_then(|n| self.collections.get_mut(n))
                    {
                        let values = &mut collection.summary.governors;
                        values.entry(governor.clone()).or_default().insert(value);
                    }
                }
            }
        }
        Ok(())
    }
}

/// `SELECT` key of the collection and one more column from a summary table, for these collections.
fn summary_rows(registry: &mut Registry, table: &str, column: &str, keys: &[Value]) -> Statement {
    let key = match registry.managers().collections {
        CollectionKey::Id => "collection_id",
        CollectionKey::Name => "collection_name",
    };
    registry
        .connection()
        .statement()
        .text("SELECT ")
        .names([key, column])
        .text(" FROM ")
        .table(&summary_name(table))
        .text(" WHERE ")
        .name(key)
        .text(" IN (")
        .bind_all(keys.iter().cloned())
        .text(")")
}

fn read_pairs<T>(
    registry: &mut Registry,
    statement: &Statement,
    value: impl Fn(&crate::database::Row<'_>) -> Result<T, RegistryError>,
) -> Result<Vec<(Value, T)>, RegistryError> {
    let keys = registry.managers().collections;
    registry.connection().collect(statement, |row| {
        let key = match keys {
            CollectionKey::Id => Value::Int(row.get_i64(0)?),
            CollectionKey::Name => Value::Text(row.get_str(0)?.to_owned()),
        };
        Ok((key, value(row)?))
    })
}
