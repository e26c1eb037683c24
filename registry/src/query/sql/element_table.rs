//! Tables of dimension elements in FROM (`registry/dimensions/static.py`, `make_joins_builder`).

use super::context::SqlContext;
use super::joins::Joins;
use super::select::{Select, Unique};
use super::timespan_column::TimespanColumn;
use crate::model::element::Element;
use crate::query::QueryError;
use crate::query::check::Postprocessing;
use crate::query::tree::{ColumnSet, ResultColumn, minimal_group};

/// The table of an element, with its dimensions and these fields.
pub fn element_table<'a>(
    context: &SqlContext,
    element: &Element,
    fields: impl IntoIterator<Item = &'a str>,
) -> Result<Joins, QueryError> {
    let universe = &context.universe;
    if let Some(target) = &element.implied_union_target {
        // The values of such a dimension are those that the other element's records have.
        let target = universe.get(target).ok_or_else(|| no_table(element))?;
        let joins = element_table(context, target, [])?;
        let columns = ColumnSet::new(&minimal_group(universe, &element.name));
        let mut select = Select::new(joins, columns.drop_implied_dimension_keys());
        select.unique = Unique::Distinct;
        let alias = context.alias(&element.name);
        return select.nested(context.dialect, &alias, &Postprocessing::default());
    }
    if !element.has_own_table() {
        return Err(no_table(element));
    }
    let alias = context.alias(&element.name);
    let mut joins = Joins::of(context.table(&element.name, &alias));
    for (dimension, field, _) in universe.required_columns(element) {
        joins
            .columns
            .add_key(dimension, context.column(&alias, field));
    }
    for dimension in &element.implied {
        joins
            .columns
            .add_key(dimension, context.column(&alias, dimension));
    }
    for field in fields {
        let column = ResultColumn::DimensionField(element.name.clone(), field.to_owned());
        if field == "timespan" {
            let timespan = TimespanColumn::of_table(context.dialect, &alias, field);
            joins.columns.timespans.insert(column, timespan);
        } else {
            let expression = context.column(&alias, field);
            joins.columns.fields.insert(column, expression);
        }
    }
    Ok(joins)
}

fn no_table(element: &Element) -> QueryError {
    QueryError::Unimplemented(format!(
        "Cannot join dimension element {} with no table.",
        element.name
    ))
}
