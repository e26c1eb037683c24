//! Where the files of datasets are.
use std::collections::HashMap;

use pantry_datastore::DatastoreRoot;
use pantry_registry::Registry;
use pantry_registry::listing::{FileOfDataset, FileRecord, files_of_datasets};
use uuid::Uuid;

use crate::failure::Failure;
use crate::repo::Repo;
use crate::rows::Value;

/// Where to find files.
pub struct Files {
    root: DatastoreRoot,
    /// The table of file records; `None` in a repo that never had a file.
    pub table: Option<String>,
}

impl Files {
    /// The files of a repo's datastore.
    pub fn of(repo: &mut Repo) -> Result<Self, Failure> {
        let datastore = repo.datastore()?;
        let tables = repo.registry.connection().table_names()?;
        let table = datastore.target.records_table;
        Ok(Self {
            root: datastore.root,
            table: tables.contains(&table).then_some(table),
        })
    }

    /// The URI of a file; null without one.
    ///
    /// # Errors
    /// A path that leaves the datastore.
    pub fn uri(&self, file: Option<FileRecord<'_>>) -> Result<Value<'static>, Failure> {
        match file {
            Some(file) => Ok(self.root.locate(file.path)?.uri().to_string().into()),
            None => Ok(Value::Null),
        }
    }

    /// The files of these datasets.
    ///
    /// # Errors
    /// Those of the registry.
    pub fn look_up(
        table: &str,
        registry: &mut Registry,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<FileOfDataset>>, Failure> {
        let mut found: HashMap<Uuid, Vec<FileOfDataset>> = HashMap::new();
        for file in files_of_datasets(registry, table, ids)? {
            found.entry(file.dataset_id).or_default().push(file);
        }
        Ok(found)
    }
}
