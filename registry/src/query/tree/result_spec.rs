//! What the rows of a query become.

use std::collections::{BTreeMap, BTreeSet};

use super::column_expression::OrderExpression;
use super::column_set::{ColumnSet, minimal_group};
use super::dataset_key::{DatasetField, DatasetKey};
use super::query_tree::QueryTree;
use crate::model::dimension_group::DimensionGroup;
use crate::query::QueryError;

/// Kind of result (`queries/result_specs.py`).
#[derive(Debug, Clone, PartialEq)]
pub enum ResultKind {
    /// Data IDs.
    DataCoordinate {
        /// Their dimensions.
        dimensions: DimensionGroup,
        /// With their records.
        include_dimension_records: bool,
    },
    /// Records of one element.
    DimensionRecord {
        /// Name of the element.
        element: String,
        /// The element's own dimensions.
        dimensions: DimensionGroup,
    },
    /// Datasets of one type.
    DatasetRef {
        /// Name of the type.
        dataset_type_name: String,
        /// Its dimensions.
        dimensions: DimensionGroup,
        /// The storage class that the caller wants.
        storage_class_name: String,
        /// With the records of their data IDs.
        include_dimension_records: bool,
        /// Only the first dataset of each data ID in the order of the collections.
        find_first: bool,
    },
    /// Any columns.
    General {
        /// The dimensions.
        dimensions: DimensionGroup,
        /// Fields by dimension element.
        dimension_fields: BTreeMap<String, BTreeSet<String>>,
        /// Columns by dataset type.
        dataset_fields: BTreeMap<String, BTreeSet<DatasetField>>,
        /// With records.
        include_dimension_records: bool,
        /// Only the first dataset of each data ID in the order of the collections.
        find_first: bool,
    },
}

/// What the rows of a query become, in which order, and how many.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultSpec {
    /// Kind of result.
    pub kind: ResultKind,
    /// What rows are sorted by.
    pub order_by: Vec<OrderExpression>,
    /// Largest number of rows.
    pub limit: Option<u64>,
    /// Whether spatial joins may give rows twice.
    pub allow_duplicate_overlaps: bool,
}

impl ResultSpec {
    /// All rows of a kind, in any order.
    pub fn new(kind: ResultKind) -> Self {
        Self {
            kind,
            order_by: Vec::new(),
            limit: None,
            allow_duplicate_overlaps: false,
        }
    }

    /// The dimensions of the rows.
    pub fn dimensions(&self) -> &DimensionGroup {
        match &self.kind {
            ResultKind::DataCoordinate { dimensions, .. }
            | ResultKind::DimensionRecord { dimensions, .. }
            | ResultKind::DatasetRef { dimensions, .. }
            | ResultKind::General { dimensions, .. } => dimensions,
        }
    }

    /// The dataset type of which only the first dataset is wanted.
    pub fn find_first_dataset(&self) -> Option<DatasetKey> {
        match &self.kind {
            ResultKind::DatasetRef {
                dataset_type_name,
                find_first: true,
                ..
            } => Some(DatasetKey::Named(dataset_type_name.clone())),
            ResultKind::General {
                dataset_fields,
                find_first: true,
                ..
            } => dataset_fields
                .keys()
                .next()
                .map(|n| DatasetKey::Named(n.clone())),
            _ => None,
        }
    }

    /// Whether rows come with dimension records.
    pub fn includes_dimension_records(&self) -> bool {
        match &self.kind {
            ResultKind::DataCoordinate {
                include_dimension_records,
                ..
            }
            | ResultKind::DatasetRef {
                include_dimension_records,
                ..
            }
            | ResultKind::General {
                include_dimension_records,
                ..
            } => *include_dimension_records,
            ResultKind::DimensionRecord { .. } => false,
        }
    }

    /// The columns of the rows.
    pub fn result_columns(&self) -> ColumnSet {
        let mut columns = ColumnSet::new(self.dimensions());
        match &self.kind {
            ResultKind::DataCoordinate { .. } => {}
            ResultKind::DimensionRecord {
                element,
                dimensions,
            } => record_columns(&mut columns, element, dimensions),
            ResultKind::DatasetRef {
                dataset_type_name, ..
            } => {
                let key = DatasetKey::Named(dataset_type_name.clone());
                columns.add_dataset_field(key.clone(), DatasetField::DatasetId);
                columns.add_dataset_field(key, DatasetField::Run);
            }
            ResultKind::General {
                dimension_fields,
                dataset_fields,
                ..
            } => {
                for (element, fields) in dimension_fields {
                    for field in fields {
                        columns.add_dimension_field(element, field);
                    }
                }
                for (name, fields) in dataset_fields {
                    for field in fields {
                        columns.add_dataset_field(DatasetKey::Named(name.clone()), *field);
                    }
                }
            }
        }
        if self.includes_dimension_records() {
            columns.add_dimension_records();
        }
        columns
    }

    /// Check that the tree has what the rows shall hold (`ResultSpecBase.validate_tree`).
    pub fn validate_tree(&self, tree: &QueryTree) -> Result<(), QueryError> {
        let dimensions = self.dimensions();
        if !dimensions.is_subset(&tree.dimensions) {
            return Err(QueryError::invalid(format!(
                "Query result specification has dimensions {dimensions} that are not a subset of the query's dimensions {}.",
                tree.dimensions
            )));
        }
        for dataset in self.result_columns().dataset_fields().keys() {
            if !tree.has_named_search(dataset) {
                return Err(QueryError::invalid(format!(
                    "Dataset '{dataset}' is not available from this query."
                )));
            }
        }
        let mut columns = ColumnSet::new(dimensions);
        for term in &self.order_by {
            term.operand.gather_required_columns(&mut columns);
        }
        if !columns.dimensions().is_subset(dimensions) {
            return Err(QueryError::invalid(format!(
                "Order-by expression may not reference columns that are not in the result dimensions.\n\
                 Invalid columns: {}\nAvailable columns: {dimensions}",
                columns.dimensions()
            )));
        }
        for dataset in columns.dataset_fields().keys() {
            if !tree.has_named_search(dataset) {
                return Err(QueryError::invalid(format!(
                    "Dataset type '{dataset}' in order-by expression is not part of the query."
                )));
            }
        }
        Ok(())
    }
}

/// Records hold the element's own keys and fields; dimensions that only they imply further are left out.
fn record_columns(columns: &mut ColumnSet, element: &str, dimensions: &DimensionGroup) {
    let universe = std::sync::Arc::clone(dimensions.universe());
    let Some(element) = universe.get(element) else {
        return;
    };
    if !element.is_skypix() {
        for column in element.remainder() {
            columns.add_dimension_field(&element.name, &column.name);
        }
    }
    let own = |name: &str| {
        element.required.iter().any(|d| d == name) || element.implied.iter().any(|d| d == name)
    };
    columns.drop_dimension_keys(dimensions.names().filter(|name| !own(name)));
}

impl ResultKind {
    /// Records of one element.
    pub fn dimension_record(
        universe: &std::sync::Arc<crate::model::universe::Universe>,
        element: &str,
    ) -> Result<Self, QueryError> {
        match universe.get(element) {
            Some(_) => Ok(Self::DimensionRecord {
                element: element.to_owned(),
                dimensions: minimal_group(universe, element),
            }),
            None => Err(QueryError::DimensionName(format!(
                "No such dimension '{element}'"
            ))),
        }
    }
}
