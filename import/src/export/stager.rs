//! Turns the events of an export into staged rows.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::universe::Universe;

use super::datasets::{DatasetStager, dataset_uuid};
use super::entry::{self, Entry};
use super::header;
use super::records::RecordStager;
use super::upconvert::Upconversion;
use super::{CALIB_TABLE, Export, ExportedCollection, TAG_TABLE};
use crate::Error;
use crate::stage::{Cell, CellType, Stage, TableNo};
use crate::yaml::{BulkKey, Event, Mapping};

/// What the records of the current entry are.
enum Current {
    Nothing,
    Records(String),
    Datasets,
    Tags(String),
    Calibrations(String, Cell, Cell),
}

/// Make the stage's tables of associations and of certifications.
pub(crate) fn association_tables(stage: &mut Stage) -> Result<(TableNo, TableNo), Error> {
    let column = |name: &str, cell_type| (name.to_owned(), cell_type);
    let tag = [
        column("collection", CellType::Text),
        column("id", CellType::Uuid),
        column("line", CellType::Int),
    ];
    let mut calib = tag.to_vec();
    calib.push(column("timespan_begin", CellType::Int));
    calib.push(column("timespan_end", CellType::Int));
    Ok((
        stage.table(TAG_TABLE, &tag)?,
        stage.table(CALIB_TABLE, &calib)?,
    ))
}

/// Consumes [`Event`]s in their order; [`Stager::finish`] gives the [`Export`].
pub(super) struct Stager<'a> {
    file: PathBuf,
    stage: &'a mut Stage,
    universe: &'a Universe,
    offsets: &'a BTreeMap<String, i64>,
    upconversion: Option<Upconversion>,
    records: RecordStager<'a>,
    datasets: DatasetStager<'a>,
    export: Export,
    /// Collections by their rank of registration: runs, tagged and calibration ones, chains.
    collections: [Vec<ExportedCollection>; 3],
    dataset_types: HashMap<String, usize>,
    tags: TableNo,
    calibrations: TableNo,
    current: Current,
}

impl<'a> Stager<'a> {
    pub(super) fn new(
        file: &Path,
        stage: &'a mut Stage,
        universe: &'a Universe,
        offsets: &'a BTreeMap<String, i64>,
    ) -> Result<Self, Error> {
        let (tags, calibrations) = association_tables(stage)?;
        Ok(Self {
            file: file.to_owned(),
            tags,
            calibrations,
            records: RecordStager::new(universe)?,
            datasets: DatasetStager::new(universe, stage)?,
            stage,
            universe,
            offsets,
            upconversion: None,
            export: Export::default(),
            collections: Default::default(),
            dataset_types: HashMap::new(),
            current: Current::Nothing,
        })
    }

    fn fault(&self, line: u64, message: impl Into<String>) -> Error {
        Error::Input {
            file: self.file.clone(),
            line,
            message: message.into(),
        }
    }

    pub(super) fn event(&mut self, event: Event) -> Result<(), Error> {
        match event {
            Event::Header(header) => self.header(&header),
            Event::Entry { header, bulk } => self.entry(&header, bulk),
            Event::Record(record) => self.record(record),
            Event::Range(range) => self.range(&range),
            Event::Member { line, id } => {
                let id = dataset_uuid(&id).map_err(|m| self.fault(line, m))?;
                self.member(line, id)
            }
            Event::EndRange => Ok(()),
            Event::EndEntry => {
                self.current = Current::Nothing;
                Ok(())
            }
        }
    }

    fn header(&mut self, header: &Mapping) -> Result<(), Error> {
        let (migrations, warnings) =
            header::check(header, self.universe).map_err(|m| self.fault(header.line, m))?;
        self.export.warnings.extend(warnings);
        self.upconversion = Some(Upconversion::new(migrations, self.offsets.clone()));
        Ok(())
    }

    fn entry(&mut self, header: &Mapping, bulk: Option<BulkKey>) -> Result<(), Error> {
        let line = header.line;
        let parsed = entry::parse(header, line, &mut self.export.warnings)
            .map_err(|m| self.fault(line, m))?;
        let wanted = match &parsed {
            Entry::Dimension { .. } | Entry::Datasets { .. } => Some(BulkKey::Records),
            Entry::Associations {
                is_calibration: false,
                ..
            } => Some(BulkKey::DatasetIds),
            Entry::Associations {
                is_calibration: true,
                ..
            } => Some(BulkKey::ValidityRanges),
            Entry::Collection(_) | Entry::DatasetType(_) => None,
        };
        if wanted.is_some() && bulk != wanted {
            let key = wanted.map_or("", BulkKey::key);
            return Err(self.fault(line, format!("the entry has no list of '{key}'")));
        }
        self.current = match parsed {
            Entry::Dimension { element } => {
                self.records
                    .begin(&element, self.stage)
                    .map_err(|m| self.fault(line, m))?;
                Current::Records(element)
            }
            Entry::Collection(collection) => {
                self.collection(collection)?;
                Current::Nothing
            }
            Entry::DatasetType(dataset_type) => {
                self.dataset_type(dataset_type)?;
                Current::Nothing
            }
            Entry::Datasets { dataset_type, run } => {
                self.datasets.begin(&dataset_type, &run);
                Current::Datasets
            }
            Entry::Associations {
                collection,
                is_calibration,
            } => {
                let known = if is_calibration {
                    &mut self.export.calibrations
                } else {
                    &mut self.export.tagged
                };
                known.entry(collection.clone()).or_insert(line);
                match is_calibration {
                    true => Current::Calibrations(collection, Cell::Null, Cell::Null),
                    false => Current::Tags(collection),
                }
            }
        };
        Ok(())
    }

    fn collection(&mut self, collection: ExportedCollection) -> Result<(), Error> {
        let rank = match collection.collection_type {
            CollectionType::Run => 0,
            CollectionType::Tagged | CollectionType::Calibration => 1,
            CollectionType::Chained => 2,
        };
        let earlier = self
            .collections
            .iter()
            .flatten()
            .find(|c| c.name == collection.name);
        match earlier {
            Some(other) if other.collection_type != collection.collection_type => Err(self.fault(
                collection.line,
                format!(
                    "collection '{}' is {} here but {} at line {}",
                    collection.name, collection.collection_type, other.collection_type, other.line
                ),
            )),
            // As in the reference, the last definition of a collection counts.
            Some(_) => {
                let list = &mut self.collections[rank];
                list.retain(|c| c.name != collection.name);
                list.push(collection);
                Ok(())
            }
            None => {
                self.collections[rank].push(collection);
                Ok(())
            }
        }
    }

    fn dataset_type(&mut self, mut new: super::ExportedDatasetType) -> Result<(), Error> {
        let drops = self
            .upconversion
            .as_ref()
            .is_some_and(Upconversion::drops_visit_system);
        if drops && new.dimensions.iter().any(|d| d == "visit") {
            new.dimensions.retain(|d| d != "visit_system");
        }
        // Exports repeat a dataset type for every run that has datasets of it.
        if let Some(&earlier) = self.dataset_types.get(&new.name) {
            let old = &self.export.dataset_types[earlier];
            let same = old.storage_class == new.storage_class
                && old.is_calibration == new.is_calibration
                && old.dimensions == new.dimensions;
            if same {
                return Ok(());
            }
            let message = format!(
                "dataset type '{}' is defined differently at line {}",
                new.name, old.line
            );
            return Err(self.fault(new.line, message));
        }
        self.dataset_types
            .insert(new.name.clone(), self.export.dataset_types.len());
        self.export.dataset_types.push(new);
        Ok(())
    }

    fn record(&mut self, mut record: Mapping) -> Result<(), Error> {
        let line = record.line;
        let outcome = match &self.current {
            Current::Records(element) => {
                let element = element.clone();
                self.dimension_record(&element, &mut record)
            }
            Current::Datasets => self.datasets.stage(record, self.stage, &mut self.export),
            _ => Ok(()),
        };
        outcome.map_err(|m| self.fault(line, m))
    }

    fn dimension_record(&mut self, element: &str, record: &mut Mapping) -> Result<(), String> {
        if let Some(upconversion) = &mut self.upconversion
            && !upconversion.is_idle()
        {
            for (other, derived) in upconversion.apply(element, record)? {
                self.records.begin(other, self.stage)?;
                self.records.stage(other, &derived, self.stage)?;
            }
        }
        self.records.stage(element, record, self.stage)
    }

    fn range(&mut self, range: &Mapping) -> Result<(), Error> {
        let span = super::layout::validity(range).map_err(|m| self.fault(range.line, m))?;
        if let Current::Calibrations(_, begin, end) = &mut self.current {
            let bounds = span.ns();
            *begin = Cell::Int(bounds.0);
            *end = Cell::Int(bounds.1);
        }
        Ok(())
    }

    fn member(&mut self, line: u64, id: uuid::Uuid) -> Result<(), Error> {
        let line = Cell::Int(i64::try_from(line).unwrap_or(i64::MAX));
        match &self.current {
            Current::Tags(collection) => {
                let row = [Cell::Text(collection.clone()), Cell::uuid(id), line];
                self.stage.insert(self.tags, &row)?;
            }
            Current::Calibrations(collection, begin, end) => {
                let row = [
                    Cell::Text(collection.clone()),
                    Cell::uuid(id),
                    line,
                    begin.clone(),
                    end.clone(),
                ];
                self.stage.insert(self.calibrations, &row)?;
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Export, Error> {
        let Some(upconversion) = self.upconversion.take() else {
            return Err(self.fault(1, "the file has no mapping with 'version' and 'data' at its top; is it a Butler export?"));
        };
        let (days, unknown) = upconversion.day_records().map_err(|m| self.fault(0, m))?;
        if !unknown.is_empty() {
            let instruments: Vec<&str> = unknown.into_iter().collect();
            self.export.warnings.push(format!(
                "day_obs records made for an export of an older universe have no timespan, because only the instrument's \
                 Python class knows when its days begin; give --day-obs-offset INSTRUMENT=SECONDS (instruments: {})",
                instruments.join(", ")
            ));
        }
        for day in days {
            let staged = self.records.begin("day_obs", self.stage);
            let staged = staged.and_then(|()| self.records.stage("day_obs", &day, self.stage));
            staged.map_err(|m| self.fault(0, m))?;
        }
        self.stage.release()?;
        let mut export = self.export;
        export.records = self.records.finish();
        self.datasets.finish(&mut export);
        export.collections = self.collections.into_iter().flatten().collect();
        Ok(export)
    }
}
