//! From the files in the stage to where they are and where they go.

use std::path::{Path, PathBuf};

use pantry_datastore::transfer::{Target, TransferMode, source_uri};
use pantry_datastore::zip::ZipFiles;
use pantry_datastore::{Confinement, Found, LookupEntity, ResourcePath, check_extension};
use pantry_registry::Registry;
use pantry_registry::model::data_coordinate::DataIdValue;
use rayon::prelude::*;
use rusqlite::types::ValueRef;
use uuid::Uuid;

use super::expand::Expander;
use super::remote;
use super::source::StagedDataset;
use super::{FileOptions, members};
use crate::Error;
use crate::export::FILE_TABLE;
use crate::import::Origin;
use crate::load::{default_formatter, quote};
use crate::plan::{DatasetKind, Plan, PlanInput};
use crate::stage::Stage;

/// One file of the export.
#[derive(Debug, Clone)]
pub struct LocatedFile {
    /// `seq` in the stage's file table.
    pub file: i64,
    /// Path as the export has it.
    pub path: String,
    /// Line of the record.
    pub line: i64,
    /// Where it is.
    pub uri: ResourcePath,
    /// The file; `None` if it is not on this machine.
    pub source: Option<PathBuf>,
    /// What is there.
    pub found: Found,
    /// Where it will be, and whether it must be put there.
    pub target: Target,
}

/// Decide what `auto` means for this export: in place when all files are below the root, links (copies, if they cannot be
/// linked) when none is, both when some are.
pub fn resolve_mode(stage: &Stage, options: &FileOptions) -> Result<TransferMode, Error> {
    if options.mode != TransferMode::Auto {
        return Ok(options.mode);
    }
    let folder = &options.folder;
    let is_below = folder.relative_to(options.root.uri()).is_some();
    let (mut inside, mut outside) = (0, 0);
    let mut is_local = options.root.path().is_some();
    let mut select = stage
        .connection()
        .prepare(&format!("SELECT path FROM {}", quote(FILE_TABLE)))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let path: String = row.get(0)?;
        let is_plain = !path.starts_with('/') && !path.contains("..") && !path.contains(':');
        let in_root = if is_plain {
            is_local &= folder.local_path().is_some();
            is_below
        } else {
            let uri = source_uri(&options.root, Some(folder), &path)?;
            is_local &= uri.local_path().is_some();
            options.root.existing(&uri)?.is_some()
        };
        if in_root { inside += 1 } else { outside += 1 }
    }
    Ok(match options.mode.resolve(inside, outside) {
        // The transfer default of other stores (`ResourcePath.transferDefault`).
        TransferMode::Link if !is_local => TransferMode::Copy,
        mode => mode,
    })
}

/// Locate all files and hand them over in batches.
pub fn locate(
    registry: &mut Registry,
    stage: &Stage,
    input: &PlanInput<'_>,
    plan: &Plan,
    options: &FileOptions,
    mut batch: impl FnMut(Vec<LocatedFile>) -> Result<(), Error>,
) -> Result<(), Error> {
    if !options.mode.places_files() {
        return locate_in_place(stage, input, options, batch);
    }
    let locator = Locator::new(stage, input, options)?;
    let mut expander = Expander::new(registry, stage);
    for kind in &plan.kinds {
        locator.by_template(stage, plan, kind, &mut expander, &mut batch)?;
    }
    Ok(())
}

/// Locate all files in the modes that leave them where they are.
pub fn locate_in_place(
    stage: &Stage,
    input: &PlanInput<'_>,
    options: &FileOptions,
    mut batch: impl FnMut(Vec<LocatedFile>) -> Result<(), Error>,
) -> Result<(), Error> {
    Locator::new(stage, input, options)?.as_they_are(stage, &mut batch)
}

struct Locator<'a> {
    input: &'a PlanInput<'a>,
    options: &'a FileOptions,
    /// `None` if the export's folder is not on this machine and no other is allowed.
    confinement: Option<Confinement>,
    zips: ZipFiles,
}

impl<'a> Locator<'a> {
    fn new(
        stage: &Stage,
        input: &'a PlanInput<'a>,
        options: &'a FileOptions,
    ) -> Result<Self, Error> {
        remote::look(stage, options)?;
        let folder = options.folder.local_path();
        let confinement = match (&folder, options.allowed.split_first()) {
            (Some(folder), _) => Some(Confinement::new(folder, &options.allowed)?),
            (None, Some((first, others))) => Some(Confinement::new(first, others)?),
            (None, None) => None,
        };
        Ok(Self {
            input,
            confinement,
            zips: ZipFiles::new(options.stores.clone()),
            options,
        })
    }

    fn as_they_are(
        &self,
        stage: &Stage,
        batch: &mut impl FnMut(Vec<LocatedFile>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let sql = format!(
            "SELECT seq, path, line FROM {} ORDER BY seq",
            quote(FILE_TABLE)
        );
        let mut select = stage.connection().prepare(&sql)?;
        let mut rows = select.query([])?;
        let mut next = || -> Result<Option<(i64, String, i64)>, Error> {
            let Some(row) = rows.next()? else {
                return Ok(None);
            };
            let line = row.get(2)?;
            Ok(Some((row.get(0)?, self.path(row.get_ref(1)?, line)?, line)))
        };
        loop {
            let mut records = Vec::with_capacity(super::BATCH);
            while records.len() < super::BATCH
                && let Some(record) = next()?
            {
                records.push(record);
            }
            if records.is_empty() {
                return Ok(());
            }
            // Collected before it is looked through, so that the first fault of the export is told, not of the threads.
            let files: Vec<Result<LocatedFile, Error>> = records
                .into_par_iter()
                .map(|(file, path, line)| self.located(file, path, line, || Ok(String::new())))
                .collect();
            self.hand_over(stage, files.into_iter().collect::<Result<_, _>>()?, batch)?;
        }
    }

    fn by_template(
        &self,
        stage: &Stage,
        plan: &Plan,
        kind: &DatasetKind,
        expander: &mut Expander<'_>,
        batch: &mut impl FnMut(Vec<LocatedFile>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let group = kind.group(self.input, "");
        let keys: Vec<String> = group
            .required
            .iter()
            .map(|d| format!(", s.{}", quote(&format!("k_{d}"))))
            .collect();
        let order = match self.input.export.is_scattered {
            true => "s.file, ",
            false => "",
        };
        let sql = format!(
            "SELECT f.seq, f.path, f.line, s.id, s.type, s.run, f.formatter{} FROM {} s JOIN {} f ON f.seq = s.file WHERE {} ORDER BY {order}s.seq",
            keys.concat(),
            quote(&group.shape.table),
            quote(FILE_TABLE),
            group.is_member(),
        );
        let mut select = stage.connection().prepare(&sql)?;
        let mut rows = select.query([])?;
        let mut files: Vec<LocatedFile> = Vec::with_capacity(super::BATCH);
        let mut last_file = 0;
        while let Some(row) = rows.next()? {
            let file: i64 = row.get(0)?;
            // Of the datasets that share a file the first names it, as in the reference.
            if file == last_file {
                continue;
            }
            last_file = file;
            let line: i64 = row.get(2)?;
            let path = self.path(row.get_ref(1)?, line)?;
            let id: String = row.get(3)?;
            let (number, run) = (index(row.get(4)?), index(row.get(5)?));
            let mut values = Vec::with_capacity(group.required.len());
            for i in 0..group.required.len() {
                values.push(match row.get_ref(7 + i)? {
                    ValueRef::Integer(v) => DataIdValue::Int(v),
                    other => {
                        DataIdValue::Str(other.as_str().map_err(rusqlite::Error::from)?.to_owned())
                    }
                });
            }
            let expanded = expander.expand(&kind.example.dimensions, &values)?;
            let dataset = StagedDataset {
                dataset_type: self
                    .input
                    .export
                    .types
                    .get(number)
                    .map_or("", String::as_str),
                run: self.input.export.runs.get(run).map_or("", String::as_str),
                id: Uuid::try_parse(&id).unwrap_or_default(),
                dimensions: &kind.example.dimensions,
                expanded: &expanded,
            };
            let located = self.located(file, path, line, || self.template_path(plan, &dataset))?;
            if self.input.origin != Origin::Export {
                self.check_extension(&located, kind, index(row.get(6)?))?;
            }
            files.push(located);
            if files.len() >= super::BATCH {
                self.hand_over(stage, std::mem::take(&mut files), batch)?;
            }
        }
        self.hand_over(stage, files, batch)
    }

    /// A formatter refuses files whose names have another extension than it reads, as soon as they get a name from us.
    fn check_extension(
        &self,
        file: &LocatedFile,
        kind: &DatasetKind,
        formatter: usize,
    ) -> Result<(), Error> {
        let named = self.input.export.formatters.get(formatter);
        let named = named.and_then(Option::as_deref);
        let name = named.or_else(|| default_formatter(&self.options.formatters, &kind.example));
        let checked = check_extension(name.unwrap_or_default(), file.target.location().record());
        checked.map_err(|e| self.fault(file.line, format!("{}: {e}", file.path)))
    }

    fn template_path(
        &self,
        plan: &Plan,
        dataset: &StagedDataset<'_>,
    ) -> pantry_datastore::Result<String> {
        let dimensions: Vec<&str> = dataset.dimensions.names().collect();
        let planned = plan
            .dataset_types
            .iter()
            .find(|t| t.name == dataset.dataset_type);
        let instrument = match dataset.expanded.values.get("instrument") {
            Some(DataIdValue::Str(name)) => Some(name.as_str()),
            _ => None,
        };
        let entity = LookupEntity {
            dataset_type: dataset.dataset_type,
            dimensions: &dimensions,
            storage_class: planned.map_or("", |t| t.definition.storage_class.as_str()),
            parent_storage_class: None,
            instrument,
        };
        self.options.templates.get(&entity)?.format(dataset)
    }

    fn path(&self, value: ValueRef<'_>, line: i64) -> Result<String, Error> {
        match value {
            ValueRef::Text(bytes) => Ok(String::from_utf8_lossy(bytes).into_owned()),
            _ => Err(self.fault(
                line,
                "the record has no 'path'; with --no-files only the registry is filled".to_owned(),
            )),
        }
    }

    fn located(
        &self,
        file: i64,
        path: String,
        line: i64,
        template: impl FnOnce() -> pantry_datastore::Result<String>,
    ) -> Result<LocatedFile, Error> {
        let made = || -> pantry_datastore::Result<(ResourcePath, Target)> {
            let uri = source_uri(&self.options.root, Some(&self.options.folder), &path)?;
            let target = Target::new(&self.options.root, &uri, self.options.mode, template)?;
            Ok((uri, target))
        };
        let (uri, target) = made().map_err(|e| self.fault(line, e.to_string()))?;
        let source = uri.local_path();
        let is_away = source.is_none() || target.location().local_path().is_none();
        if is_away && self.options.mode.makes_links() {
            let mode = self.options.mode;
            let reason =
                "links are made between files of this machine only; take copy, move or direct";
            return Err(self.fault(
                line,
                format!("cannot use transfer mode '{mode}' for {uri}: {reason}"),
            ));
        }
        Ok(LocatedFile {
            file,
            path,
            line,
            source,
            uri,
            found: Found::Missing,
            target,
        })
    }

    /// Look at the files of a batch and hand it over; one that leaves the export's folder ends the import.
    fn hand_over(
        &self,
        stage: &Stage,
        mut files: Vec<LocatedFile>,
        batch: &mut impl FnMut(Vec<LocatedFile>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let sources: Vec<&Path> = files.iter().filter_map(|f| f.source.as_deref()).collect();
        let found = match &self.confinement {
            Some(confinement) => confinement.inspect(&sources, self.options.jobs)?,
            None => vec![Found::Outside; sources.len()],
        };
        let mut found = found.into_iter();
        for file in &mut files {
            file.found = match &file.source {
                Some(_) => found.next().unwrap_or(Found::Missing),
                None if !remote::is_allowed(self.options, &file.uri) => Found::Outside,
                None => remote::found(stage, &file.uri)?,
            };
            if file.found == Found::Outside {
                let why = format!(
                    "{} (--allow-prefix allows another folder)",
                    self.why_outside(file)
                );
                return Err(self.fault(file.line, why));
            }
        }
        members::look(&self.zips, &mut files)?;
        batch(files)
    }

    fn why_outside(&self, file: &LocatedFile) -> String {
        let checked = match (&self.confinement, &file.source) {
            (Some(confinement), Some(source)) => confinement.check(&file.path, source).err(),
            _ => None,
        };
        let general = || format!("'{}' leaves the export's folder", file.path);
        checked.map_or_else(general, |error| error.to_string())
    }

    fn fault(&self, line: i64, message: String) -> Error {
        self.input.fault(u64::try_from(line).unwrap_or(0), message)
    }
}

/// A number of the stage as an index; one that is out of range fails where it is used.
fn index(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl LocatedFile {
    /// Where it is, in messages.
    pub fn shown(&self) -> String {
        match &self.source {
            Some(path) => path.display().to_string(),
            None => self.uri.to_string(),
        }
    }

    /// Where the file is or goes, if that is on this machine.
    pub fn local_target(&self) -> Option<PathBuf> {
        self.target.location().local_path()
    }
}
