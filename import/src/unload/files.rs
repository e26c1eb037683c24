//! The files of an export: what their records say, which paths they get in the document, and putting them into the folder
//! (`FileDatastore.export`, `lsst/daf/butler/datastores/fileDatastore.py`).

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use pantry_datastore::transfer::{FolderLock, PlaceOptions, TransferMode};
use pantry_datastore::{DatastoreError, DatastoreRoot, Location, LookupEntity, ResourcePath};
use pantry_registry::Registry;
use pantry_registry::listing::{FileOfDataset, files_of_datasets};
use pantry_registry::model::data_coordinate::DataIdValue;
use rusqlite::types::ValueRef;
use uuid::Uuid;

use super::placing::{Placing, Wanted};
use super::selection::{Selection, Set};
use super::{UnloadFiles, UnloadOptions, UnloadReport};
use crate::files::{Expander, OnMissing, StagedDataset};
use crate::{Error, Watch};

/// Datasets whose records are looked up together.
const LOOK_UP: usize = 500;
/// Files that are placed together.
const PLACE: usize = 8192;

/// Finds the paths of files, and places them.
pub(super) struct Paths<'a> {
    files: &'a UnloadFiles,
    options: &'a UnloadOptions,
    requests: Vec<Wanted>,
    /// Destinations of `requests`: datasets may share a file.
    destinations: HashSet<PathBuf>,
}

/// A dataset of a batch.
pub(super) struct Dataset {
    pub(super) seq: i64,
    pub(super) id: Uuid,
    run: String,
    required: Vec<DataIdValue>,
}

impl<'a> Paths<'a> {
    pub(super) fn new(files: &'a UnloadFiles, options: &'a UnloadOptions) -> Self {
        Self {
            files,
            options,
            requests: Vec::new(),
            destinations: HashSet::new(),
        }
    }

    /// Fill the file tables of the selection; leaves out datasets without a file if that is allowed. What was placed is
    /// removed again unless the result is kept.
    pub(super) fn find(
        mut self,
        registry: &mut Registry,
        selection: &Selection,
        lock: &mut Option<FolderLock>,
        watch: &dyn Watch,
        report: &mut UnloadReport,
    ) -> Result<Option<Placing>, Error> {
        let root = DatastoreRoot::new(&self.options.directory)?;
        let placer = match (self.files.mode, lock.take()) {
            (Some(mode), Some(lock)) if mode.places_files() => Some(Placing::new(
                &self.options.directory,
                lock,
                self.placing(mode),
                self.files.stores.clone(),
            )?),
            (_, held) => {
                *lock = held;
                None
            }
        };
        let tables = registry.connection().table_names()?;
        let table = &self.files.datastore.target.records_table;
        let table = tables.contains(table).then_some(table.as_str());
        let mut done = 0;
        for number in 0..selection.sets().len() {
            let mut skipped = 0;
            let mut last = 0;
            loop {
                if watch.cancelled().load(Ordering::Relaxed) {
                    return Err(Error::Interrupted);
                }
                let batch = batch(selection, &selection.sets()[number], last)?;
                let Some(end) = batch.last() else { break };
                last = end.seq;
                done += u64::try_from(batch.len()).unwrap_or_default();
                let records = records(registry, table, &batch)?;
                skipped += self.batch(registry, selection, number, &root, &batch, &records)?;
                if let Some(placer) = placer.as_ref().filter(|_| self.requests.len() >= PLACE) {
                    self.place(placer, report)?;
                }
                if placer.is_none() {
                    watch.reached(done);
                }
            }
            if skipped > 0 {
                selection.only_with_files(number)?;
                report.skipped += skipped;
            }
        }
        if let Some(placer) = &placer {
            self.place(placer, report)?;
            placer.sync()?;
        }
        Ok(placer)
    }

    fn placing(&self, mode: TransferMode) -> PlaceOptions {
        PlaceOptions {
            mode,
            checksum: false,
            jobs: self.files.jobs,
            progress: self.files.progress.clone(),
        }
    }

    /// Note the paths of a batch; says how many datasets have no file.
    fn batch(
        &mut self,
        registry: &mut Registry,
        selection: &Selection,
        number: usize,
        root: &DatastoreRoot,
        batch: &[Dataset],
        records: &HashMap<Uuid, Vec<FileOfDataset>>,
    ) -> Result<u64, Error> {
        let mut skipped = 0;
        let set = &selection.sets()[number];
        for dataset in batch {
            let files = records.get(&dataset.id).map_or(&[][..], Vec::as_slice);
            let file = match files {
                [file] if file.component.is_none() => file,
                [] if self.files.on_missing == OnMissing::Skip => {
                    skipped += 1;
                    continue;
                }
                [] => {
                    return Err(Error::Files(format!(
                        "{} has no file (--on-missing skip leaves such datasets out, --no-files writes no files at all)",
                        named(set, dataset)
                    )));
                }
                _ => {
                    return Err(Error::Unsupported(format!(
                        "{} is stored in several files, one for each component, which an export cannot say",
                        named(set, dataset)
                    )));
                }
            };
            let path = self.path(registry, selection, set, root, dataset, file)?;
            selection.add_file(number, dataset.seq, &path, file)?;
        }
        Ok(skipped)
    }

    /// The path of a file in the document; one that must be placed is noted.
    fn path(
        &mut self,
        registry: &mut Registry,
        selection: &Selection,
        set: &Set,
        root: &DatastoreRoot,
        dataset: &Dataset,
        file: &FileOfDataset,
    ) -> Result<String, Error> {
        let location = self.files.datastore.root.locate(&file.path)?;
        let stays = self.files.elsewhere_stays && !location.is_in_store();
        match self.files.mode {
            Some(TransferMode::Direct) => Ok(location.uri().to_string()),
            // A whole zip goes where its records are taken along; a document names files.
            Some(mode)
                if mode.places_files()
                    && !stays
                    && !(self.files.with_records && location.is_in_store())
                    && location.uri().zip_member().is_some() =>
            {
                let member = location.uri().zip_member().unwrap_or_default();
                let template = self.template(registry, selection, set, dataset)?;
                let named = ResourcePath::from_absolute(&Path::new("/").join(member))?;
                let target = root.new_location(&template, &named)?;
                self.request(location.uri().clone(), &target)?;
                Ok(target.into_record())
            }
            Some(mode) if mode.places_files() && !stays => {
                let target = match location.is_in_store() {
                    true => root.locate(location.record())?,
                    false => {
                        let template = self.template(registry, selection, set, dataset)?;
                        root.new_location(&template, location.uri())?
                    }
                };
                self.request(location.uri().without_fragment(), &target)?;
                Ok(target.into_record())
            }
            // A file elsewhere stays the URI that it is.
            _ => Ok(location.into_record()),
        }
    }

    fn request(&mut self, source: ResourcePath, target: &Location) -> Result<(), Error> {
        let destination = local(target)?;
        if self.destinations.insert(destination.clone()) {
            self.requests.push(Wanted {
                source,
                destination,
            });
        }
        Ok(())
    }

    /// The path that the datastore's template gives a dataset.
    fn template(
        &self,
        registry: &mut Registry,
        selection: &Selection,
        set: &Set,
        dataset: &Dataset,
    ) -> Result<String, Error> {
        let dimensions = &set.dataset_type.dimensions;
        let mut expander = Expander::new(registry, selection.stage());
        let expanded = expander.expand(dimensions, &dataset.required)?;
        let names: Vec<&str> = dimensions.names().collect();
        let instrument = match expanded.values.get("instrument") {
            Some(DataIdValue::Str(name)) => Some(name.as_str()),
            _ => None,
        };
        let entity = LookupEntity {
            dataset_type: &set.dataset_type.name,
            dimensions: &names,
            storage_class: &set.dataset_type.storage_class,
            parent_storage_class: None,
            instrument,
        };
        let template = self.files.datastore.templates.get(&entity)?;
        Ok(template.format(&StagedDataset {
            dataset_type: &set.dataset_type.name,
            run: &dataset.run,
            id: dataset.id,
            dimensions,
            expanded: &expanded,
        })?)
    }

    fn place(&mut self, placer: &Placing, report: &mut UnloadReport) -> Result<(), Error> {
        self.destinations.clear();
        for placed in placer.place(&std::mem::take(&mut self.requests)) {
            let placed = placed?;
            if placed.is_new {
                report.files_placed += 1;
                report.bytes_placed += placed.size;
            }
        }
        Ok(())
    }
}

/// The file of a location, which must be on this machine.
pub(super) fn local(location: &Location) -> Result<PathBuf, Error> {
    let not_local = || DatastoreError::NotLocal {
        doing: "placing files",
        uri: location.uri().to_string(),
    };
    Ok(location.local_path().ok_or_else(not_local)?)
}

/// The datasets after one of a set.
pub(super) fn batch(selection: &Selection, set: &Set, last: i64) -> Result<Vec<Dataset>, Error> {
    let sql = format!(
        "SELECT seq, id, run{} FROM {} WHERE seq > ? ORDER BY seq LIMIT {LOOK_UP}",
        set.required(", ").concat(),
        set.table
    );
    let mut select = selection.connection().prepare_cached(&sql)?;
    let mut rows = select.query([last])?;
    let mut batch = Vec::with_capacity(LOOK_UP);
    while let Some(row) = rows.next()? {
        let id: String = row.get(1)?;
        let mut required = Vec::new();
        for i in 0..set.dataset_type.dimensions.required_len() {
            required.push(match row.get_ref(3 + i)? {
                ValueRef::Integer(v) => DataIdValue::Int(v),
                _ => DataIdValue::Str(row.get(3 + i)?),
            });
        }
        batch.push(Dataset {
            seq: row.get(0)?,
            id: Uuid::try_parse(&id).unwrap_or_default(),
            run: row.get(2)?,
            required,
        });
    }
    Ok(batch)
}

pub(super) fn records(
    registry: &mut Registry,
    table: Option<&str>,
    batch: &[Dataset],
) -> Result<HashMap<Uuid, Vec<FileOfDataset>>, Error> {
    let mut records: HashMap<Uuid, Vec<FileOfDataset>> = HashMap::new();
    if let Some(table) = table {
        let ids: Vec<Uuid> = batch.iter().map(|dataset| dataset.id).collect();
        for file in files_of_datasets(registry, table, &ids)? {
            records.entry(file.dataset_id).or_default().push(file);
        }
    }
    Ok(records)
}

/// A dataset for messages.
fn named(set: &Set, dataset: &Dataset) -> String {
    let names = set.dataset_type.dimensions.required();
    let values = names.zip(&dataset.required);
    let values: Vec<String> = values
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    format!(
        "dataset {} ({} of {{{}}} in {})",
        dataset.id,
        set.dataset_type.name,
        values.join(", "),
        dataset.run
    )
}
