//! The datasets of several types, one after the other, as many as the limit shows.
use pantry_registry::listing::{RowQuery, SortKey, TypeSearch, usual_order};
use pantry_registry::query::execute::ResultValue;
use pantry_registry::query::tree::{ColumnReference, DatasetField, DatasetKey};

use super::each::{Repeats, each_row};
use super::filter::Filter;
use super::seen::Seen;
use super::source::Source;
use crate::failure::Failure;

/// Hand each dataset to `visit` once: with the number of its search the values of its dimensions, its id and its run. Those of
/// a type are in the order of `--order-by`, else of run and data ID. Warns where a limit that warns leaves some out.
///
/// # Errors
/// Those of the engine and of `visit`.
pub fn each_dataset(
    source: &mut Source,
    filter: &Filter,
    searches: &[TypeSearch],
    mut visit: impl FnMut(usize, &[ResultValue]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let limit = filter.limit();
    let mut used = 0;
    for (number, search) in searches.iter().enumerate() {
        let left = limit.less(used);
        if search.collections.is_empty() || left.asked() == Some(0) {
            continue;
        }
        let query = filter.apply(RowQuery::datasets(search)?)?;
        let sort = match query.spec.order_by.is_empty() {
            true => dataset_order(search)?,
            false => Vec::new(),
        };
        let mut seen = search.may_repeat().then(|| Seen::new(!sort.is_empty()));
        let shown = each_row(source, &query, left, &sort, Repeats::Shown, &mut |row| {
            let id = row.iter().find_map(|value| match value {
                ResultValue::Uuid(id) => Some(*id),
                _ => None,
            });
            let is_new = match (&mut seen, id) {
                (Some(seen), Some(id)) => seen.is_new(id),
                _ => true,
            };
            match is_new {
                true => visit(number, row),
                false => Ok(()),
            }
        })?;
        used += shown.rows;
        if shown.more {
            tracing::warn!(
                "there are more datasets than the {used} that were taken; --limit 0 takes all"
            );
            break;
        }
    }
    Ok(())
}

/// By run, then by dimensions. A row has the dimensions, the id and the run.
///
/// # Errors
/// None for dimensions of a dataset type.
pub fn dataset_order(search: &TypeSearch) -> Result<Vec<SortKey>, Failure> {
    let dataset_type = &search.dataset_type;
    let keys = dataset_type.dimensions.data_coordinate_keys().count();
    let mut sort = vec![SortKey {
        place: keys + 1,
        column: ColumnReference::DatasetField {
            dataset_type: DatasetKey::from(dataset_type.name.as_str()),
            field: DatasetField::Run,
        },
    }];
    sort.extend(usual_order(&dataset_type.dimensions, 0)?);
    Ok(sort)
}
