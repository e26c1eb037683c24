//! Making the database of a new repo (`RegistryManagerTypes.makeRepo`, `lsst/daf/butler/registry/managers.py`).

use std::fs;
use std::path::{Path, PathBuf};

use crate::attributes;
use crate::config::DatabaseTarget;
use crate::database::{Access, Connection};
use crate::error::RegistryError;
use crate::model::universe::Universe;
use crate::schema::attribute_table::BUTLER_ATTRIBUTES;
use crate::schema::dialect::Dialect;
use crate::schema::managers::Managers;
use crate::schema::static_tables::static_tables;

/// Make all tables of a new registry and write its attributes, all or nothing. The place must hold no tables: a missing
/// or empty SQLite file, or an empty or missing schema ("namespace") of a PostgreSQL database.
///
/// `universe_json` is stored as it is; see [`crate::dimension_config`].
pub fn create_registry(
    target: &DatabaseTarget,
    namespace: Option<&str>,
    managers: Managers,
    universe_json: &str,
) -> Result<(), RegistryError> {
    // A universe that cannot be used must not be found out after the tables are there.
    Universe::from_json(universe_json)?;
    match target {
        DatabaseTarget::Sqlite(path) if !path.exists() => create_file(path, |connection| {
            create_tables(connection, managers, universe_json)
        }),
        _ => {
            let mut connection = Connection::open(target, namespace, Access::ReadWrite)?;
            create_tables(&mut connection, managers, universe_json)
        }
    }
}

/// As [`create_registry`], but a registry that it made before and that is still empty counts as made. For callers who
/// know that the one there is theirs, from a creation that was cut short.
pub fn resume_registry(
    target: &DatabaseTarget,
    namespace: Option<&str>,
    managers: Managers,
    universe_json: &str,
) -> Result<(), RegistryError> {
    let created = create_registry(target, namespace, managers, universe_json);
    if !matches!(created, Err(RegistryError::AlreadyExists { .. })) {
        return created;
    }
    let mut connection = Connection::open(target, namespace, Access::ReadOnly)?;
    let expected = attributes::of_new_repo(managers, universe_json);
    for table in connection.table_names()? {
        if table == BUTLER_ATTRIBUTES {
            let stored = attributes::read(&mut connection)?;
            if stored != expected.iter().cloned().collect() {
                return created;
            }
            continue;
        }
        let statement = connection.statement().text("SELECT 1 FROM ").table(&table);
        let rows = connection.collect(&statement.text(" LIMIT 1"), |row| row.get_i64(0))?;
        if !rows.is_empty() {
            return created;
        }
    }
    Ok(())
}

/// Make a SQLite file under another name, then give it its own, so that nobody ever sees half of it.
fn create_file(
    path: &Path,
    fill: impl FnOnce(&mut Connection) -> Result<(), RegistryError>,
) -> Result<(), RegistryError> {
    let io = |doing: &str, path: &Path, source| RegistryError::Io {
        doing: format!("{doing} {}", path.display()),
        source,
    };
    TemporaryFile::remove_stale(path);
    let temporary = TemporaryFile::beside(path);
    let mut connection = Connection::create_sqlite(&temporary.0)?;
    fill(&mut connection)?;
    drop(connection);
    // A hard link, unlike a renaming, fails when another process was faster.
    match fs::hard_link(&temporary.0, path) {
        Ok(()) => {}
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(io("create", path, e));
        }
        Err(_) => fs::rename(&temporary.0, path).map_err(|e| io("create", path, e))?,
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(|e| io("write", folder, e))
}

/// A file that is removed, with SQLite's journal, when this goes out of scope.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn beside(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Self(path.with_file_name(format!(".{name}.{}.tmp", std::process::id())))
    }

    /// Remove what processes left that were killed.
    fn remove_stale(path: &Path) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let folder = path.parent().unwrap_or(Path::new("."));
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let found = entry.file_name().to_string_lossy().into_owned();
            let process = found
                .strip_prefix(&format!(".{name}."))
                .and_then(|rest| rest.strip_suffix(".tmp"))
                .and_then(|id| id.parse::<u32>().ok());
            if process.is_some_and(|id| !Path::new(&format!("/proc/{id}")).exists()) {
                drop(Self(entry.path()));
            }
        }
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let mut journal = self.0.clone().into_os_string();
        journal.push("-journal");
        // Nothing can be done about a file that does not go away; its name says what it is.
        let _ = fs::remove_file(&self.0);
        let _ = fs::remove_file(journal);
    }
}

fn create_tables(
    connection: &mut Connection,
    managers: Managers,
    universe_json: &str,
) -> Result<(), RegistryError> {
    let universe = Universe::from_json(universe_json)?;
    let tables = static_tables(&universe, managers)?;
    connection.write(|connection| {
        if let Some(table) = connection.table_names()?.into_iter().next() {
            return Err(RegistryError::AlreadyExists {
                database: connection.name().to_owned(),
                table,
            });
        }
        if connection.dialect() == Dialect::Postgresql {
            prepare_namespace(connection)?;
        }
        for table in &tables {
            connection.create_table(table)?;
        }
        for (name, value) in attributes::of_new_repo(managers, universe_json) {
            attributes::insert(connection, &name, &value)?;
        }
        Ok(())
    })
}

/// Make the schema unless it is there, and enable the extension that the reference insists on, although it has no
/// constraint that uses it (`PostgresqlDatabase.__init__`, `lsst/daf/butler/registry/databases/postgresql.py`).
fn prepare_namespace(connection: &mut Connection) -> Result<(), RegistryError> {
    let found = |connection: &mut Connection, sql: &str, name: &str| {
        let statement = connection.statement().text(sql).bind(name);
        let rows = connection.collect(&statement, |row| row.get_i64(0))?;
        Ok::<bool, RegistryError>(!rows.is_empty())
    };
    let extension = "SELECT 1 FROM pg_catalog.pg_extension WHERE extname = ";
    if !found(connection, extension, "btree_gist")? {
        let result = connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist", &[]);
        result.map_err(|e| RegistryError::MissingExtension {
            database: connection.name().to_owned(),
            reason: e.to_string(),
        })?;
    }
    if let Some(namespace) = connection.namespace().map(str::to_owned) {
        let schema = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ";
        if !found(connection, schema, &namespace)? {
            let name = connection.dialect().quote(&namespace);
            connection.execute(&format!("CREATE SCHEMA {name}"), &[])?;
        }
    }
    Ok(())
}
