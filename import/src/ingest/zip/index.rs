//! The index of a zip of datasets (`ZipIndex`, `lsst/daf/butler/datastores/file_datastore/retrieve_artifacts.py`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pantry_datastore::store::Stores;
use pantry_datastore::zip::{ZipArchive, safe_name};
use pantry_registry::model::dataset_id;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::universe::Universe;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Error, Watch};

/// Name of the member.
pub(crate) const INDEX_NAME: &str = "_butler_zip_index.json";

/// Largest index that is read into memory: that of half a million datasets.
pub(crate) const LARGEST_INDEX: u64 = 256 << 20;

/// The index as it is written.
#[derive(Debug, Deserialize)]
pub(super) struct ZipIndex {
    #[serde(default = "first_version")]
    index_version: String,
    pub(super) refs: Refs,
    /// By the name of the member; the names in the order of their bytes, as Python sorts them.
    pub(super) artifact_map: BTreeMap<String, Artifact>,
}

/// `SerializedDatasetRefContainerV1`
#[derive(Debug, Deserialize)]
pub(super) struct Refs {
    container_version: String,
    universe_version: i64,
    universe_namespace: String,
    pub(super) dataset_types: BTreeMap<String, IndexedType>,
    pub(super) compact_refs: BTreeMap<String, IndexedDataset>,
    pub(super) dimension_records: Option<BTreeMap<String, Vec<Vec<Value>>>>,
}

/// `SerializedDatasetType`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IndexedType {
    pub(super) storage_class: Option<String>,
    pub(super) dimensions: Option<Vec<String>>,
    #[serde(default)]
    pub(super) is_calibration: bool,
}

/// `MinimalistSerializableDatasetRef`
#[derive(Debug, Deserialize)]
pub(super) struct IndexedDataset {
    pub(super) dataset_type_name: String,
    pub(super) run: String,
    pub(super) data_id: Map<String, Value>,
}

/// `ArtifactIndexInfo`
#[derive(Debug, Deserialize)]
pub(super) struct Artifact {
    pub(super) info: FileInfo,
    pub(super) ids: BTreeSet<String>,
}

/// `SerializedStoredFileInfo`
#[derive(Debug, Deserialize)]
pub(super) struct FileInfo {
    pub(super) formatter: String,
    pub(super) storage_class: String,
    pub(super) component: Option<String>,
    pub(super) checksum: Option<String>,
    pub(super) file_size: i64,
}

fn first_version() -> String {
    "V1".to_owned()
}

/// The name of a zip with these members, sorted (`ZipIndex.calculate_zip_file_name`).
pub(crate) fn file_name<'a>(members: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = members.collect();
    format!("{}.zip", dataset_id::from_text(&names.join(",")))
}

/// The name that a zip of datasets was given by the reference: by all its members but the index.
pub(crate) fn zip_name(archive: &ZipArchive) -> String {
    let names = archive.members().iter().map(|member| member.name.as_str());
    let mut names: Vec<&str> = names.filter(|name| *name != INDEX_NAME).collect();
    names.sort_unstable();
    file_name(names.into_iter())
}

/// Read the index of an archive.
pub(super) fn read(
    stores: &Stores,
    archive: &ZipArchive,
    fault: &impl Fn(String) -> Error,
) -> Result<ZipIndex, Error> {
    let none = || {
        fault(format!(
            "it has no member {INDEX_NAME}; zips without one are for ingest-files"
        ))
    };
    let member = archive.find(INDEX_NAME).ok_or_else(none)?;
    let text = stores.wait(async { archive.bytes_of(member).await?.whole(LARGEST_INDEX).await })?;
    let index: ZipIndex = serde_json::from_slice(&text).map_err(|e| {
        fault(format!(
            "{INDEX_NAME} is not the index of a zip of datasets: {e}"
        ))
    })?;
    Ok(index)
}

impl ZipIndex {
    /// Where it goes below a datastore's root (`ZipIndex.calculate_zip_file_path_in_store`).
    pub(super) fn path_in_store(&self) -> String {
        let name = file_name(self.artifact_map.keys().map(String::as_str));
        format!("zips/{}/{name}", &name[..4])
    }

    /// Whether it fits the archive and the repo; `Err` says in words what does not.
    pub(super) fn check(
        &self,
        archive: &ZipArchive,
        universe: &Arc<Universe>,
        watch: &dyn Watch,
    ) -> Result<(), String> {
        for version in [&self.index_version, &self.refs.container_version] {
            if version != "V1" {
                return Err(format!("the index is of version {version}; V1 is known"));
            }
        }
        if self.artifact_map.is_empty() {
            return Err("the index names no files".to_owned());
        }
        self.check_universe(universe, watch)?;
        for (name, artifact) in &self.artifact_map {
            if !safe_name(name) {
                return Err(format!(
                    "the index names '{name}', which leaves the folder that it would be unpacked in"
                ));
            }
            let member = archive.find(name);
            let member = member
                .ok_or_else(|| format!("the index names '{name}', which the zip does not have"))?;
            let size = u64::try_from(artifact.info.file_size).ok();
            if size.is_some_and(|size| size != member.size) {
                return Err(format!(
                    "member '{name}' has {} bytes, and {} by the index",
                    member.size, artifact.info.file_size
                ));
            }
            let unknown = |id: &&String| !self.refs.compact_refs.contains_key(*id);
            if let Some(id) = artifact.ids.iter().find(unknown) {
                return Err(format!(
                    "the index has no dataset {id}, whose file '{name}' would be"
                ));
            }
        }
        Ok(())
    }

    fn check_universe(&self, universe: &Arc<Universe>, watch: &dyn Watch) -> Result<(), String> {
        let Refs {
            universe_namespace: namespace,
            universe_version: version,
            ..
        } = &self.refs;
        if namespace != universe.namespace() {
            return Err(format!(
                "its datasets are of the universe {namespace}, the repo is of {}",
                universe.namespace()
            ));
        }
        if *version == universe.version() {
            return Ok(());
        }
        watch.warn(&format!(
            "the zip was made with version {version} of the universe, the repo has {}",
            universe.version()
        ));
        for (name, dataset_type) in &self.refs.dataset_types {
            let listed = dataset_type.dimensions.as_deref().unwrap_or_default();
            let group = DimensionGroup::conform(universe, listed)
                .map_err(|e| format!("dataset type '{name}': {e}"))?;
            let required: BTreeSet<&str> = group.required().collect();
            if required != listed.iter().map(String::as_str).collect() {
                return Err(format!(
                    "dataset type '{name}' has other dimensions in the repo's universe"
                ));
            }
        }
        Ok(())
    }
}
