//! All tables that a new repo has.

use super::attribute_table::attribute_table;
use super::collection_tables::{collection_tables, summary_tables};
use super::dataset_tables::dataset_tables;
use super::datastore_tables::datastore_tables;
use super::dimension_tables::{dimension_group_tables, dimension_table};
use super::managers::Managers;
use super::overlap_tables::overlap_tables;
use super::table::TableSpec;
use crate::model::universe::{Universe, UniverseError};

/// The tables of a new repo, each after those that it refers to (`RegistryManagerInstances.initialize`,
/// `lsst/daf/butler/registry/managers.py`).
pub fn static_tables(
    universe: &Universe,
    managers: Managers,
) -> Result<Vec<TableSpec>, UniverseError> {
    let mut tables = vec![attribute_table()];
    tables.extend(
        universe
            .elements()
            .iter()
            .filter_map(|element| dimension_table(universe, element)),
    );
    tables.extend(overlap_tables(universe)?);
    tables.extend(dimension_group_tables());
    tables.extend(collection_tables(managers.collections));
    tables.extend(dataset_tables(managers));
    tables.extend(summary_tables(universe, managers));
    tables.extend(datastore_tables());
    Ok(tables)
}
