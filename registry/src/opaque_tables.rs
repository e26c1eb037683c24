//! Tables that belong to datastores (`lsst/daf/butler/registry/opaque.py`), and making tables after creation.

use crate::error::RegistryError;
use crate::registry::Registry;
use crate::schema::datastore_tables::file_records_table;
use crate::schema::table::TableSpec;

impl Registry {
    /// Make the table of file records of this name and its row in `opaque_meta` where they are missing, within the
    /// caller's transaction. The reference does so whenever it opens a repo for writing.
    pub fn ensure_file_records(&mut self, name: &str) -> Result<(), RegistryError> {
        self.ensure_table(&file_records_table(name))?;
        let statement = self.connection.statement().text("INSERT INTO ");
        let statement = statement
            .table("opaque_meta")
            .text(" (table_name) VALUES (");
        let statement = statement.bind(name).text(") ON CONFLICT DO NOTHING");
        self.connection.run(&statement).map(|_| ())
    }

    /// Make a table where it is missing, within the caller's transaction.
    pub(crate) fn ensure_table(&mut self, table: &TableSpec) -> Result<(), RegistryError> {
        if self.has_table(&table.name)? {
            return Ok(());
        }
        // Whoever makes tables waits here for others who do; `IF NOT EXISTS` alone fails when two do so at once.
        self.lock_definitions()?;
        if self.has_table(&table.name)? {
            return Ok(());
        }
        self.connection.create_table(table)
    }

    fn has_table(&mut self, name: &str) -> Result<bool, RegistryError> {
        Ok(self.connection.table_names()?.iter().any(|t| t == name))
    }
}
