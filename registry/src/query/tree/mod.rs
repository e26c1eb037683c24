//! The one representation of a query: the reference's serialised tree (`lsst/daf/butler/queries/tree`).

mod column_expression;
mod column_literal;
mod column_reference;
mod column_set;
mod column_type;
mod comparison_operator;
mod dataset_key;
pub mod json;
mod operand_types;
mod predicate;
mod predicate_leaf;
mod query_tree;
mod result_spec;

pub use column_expression::{BinaryOperator, ColumnExpression, OrderExpression, UnaryOperator};
pub use column_literal::{ColumnLiteral, RegionLiteral};
pub use column_reference::ColumnReference;
pub(crate) use column_set::minimal_group;
pub use column_set::{ColumnSet, ResultColumn};
pub use column_type::QueryColumnType;
pub use comparison_operator::ComparisonOperator;
pub use dataset_key::{DatasetField, DatasetKey};
pub use predicate::Predicate;
pub use predicate_leaf::PredicateLeaf;
pub(crate) use query_tree::union;
pub use query_tree::{DatasetSearch, QueryTree};
pub use result_spec::{ResultKind, ResultSpec};
