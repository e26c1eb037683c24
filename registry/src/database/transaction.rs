//! Transactions of a [`Connection`]: to write, to read, for one query.

use super::connection::{Access, Backend, Connection};
use crate::error::RegistryError;

impl Connection {
    /// Start a transaction that will write. On SQLite this takes the only write lock at once and waits for it up to five
    /// minutes, with a warning to the log; on PostgreSQL it is READ COMMITTED, see [`Connection::lock_tables`].
    pub fn begin_write(&mut self) -> Result<(), RegistryError> {
        if self.access() == Access::ReadOnly {
            return Err(RegistryError::ReadOnly {
                doing: format!("write to {}", self.name()),
                reason: "it was opened for reading only".to_owned(),
            });
        }
        match &mut self.backend {
            Backend::Sqlite(database) => database.begin_write()?,
            Backend::Postgresql(database) => database.begin(Access::ReadWrite)?,
        }
        self.in_transaction = true;
        Ok(())
    }

    /// Start a transaction whose queries all see the same state.
    pub fn begin_read(&mut self) -> Result<(), RegistryError> {
        self.patience().start(self.read_limit);
        match &mut self.backend {
            Backend::Sqlite(database) => database.batch("BEGIN")?,
            Backend::Postgresql(database) => database.begin(Access::ReadOnly)?,
        }
        self.in_transaction = true;
        Ok(())
    }

    /// Start a query whose rows one statement gives, after others that look up the names in it. Those are of one moment
    /// with it on SQLite; on PostgreSQL, where each statement of a transaction costs a round trip, they are of a moment
    /// before, as the reference's are.
    pub fn begin_query(&mut self) -> Result<(), RegistryError> {
        match &self.backend {
            Backend::Sqlite(_) => self.begin_read(),
            Backend::Postgresql(_) => {
                self.patience().start(self.read_limit);
                Ok(())
            }
        }
    }

    /// End what [`Connection::begin_query`] or [`Connection::begin_read`] started.
    pub fn end_query(&mut self) -> Result<(), RegistryError> {
        self.patience().start(None);
        self.rollback()
    }

    /// Whether a transaction has been started and not ended.
    pub fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    /// Make what the transaction did permanent.
    pub fn commit(&mut self) -> Result<(), RegistryError> {
        match &mut self.backend {
            Backend::Sqlite(database) => database.batch("COMMIT")?,
            // COMMIT of a failed transaction rolls back without an error; a query in one does not.
            Backend::Postgresql(database) => database.batch("SELECT 1; COMMIT")?,
        }
        self.patience().start(None);
        self.in_transaction = false;
        self.ended();
        Ok(())
    }

    fn ended(&mut self) {
        if let Backend::Postgresql(database) = &mut self.backend {
            database.ended();
        }
    }

    /// Undo what the transaction did; without a transaction, nothing.
    pub fn rollback(&mut self) -> Result<(), RegistryError> {
        if !self.in_transaction {
            return Ok(());
        }
        self.in_transaction = false;
        self.patience().start(None);
        self.ended();
        match &mut self.backend {
            // Some errors make SQLite roll back by itself.
            Backend::Sqlite(database) if database.raw.is_autocommit() => Ok(()),
            Backend::Sqlite(database) => database.batch("ROLLBACK"),
            Backend::Postgresql(database) => database.batch("ROLLBACK"),
        }
    }

    /// Run `work` in a write transaction: commit if it succeeds, roll back if it fails.
    pub fn write<T, E: From<RegistryError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin_write()?;
        let result = work(self).and_then(|value| {
            self.commit()?;
            Ok(value)
        });
        if result.is_err() {
            // The first error says what is wrong; a failing rollback (a lost connection) would only hide it.
            let _ = self.rollback();
        }
        result
    }

    /// Keep other writers out of these tables until the transaction ends; readers go on. On SQLite a write transaction
    /// does that anyway.
    pub fn lock_tables(&mut self, names: &[&str]) -> Result<(), RegistryError> {
        let tables: Vec<String> = names.iter().map(|name| self.table(name)).collect();
        match &mut self.backend {
            Backend::Sqlite(_) => Ok(()),
            Backend::Postgresql(database) => database.batch(&format!(
                "LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE",
                tables.join(", ")
            )),
        }
    }
}
