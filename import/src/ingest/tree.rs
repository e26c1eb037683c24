//! Trees of files: each file is recognised by a recipe, then ingested as a table would have named it.

use std::collections::{BTreeMap, HashMap};

use pantry_datastore::ResourcePath;
use pantry_registry::Registry;
use pantry_registry::model::dataset_id::DatasetIdMode;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::dimension_group::DimensionGroup;
use serde::Serialize;

use super::folder::Folder;
use super::recipe::{Dimensions, Recipe};
use super::stager::FileStager;
use super::tree_reader::TreeReader;
use super::{Ingest, check_formatter};
use crate::Error;
use crate::files::FileOptions;
use crate::import::{ImportReport, Step};
use crate::stage::Stage;

/// What a recipe does not say.
pub struct TreeOptions {
    /// Root of the tree: a folder of this machine or of a store.
    pub root: ResourcePath,
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
    ingest: Ingest<'_>,
    tree: &TreeOptions,
    seen: &mut dyn FnMut(TreeReport),
) -> Result<ImportReport, Error> {
    let mut stage = Stage::create()?;
    let universe = ingest.registry.universe().clone();
    let recipe = Recipe::read(&ingest.options.file)?;
    recipe.check(&universe)?;
    let definitions = definitions(ingest.registry, &recipe)?;
    let required = |t: &DatasetType| t.dimensions.required().map(str::to_owned).collect();
    let dimensions: Dimensions = definitions
        .iter()
        .map(|(name, t)| (name.clone(), required(t)))
        .collect();
    ingest.watch.begin(Step::Read, 0);
    let folder = Folder::open(&tree.root, &ingest.files.stores)?;
    let stager = FileStager::new(&universe, &mut stage, folder.root.clone(), tree.id_mode)?;
    let reader = TreeReader::new(&recipe, tree, &folder, &dimensions, &universe, stager);
    let (export, report, lists) = reader.read(ingest.scrutiny.beside, ingest.watch)?;
    check_formatters(&recipe, &definitions, &report, &ingest.files)?;
    seen(report);
    ingest.staged(stage, export, Some(lists))
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
            check_formatter(files, definition)
                .map_err(|e| recipe.fault(rule.line, e.to_string()))?;
        }
    }
    Ok(())
}
