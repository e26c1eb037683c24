//! Of the datasets of each data ID the one in the first collection (`apply_query_find_first`).

use super::context::SqlContext;
use super::fragment::Fragment;
use super::select::Select;
use crate::query::QueryError;
use crate::query::check::{Postprocessing, ResolvedSearch};
use crate::query::tree::{DatasetField, DatasetKey, ResultColumn};

const ROW_NUMBER: &str = "_ROWNUM";

/// Keep the rows whose collection comes first among the rows of their data ID.
pub fn find_first(
    context: &SqlContext,
    select: Select,
    postprocessing: &Postprocessing,
    search: &ResolvedSearch,
) -> Result<Select, QueryError> {
    let columns = select.columns.clone();
    let found = context.alias("found");
    let mut joins = select.nested(context.dialect, &found, postprocessing)?;
    let key = ResultColumn::DatasetField(
        DatasetKey::Named(search.dataset_type.clone()),
        DatasetField::CollectionKey,
    );
    let mut rank = Fragment::text("CASE ").append(joins.columns.field(&key)?.clone());
    for (number, collection) in search.collections.iter().enumerate() {
        rank = rank.sql(" WHEN ").add_bind(collection.key.clone());
        rank = rank.sql(&format!(" THEN {number}"));
    }
    let mut partition = Vec::new();
    for dimension in columns.dimensions().required() {
        partition.push(joins.columns.key(dimension)?.clone());
    }
    let mut window = Fragment::text("row_number() OVER (");
    if !partition.is_empty() {
        let keys = Fragment::join(", ", partition);
        window = window.sql("PARTITION BY ").append(keys).sql(" ");
    }
    let window = window.sql("ORDER BY ").append(rank).sql(" END)");
    joins.columns.special.insert(ROW_NUMBER.to_owned(), window);
    let ranked = context.alias("ranked");
    let numbered = Select::new(joins, columns.clone());
    let mut joins = numbered.nested(context.dialect, &ranked, postprocessing)?;
    if let Some(number) = joins.columns.special.remove(ROW_NUMBER) {
        joins.filter(number.sql(" = 1"));
    }
    Ok(Select::new(joins, columns))
}
