//! Of the datasets of each data ID the one in the first collection (`apply_query_find_first`).

use super::context::SqlContext;
use super::fragment::Fragment;
use super::joins::Joins;
use super::select::{Select, Unique};
use crate::query::QueryError;
use crate::query::check::{Postprocessing, ResolvedSearch};
use crate::query::tree::{DatasetField, DatasetKey, ResultColumn};
use crate::schema::dialect::Dialect;

/// Special column: the place of a row's collection, or its place among the rows of its data ID.
const RANK: &str = "_RANK";

/// Keep the rows whose collection comes first among the rows of their data ID.
///
/// The reference numbers the rows of each data ID in a window. SQLite does without: next to `min()` its other columns are those
/// of the row that has the minimum (<https://sqlite.org/lang_select.html>, "bare columns"), which costs half as much.
pub fn find_first(
    context: &SqlContext,
    select: Select,
    postprocessing: &Postprocessing,
    search: &ResolvedSearch,
) -> Result<Select, QueryError> {
    let columns = select.columns.clone();
    let found = context.alias("found");
    let joins = select.nested(context.dialect, &found, postprocessing)?;
    let rank = rank(&joins, search)?;
    let mut partition = Vec::new();
    for dimension in columns.dimensions().required() {
        partition.push(joins.columns.key(dimension)?.clone());
    }
    let mut ranked = Select::new(joins, columns.clone());
    let special = &mut ranked.joins.columns.special;
    match context.dialect {
        Dialect::Sqlite => {
            let first = Fragment::text("min").append(rank.parens());
            special.insert(RANK.to_owned(), first);
            ranked.unique = match partition.is_empty() {
                true => Unique::OneGroup,
                false => Unique::GroupBy(partition),
            };
        }
        Dialect::Postgresql => {
            special.insert(RANK.to_owned(), row_number(partition, rank));
        }
    }
    let alias = context.alias("ranked");
    let mut joins = ranked.nested(context.dialect, &alias, postprocessing)?;
    if let Some(number) = joins.columns.special.remove(RANK)
        && context.dialect == Dialect::Postgresql
    {
        joins.filter(number.sql(" = 1"));
    }
    Ok(Select::new(joins, columns))
}

/// The place of a row's collection in the search.
fn rank(joins: &Joins, search: &ResolvedSearch) -> Result<Fragment, QueryError> {
    let key = ResultColumn::DatasetField(
        DatasetKey::Named(search.dataset_type.clone()),
        DatasetField::CollectionKey,
    );
    let mut rank = Fragment::text("CASE ").append(joins.columns.field(&key)?.clone());
    for (number, collection) in search.collections.iter().enumerate() {
        rank = rank.sql(" WHEN ").add_bind(collection.key.clone());
        rank = rank.sql(&format!(" THEN {number}"));
    }
    Ok(rank.sql(" END"))
}

/// The place of a row among those of its data ID.
fn row_number(partition: Vec<Fragment>, rank: Fragment) -> Fragment {
    let mut window = Fragment::text("row_number() OVER (");
    if !partition.is_empty() {
        let keys = Fragment::join(", ", partition);
        window = window.sql("PARTITION BY ").append(keys).sql(" ");
    }
    window.sql("ORDER BY ").append(rank).sql(")")
}
