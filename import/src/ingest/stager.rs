//! Files with data IDs into the stage, as an export would have put them there.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use pantry_datastore::ResourcePath;
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::dataset_id::{DatasetIdMode, dataset_id};
use pantry_registry::model::universe::Universe;
use rusqlite::OptionalExtension;

use crate::Error;
use crate::export::{
    DatasetStager, Export, ExportedCollection, FILE_TABLE, RecordStager, association_tables,
};
use crate::files::note_size;
use crate::load::quote;
use crate::stage::Stage;
use crate::yaml::{Field, Mapping, Node};

/// One file with one data ID; several may name the same file.
pub(super) struct NewDataset<'a> {
    pub(super) dataset_type: &'a str,
    pub(super) run: &'a str,
    /// Path or URI, absolute or relative to the folder.
    pub(super) path: &'a str,
    pub(super) formatter: Option<&'a str>,
    /// Values of the required dimensions.
    pub(super) data_id: &'a [(&'a str, DataIdValue)],
    /// Line of the table.
    pub(super) line: u64,
}

/// Stages datasets one by one; [`FileStager::finish`] gives what the import goes on with.
pub(super) struct FileStager<'a> {
    datasets: DatasetStager<'a>,
    records: RecordStager<'a>,
    stage: &'a mut Stage,
    export: Export,
    folder: ResourcePath,
    mode: DatasetIdMode,
    /// Hashes of the paths that have been staged: most files are named once, and nobody wants to keep all names.
    seen: HashSet<u64>,
    hasher: RandomState,
    last: Option<(String, i64)>,
}

impl<'a> FileStager<'a> {
    pub(super) fn new(
        universe: &'a Universe,
        stage: &'a mut Stage,
        folder: ResourcePath,
        mode: DatasetIdMode,
    ) -> Result<Self, Error> {
        association_tables(stage)?;
        Ok(Self {
            datasets: DatasetStager::new(universe, stage)?,
            records: RecordStager::new(universe)?,
            stage,
            export: Export::default(),
            folder,
            mode,
            seen: HashSet::new(),
            hasher: RandomState::new(),
            last: None,
        })
    }

    /// A run that datasets go into; it is registered even if there are none.
    pub(super) fn run(&mut self, name: &str) {
        if self.export.collections.iter().any(|c| c.name == name) {
            return;
        }
        self.export.collections.push(ExportedCollection {
            name: name.to_owned(),
            collection_type: CollectionType::Run,
            doc: None,
            children: Vec::new(),
            line: 0,
        });
    }

    /// The size that a listing has for a file of a store.
    pub(super) fn size(&mut self, uri: &ResourcePath, size: u64) -> Result<(), Error> {
        note_size(self.stage, uri, size)
    }

    /// Stage a dimension record; `Err` says in words what is wrong.
    pub(super) fn record(&mut self, element: &str, record: &Mapping) -> Result<(), String> {
        self.records.begin(element, self.stage)?;
        self.records.stage(element, record, self.stage)
    }

    /// Stage a dataset; `Err` says in words what is wrong.
    pub(super) fn add(&mut self, new: &NewDataset<'_>) -> Result<(), String> {
        let file = self.file(new)?;
        let id = dataset_id(self.mode, new.run, new.dataset_type, new.data_id);
        let mut data_id = Mapping::new(new.line);
        for (name, value) in new.data_id {
            data_id.push(Field {
                key: Node::Str((*name).into()),
                value: match value {
                    DataIdValue::Int(v) => Node::Int(*v),
                    DataIdValue::Str(v) => Node::Str(v.into()),
                },
                line: new.line,
            });
        }
        self.datasets.begin(new.dataset_type, new.run);
        self.datasets
            .dataset(id, &data_id, file, new.line, self.stage, &mut self.export)
    }

    /// The number of a file in the stage; the same for paths that mean the same file.
    fn file(&mut self, new: &NewDataset<'_>) -> Result<i64, String> {
        // The URI, so that a file has one name however it is written.
        let key = self
            .folder
            .join_member(new.path)
            .map_err(|e| e.to_string())?
            .to_string();
        if let Some((last, file)) = &self.last
            && *last == key
        {
            return Ok(*file);
        }
        let is_new = self.seen.insert(self.hasher.hash_one(&key));
        let known = if is_new { None } else { self.find(&key)? };
        let file = match known {
            Some(file) => {
                self.export.is_scattered = true;
                file
            }
            None => self.datasets.file(
                Some(&key),
                new.formatter,
                new.line,
                self.stage,
                &mut self.export,
            )?,
        };
        self.last = Some((key, file));
        Ok(file)
    }

    /// A file that was staged before, if the hash did not lie.
    fn find(&self, uri: &str) -> Result<Option<i64>, String> {
        let table = quote(FILE_TABLE);
        let connection = self.stage.connection();
        let found = connection
            .execute_batch(&format!(
                "CREATE INDEX IF NOT EXISTS file_path ON {table} (path)"
            ))
            .and_then(|()| {
                let sql = format!("SELECT seq FROM {table} WHERE path = ?");
                connection
                    .prepare_cached(&sql)?
                    .query_row([uri], |row| row.get(0))
                    .optional()
            });
        found.map_err(|e| e.to_string())
    }

    /// What was staged, ready for the import.
    pub(super) fn finish(self) -> Result<Export, Error> {
        self.stage.release()?;
        let mut export = self.export;
        export.records = self.records.finish();
        self.datasets.finish(&mut export);
        Ok(export)
    }
}
