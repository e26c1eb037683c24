//! Filters by data ID, and terms to sort by (`lsst/daf/butler/queries/convert_args.py`).

use super::binds::Binds;
use super::identifier::IdentifierContext;
use crate::model::universe::Universe;
use crate::query::QueryError;
use crate::query::tree::{
    ColumnExpression, ColumnLiteral, ColumnReference, ComparisonOperator, OrderExpression,
    Predicate,
};

/// The predicate that dimensions have these values.
///
/// # Errors
/// [`QueryError::Invalid`]: there is no such dimension, or its values are of another type.
pub fn data_id_predicate<N: AsRef<str>>(
    universe: &Universe,
    pairs: impl IntoIterator<Item = (N, ColumnLiteral)>,
) -> Result<Predicate, QueryError> {
    let mut result = Predicate::from_bool(true);
    for (dimension, value) in pairs {
        let column = ColumnReference::dimension_key(universe, dimension.as_ref())?;
        let one = Predicate::compare(
            ColumnExpression::Reference(column),
            ComparisonOperator::Equal,
            ColumnExpression::Literal(value),
        )?;
        result = result.logical_and(one);
    }
    Ok(result)
}

/// Terms to sort by: identifiers, the largest first after a minus sign. Bound names mean nothing here.
///
/// # Errors
/// [`QueryError::Invalid`]: a term is no identifier, or its values have no order.
pub fn order_by(
    terms: &[String],
    context: &IdentifierContext<'_>,
) -> Result<Vec<OrderExpression>, QueryError> {
    let none = Binds::new();
    let context = IdentifierContext {
        binds: &none,
        ..*context
    };
    let one = |term: &String| {
        let (identifier, is_reversed) = match term.strip_prefix('-') {
            Some(rest) => (rest, true),
            None => (term.as_str(), false),
        };
        if identifier.is_empty() {
            return Err(QueryError::invalid("Empty dimension name in ORDER BY"));
        }
        OrderExpression::new(context.interpret(identifier)?, is_reversed)
    };
    terms.iter().map(one).collect()
}
