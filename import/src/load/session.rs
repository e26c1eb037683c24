//! Makes the stage visible to the registry's connection.

use pantry_registry::Registry;
use pantry_registry::database::Value;

use super::copy;
use super::datasets_sql::PLACED_TABLE;
use super::place::Place;
use crate::Error;
use crate::stage::Stage;

/// Where the tables of this registry and of a stage attached to it are.
pub fn place(registry: &mut Registry) -> Place {
    let managers = registry.managers();
    let connection = registry.connection();
    Place {
        dialect: connection.dialect(),
        namespace: connection.namespace().map(str::to_owned),
        managers,
    }
}

/// Attach the stage's file (SQLite) or copy its tables into the session (PostgreSQL).
pub fn attach(registry: &mut Registry, stage: &Stage, place: &Place) -> Result<(), Error> {
    let connection = registry.connection();
    if let Some(client) = connection.postgresql() {
        // The server's own 4 MB and 8 MB would send every sort and the staged tables through temporary files, and the rows
        // that constraints look for were just written, so an index costs no disk access.
        client.batch_execute(
            "SET work_mem = '64MB'; SET temp_buffers = '64MB'; SET random_page_cost = 1.1",
        )?;
        // A rough look at the staged tables is enough; the registry's own are looked at as ever.
        client.batch_execute("SET default_statistics_target = 10")?;
        let tables = stage.tables().iter().filter(|t| t.name != PLACED_TABLE);
        copy::copy_tables(stage, tables, place, client)?;
        client.batch_execute("RESET default_statistics_target")?;
        return Ok(());
    }
    let file = stage.file().to_string_lossy().into_owned();
    connection.execute("ATTACH DATABASE $1 AS stage", &[Value::Text(file)])?;
    // The write lock is taken on attached files too, and a commit to two files that both need a journal leaves a third
    // one (`gen3.sqlite3-mj...`) in the repo when it is killed. Nothing of the stage needs to outlive this process.
    for pragma in ["journal_mode", "synchronous"] {
        let sql = format!("PRAGMA stage.{pragma} = OFF");
        connection.query(&sql, &[], |_| Ok::<(), Error>(()))?;
    }
    Ok(())
}

/// Make the table of placed files, filled after [`attach`], visible too.
pub fn copy_placed(registry: &mut Registry, stage: &Stage, place: &Place) -> Result<(), Error> {
    match registry.connection().postgresql() {
        Some(client) => {
            copy::copy_tables(stage, stage.get(PLACED_TABLE).into_iter(), place, client)
        }
        None => Ok(()),
    }
}
