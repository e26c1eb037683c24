//! The records of moved files.

use pantry_registry::Registry;
use pantry_registry::database::Value;

use crate::Error;

/// Have all records of these paths name other ones, in one transaction.
pub(super) fn switch(
    registry: &mut Registry,
    table: &str,
    moved: &[(&str, String)],
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
        let paths = moved.iter().map(|(old, _)| Value::Text((*old).to_owned()));
        let select = select.bind_all(paths).text(")");
        let rows = connection.collect(&select, |row| {
            Ok((
                row.get_uuid(0)?,
                row.get_opt_str(1)?.map(str::to_owned),
                row.get_str(2)?.to_owned(),
            ))
        })?;
        for (id, component, path) in rows {
            let Ok(place) = moved.binary_search_by(|(old, _)| (*old).cmp(path.as_str())) else {
                continue;
            };
            let update = connection
                .statement()
                .text("UPDATE ")
                .table(table)
                .text(" SET path = ");
            let update = update.bind(Value::Text(moved[place].1.clone()));
            let update = update.text(" WHERE dataset_id = ").bind(Value::Uuid(id));
            let update = match component {
                Some(component) => update
                    .text(" AND component = ")
                    .bind(Value::Text(component)),
                None => update.text(" AND component IS NULL"),
            };
            connection.run(&update.text(" AND path = ").bind(Value::Text(path)))?;
        }
        Ok(())
    })
}

/// Which of these paths some record names.
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
    Ok(connection.collect(&select, |row| Ok(row.get_str(0)?.to_owned()))?)
}
