//! References to columns of dimensions and datasets.

use std::collections::BTreeSet;
use std::fmt;

use super::column_set::{ColumnSet, minimal_group};
use super::column_type::QueryColumnType;
use super::dataset_key::{DatasetField, DatasetKey};
use crate::model::universe::Universe;
use crate::query::QueryError;

/// A column that a query can refer to (`queries/tree/_column_reference.py`). Made for a universe, which has all the names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnReference {
    /// The value of a dimension.
    DimensionKey {
        /// Name of the dimension.
        dimension: String,
        /// Type of its values.
        column_type: QueryColumnType,
    },
    /// A field of a dimension element's records that is not a dimension.
    DimensionField {
        /// Name of the element.
        element: String,
        /// Name of the field.
        field: String,
        /// Type of its values.
        column_type: QueryColumnType,
    },
    /// A column of a dataset search.
    DatasetField {
        /// Which search.
        dataset_type: DatasetKey,
        /// Which column.
        field: DatasetField,
    },
}

impl ColumnReference {
    /// The value of a dimension.
    pub fn dimension_key(universe: &Universe, dimension: &str) -> Result<Self, QueryError> {
        match universe.get(dimension) {
            Some(element) if element.is_dimension() => Ok(Self::DimensionKey {
                dimension: dimension.to_owned(),
                column_type: universe.key_type(dimension).into(),
            }),
            _ => Err(QueryError::invalid(format!(
                "there is no dimension '{dimension}'"
            ))),
        }
    }

    /// A field of a dimension element's records.
    pub fn dimension_field(
        universe: &Universe,
        element: &str,
        field: &str,
    ) -> Result<Self, QueryError> {
        let found = universe.get(element).ok_or_else(|| {
            QueryError::invalid(format!("there is no dimension element '{element}'"))
        })?;
        // Regions of skypix pixels are known without a table.
        if found.is_skypix() && field == "region" {
            return Ok(Self::DimensionField {
                element: element.to_owned(),
                field: field.to_owned(),
                column_type: QueryColumnType::Region,
            });
        }
        match found.remainder().into_iter().find(|c| c.name == field) {
            Some(column) => Ok(Self::DimensionField {
                element: element.to_owned(),
                field: field.to_owned(),
                column_type: column.column_type.into(),
            }),
            None => Err(QueryError::invalid(format!(
                "Dimension field {element}.{field} does not exist."
            ))),
        }
    }

    /// Type of the column.
    pub fn column_type(&self) -> QueryColumnType {
        match self {
            Self::DimensionKey { column_type, .. } | Self::DimensionField { column_type, .. } => {
                *column_type
            }
            Self::DatasetField { field, .. } => field.column_type(),
        }
    }

    /// Add this column, and the dimensions that it depends on, to a set.
    pub fn gather_required_columns(&self, columns: &mut ColumnSet) {
        match self {
            Self::DimensionKey { dimension, .. } => {
                columns.update_dimensions(&minimal_group(columns.universe(), dimension));
            }
            Self::DimensionField { element, field, .. } => {
                columns.update_dimensions(&minimal_group(columns.universe(), element));
                columns.add_dimension_field(element, field);
            }
            Self::DatasetField {
                dataset_type,
                field,
            } => columns.add_dataset_field(dataset_type.clone(), *field),
        }
    }

    /// Add the governor dimensions that must have a value for this column to mean anything.
    pub fn gather_governors(&self, universe: &Universe, governors: &mut BTreeSet<String>) {
        match self {
            Self::DimensionKey { dimension, .. } => {
                let governor = universe.get(dimension).and_then(|e| e.governor.as_ref());
                governors.extend(governor.filter(|g| *g != dimension).cloned());
            }
            Self::DimensionField { element, field, .. } => {
                // Metadata mean something without a governor; alternate keys, such as names of detectors, do not.
                if let Some(element) = universe.get(element)
                    && element.is_dimension()
                    && element.alternate_keys().iter().any(|c| c.name == *field)
                {
                    governors.extend(element.governor.clone());
                }
            }
            Self::DatasetField { .. } => {}
        }
    }
}

impl fmt::Display for ColumnReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DimensionKey { dimension, .. } => f.write_str(dimension),
            Self::DimensionField { element, field, .. } => write!(f, "{element}.{field}"),
            Self::DatasetField {
                dataset_type: DatasetKey::Any,
                field,
            } => f.write_str(field.name()),
            Self::DatasetField {
                dataset_type,
                field,
            } => write!(f, "{dataset_type}.{}", field.name()),
        }
    }
}
