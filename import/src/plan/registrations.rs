//! Dataset types and collections: which are new, which the repo has, which conflict.

use std::collections::HashMap;

use pantry_registry::Registry;
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::dimension_group::DimensionGroup;
use serde::Serialize;

use super::{Plan, PlanInput};
use crate::Error;

/// A dataset type that the import needs.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedType {
    /// Name.
    pub name: String,
    /// Whether it must be registered.
    pub is_new: bool,
    /// Its definition.
    #[serde(skip)]
    pub definition: DatasetType,
}

/// A collection that the import needs.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedCollection {
    /// Name.
    pub name: String,
    /// Type.
    #[serde(serialize_with = "type_name")]
    pub collection_type: CollectionType,
    /// Whether it must be registered.
    pub is_new: bool,
}

fn type_name<S: serde::Serializer>(
    value: &CollectionType,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.name())
}

pub(super) fn plan(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    plan: &mut Plan,
) -> Result<(), Error> {
    dataset_types(registry, input, plan)?;
    collections(registry, input, plan)
}

fn dataset_types(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    plan: &mut Plan,
) -> Result<(), Error> {
    let existing: HashMap<String, DatasetType> = registry
        .dataset_types()?
        .into_iter()
        .map(|t| (t.dataset_type.name.clone(), t.dataset_type))
        .collect();
    for exported in &input.export.dataset_types {
        if !DatasetType::is_valid_name(&exported.name) || exported.name.contains('.') {
            return Err(input.fault(
                exported.line,
                format!("'{}' cannot name a dataset type", exported.name),
            ));
        }
        let dimensions = DimensionGroup::conform(registry.universe(), &exported.dimensions)
            .map_err(|e| {
                input.fault(
                    exported.line,
                    format!("dataset type '{}': {e}", exported.name),
                )
            })?;
        let definition = DatasetType {
            name: exported.name.clone(),
            dimensions,
            storage_class: exported.storage_class.clone(),
            parent_storage_class: None,
            is_calibration: exported.is_calibration,
        };
        let old = existing.get(&definition.name);
        if let Some(old) = old
            && *old != definition
        {
            return Err(input.conflict(format!(
                "dataset type '{}' is {} in the repo but {} in the export (line {})",
                definition.name,
                describe(old),
                describe(&definition),
                exported.line
            )));
        }
        plan.dataset_types.push(PlannedType {
            name: definition.name.clone(),
            is_new: old.is_none(),
            definition,
        });
    }
    for (number, name) in input.export.types.iter().enumerate() {
        if plan.dataset_types.iter().any(|t| t.name == *name) {
            continue;
        }
        let line = input.export.first_line(|(_, t, _)| t == number);
        let Some(definition) = existing.get(name).cloned() else {
            return Err(input.fault(
                line,
                format!("dataset type '{name}' is defined neither in the export nor in the repo"),
            ));
        };
        plan.dataset_types.push(PlannedType {
            name: name.clone(),
            is_new: false,
            definition,
        });
    }
    Ok(())
}

fn describe(dataset_type: &DatasetType) -> String {
    let calibration = if dataset_type.is_calibration {
        ", a calibration"
    } else {
        ""
    };
    format!(
        "{} over {}{calibration}",
        dataset_type.storage_class, dataset_type.dimensions
    )
}

fn collections(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    plan: &mut Plan,
) -> Result<(), Error> {
    let existing: HashMap<String, CollectionType> = registry
        .collections()?
        .into_iter()
        .map(|c| (c.name, c.collection_type))
        .collect();
    for collection in &input.export.collections {
        let old = existing.get(&collection.name);
        if let Some(old) = old
            && *old != collection.collection_type
        {
            return Err(input.conflict(format!(
                "collection '{}' is {old} in the repo but {} in the {} (line {})",
                collection.name,
                collection.collection_type,
                input.origin.noun(),
                collection.line
            )));
        }
        plan.collections.push(PlannedCollection {
            name: collection.name.clone(),
            collection_type: collection.collection_type,
            is_new: old.is_none(),
        });
    }
    let known = |name: &str| {
        let exported = input.export.collections.iter().find(|c| c.name == name);
        exported
            .map(|c| c.collection_type)
            .or_else(|| existing.get(name).copied())
    };
    for (number, run) in input.export.runs.iter().enumerate() {
        let line = input.export.first_line(|(_, _, r)| r == number);
        want(input, line, run, known(run), CollectionType::Run)?;
    }
    for (name, line) in &input.export.tagged {
        want(input, *line, name, known(name), CollectionType::Tagged)?;
    }
    for (name, line) in &input.export.calibrations {
        want(input, *line, name, known(name), CollectionType::Calibration)?;
    }
    for chain in &input.export.collections {
        for child in &chain.children {
            if known(child).is_none() {
                let message = format!(
                    "chain '{}' has a child '{child}' that is defined neither in the export nor in the repo",
                    chain.name
                );
                return Err(input.fault(chain.line, message));
            }
        }
    }
    Ok(())
}

fn want(
    input: &PlanInput<'_>,
    line: u64,
    name: &str,
    found: Option<CollectionType>,
    wanted: CollectionType,
) -> Result<(), Error> {
    match found {
        Some(found) if found == wanted => Ok(()),
        Some(found) => Err(input.fault(
            line,
            format!("collection '{name}' is {found}, but a {wanted} collection is needed here"),
        )),
        None => Err(input.fault(
            line,
            format!(
                "{wanted} collection '{name}' is defined neither in the export nor in the repo"
            ),
        )),
    }
}
