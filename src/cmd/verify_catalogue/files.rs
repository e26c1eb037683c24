//! The files of a catalogue: datasets of a repository, or files of a folder.
use std::path::Path;

use pantry_datastore::store::Stores;
use pantry_datastore::{DatastoreRoot, ResourcePath};
use pantry_import::catalogue::{CatalogueFile, FolderTable, Key, KeyValue, Place, list_folder};
use pantry_registry::listing::{RowQuery, TypeSearch};
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::query::execute::ResultValue;
use uuid::Uuid;

use super::sky::SkyMap;
use super::{Args, Found};
use crate::context::Context;
use crate::failure::Failure;
use crate::query::{DatasetRequest, Files, Source, engine};

/// Datasets whose files are looked up together.
const TOGETHER: usize = 500;

/// Find the files.
pub fn find(args: &Args, stores: &Stores, context: &Context) -> Result<Found, Failure> {
    let is_bucket = args.source.starts_with("s3://");
    let path = Path::new(&args.source);
    if is_bucket || (path.is_dir() && !path.join("butler.yaml").exists()) {
        return folder(args, stores, context);
    }
    for (flag, is_given) in [
        ("--repo", args.repo.is_some()),
        ("--skymap", args.skymap.is_some()),
    ] {
        if is_given {
            return Err(Failure::Usage(format!(
                "{flag} is for folders of files; {} is a repository, which knows its sky maps",
                args.source
            )));
        }
    }
    let mut source = Source::open(&args.source, None, context)?;
    let mut names = vec![args.director.clone()];
    names.extend(args.child.iter().cloned());
    let mut files = Vec::new();
    for (table, name) in names.iter().enumerate() {
        let found = datasets(args, &mut source, name)?;
        for some in found.chunks(TOGETHER) {
            look_up(&mut source, table, some, &mut files)?;
        }
        if files.iter().all(|file: &CatalogueFile| file.table != table) {
            return Err(Failure::error(format!(
                "there are no datasets of type '{name}' with a file in the collections that were asked for"
            )));
        }
    }
    Ok((names, files, SkyMap::of_repo(source, args.margin)))
}

fn folder(args: &Args, stores: &Stores, context: &Context) -> Result<Found, Failure> {
    if args.expect.is_none() && !args.collections.is_empty() {
        return Err(Failure::Usage(
            "--collections are of a repository; with a folder of files only --expect uses them"
                .to_owned(),
        ));
    }
    let folder = match args.source.starts_with("s3://") {
        true => ResourcePath::parse(&args.source)?.into_folder(),
        false => DatastoreRoot::new(&std::path::absolute(&args.source)?)?
            .uri()
            .clone(),
    };
    let given = std::iter::once(&args.director).chain(&args.child);
    let tables: Result<Vec<FolderTable>, String> = given.map(|t| FolderTable::parse(t)).collect();
    let tables = tables.map_err(Failure::Usage)?;
    for (number, table) in tables.iter().enumerate() {
        if tables[..number]
            .iter()
            .any(|other| other.name == table.name)
        {
            let name = &table.name;
            return Err(Failure::Usage(format!(
                "there are two tables with the name {name}: give one another, as OTHER=PATTERN"
            )));
        }
    }
    let (files, others) = list_folder(&folder, &tables, stores)?;
    if others > 0 {
        tracing::info!("{others} other files below {folder} are of none of the tables");
    }
    let sky = match (&args.repo, &args.skymap) {
        (Some(repo), Some(skymap)) => {
            SkyMap::of_folder(Source::open(repo, None, context)?, skymap, args.margin)
        }
        _ if args.expect.is_some() || args.all_patches => {
            return Err(Failure::Usage(
                "--expect and --all-patches need --repo and --skymap to know the patches"
                    .to_owned(),
            ));
        }
        _ => SkyMap::none(),
    };
    Ok((
        tables.into_iter().map(|table| table.name).collect(),
        files,
        sky,
    ))
}

/// Ids and data IDs of the datasets of a type.
pub fn datasets(args: &Args, source: &mut Source, name: &str) -> Result<Vec<(Uuid, Key)>, Failure> {
    let types = [name.to_owned()];
    let any = DatasetRequest::of(&types, &args.collections, false)?;
    let is_ordered = !args.collections.is_empty() && !any.collections.has_globs();
    let request = DatasetRequest::of(&types, &args.collections, is_ordered)?;
    let searches = request.searches(source)?;
    if searches.is_empty() {
        return Err(Failure::error(format!("there is no dataset type '{name}'")));
    }
    let mut found = Vec::new();
    for search in searches
        .iter()
        .filter(|search| !search.collections.is_empty())
    {
        let query = args.expression.apply(RowQuery::datasets(search)?, &[])?;
        engine::execute(source, &query, &mut |row| {
            found.extend(dataset(search, row));
            Ok(())
        })?;
    }
    // One that is in several collections is there several times.
    found.sort_by_key(|(id, _)| *id);
    found.dedup_by(|(a, _), (b, _)| a == b);
    Ok(found)
}

fn dataset(search: &TypeSearch, row: &[ResultValue]) -> Option<(Uuid, Key)> {
    let names = search.dataset_type.dimensions.required();
    let values = names.zip(row).filter_map(|(name, value)| {
        let value = match value.data_id_value()? {
            DataIdValue::Int(value) => KeyValue::Number(value),
            DataIdValue::Str(value) => KeyValue::Text(value),
        };
        Some((name.to_owned(), value))
    });
    let key = Key::new(values);
    row.iter().find_map(|value| match value {
        ResultValue::Uuid(id) => Some((*id, key.clone())),
        _ => None,
    })
}

fn look_up(
    source: &mut Source,
    table: usize,
    datasets: &[(Uuid, Key)],
    into: &mut Vec<CatalogueFile>,
) -> Result<(), Failure> {
    let places = Files::of(source)?;
    let ids: Vec<Uuid> = datasets.iter().map(|(id, _)| *id).collect();
    let found = places.look_up(source, &ids)?;
    for (id, key) in datasets {
        let Some(records) = found.get(id) else {
            tracing::warn!("the dataset {id} ({key}) has no file");
            continue;
        };
        for record in records {
            let Files::Datastore { root, .. } = &places else {
                return Err(Failure::error(
                    "a server does not say where files are: verify the catalogue where the datastore is",
                ));
            };
            let uri = root.locate(&record.path)?.uri().clone();
            if !uri.fragment().is_empty() {
                return Err(Failure::error(format!(
                    "{uri} is a member of a zip file, which verify-catalogue does not read"
                )));
            }
            let name = match uri.local_path() {
                Some(path) => path.to_string_lossy().into_owned(),
                None => uri.to_string(),
            };
            into.push(CatalogueFile {
                table,
                key: key.clone(),
                name,
                uri: Place(uri),
            });
        }
    }
    Ok(())
}
