//! The ids of the datasets that options select.
use pantry_registry::query::execute::ResultValue;
use uuid::Uuid;

use super::dataset_request::DatasetRequest;
use super::each_dataset::each_dataset;
use super::filter::Filter;
use crate::context::Context;
use crate::failure::Failure;

/// All of them; the reading of `repo` has ended then, because a transaction that is open for reading would keep SQLite from
/// writing.
///
/// # Errors
/// Options that do not fit together; those of the engine.
pub fn selected_ids(
    repo: &str,
    request: &DatasetRequest,
    filter: &Filter,
    context: &Context,
) -> Result<Vec<Uuid>, Failure> {
    filter.binds()?;
    request.check_order(filter)?;
    let mut source = filter.open(repo, context)?;
    let searches = request.searches(&mut source)?;
    let mut ids = Vec::new();
    each_dataset(&mut source, filter, &searches, |_, row| {
        ids.extend(row.iter().find_map(|value| match value {
            ResultValue::Uuid(id) => Some(*id),
            _ => None,
        }));
        Ok(())
    })?;
    Ok(ids)
}
