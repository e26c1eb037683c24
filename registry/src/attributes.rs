//! The rows of `butler_attributes` (`lsst/daf/butler/registry/attributes.py`, `.../versions.py`).

use std::collections::BTreeMap;

use crate::database::Connection;
use crate::error::RegistryError;
use crate::schema::attribute_table::BUTLER_ATTRIBUTES;
use crate::schema::managers::Managers;

/// Name of the attribute that holds the dimension universe.
pub(crate) const DIMENSIONS: &str = "config:dimensions.json";

/// Name of the attribute that holds the configuration of an obscore manager.
pub(crate) const OBSCORE: &str = "config:obscore.json";

/// Name of the attribute that holds the class of a manager.
pub(crate) fn manager_key(manager: &str) -> String {
    format!("config:registry.managers.{manager}")
}

/// Name of the attribute that holds the version of a manager class.
pub(crate) fn version_key(class: &str) -> String {
    format!("version:{class}")
}

/// The rows of a new repo, in the reference's order.
pub(crate) fn of_new_repo(managers: Managers, universe_json: &str) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for (name, class, version) in managers.describe() {
        rows.push((manager_key(name), class.to_owned()));
        rows.push((version_key(class), version.to_string()));
    }
    rows.push((DIMENSIONS.to_owned(), universe_json.to_owned()));
    rows
}

/// Add a row.
pub(crate) fn insert(
    connection: &mut Connection,
    name: &str,
    value: &str,
) -> Result<(), RegistryError> {
    let statement = connection
        .statement()
        .text("INSERT INTO ")
        .table(BUTLER_ATTRIBUTES)
        .text(" (name, value) VALUES (")
        .bind(name)
        .text(", ")
        .bind(value)
        .text(")");
    connection.run(&statement)?;
    Ok(())
}

/// All rows.
pub(crate) fn read(connection: &mut Connection) -> Result<BTreeMap<String, String>, RegistryError> {
    let statement = connection
        .statement()
        .text("SELECT name, value FROM ")
        .table(BUTLER_ATTRIBUTES);
    let rows = connection.collect(&statement, |row| {
        Ok((row.get_str(0)?.to_owned(), row.get_str(1)?.to_owned()))
    })?;
    Ok(rows.into_iter().collect())
}
