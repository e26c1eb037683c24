//! The file records of some datasets.

use uuid::Uuid;

use crate::database::Value;
use crate::error::RegistryError;
use crate::registry::Registry;
use crate::schema::datastore_tables::NO_COMPONENT;

/// What the datastore has recorded of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRecord<'a> {
    /// Path below the root, or absolute URI.
    pub path: &'a str,
    /// The component that is in the file; `None` if it is the whole dataset.
    pub component: Option<&'a str>,
}

/// A file of a dataset (`StoredFileInfo` in `lsst/daf/butler/datastore/stored_file_info.py`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOfDataset {
    /// The dataset.
    pub dataset_id: Uuid,
    /// Path below the root, or absolute URI; what follows a `#` is a place in the file.
    pub path: String,
    /// Full name of the formatter's class.
    pub formatter: String,
    /// Name of the storage class of what is in the file.
    pub storage_class: String,
    /// The component that is in the file; `None` if it is the whole dataset.
    pub component: Option<String>,
    /// Checksum of the file, if one was computed.
    pub checksum: Option<String>,
    /// Bytes of the file; -1 if nobody looked.
    pub file_size: i64,
}

impl FileOfDataset {
    /// The record of the file.
    pub fn record(&self) -> FileRecord<'_> {
        FileRecord {
            path: &self.path,
            component: self.component.as_deref(),
        }
    }
}

/// Look up the files of some datasets, those of one dataset in the order of their components. Ask for some hundreds at a
/// time: each is bound to the statement.
pub fn files_of_datasets(
    registry: &mut Registry,
    table: &str,
    ids: &[Uuid],
) -> Result<Vec<FileOfDataset>, RegistryError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let statement = registry.connection().statement();
    let columns = "dataset_id, path, component, formatter, storage_class, checksum, file_size";
    let statement = statement.text(&format!("SELECT {columns} FROM "));
    let statement = statement.table(table).text(" WHERE dataset_id IN (");
    let statement = statement.bind_all(ids.iter().map(|id| Value::Uuid(*id)));
    let statement = statement.text(") ORDER BY dataset_id, component");
    let mut files: Vec<FileOfDataset> = registry.connection().collect(&statement, |row| {
        Ok(FileOfDataset {
            dataset_id: row.get_uuid(0)?,
            path: row.get_str(1)?.to_owned(),
            component: row
                .get_opt_str(2)?
                .filter(|component| !matches!(*component, "" | NO_COMPONENT))
                .map(str::to_owned),
            formatter: row.get_str(3)?.to_owned(),
            storage_class: row.get_str(4)?.to_owned(),
            checksum: row.get_opt_str(5)?.map(str::to_owned),
            file_size: row.get_opt_i64(6)?.unwrap_or(-1),
        })
    })?;
    if registry.visible.is_some() {
        let shown = registry.shown_datasets(ids)?;
        files.retain(|file| shown.contains(&file.dataset_id));
    }
    Ok(files)
}
