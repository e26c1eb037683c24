//! Where the files of datasets are.
use std::collections::HashMap;

use pantry_datastore::DatastoreRoot;
use pantry_registry::listing::{FileOfDataset, FileRecord, files_of_datasets};
use uuid::Uuid;

use super::source::Source;
use crate::failure::Failure;
use crate::rows::Value;

/// Where to find files.
pub enum Files {
    /// In a datastore, as its records say.
    Datastore {
        /// Its root.
        root: DatastoreRoot,
        /// The table of file records; `None` in a repo that never had a file.
        table: Option<String>,
    },
    /// Behind links that a server gives.
    Links,
}

impl Files {
    /// The files of a repo.
    pub fn of(source: &mut Source) -> Result<Self, Failure> {
        let Source::Repo(repo) = source else {
            return Ok(Self::Links);
        };
        let datastore = repo.datastore()?;
        let tables = repo.registry.connection().table_names()?;
        let table = datastore.target.records_table;
        Ok(Self::Datastore {
            root: datastore.root,
            table: tables.contains(&table).then_some(table),
        })
    }

    /// Whether there may be any.
    pub fn may_be(&self) -> bool {
        !matches!(self, Self::Datastore { table: None, .. })
    }

    /// The URI of a file; null without one.
    ///
    /// # Errors
    /// A path that leaves the datastore.
    pub fn uri(&self, file: Option<FileRecord<'_>>) -> Result<Value<'static>, Failure> {
        Ok(match (self, file) {
            (_, None) => Value::Null,
            (Self::Datastore { root, .. }, Some(file)) => {
                root.locate(file.path)?.uri().to_string().into()
            }
            (Self::Links, Some(file)) => file.path.to_owned().into(),
        })
    }

    /// The files of these datasets.
    ///
    /// # Errors
    /// Those of the registry or the server.
    pub fn look_up(
        &self,
        source: &mut Source,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<FileOfDataset>>, Failure> {
        let mut files = Vec::new();
        match (source, self) {
            (Source::Repo(repo), Self::Datastore { table, .. }) => {
                if let Some(table) = table {
                    files = files_of_datasets(&mut repo.registry, table, ids)?;
                }
            }
            (Source::Repo(_), Self::Links) => {}
            (Source::Server(server), _) => {
                for id in ids {
                    files.extend(server.files(*id)?);
                }
            }
        }
        let mut found: HashMap<Uuid, Vec<FileOfDataset>> = HashMap::new();
        for file in files {
            found.entry(file.dataset_id).or_default().push(file);
        }
        Ok(found)
    }
}
