//! Trees of files: each file is recognised by a recipe, then ingested as a table would have named it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use pantry_datastore::zip::ZipFiles;
use pantry_datastore::{ResourcePath, WalkedKind, walk};
use pantry_registry::Registry;
use pantry_registry::model::dataset_id::DatasetIdMode;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::universe::Universe;
use rayon::prelude::*;
use serde::Serialize;

use super::recipe::{Dimensions, Recipe, Recognised};
use super::stager::{FileStager, NewDataset};
use super::tree_zips::{uri, with_members};
use crate::Error;
use crate::export::Export;
use crate::files::FileOptions;
use crate::import::{ImportOptions, ImportReport, Step, Watch, import_staged};
use crate::stage::Stage;
use crate::yaml::Mapping;

/// Files recognised at a time, by all processors.
const BATCH: usize = 4096;

/// Files without a rule that are named; the others are counted.
const SHOWN: usize = 20;

/// What a recipe does not say.
pub struct TreeOptions {
    /// Root of the tree.
    pub root: PathBuf,
    /// Run of files whose rule names none.
    pub run: Option<String>,
    /// How dataset ids come about.
    pub id_mode: DatasetIdMode,
}

/// What a tree holds by a recipe.
#[derive(Debug, Default, Serialize)]
pub struct TreeReport {
    /// Files of each dataset type in each run.
    pub datasets: Vec<TreeCount>,
    /// Different dimension records that come with the files, by element.
    pub records: BTreeMap<String, u64>,
    /// Files that no rule knows.
    pub unmatched: u64,
    /// The first of them.
    pub unmatched_files: Vec<String>,
}

/// Files of one dataset type in one run.
#[derive(Debug, Serialize)]
pub struct TreeCount {
    /// Dataset type.
    pub dataset_type: String,
    /// Run.
    pub run: String,
    /// Name of the rule.
    pub rule: String,
    /// How many.
    pub files: u64,
}

/// Ingest the files below a root as a recipe says. `seen` is told what the tree holds before anything is changed.
///
/// # Errors
/// Whatever the error, the registry is as it was, and files that this run placed are gone again.
pub fn ingest_tree(
    registry: &mut Registry,
    options: &ImportOptions,
    tree: &TreeOptions,
    files: FileOptions,
    missing: &mut (dyn std::io::Write + Send),
    watch: &dyn Watch,
    seen: &mut dyn FnMut(TreeReport),
) -> Result<ImportReport, Error> {
    let mut stage = Stage::create()?;
    let universe = registry.universe().clone();
    let recipe = Recipe::read(&options.file)?;
    recipe.check(&universe)?;
    let definitions = definitions(registry, &recipe)?;
    let required = |t: &DatasetType| t.dimensions.required().map(str::to_owned).collect();
    let dimensions: Dimensions = definitions
        .iter()
        .map(|(name, t)| (name.clone(), required(t)))
        .collect();
    watch.begin(Step::Read, 0);
    let folder = ResourcePath::from_absolute(&tree.root)?;
    let reader = TreeReader {
        recipe: &recipe,
        tree,
        dimensions: &dimensions,
        universe: &universe,
        stager: FileStager::new(&universe, &mut stage, folder, tree.id_mode)?,
        zips: recipe.zips.then(|| ZipFiles::new(files.stores.clone())),
        counts: BTreeMap::new(),
        report: TreeReport::default(),
        records: HashSet::new(),
    };
    let (export, report) = reader.read(watch)?;
    check_formatters(&recipe, &definitions, &report, &files)?;
    seen(report);
    import_staged(
        registry,
        stage,
        &export,
        options,
        Some(files),
        missing,
        watch,
    )
}

/// All dataset types of the repo and of the recipe by name.
fn definitions(
    registry: &mut Registry,
    recipe: &Recipe,
) -> Result<HashMap<String, DatasetType>, Error> {
    let mut definitions = HashMap::new();
    for new in &recipe.dataset_types {
        let dimensions = DimensionGroup::conform(registry.universe(), &new.dimensions);
        let fault = |e| recipe.fault(new.line, format!("dataset type '{}': {e}", new.name));
        let definition = DatasetType {
            name: new.name.clone(),
            dimensions: dimensions.map_err(fault)?,
            storage_class: new.storage_class.clone(),
            parent_storage_class: None,
            is_calibration: new.is_calibration,
        };
        definitions.insert(new.name.clone(), definition);
    }
    for known in registry.dataset_types()? {
        definitions.insert(known.dataset_type.name.clone(), known.dataset_type);
    }
    Ok(definitions)
}

/// Files whose rule names no formatter need one in the configuration.
fn check_formatters(
    recipe: &Recipe,
    definitions: &HashMap<String, DatasetType>,
    report: &TreeReport,
    files: &FileOptions,
) -> Result<(), Error> {
    for count in &report.datasets {
        let rule = recipe.rules.iter().find(|r| r.name == count.rule);
        if let Some(rule) = rule.filter(|r| r.formatter.is_none())
            && let Some(definition) = definitions.get(&count.dataset_type)
        {
            super::check_formatter(files, definition)
                .map_err(|e| recipe.fault(rule.line, e.to_string()))?;
        }
    }
    Ok(())
}

/// Reads a tree into the stage.
struct TreeReader<'a> {
    recipe: &'a Recipe,
    tree: &'a TreeOptions,
    dimensions: &'a Dimensions,
    universe: &'a Universe,
    stager: FileStager<'a>,
    /// Reads the directories of zips, if their members are files too.
    zips: Option<ZipFiles>,
    /// Files by dataset type, run and rule.
    counts: BTreeMap<(String, String, usize), u64>,
    report: TreeReport,
    /// Records that were staged, so that one that comes with many files is staged once.
    records: HashSet<String>,
}

impl TreeReader<'_> {
    fn read(mut self, watch: &dyn Watch) -> Result<(Export, TreeReport), Error> {
        let mut done = 0;
        let files = list(&self.tree.root);
        let mut files = with_members(files, &self.tree.root, self.zips.take());
        loop {
            if watch.cancelled().load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            let batch: Vec<String> = files.by_ref().take(BATCH).collect::<Result<_, Error>>()?;
            if batch.is_empty() {
                break;
            }
            let look = |path: &String| {
                self.recipe
                    .recognise(&self.tree.root, path, self.universe, self.dimensions)
            };
            // Collected before they are looked through, so that the first fault is told, not that of the fastest thread.
            let recognised: Vec<_> = batch.par_iter().map(look).collect();
            for (path, found) in batch.iter().zip(recognised) {
                self.add(path, found?)?;
            }
            done += batch.len() as u64;
            watch.reached(done);
        }
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
        Ok((export, self.report))
    }

    fn add(&mut self, path: &str, found: Option<Recognised>) -> Result<(), Error> {
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
        let uri = uri(&self.tree.root, path, self.recipe.zips)?.to_string();
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

/// The files below a root, as paths relative to it. What a bucket will be listed by, too.
fn list(root: &Path) -> impl Iterator<Item = Result<String, Error>> + use<> {
    let root = root.to_owned();
    walk(&root).filter_map(move |walked| match walked {
        Err(error) => Some(Err(error.into())),
        Ok(walked) => match (walked.kind, walked.path.to_str()) {
            (WalkedKind::Leftover | WalkedKind::Other, _) => None,
            (_, Some(path)) => Some(Ok(path.to_owned())),
            (_, None) => Some(Err(Error::Files(format!(
                "the name of {} is not UTF-8",
                root.join(&walked.path).display()
            )))),
        },
    })
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
