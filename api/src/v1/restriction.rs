//! What the queries for rows have in common: `where`, `bind.NAME`, `order_by`, and `datasets` with `collections`.

use pantry_registry::Registry;
use pantry_registry::listing::{DatasetConstraint, Joined, RowQuery};
use pantry_registry::model::glob::split_commas;
use pantry_registry::query::QueryError;
use pantry_registry::query::expression::Binds;
use pantry_registry::query::tree::QueryTree;

use super::parameters::{Parameters, fail};
use crate::refusal::Refusal;

/// Longest where-expression, in bytes.
const EXPRESSION: usize = 1 << 16;

/// An expression that rows must fulfil, and their order.
pub struct Filter {
    expression: String,
    binds: Binds,
    /// Terms to sort by.
    pub order_by: Vec<String>,
}

impl Filter {
    /// Read the parameters.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn of(parameters: &Parameters) -> Result<Self, Refusal> {
        let expression = parameters.text("where")?.unwrap_or_default().to_owned();
        if expression.len() > EXPRESSION {
            return Err(fail(
                "where",
                format!("it is longer than {EXPRESSION} bytes"),
            ));
        }
        Ok(Self {
            expression,
            binds: parameters.binds()?,
            order_by: parameters.list("order_by"),
        })
    }

    /// The query with the filter worked in.
    ///
    /// # Errors
    /// What is wrong with the texts.
    pub fn apply(&self, query: RowQuery) -> Result<RowQuery, QueryError> {
        query.filter(&self.expression, &self.binds, &self.order_by)
    }
}

/// Dataset types and collections: only what such datasets exist for.
pub struct Existing {
    datasets: Option<String>,
    collections: Vec<String>,
}

impl Existing {
    /// Read the parameters.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for collections without datasets, which restrict nothing.
    pub fn of(parameters: &Parameters) -> Result<Self, Refusal> {
        let datasets = parameters.text("datasets")?.filter(|d| !d.is_empty());
        let existing = Self {
            datasets: datasets.map(str::to_owned),
            collections: split_commas(&parameters.list("collections")).values,
        };
        if existing.datasets.is_none() && !existing.collections.is_empty() {
            return Err(fail("collections", "it means nothing without 'datasets'"));
        }
        Ok(existing)
    }

    /// Join the searches; `None` if no collection can have such datasets.
    ///
    /// # Errors
    /// A dataset type or collection that does not exist.
    pub fn join(
        &self,
        registry: &mut Registry,
        tree: QueryTree,
    ) -> Result<Option<QueryTree>, Refusal> {
        let Some(datasets) = &self.datasets else {
            return Ok(Some(tree));
        };
        let constraint = DatasetConstraint::read(registry, datasets, &self.collections)?;
        if let Some(name) = constraint.missing.first() {
            return Err(QueryError::MissingDatasetType(name.clone()).into());
        }
        match constraint.join(registry, tree)? {
            Joined::Tree(tree) => Ok(Some(*tree)),
            Joined::Nothing(_) => Ok(None),
        }
    }
}
