//! The records below the root in the order of their paths, a page at a time.

use pantry_registry::database::{Connection, Statement};
use pantry_registry::schema::dialect::Dialect;

use super::record::{COLUMNS, Record, is_plain};
use crate::Error;

/// Records in a page.
const PAGE: usize = 4096;

const CURSOR: &str = "pantry_verify";

/// Reads the table of records in pages.
///
/// On SQLite each page is a query of its own, which the index on `path` answers, so that nobody who writes to the
/// repo waits for longer than a page. PostgreSQL has no such index order (its collation is not that of bytes), but
/// neither do its readers hold up anybody: there it is one cursor.
pub struct Pages<'a> {
    connection: &'a mut Connection,
    table: &'a str,
    after: After,
}

enum After {
    /// Nothing was read yet; the path to start after.
    Path(String),
    /// Path, dataset and component of the last record read.
    Record(String, String, String),
    End,
}

impl<'a> Pages<'a> {
    /// Pages of the records whose path comes after `after` in byte order. On PostgreSQL a transaction begins, which the
    /// caller ends.
    pub fn new(connection: &'a mut Connection, table: &'a str, after: &str) -> Result<Self, Error> {
        if connection.dialect() == Dialect::Postgresql {
            connection.begin_read()?;
            let declare = format!("DECLARE {CURSOR} NO SCROLL CURSOR FOR SELECT {COLUMNS} FROM ");
            let statement = connection.statement().text(&declare).table(table);
            let statement = statement
                .text(" WHERE path COLLATE \"C\" > ")
                .bind(after)
                .text(" ORDER BY path COLLATE \"C\", dataset_id, component");
            connection.run(&statement)?;
        }
        Ok(Self {
            connection,
            table,
            after: After::Path(after.to_owned()),
        })
    }

    /// The next records whose path [`is_plain`]; `None` at the end.
    pub fn next_page(&mut self) -> Result<Option<Vec<Record>>, Error> {
        let Some(statement) = self.statement() else {
            return Ok(None);
        };
        let mut page = self.connection.collect(&statement, Record::read)?;
        self.after = match page.last() {
            Some(last) => After::Record(
                last.path.clone(),
                last.dataset_id.clone(),
                last.component.clone(),
            ),
            None => After::End,
        };
        page.retain(|record| is_plain(&record.path));
        Ok(Some(page))
    }

    fn statement(&self) -> Option<Statement> {
        let statement = self.connection.statement();
        if self.connection.dialect() == Dialect::Postgresql {
            let fetch = statement.text(&format!("FETCH {PAGE} FROM {CURSOR}"));
            return (!matches!(self.after, After::End)).then_some(fetch);
        }
        let statement = statement.text(&format!("SELECT {COLUMNS} FROM "));
        let statement = statement.table(self.table);
        let statement = match &self.after {
            After::Path(path) => statement.text(" WHERE path > ").bind(path.as_str()),
            After::Record(path, dataset_id, component) => statement
                .text(" WHERE (path, dataset_id, component) > (")
                .bind(path.as_str())
                .text(", ")
                .bind(dataset_id.as_str())
                .text(", ")
                .bind(component.as_str())
                .text(")"),
            After::End => return None,
        };
        let order = format!(" ORDER BY path, dataset_id, component LIMIT {PAGE}");
        Some(statement.text(&order))
    }
}
