//! Which dynamic tables hold the datasets of a dimension group, and whether a table has rows.

use pantry_registry::Registry;
use pantry_registry::model::dimension_group::DimensionGroup;

use crate::Error;

/// The table of datasets in RUN and TAGGED collections, if the registry has a dataset type of this group.
pub fn tags_table(
    registry: &mut Registry,
    group: &DimensionGroup,
) -> Result<Option<String>, Error> {
    let mut types = registry.dataset_types()?.into_iter();
    Ok(types
        .find(|t| t.dataset_type.dimensions == *group)
        .map(|t| t.tags_table))
}

/// The table of datasets in CALIBRATION collections, if the registry has a calibration dataset type of this group.
pub fn calibs_table(
    registry: &mut Registry,
    group: &DimensionGroup,
) -> Result<Option<String>, Error> {
    let types = registry.dataset_types()?.into_iter();
    let mut tables = types
        .filter(|t| t.dataset_type.dimensions == *group)
        .filter_map(|t| t.calibs_table);
    Ok(tables.next())
}

/// Whether a table of the registry has no rows.
pub fn is_empty(registry: &mut Registry, table: &str) -> Result<bool, Error> {
    let connection = registry.connection();
    let statement = connection
        .statement()
        .text("SELECT 1 FROM ")
        .table(table)
        .text(" LIMIT 1");
    let mut empty = true;
    connection.select(&statement, |_| {
        empty = false;
        Ok::<(), Error>(())
    })?;
    Ok(empty)
}
