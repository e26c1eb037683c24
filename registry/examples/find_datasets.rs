//! Finds datasets: streams all that a where-expression selects, then finds the one of a data ID.
//!
//!     cargo run -p pantry-registry --example find_datasets -- REPO DATASET_TYPE COLLECTION[,...] [WHERE [DIMENSION=VALUE ...]]
//!
//! For example, the raws of one detector, then the one of one exposure and detector:
//!
//!     ... find_datasets REPO raw HSC/raw/all "instrument = 'HSC' AND detector = 50" instrument=HSC exposure=903334 detector=16
//!
//! Each line of the output is a data ID, the dataset's id and its run. Where its file is, only the datastore knows.

use std::io::Write;

use pantry_registry::Registry;
use pantry_registry::config::{ButlerConfig, Environment, RegistryConfig};
use pantry_registry::database::Access;
use pantry_registry::query::execute::{QueryInputs, ResultRow, ResultValue, execute};
use pantry_registry::query::expression::{
    BindValue, Binds, IdentifierContext, bind_literal, data_id_predicate, where_predicate,
};
use pantry_registry::query::tree::{
    DatasetField, DatasetSearch, Predicate, QueryTree, ResultColumn, ResultKind, ResultSpec,
};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [repo, dataset_type, collections, rest @ ..] = &args[..] else {
        return Err("which repository, dataset type and collections?".into());
    };
    let mut registry = open(repo)?;
    let (tree, spec) = search(&mut registry, dataset_type, collections)?;

    let (text, data_id) = match rest {
        [text, data_id @ ..] => (text.as_str(), data_id),
        [] => ("", rest),
    };
    let selected = tree.clone().filter(predicate(&tree, text)?)?;
    let mut out = std::io::stdout().lock();
    // Rows come as the database gives them; `Ok(false)` would be enough of them.
    let mut written = Ok(());
    execute(
        &mut registry,
        &selected,
        &spec,
        &QueryInputs::default(),
        |row| {
            written = writeln!(out, "{}", shown(row, dataset_type));
            Ok(written.is_ok())
        },
    )?;
    written?;

    if !data_id.is_empty() {
        let found = find(&mut registry, tree, spec, data_id, dataset_type)?;
        writeln!(out, "found: {}", found.as_deref().unwrap_or("nothing"))?;
    }
    Ok(())
}

/// A repo is named by its folder, its `butler.yaml` or an alias.
fn open(repo: &str) -> Result<Registry, Failure> {
    let environment = Environment::from_process();
    let config = ButlerConfig::load(repo, &[], &environment)?;
    let config = RegistryConfig::of(&config, &environment)?;
    Ok(Registry::open(&config, &environment, Access::ReadOnly)?)
}

/// The first dataset of each data ID in the collections.
fn search(
    registry: &mut Registry,
    dataset_type: &str,
    collections: &str,
) -> Result<(QueryTree, ResultSpec), Failure> {
    let found = registry.find_dataset_type(dataset_type)?;
    let found = found.ok_or("there is no such dataset type")?.dataset_type;
    let search = DatasetSearch {
        collections: collections.split(',').map(str::to_owned).collect(),
        dimensions: found.dimensions.clone(),
    };
    let tree = QueryTree::identity(registry.universe()).join_dataset(dataset_type, search)?;
    let spec = ResultSpec::new(ResultKind::DatasetRef {
        dataset_type_name: found.name,
        dimensions: found.dimensions,
        storage_class_name: found.storage_class,
        include_dimension_records: false,
        find_first: true,
    });
    Ok((tree, spec))
}

/// The filter of a where-expression; names in it can mean fields of the query's dimensions and datasets.
fn predicate(tree: &QueryTree, text: &str) -> Result<Predicate, Failure> {
    let datasets: Vec<String> = tree.datasets.keys().cloned().collect();
    let context = IdentifierContext {
        dimensions: &tree.dimensions,
        datasets: &datasets,
        binds: &Binds::new(),
    };
    Ok(where_predicate(text, &context)?)
}

/// The one dataset of a data ID.
fn find(
    registry: &mut Registry,
    tree: QueryTree,
    mut spec: ResultSpec,
    data_id: &[String],
    dataset_type: &str,
) -> Result<Option<String>, Failure> {
    let mut pairs = Vec::new();
    for pair in data_id {
        let (dimension, value) = pair.split_once('=').ok_or("a data ID is DIMENSION=VALUE")?;
        let BindValue::Literal(value) = bind_literal(value) else {
            return Err("a data ID has one value for each dimension".into());
        };
        pairs.push((dimension, value));
    }
    let tree = tree.filter(data_id_predicate(registry.universe(), pairs)?)?;
    spec.limit = Some(1);
    let mut found = None;
    execute(registry, &tree, &spec, &QueryInputs::default(), |row| {
        found = Some(shown(row, dataset_type));
        Ok(true)
    })?;
    Ok(found)
}

fn shown(row: ResultRow<'_>, dataset_type: &str) -> String {
    let mut words = Vec::new();
    for (column, value) in row.columns().iter().zip(row.values()) {
        if let ResultColumn::DimensionKey(dimension) = column {
            words.push(format!("{dimension}={}", text(Some(value))));
        }
    }
    for field in [DatasetField::DatasetId, DatasetField::Run] {
        let column = ResultColumn::DatasetField(dataset_type.into(), field);
        words.push(text(row.get(&column)));
    }
    words.join(" ")
}

fn text(value: Option<&ResultValue>) -> String {
    match value {
        Some(ResultValue::Int(v)) => v.to_string(),
        Some(ResultValue::Text(v)) => v.clone(),
        Some(ResultValue::Uuid(v)) => v.to_string(),
        other => format!("{other:?}"),
    }
}
