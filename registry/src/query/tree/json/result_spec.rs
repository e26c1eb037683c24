//! Result specifications (`queries/result_specs.py`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::expression;
use super::node::Node;
use super::query_tree::write_dimensions;
use crate::config::str_repr;
use crate::model::dimension_group::DimensionGroup;
use crate::query::QueryError;
use crate::query::tree::{DatasetField, ResultKind, ResultSpec};

/// Read a result specification.
pub(super) fn read(node: &Node<'_>) -> Result<ResultSpec, QueryError> {
    let order_by = match node.optional("order_by")? {
        Some(terms) => terms.items(expression::read_order)?,
        None => Vec::new(),
    };
    let limit = match node.optional("limit")? {
        Some(limit) => limit
            .int_or_null()?
            .map(|n| u64::try_from(n).map_err(|_| limit.expected("a limit of 0 or more")))
            .transpose()?,
        None => None,
    };
    Ok(ResultSpec {
        kind: read_kind(node)?,
        order_by,
        limit,
        allow_duplicate_overlaps: flag(node, "allow_duplicate_overlaps")?,
    })
}

fn flag(node: &Node<'_>, name: &str) -> Result<bool, QueryError> {
    node.optional(name)?.map_or(Ok(false), |n| n.bool())
}

fn read_kind(node: &Node<'_>) -> Result<ResultKind, QueryError> {
    match node.tag("result_type")? {
        "data_coordinate" => Ok(ResultKind::DataCoordinate {
            dimensions: node.field("dimensions")?.dimensions()?,
            include_dimension_records: flag(node, "include_dimension_records")?,
        }),
        "dimension_record" => {
            let element = node.field("element")?;
            ResultKind::dimension_record(node.universe, element.text()?)
                .map_err(|e| element.fail(e.to_string()))
        }
        "dataset_ref" => Ok(ResultKind::DatasetRef {
            dataset_type_name: node.field("dataset_type_name")?.text()?.to_owned(),
            dimensions: node.field("dimensions")?.dimensions()?,
            storage_class_name: node.field("storage_class_name")?.text()?.to_owned(),
            include_dimension_records: flag(node, "include_dimension_records")?,
            find_first: node.field("find_first")?.bool()?,
        }),
        "general" => read_general(node),
        other => Err(node.fail(format!("there is no kind '{other}' of result"))),
    }
}

fn read_general(node: &Node<'_>) -> Result<ResultKind, QueryError> {
    let dimensions = node.field("dimensions")?.dimensions()?;
    let name = |_: &Node<'_>, name: &str| Ok(name.to_owned());
    let dimension_fields: BTreeMap<String, BTreeSet<String>> =
        node.field("dimension_fields")?.entries(name, |fields| {
            let fields = fields.items(|f| f.text().map(str::to_owned))?;
            Ok(fields.into_iter().collect())
        })?;
    let dataset_fields: BTreeMap<String, BTreeSet<DatasetField>> =
        node.field("dataset_fields")?.entries(name, |fields| {
            Ok(fields.items(read_dataset_field)?.into_iter().collect())
        })?;
    let find_first = node.field("find_first")?.bool()?;
    if find_first && dataset_fields.len() != 1 {
        return Err(QueryError::invalid(
            "find_first=True requires exactly one result dataset type.",
        ));
    }
    for (element, fields) in &dimension_fields {
        validate_element(&dimensions, element, fields)?;
    }
    if let Some((dataset_type, _)) = dataset_fields.iter().find(|(_, f)| f.is_empty()) {
        return Err(QueryError::invalid(format!(
            "Empty dataset field set for {} is not permitted.",
            str_repr(dataset_type)
        )));
    }
    Ok(ResultKind::General {
        dimensions,
        dimension_fields,
        dataset_fields,
        include_dimension_records: flag(node, "include_dimension_records")?,
        find_first,
    })
}

fn read_dataset_field(node: &Node<'_>) -> Result<DatasetField, QueryError> {
    let name = node.text()?;
    DatasetField::from_any_name(name)
        .ok_or_else(|| node.fail(format!("datasets have no field '{name}'")))
}

fn validate_element(
    dimensions: &DimensionGroup,
    element: &str,
    fields: &BTreeSet<String>,
) -> Result<(), QueryError> {
    if !dimensions.elements().any(|name| name == element) {
        return Err(QueryError::invalid(format!(
            "Dimension element {element} is not in {dimensions}."
        )));
    }
    if fields.is_empty() {
        return Err(QueryError::invalid(format!(
            "Empty dimension element field set for {} is not permitted.",
            str_repr(element)
        )));
    }
    let found = dimensions.universe().get(element);
    match found.is_some_and(|e| e.is_skypix()) {
        true => Err(QueryError::invalid(format!(
            "Regions for skypix dimension '{element}' are not stored; compute them via \
             {element}.pixelization.pixel(id) instead."
        ))),
        false => Ok(()),
    }
}

/// Write a result specification.
pub(super) fn write(spec: &ResultSpec) -> Value {
    let mut written = Map::new();
    let name = match &spec.kind {
        ResultKind::DataCoordinate { .. } => "data_coordinate",
        ResultKind::DimensionRecord { .. } => "dimension_record",
        ResultKind::DatasetRef { .. } => "dataset_ref",
        ResultKind::General { .. } => "general",
    };
    written.insert("result_type".to_owned(), name.into());
    let order_by = spec.order_by.iter().map(expression::write_order).collect();
    written.insert("order_by".to_owned(), order_by);
    written.insert("limit".to_owned(), spec.limit.into());
    let duplicates = spec.allow_duplicate_overlaps.into();
    written.insert("allow_duplicate_overlaps".to_owned(), duplicates);
    if let Value::Object(kind) = write_kind(&spec.kind) {
        written.extend(kind);
    }
    written.into()
}

fn write_kind(kind: &ResultKind) -> Value {
    match kind {
        ResultKind::DataCoordinate {
            dimensions,
            include_dimension_records,
        } => json!({
            "dimensions": write_dimensions(dimensions),
            "include_dimension_records": include_dimension_records,
        }),
        ResultKind::DimensionRecord { element, .. } => json!({"element": element}),
        ResultKind::DatasetRef {
            dataset_type_name,
            dimensions,
            storage_class_name,
            include_dimension_records,
            find_first,
        } => json!({
            "dataset_type_name": dataset_type_name,
            "dimensions": write_dimensions(dimensions),
            "storage_class_name": storage_class_name,
            "include_dimension_records": include_dimension_records,
            "find_first": find_first,
        }),
        ResultKind::General {
            dimensions,
            dimension_fields,
            dataset_fields,
            include_dimension_records,
            find_first,
        } => json!({
            "dimensions": write_dimensions(dimensions),
            "dimension_fields": dimension_fields,
            "dataset_fields": dataset_fields
                .iter()
                .map(|(name, fields)| (name.clone(), fields.iter().map(|f| f.name()).collect()))
                .collect::<Map<String, Value>>(),
            "include_dimension_records": include_dimension_records,
            "find_first": find_first,
        }),
    }
}
