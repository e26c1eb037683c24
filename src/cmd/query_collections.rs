//! `pantry query-collections`: collections and how they are chained (`lsst/daf/butler/script/queryCollections.py`).
use std::io::Write;

use clap::ValueEnum;
use pantry_api::rows::{Chains, CollectionEntry, CollectionListing};
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::glob::{Glob, Wildcard, split_commas};

use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query::Source;
use crate::rows::{OutputFormat, Value};
use crate::table::{Align, Table};

/// Arguments of `query-collections`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository, or the address of a Butler server's
    repo: String,

    /// Names or glob patterns of the collections to list; all if none is given. Also comma-separated
    glob: Vec<String>,

    /// List only collections of this type. Repeatable
    #[arg(long, value_enum, ignore_case = true, value_name = "TYPE")]
    collection_type: Vec<TypeName>,

    /// How chains are shown
    #[arg(long, value_enum, ignore_case = true, default_value = "tree")]
    chains: ChainsName,

    /// Also show the dataset types that each collection may hold
    #[arg(short = 't', long)]
    show_dataset_types: bool,

    /// Dataset types that --show-dataset-types leaves out, as glob patterns. Repeatable, also comma-separated
    #[arg(
        long,
        value_name = "GLOB",
        default_value = "*_config,*_log,*_metadata,packages"
    )]
    exclude_dataset_types: Vec<String>,

    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// The types of collection.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum TypeName {
    Run,
    Tagged,
    Chained,
    Calibration,
}

impl From<TypeName> for CollectionType {
    fn from(name: TypeName) -> Self {
        match name {
            TypeName::Run => Self::Run,
            TypeName::Tagged => Self::Tagged,
            TypeName::Chained => Self::Chained,
            TypeName::Calibration => Self::Calibration,
        }
    }
}

/// How chains are shown.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ChainsName {
    /// A column lists the children of chains
    Table,
    /// A column lists the chains that a collection is a child of
    InverseTable,
    /// Below each chain its children, indented, and theirs
    Tree,
    /// Below each collection the chains that it is a child of, indented, and theirs
    InverseTree,
    /// No chains, but all that is below them
    Flatten,
    /// Chains like any other collection
    NoChildren,
}

impl From<ChainsName> for Chains {
    fn from(name: ChainsName) -> Self {
        match name {
            ChainsName::Table => Self::Table,
            ChainsName::InverseTable => Self::InverseTable,
            ChainsName::Tree => Self::Tree,
            ChainsName::InverseTree => Self::InverseTree,
            ChainsName::Flatten => Self::Flatten,
            ChainsName::NoChildren => Self::NoChildren,
        }
    }
}

/// Prints the collections.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.format.check_terminal()?;
    let catalog = Source::open(&args.repo, None, context)?.collections()?;
    let listing = CollectionListing {
        catalog: &catalog,
        chains: args.chains.into(),
        excluded: args.show_dataset_types.then(|| {
            let patterns = split_commas(&args.exclude_dataset_types).values;
            patterns.iter().map(|pattern| Glob::new(pattern)).collect()
        }),
    };
    let types: Vec<CollectionType> = match args.collection_type.as_slice() {
        [] => CollectionType::ALL.to_vec(),
        some => some.iter().map(|name| (*name).into()).collect(),
    };
    let wildcard = Wildcard::parse(&split_commas(&args.glob).values);
    let entries = listing.entries(&wildcard, &types)?;
    let mut out = context.stdout();
    match args.format {
        OutputFormat::Table => {
            let table = table(&listing, &entries);
            if !table.is_empty() {
                table.write_to(&mut out)?;
            }
        }
        format => {
            let mut sink = format.sink(&listing.columns(), &mut out)?;
            for entry in &entries {
                sink.row(&listing.row(entry))?;
            }
            sink.finish()?;
        }
    }
    out.flush()?;
    Ok(())
}

/// The table as the reference prints it: one line per relative and dataset type, with what repeats left blank.
fn table(listing: &CollectionListing<'_>, entries: &[CollectionEntry<'_>]) -> Table {
    let relatives = match listing.chains {
        Chains::Table => {
            let is_chain =
                |e: &CollectionEntry| e.collection.collection_type == CollectionType::Chained;
            entries.iter().any(is_chain).then_some("Children")
        }
        Chains::InverseTable => {
            let has_parent = |e: &CollectionEntry| !listing.relatives(e.collection).is_empty();
            entries.iter().any(has_parent).then_some("Parents")
        }
        _ => None,
    };
    let mut columns = vec!["Name", "Type"];
    columns.extend(relatives);
    columns.extend(listing.excluded.is_some().then_some("Dataset Types"));
    let mut table = Table::new(&columns, Align::Left);
    for entry in entries {
        let mut first = true;
        for (relative, types) in lines(listing, entry) {
            for (at, dataset_type) in types.iter().enumerate() {
                let mut row: Vec<Value> = match std::mem::take(&mut first) {
                    true => vec![
                        format!("{:1$}{2}", "", 2 * entry.depth, entry.collection.name).into(),
                        entry.collection.collection_type.name().into(),
                    ],
                    false => vec!["".into(), "".into()],
                };
                if relatives.is_some() {
                    row.push(if at == 0 { relative.into() } else { "".into() });
                }
                row.extend(
                    listing
                        .excluded
                        .is_some()
                        .then(|| Value::from(*dataset_type)),
                );
                table.push(&row);
            }
        }
    }
    table
}

/// The relatives of an entry in a table, each with its dataset types; an entry without any has its own. There is
/// always at least one of both, if need be blank.
fn lines<'a>(
    listing: &CollectionListing<'a>,
    entry: &CollectionEntry<'a>,
) -> Vec<(&'a str, Vec<&'a str>)> {
    let collection = entry.collection;
    let types = |name: &str| match listing.dataset_types(name) {
        Some(types) if !types.is_empty() => types,
        _ => vec![""],
    };
    match listing.chains {
        Chains::Table | Chains::InverseTable => {
            let relatives = listing.relatives(collection);
            if relatives.is_empty() {
                return vec![("", types(&collection.name))];
            }
            relatives.iter().map(|name| (*name, types(name))).collect()
        }
        Chains::Tree | Chains::InverseTree
            if collection.collection_type == CollectionType::Chained =>
        {
            vec![("", vec![""])]
        }
        _ => vec![("", types(&collection.name))],
    }
}
