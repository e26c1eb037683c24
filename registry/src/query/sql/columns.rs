//! Which SQL expression each column of a query is (`SqlColumns` of `direct_query_driver/_sql_builders.py`).

use std::collections::BTreeMap;

use super::fragment::Fragment;
use super::timespan_column::TimespanColumn;
use crate::query::QueryError;
use crate::query::tree::ResultColumn;

/// Expressions of the columns that are joined so far.
#[derive(Debug, Clone, Default)]
pub struct SqlColumns {
    /// Dimension keys; equal expressions in the order in which they were joined.
    pub dimension_keys: BTreeMap<String, Vec<Fragment>>,
    /// Fields that are not timespans.
    pub fields: BTreeMap<ResultColumn, Fragment>,
    /// Fields that are timespans.
    pub timespans: BTreeMap<ResultColumn, TimespanColumn>,
    /// Columns for the program's own use.
    pub special: BTreeMap<String, Fragment>,
}

impl SqlColumns {
    /// The first expression of a dimension's key.
    pub fn key(&self, dimension: &str) -> Result<&Fragment, QueryError> {
        self.dimension_keys
            .get(dimension)
            .and_then(|keys| keys.first())
            .ok_or_else(|| missing(dimension))
    }

    /// The expression of a field.
    pub fn field(&self, column: &ResultColumn) -> Result<&Fragment, QueryError> {
        match column {
            ResultColumn::DimensionKey(dimension) => self.key(dimension),
            _ => self
                .fields
                .get(column)
                .ok_or_else(|| missing(&column.qualified_name())),
        }
    }

    /// The expression of a timespan.
    pub fn timespan(&self, column: &ResultColumn) -> Result<&TimespanColumn, QueryError> {
        self.timespans
            .get(column)
            .ok_or_else(|| missing(&column.qualified_name()))
    }

    /// Another expression of a dimension's key.
    pub fn add_key(&mut self, dimension: &str, key: Fragment) {
        self.dimension_keys
            .entry(dimension.to_owned())
            .or_default()
            .push(key);
    }
}

/// A column that no join has brought: the query asks for something that its parts do not have.
fn missing(column: &str) -> QueryError {
    QueryError::invalid(format!("Column '{column}' is not available in this query."))
}
