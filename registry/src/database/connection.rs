//! One connection to the database of a registry.

use std::path::Path;
use std::time::Duration;

use super::patience::{Canceller, Patience};
use super::postgresql::PostgresqlDatabase;
use super::postgresql_connect;
use super::row::Row;
use super::sqlite::{BUSY_TIMEOUT, SqliteDatabase};
use super::statement::Statement;
use super::value::Value;
use crate::config::DatabaseTarget;
use crate::config::postgres::PostgresSettings;
use crate::error::RegistryError;
use crate::schema::dialect::Dialect;
use crate::schema::{ddl, table::TableSpec};

/// What a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read.
    ReadOnly,
    /// Read and write.
    ReadWrite,
}

/// One connection: not shared between threads, one statement at a time.
///
/// Placeholders in SQL text are `$1`, `$2`, ... on both back ends.
pub struct Connection {
    pub(super) backend: Backend,
    namespace: Option<String>,
    access: Access,
    name: String,
    pub(super) in_transaction: bool,
    pub(super) read_limit: Option<Duration>,
}

pub(super) enum Backend {
    Sqlite(Box<SqliteDatabase>),
    Postgresql(Box<PostgresqlDatabase>),
}

impl Connection {
    /// Open the database of a registry, which must exist. Without `namespace`, tables of a PostgreSQL database are in
    /// the first schema of the search path; SQLite has no namespaces.
    pub fn open(
        target: &DatabaseTarget,
        namespace: Option<&str>,
        access: Access,
    ) -> Result<Self, RegistryError> {
        Self::open_waiting(target, namespace, access, BUSY_TIMEOUT)
    }

    /// As [`Connection::open`], but waits so long, now and later, while another process has a SQLite file locked: not five
    /// minutes, as the reference does. PostgreSQL's readers never wait.
    pub fn open_waiting(
        target: &DatabaseTarget,
        namespace: Option<&str>,
        access: Access,
        lock_wait: Duration,
    ) -> Result<Self, RegistryError> {
        match target {
            DatabaseTarget::Sqlite(path) => {
                SqliteDatabase::open(path, access, lock_wait).map(|db| Self::of_sqlite(db, access))
            }
            DatabaseTarget::Postgres(settings) => {
                Self::connect_postgresql(settings, namespace, access)
            }
        }
    }

    /// Open a SQLite file, which must exist.
    pub fn open_sqlite(path: &Path, access: Access) -> Result<Self, RegistryError> {
        SqliteDatabase::open(path, access, BUSY_TIMEOUT).map(|db| Self::of_sqlite(db, access))
    }

    /// Open a SQLite file for writing, making an empty one if it is missing.
    pub fn create_sqlite(path: &Path) -> Result<Self, RegistryError> {
        SqliteDatabase::create(path).map(|db| Self::of_sqlite(db, Access::ReadWrite))
    }

    fn of_sqlite(database: SqliteDatabase, access: Access) -> Self {
        Self {
            name: format!("SQLite database {}", database.path().display()),
            backend: Backend::Sqlite(Box::new(database)),
            namespace: None,
            access,
            in_transaction: false,
            read_limit: None,
        }
    }

    /// Connect to PostgreSQL.
    pub fn connect_postgresql(
        settings: &PostgresSettings,
        namespace: Option<&str>,
        access: Access,
    ) -> Result<Self, RegistryError> {
        for warning in &settings.warnings {
            tracing::warn!("{warning}");
        }
        let mut database = postgresql_connect::connect(settings)?;
        let namespace = match namespace {
            Some(namespace) => Some(namespace.to_owned()),
            None => database.current_schema()?,
        };
        let name = postgresql_connect::describe(settings);
        let name = match &namespace {
            Some(namespace) => format!("{name}, namespace '{namespace}'"),
            None => name,
        };
        Ok(Self {
            backend: Backend::Postgresql(Box::new(database)),
            namespace,
            access,
            name,
            in_transaction: false,
            read_limit: None,
        })
    }

    /// Whether the server has the aggregate `any_value` (PostgreSQL 16); SQLite needs none.
    pub fn has_any_value(&mut self) -> Result<bool, RegistryError> {
        match &mut self.backend {
            Backend::Sqlite(_) => Ok(false),
            Backend::Postgresql(database) => Ok(database.version()? >= 160_000),
        }
    }

    /// What asks this connection to stop; for another thread.
    pub fn canceller(&self) -> Canceller {
        match &self.backend {
            Backend::Sqlite(database) => Canceller::new(database.patience(), None),
            Backend::Postgresql(database) => database.canceller(),
        }
    }

    /// Whether this connection can be used for something else: no transaction is open, and it was neither cancelled nor, as
    /// far as is known, lost.
    pub fn is_usable(&self) -> bool {
        let is_open = match &self.backend {
            Backend::Sqlite(_) => true,
            Backend::Postgresql(database) => database.is_open(),
        };
        is_open && !self.in_transaction && !self.patience().is_at_end()
    }

    /// Whether the database answers; asks the server if there is one.
    pub fn is_alive(&mut self) -> bool {
        match &mut self.backend {
            Backend::Sqlite(_) => true,
            Backend::Postgresql(database) => database.is_alive(),
        }
    }

    /// How long a transaction that only reads, such as a query with all its rows, may take from now on; `None`, as at
    /// first, is without end. One that takes longer ends with [`RegistryError::TimedOut`].
    ///
    /// # Errors
    /// Those of telling a PostgreSQL server.
    pub fn limit_reads(&mut self, limit: Option<Duration>) -> Result<(), RegistryError> {
        self.read_limit = limit;
        match &mut self.backend {
            Backend::Sqlite(_) => Ok(()),
            Backend::Postgresql(database) => database.limit_reads(limit),
        }
    }

    pub(super) fn patience(&self) -> &Patience {
        match &self.backend {
            Backend::Sqlite(database) => database.patience(),
            Backend::Postgresql(database) => database.patience(),
        }
    }

    /// The SQL dialect.
    pub fn dialect(&self) -> Dialect {
        match self.backend {
            Backend::Sqlite(_) => Dialect::Sqlite,
            Backend::Postgresql(_) => Dialect::Postgresql,
        }
    }

    /// The schema of the tables; always `None` on SQLite.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// What the connection may do.
    pub fn access(&self) -> Access {
        self.access
    }

    /// The database in words, without password.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rusqlite connection, for bulk work; `None` on PostgreSQL.
    pub fn sqlite(&mut self) -> Option<&mut rusqlite::Connection> {
        match &mut self.backend {
            Backend::Sqlite(database) => Some(&mut database.raw),
            Backend::Postgresql(_) => None,
        }
    }

    /// The postgres client, for bulk work; `None` on SQLite.
    pub fn postgresql(&mut self) -> Option<&mut postgres::Client> {
        match &mut self.backend {
            Backend::Sqlite(_) => None,
            Backend::Postgresql(database) => Some(&mut database.raw),
        }
    }

    /// An empty statement in this connection's dialect and namespace.
    pub fn statement(&self) -> Statement {
        Statement::new(self.dialect(), self.namespace())
    }

    /// The name of a table as SQL text refers to it.
    pub fn table(&self, name: &str) -> String {
        self.dialect().qualify(self.namespace(), name)
    }

    /// Run a statement; returns the number of rows that it inserted, changed or deleted.
    pub fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, RegistryError> {
        match &mut self.backend {
            Backend::Sqlite(database) => database.execute(sql, values),
            Backend::Postgresql(database) => database.execute(sql, values),
        }
    }

    /// Run a statement; returns the number of rows that it inserted, changed or deleted.
    pub fn run(&mut self, statement: &Statement) -> Result<u64, RegistryError> {
        self.execute(statement.sql(), statement.values())
    }

    /// Run a query and hand its rows to `visit` one by one as they come, without keeping them.
    pub fn query<E: From<RegistryError>>(
        &mut self,
        sql: &str,
        values: &[Value],
        visit: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match &mut self.backend {
            Backend::Sqlite(database) => database.query(sql, values, visit),
            Backend::Postgresql(database) => database.query(sql, values, visit),
        }
    }

    /// Run a query and hand its rows to `visit` one by one as they come, without keeping them.
    pub fn select<E: From<RegistryError>>(
        &mut self,
        statement: &Statement,
        visit: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.query(statement.sql(), statement.values(), visit)
    }

    /// Run a query and collect what `read` makes of its rows.
    pub fn collect<T>(
        &mut self,
        statement: &Statement,
        mut read: impl FnMut(&Row<'_>) -> Result<T, RegistryError>,
    ) -> Result<Vec<T>, RegistryError> {
        let mut found = Vec::new();
        self.select(statement, |row| -> Result<(), RegistryError> {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Names of all tables in the namespace, sorted.
    pub fn table_names(&mut self) -> Result<Vec<String>, RegistryError> {
        match &mut self.backend {
            Backend::Sqlite(database) => database.table_names(),
            Backend::Postgresql(database) => database.table_names(self.namespace.as_deref()),
        }
    }

    /// Make a table with its sequences and indexes.
    pub fn create_table(&mut self, table: &TableSpec) -> Result<(), RegistryError> {
        for sql in ddl::create_statements(table, self.dialect(), self.namespace()) {
            self.execute(&sql, &[])?;
        }
        Ok(())
    }

    /// Insert a row into a table whose primary key the back end makes up; returns the key. `row` must name at least one
    /// column on SQLite and PostgreSQL alike, or none for a table of nothing but the key.
    pub fn insert_generated(
        &mut self,
        table: &str,
        key: &str,
        row: &[(&str, Value)],
    ) -> Result<i64, RegistryError> {
        let mut columns: Vec<&str> = row.iter().map(|(name, _)| *name).collect();
        let mut values: Vec<Value> = row.iter().map(|(_, value)| value.clone()).collect();
        columns.insert(0, key);
        values.insert(0, self.next_key(table, key)?);
        let statement = self.statement().text("INSERT INTO ").table(table);
        let statement = statement.text(" (").names(columns).text(") VALUES (");
        let statement = statement.bind_all(values).text(") RETURNING ").name(key);
        let mut id = None;
        self.select(&statement, |row| -> Result<(), RegistryError> {
            id = Some(row.get_i64(0)?);
            Ok(())
        })?;
        id.ok_or_else(|| RegistryError::Database {
            doing: describe(statement.sql()),
            reason: "no key came back".to_owned(),
        })
    }

    /// The next value of a generated key: from its sequence on PostgreSQL, NULL on SQLite, which then takes the largest
    /// row id plus one.
    pub(crate) fn next_key(&mut self, table: &str, key: &str) -> Result<Value, RegistryError> {
        if self.dialect() == Dialect::Sqlite {
            return Ok(Value::Null);
        }
        let sequence = self.table(&ddl::sequence_name(table, key, self.dialect()));
        let mut next = Value::Null;
        let sql = "SELECT nextval($1::text::regclass)";
        self.query(sql, &[Value::Text(sequence)], |row| {
            next = Value::Int(row.get_i64(0)?);
            Ok::<(), RegistryError>(())
        })?;
        Ok(next)
    }
}

/// A statement in messages: its beginning.
pub(super) fn describe(sql: &str) -> String {
    const LENGTH: usize = 100;
    let line: String = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("run `{}...`", &line[..end]),
        None => format!("run `{line}`"),
    }
}
