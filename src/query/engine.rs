//! The calls to the query engine of the registry: nothing else in this crate knows it.
use pantry_registry::Registry;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::query::tree::{QueryTree, ResultKind, ResultSpec};

use super::cell::Cell;
use super::filter::Filter;
use crate::failure::Failure;

/// A query: what rows there are, and what they become.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What is joined and filtered.
    pub tree: QueryTree,
    /// What each row holds, and the order.
    pub spec: ResultSpec,
}

impl Query {
    /// Rows of a kind; dimensions that the tree does not have yet are joined (`Query.data_ids` and its like,
    /// `lsst/daf/butler/queries/_query.py`).
    pub fn new(tree: QueryTree, kind: ResultKind) -> Self {
        let spec = ResultSpec::new(kind);
        Self {
            tree: tree.join_dimensions(spec.dimensions()),
            spec,
        }
    }

    /// Data IDs of these dimensions.
    pub fn data_ids(tree: QueryTree, dimensions: DimensionGroup) -> Self {
        let kind = ResultKind::DataCoordinate {
            dimensions,
            include_dimension_records: false,
        };
        Self::new(tree, kind)
    }

    /// The query with `--where` and `--order-by` worked in.
    ///
    /// # Errors
    /// What is wrong with their texts, or how they contradict the query.
    pub fn filter(self, filter: &Filter) -> Result<Self, Failure> {
        let binds = filter.binds()?;
        let terms = filter.order_by();
        match (filter.expression(), binds.len() + terms.len()) {
            (None, 0) => Ok(self),
            _ => Err(absent()),
        }
    }
}

/// Hand the rows of a query to `visit`, in the order of `query.spec.result_columns().columns()`.
///
/// # Errors
/// Those of the query, and of `visit`.
pub fn execute(
    registry: &mut Registry,
    query: &Query,
    visit: &mut dyn FnMut(&[Cell<'_>]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let _ = (registry, query, visit);
    Err(absent())
}

/// Whether the database finds a row, before regions are compared exactly (`any(exact=False)`).
///
/// # Errors
/// Those of the query.
pub fn any(registry: &mut Registry, query: &Query) -> Result<bool, Failure> {
    let _ = (registry, query);
    Err(absent())
}

/// Why there are no rows, as far as that is known (`explain_no_results`).
///
/// # Errors
/// Those of the query.
pub fn reasons(registry: &mut Registry, query: &Query) -> Result<Vec<String>, Failure> {
    let _ = (registry, query);
    Err(absent())
}

/// The query tree, the SQL and the plan of the database, for people.
///
/// # Errors
/// Those of the query.
pub fn explain(registry: &mut Registry, query: &Query) -> Result<String, Failure> {
    let _ = (registry, query);
    Err(absent())
}

fn absent() -> Failure {
    Failure::error("this version of pantry has no query engine; use `butler` for this question")
}
