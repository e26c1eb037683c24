//! Trees and dataset searches (`queries/tree/_query_tree.py`).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::node::Node;
use super::{predicate, scalar};
use crate::model::dimension_group::DimensionGroup;
use crate::query::QueryError;
use crate::query::tree::{DatasetSearch, Predicate, QueryTree};

/// Read a tree.
pub(super) fn read(node: &Node<'_>) -> Result<QueryTree, QueryError> {
    let dimensions = node.field("dimensions")?.dimensions()?;
    let datasets = node.optional("datasets")?.map_or_else(
        || Ok(Default::default()),
        |n| n.entries(|_, name| Ok(name.to_owned()), read_search),
    )?;
    let any_dataset = match node.optional("any_dataset")? {
        Some(search) if !search.value.is_null() => Some(read_search(&search)?),
        _ => None,
    };
    let tree = QueryTree {
        dimensions,
        datasets,
        any_dataset,
        data_coordinate_uploads: read_groups(node, "data_coordinate_uploads")?,
        materializations: read_groups(node, "materializations")?,
        predicate: node
            .optional("predicate")?
            .map_or_else(|| Ok(Predicate::from_bool(true)), |n| predicate::read(&n))?,
        validate_governor_constraints: node
            .optional("validateGovernorConstraints")?
            .map_or(Ok(true), |n| n.bool())?,
    };
    tree.validate()?;
    Ok(tree)
}

fn read_search(node: &Node<'_>) -> Result<DatasetSearch, QueryError> {
    let collections = node.field("collections")?;
    Ok(DatasetSearch {
        collections: collections.items(|n| n.text().map(str::to_owned))?,
        dimensions: node.field("dimensions")?.dimensions()?,
    })
}

fn read_groups(node: &Node<'_>, name: &str) -> Result<BTreeMap<Uuid, DimensionGroup>, QueryError> {
    match node.optional(name)? {
        Some(groups) => groups.entries(scalar::uuid, |n| n.dimensions()),
        None => Ok(BTreeMap::new()),
    }
}

/// Write a tree.
pub(super) fn write(tree: &QueryTree) -> Value {
    let datasets: Map<String, Value> = tree
        .datasets
        .iter()
        .map(|(name, search)| (name.clone(), write_search(search)))
        .collect();
    json!({
        "dimensions": write_dimensions(&tree.dimensions),
        "datasets": datasets,
        "any_dataset": tree.any_dataset.as_ref().map(write_search),
        "data_coordinate_uploads": write_groups(&tree.data_coordinate_uploads),
        "materializations": write_groups(&tree.materializations),
        "predicate": predicate::write(&tree.predicate),
        "validateGovernorConstraints": tree.validate_governor_constraints,
    })
}

fn write_search(search: &DatasetSearch) -> Value {
    json!({
        "collections": search.collections,
        "dimensions": write_dimensions(&search.dimensions),
    })
}

fn write_groups(groups: &BTreeMap<Uuid, DimensionGroup>) -> Value {
    groups
        .iter()
        .map(|(key, group)| (key.hyphenated().to_string(), write_dimensions(group)))
        .collect::<Map<String, Value>>()
        .into()
}

/// Write dimensions: all names.
pub(super) fn write_dimensions(dimensions: &DimensionGroup) -> Value {
    dimensions.names().collect()
}
