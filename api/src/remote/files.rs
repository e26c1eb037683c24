//! Where the files of a server's datasets can be fetched.

use pantry_registry::listing::FileOfDataset;
use serde::Deserialize;
use uuid::Uuid;

use super::{RemoteButler, RemoteError};

#[derive(Deserialize)]
struct GotFile {
    artifact: Option<Artifact>,
}

#[derive(Deserialize)]
struct Artifact {
    file_info: Vec<FileInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileInfo {
    url: String,
    datastore_records: StoredFileInfo,
}

/// `SerializedStoredFileInfo` (`lsst/daf/butler/datastore/stored_file_info.py`).
#[derive(Deserialize)]
struct StoredFileInfo {
    formatter: String,
    storage_class: String,
    component: Option<String>,
    checksum: Option<String>,
    file_size: i64,
}

impl RemoteButler {
    /// The files of a dataset in the order of their components; their paths are links, which may expire.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub fn files(&self, id: Uuid) -> Result<Vec<FileOfDataset>, RemoteError> {
        let got: GotFile = self.connection.get(&format!("get_file/{id}"))?;
        let infos = got.artifact.into_iter().flat_map(|a| a.file_info);
        let mut files: Vec<FileOfDataset> = infos
            .map(|info| FileOfDataset {
                dataset_id: id,
                path: info.url,
                formatter: info.datastore_records.formatter,
                storage_class: info.datastore_records.storage_class,
                component: info.datastore_records.component,
                checksum: info.datastore_records.checksum,
                file_size: info.datastore_records.file_size,
            })
            .collect();
        files.sort_by(|a, b| a.component.cmp(&b.component));
        Ok(files)
    }
}
