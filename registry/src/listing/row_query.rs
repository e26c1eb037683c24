//! A query whose rows are listed: what is joined and filtered, and what each row holds.

use super::type_search::TypeSearch;
use crate::model::dimension_group::DimensionGroup;
use crate::query::QueryError;
use crate::query::expression::{Binds, IdentifierContext, order_by, where_predicate};
use crate::query::tree::{QueryTree, ResultKind, ResultSpec};

/// A query: what rows there are, and what they become.
#[derive(Debug, Clone, PartialEq)]
pub struct RowQuery {
    /// What is joined and filtered.
    pub tree: QueryTree,
    /// What each row holds, and the order.
    pub spec: ResultSpec,
}

impl RowQuery {
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

    /// The records of an element.
    ///
    /// # Errors
    /// [`QueryError::DimensionName`] for an element that the universe does not have.
    pub fn dimension_records(tree: QueryTree, element: &str) -> Result<Self, QueryError> {
        let kind = ResultKind::dimension_record(tree.universe(), element)?;
        Ok(Self::new(tree, kind))
    }

    /// The datasets of a search.
    ///
    /// # Errors
    /// What is wrong with the search.
    pub fn datasets(search: &TypeSearch) -> Result<Self, QueryError> {
        let (tree, kind) = search.query(false)?;
        Ok(Self::new(tree, kind))
    }

    /// The query with a where-expression and terms to sort by worked in; an empty expression filters nothing.
    ///
    /// # Errors
    /// What is wrong with their texts, or how they contradict the query.
    pub fn filter(
        mut self,
        expression: &str,
        binds: &Binds,
        order: &[String],
    ) -> Result<Self, QueryError> {
        let datasets: Vec<String> = match &self.spec.kind {
            ResultKind::DatasetRef {
                dataset_type_name, ..
            } => vec![dataset_type_name.clone()],
            _ => Vec::new(),
        };
        let dimensions = self.spec.dimensions().clone();
        let context = IdentifierContext {
            dimensions: &dimensions,
            datasets: &datasets,
            binds,
        };
        if !expression.is_empty() {
            self.tree = self.tree.filter(where_predicate(expression, &context)?)?;
        }
        self.spec.order_by = order_by(order, &context)?;
        Ok(self)
    }
}
