//! A datastore record, and which paths mean themselves.

use pantry_registry::RegistryError;
use pantry_registry::database::Row;
use pantry_registry::schema::datastore_tables::NO_COMPONENT;
use uuid::Uuid;

use super::finding::{Finding, Problem};

/// The columns of a record, in the order that [`Record::read`] wants.
pub const COLUMNS: &str = "path, CAST(dataset_id AS TEXT), component, file_size, checksum";

/// A row of the table of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Path as recorded.
    pub path: String,
    /// The dataset as the database writes it.
    pub dataset_id: String,
    /// The component as the database writes it.
    pub component: String,
    /// Bytes; `None` if unknown.
    pub size: Option<i64>,
    /// As recorded; `None` if unknown.
    pub checksum: Option<String>,
}

impl Record {
    /// Read [`COLUMNS`].
    pub fn read(row: &Row<'_>) -> Result<Self, RegistryError> {
        Ok(Self {
            path: row.get_str(0)?.to_owned(),
            dataset_id: row.get_str(1)?.to_owned(),
            component: row.get_str(2)?.to_owned(),
            size: row.get_opt_i64(3)?.filter(|size| *size >= 0),
            checksum: row.get_opt_str(4)?.map(str::to_owned),
        })
    }

    /// A finding about this record.
    pub fn finding(&self, problem: Problem) -> Finding {
        let component = Some(self.component.clone()).filter(|c| c != NO_COMPONENT);
        Finding {
            dataset_id: Some(dashed(&self.dataset_id)),
            component,
            ..Finding::new(problem).at(&self.path)
        }
    }
}

/// A dataset id with dashes, whatever the back end; text that is none stays as it is.
pub fn dashed(id: &str) -> String {
    Uuid::try_parse(id).map_or_else(|_| id.to_owned(), |id| id.to_string())
}

/// Whether the file of a record is simply at its path below the root: no URI, no `..`, no fragment, no escapes.
pub fn is_plain(path: &str) -> bool {
    !path.contains(['#', '%', ':']) && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// SQL that holds at least for all paths that are not plain.
pub fn maybe_odd() -> String {
    let patterns = [
        "%#%", "%!%%", "%:%", "%//%", "/%", "%./%", "%/", "%/.", "%/..",
    ];
    let like: Vec<String> = patterns
        .iter()
        .map(|pattern| format!("path LIKE '{pattern}' ESCAPE '!'"))
        .collect();
    format!("path IN ('', '.', '..') OR {}", like.join(" OR "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answers follow from POSIX and RFC 3986; SQLite itself judges the SQL.
    #[test]
    fn plain_paths_are_told_from_others_by_both() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        let sql = format!("SELECT {} FROM (SELECT ?1 AS path)", maybe_odd());
        let odd = |path: &str| {
            database
                .query_row(&sql, [path], |row| row.get::<_, bool>(0))
                .unwrap()
        };
        for path in ["a", "a/b.c", ".a/b", "a/..b", "é /ü", "a\u{7}"] {
            assert!(is_plain(path), "{path}");
        }
        for path in [
            "",
            ".",
            "..",
            "/a",
            "a/",
            "a//b",
            "./a",
            "../a",
            "a/./b",
            "a/../b",
            "a/.",
            "a/..",
            "a#b",
            "a%20b",
            "file:///a",
            "s3://b/c",
        ] {
            assert!(!is_plain(path) && odd(path), "{path}");
        }
        assert!(!odd("a/b.c") && !odd(".a/..b"));
    }
}
