//! The files of a tree into the stage, as what a recipe says that they are.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::Ordering;

use pantry_datastore::zip::ZipFiles;
use pantry_registry::model::universe::Universe;
use rayon::prelude::*;

use super::folder::{Folder, FolderFile};
use super::lists::is_list;
use super::recipe::{Dimensions, Recipe, Recognised};
use super::stager::{FileStager, NewDataset};
use super::tree::{TreeCount, TreeOptions, TreeReport};
use super::tree_zips::{is_member, uri, with_members};
use crate::Error;
use crate::export::Export;
use crate::files::side_by_side;
use crate::import::Watch;
use crate::yaml::Mapping;

/// Files recognised at a time, by all processors.
const BATCH: usize = 4096;

/// Files without a rule that are named; the others are counted.
const SHOWN: usize = 20;

/// Reads a tree into the stage.
pub(super) struct TreeReader<'a> {
    recipe: &'a Recipe,
    tree: &'a TreeOptions,
    folder: &'a Folder,
    dimensions: &'a Dimensions,
    universe: &'a Universe,
    stager: FileStager<'a>,
    /// Files by dataset type, run and rule.
    counts: BTreeMap<(String, String, usize), u64>,
    report: TreeReport,
    /// Records that were staged, so that one that comes with many files is staged once.
    records: HashSet<String>,
    /// Lists of checksums.
    lists: Vec<String>,
}

/// What was read, with the paths of lists of checksums that were found.
type Read = (Export, TreeReport, Vec<String>);

impl<'a> TreeReader<'a> {
    pub(super) fn new(
        recipe: &'a Recipe,
        tree: &'a TreeOptions,
        folder: &'a Folder,
        dimensions: &'a Dimensions,
        universe: &'a Universe,
        stager: FileStager<'a>,
    ) -> Self {
        Self {
            recipe,
            tree,
            folder,
            dimensions,
            universe,
            stager,
            counts: BTreeMap::new(),
            report: TreeReport::default(),
            records: HashSet::new(),
            lists: Vec::new(),
        }
    }

    /// Read all files; with `lists` those with names of lists of checksums are not looked at.
    pub(super) fn read(mut self, lists: bool, watch: &dyn Watch) -> Result<Read, Error> {
        let mut done = 0;
        let folder = self.folder;
        let zips = self.recipe.zips;
        let zips = zips.then(|| ZipFiles::new(folder.stores().clone()));
        let mut files = with_members(folder.files()?, folder, zips);
        loop {
            if watch.cancelled().load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            let mut batch: Vec<FolderFile> =
                files.by_ref().take(BATCH).collect::<Result<_, Error>>()?;
            if batch.is_empty() {
                break;
            }
            done += batch.len() as u64;
            if lists {
                let zips = self.recipe.zips;
                let is_list = |f: &mut FolderFile| !in_zip(zips, &f.path) && is_list(&f.path);
                let found = batch.extract_if(.., is_list);
                self.lists.extend(found.map(|file| file.path));
            }
            for (file, found) in batch.iter().zip(self.recognise(&batch)?) {
                self.add(file, found?)?;
            }
            watch.reached(done);
        }
        if done == 0 && folder.is_away() {
            // A bucket has no folders, so that a name with a mistake in it is one without files.
            return Err(Error::Files(format!("there is nothing at {}", folder.root)));
        }
        self.end()
    }

    /// What the files of a batch are. All are looked at before the first fault is told, so that it is not that of the
    /// fastest thread.
    fn recognise(
        &self,
        batch: &[FolderFile],
    ) -> Result<Vec<Result<Option<Recognised>, Error>>, Error> {
        let look = |file: &FolderFile| {
            let open = || match in_zip(self.recipe.zips, &file.path) {
                false => self.folder.content(file),
                true => Err(
                    "is in a zip, where headers are not read; its path has to say all".to_owned(),
                ),
            };
            self.recipe
                .recognise(&file.path, &open, self.universe, self.dimensions)
        };
        side_by_side(self.folder.is_away(), || {
            batch.par_iter().map(look).collect()
        })
    }

    fn end(mut self) -> Result<Read, Error> {
        for ((dataset_type, run, rule), files) in self.counts {
            let rule = self.recipe.rules[rule].name.clone();
            self.report.datasets.push(TreeCount {
                dataset_type,
                run,
                rule,
                files,
            });
        }
        let used: HashSet<&str> = self
            .report
            .datasets
            .iter()
            .map(|c| c.dataset_type.as_str())
            .collect();
        let mut export = self.stager.finish()?;
        let new_types = self
            .recipe
            .dataset_types
            .iter()
            .filter(|t| used.contains(t.name.as_str()));
        export.dataset_types = new_types.cloned().collect();
        Ok((export, self.report, self.lists))
    }

    fn add(&mut self, file: &FolderFile, found: Option<Recognised>) -> Result<(), Error> {
        let path = file.path.as_str();
        let Some(found) = found else {
            self.report.unmatched += 1;
            if self.report.unmatched_files.len() < SHOWN {
                self.report.unmatched_files.push(path.to_owned());
            }
            return Ok(());
        };
        let rule = &self.recipe.rules[found.rule];
        let fault = |message: String| self.recipe.fault(rule.line, format!("{path}: {message}"));
        let run = found.run.or_else(|| self.tree.run.clone()).ok_or_else(|| {
            fault(format!(
                "rule '{}' names no run; --run names one for all such files",
                rule.name
            ))
        })?;
        for (element, record) in &found.records {
            if self.records.insert(text(element, record)) {
                self.stager.record(element, record).map_err(fault)?;
                *self.report.records.entry(element.clone()).or_default() += 1;
            }
        }
        let uri = uri(self.folder, path, self.recipe.zips)?;
        if let Some(size) = file.size {
            self.stager.size(&uri, size)?;
        }
        let uri = uri.to_string();
        let data_id: Vec<_> = found
            .data_id
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        self.stager.run(&run);
        let staged = self.stager.add(&NewDataset {
            dataset_type: &found.dataset_type,
            run: &run,
            path: &uri,
            formatter: found.formatter.as_deref(),
            data_id: &data_id,
            line: rule.line,
        });
        staged.map_err(fault)?;
        *self
            .counts
            .entry((found.dataset_type, run, found.rule))
            .or_default() += 1;
        Ok(())
    }
}

fn in_zip(zips: bool, path: &str) -> bool {
    zips && is_member(path)
}

/// A record as text, equal for records that are equal.
fn text(element: &str, record: &Mapping) -> String {
    let fields: Vec<String> = record
        .fields()
        .iter()
        .map(|f| format!("{:?}={:?}", f.key, f.value))
        .collect();
    format!("{element}:{}", fields.join(","))
}
