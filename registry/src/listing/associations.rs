//! Which datasets a TAGGED or CALIBRATION collection has.

use uuid::Uuid;

use crate::dataset_types::DatasetTypeRecord;
use crate::error::RegistryError;
use crate::model::collection::{Collection, CollectionType};
use crate::model::timespan::Timespan;
use crate::registry::Registry;

/// Hand the datasets of one type that a collection has to `visit` as the database gives them, those of a CALIBRATION collection
/// once for each validity range, which comes with them (`Registry.queryDatasetAssociations`,
/// `lsst/daf/butler/registry/sql_registry.py`).
///
/// # Errors
/// Those of the registry and of `visit`.
pub fn each_association<E: From<RegistryError>>(
    registry: &mut Registry,
    dataset_type: &DatasetTypeRecord,
    collection: &Collection,
    mut visit: impl FnMut(Uuid, Option<Timespan>) -> Result<(), E>,
) -> Result<(), E> {
    let has_ranges = collection.collection_type == CollectionType::Calibration;
    let table = match has_ranges {
        true => dataset_type.calibs_table.as_ref(),
        false => Some(&dataset_type.tags_table),
    };
    let Some(table) = table.filter(|_| registry.shows(&collection.name)) else {
        return Ok(());
    };
    let key = registry.managers().collections.collection_reference();
    let value = registry.collection_key(collection);
    let statement = registry.connection().statement();
    let mut columns = vec!["dataset_id".to_owned()];
    if has_ranges {
        columns.extend(statement.dialect().timespan_columns("timespan"));
    }
    let statement = statement.text("SELECT ").names(columns).text(" FROM ");
    let statement = statement.table(table).text(" WHERE dataset_type_id = ");
    let statement = statement.bind(dataset_type.id).text(" AND ");
    let statement = statement.name(key).text(" = ").bind(value);
    registry.connection().select(&statement, |row| {
        let range = match has_ranges {
            true => Some(row.get_timespan(1)?),
            false => None,
        };
        visit(row.get_uuid(0)?, range)
    })
}
