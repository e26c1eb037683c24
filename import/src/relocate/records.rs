//! The records of moved files.

use pantry_datastore::DatastoreRoot;
use pantry_registry::Registry;
use pantry_registry::database::{Connection, Value};
use uuid::Uuid;

use crate::Error;

/// A file that is at another place now.
pub(super) struct Switched<'a> {
    /// What records say of it; of a zip without the member.
    pub(super) old: &'a str,
    /// What they shall say.
    pub(super) new: String,
    /// Whether it is a zip, whose records name members of it.
    pub(super) is_zip: bool,
}

/// The key of a record, and its path.
type Found = (Uuid, Option<String>, String);

/// Have all records of these files, which are in the order of their paths, name their new places, in one transaction.
pub(super) fn switch(
    registry: &mut Registry,
    table: &str,
    root: &DatastoreRoot,
    moved: &[Switched<'_>],
) -> Result<(), Error> {
    if moved.is_empty() {
        return Ok(());
    }
    registry.write(|registry| {
        let connection = registry.connection();
        // Datasets that were not asked for may share a file. The table has no index of paths: it is gone through once.
        let select = connection
            .statement()
            .text("SELECT dataset_id, component, path FROM ");
        let select = select.table(table).text(" WHERE path IN (");
        // Those of zips are found below; no list may be empty.
        let paths = moved.iter().map(|file| Value::Text(file.old.to_owned()));
        let select = select.bind_all(paths).text(")");
        let rows = connection.collect(&select, found)?;
        for row in rows {
            // A record of a zip itself, if there is one, follows too.
            let Ok(place) = moved.binary_search_by(|file| file.old.cmp(row.2.as_str())) else {
                continue;
            };
            update(connection, table, &row, moved[place].new.clone())?;
        }
        for zip in moved.iter().filter(|file| file.is_zip) {
            let place = root.locate(&zip.new)?;
            for row in members(connection, table, zip.old)? {
                let old = root.locate(&row.2)?;
                if let Some(member) = old.uri().zip_member() {
                    let new = root.member(&place, &member)?.into_record();
                    update(connection, table, &row, new)?;
                }
            }
        }
        Ok(())
    })
}

fn found(
    row: &pantry_registry::database::Row<'_>,
) -> Result<Found, pantry_registry::RegistryError> {
    Ok((
        row.get_uuid(0)?,
        row.get_opt_str(1)?.map(str::to_owned),
        row.get_str(2)?.to_owned(),
    ))
}

/// The records of members of a zip.
fn members(connection: &mut Connection, table: &str, zip: &str) -> Result<Vec<Found>, Error> {
    let prefix = format!("{zip}#");
    let select = connection
        .statement()
        .text("SELECT dataset_id, component, path FROM ")
        .table(table)
        .text(&format!(
            " WHERE substr(path, 1, {}) = ",
            prefix.chars().count()
        ))
        .bind(Value::Text(prefix));
    Ok(connection.collect(&select, found)?)
}

fn update(
    connection: &mut Connection,
    table: &str,
    (id, component, path): &Found,
    new: String,
) -> Result<(), Error> {
    let update = connection
        .statement()
        .text("UPDATE ")
        .table(table)
        .text(" SET path = ");
    let update = update.bind(Value::Text(new));
    let update = update.text(" WHERE dataset_id = ").bind(Value::Uuid(*id));
    let update = match component {
        Some(component) => update
            .text(" AND component = ")
            .bind(Value::Text(component.clone())),
        None => update.text(" AND component IS NULL"),
    };
    connection.run(&update.text(" AND path = ").bind(Value::Text(path.clone())))?;
    Ok(())
}

/// Which of these paths some record names, or names a member of.
pub(super) fn named(
    registry: &mut Registry,
    table: &str,
    paths: &[String],
) -> Result<Vec<String>, Error> {
    let connection = registry.connection();
    let select = connection.statement().text("SELECT DISTINCT path FROM ");
    let select = select.table(table).text(" WHERE path IN (");
    let select = select
        .bind_all(paths.iter().cloned().map(Value::Text))
        .text(")");
    let mut named = connection.collect(&select, |row| Ok(row.get_str(0)?.to_owned()))?;
    for path in paths.iter().filter(|path| path.ends_with(".zip")) {
        if !members(connection, table, path)?.is_empty() {
            named.push(path.clone());
        }
    }
    Ok(named)
}
