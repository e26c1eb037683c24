//! `pantry query-collections`: collections and how they are chained (`lsst/daf/butler/script/queryCollections.py`).
use std::io::Write;

use clap::ValueEnum;
use pantry_registry::listing::CollectionCatalog;
use pantry_registry::model::collection::{Collection, CollectionType};
use pantry_registry::model::glob::{Glob, Wildcard, split_commas};

use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::query;
use crate::rows::{Column, Kind, OutputFormat, Value};
use crate::table::{Align, Table};

/// Arguments of `query-collections`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository
    repo: String,

    /// Names or glob patterns of the collections to list; all if none is given. Also comma-separated
    glob: Vec<String>,

    /// List only collections of this type. Repeatable
    #[arg(long, value_enum, ignore_case = true, value_name = "TYPE")]
    collection_type: Vec<TypeName>,

    /// How chains are shown
    #[arg(long, value_enum, ignore_case = true, default_value = "tree")]
    chains: Chains,

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Chains {
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

/// A collection as it is listed.
struct Entry<'a> {
    collection: &'a Collection,
    /// How far it is indented in a tree.
    depth: usize,
}

/// Prints the collections.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    args.format.check_terminal()?;
    let mut repo = query::open(&args.repo, context)?;
    let catalog = CollectionCatalog::read(&mut repo.registry)?;
    let listing = Listing {
        catalog: &catalog,
        chains: args.chains,
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
            let table = listing.table(&entries)?;
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

struct Listing<'a> {
    catalog: &'a CollectionCatalog,
    chains: Chains,
    /// Patterns of the dataset types that are left out; `None` if no dataset types are shown.
    excluded: Option<Vec<Glob>>,
}

impl<'a> Listing<'a> {
    fn entries(
        &self,
        wildcard: &Wildcard,
        types: &[CollectionType],
    ) -> Result<Vec<Entry<'a>>, Failure> {
        let flatten = self.chains == Chains::Flatten;
        let mut found = self.catalog.resolve(wildcard, types, flatten, None)?;
        if !matches!(self.chains, Chains::Flatten | Chains::NoChildren) {
            found.sort_by(|a, b| a.name.cmp(&b.name));
        }
        let mut entries = Vec::new();
        for collection in found {
            self.add(collection, 0, &mut entries)?;
        }
        Ok(entries)
    }

    /// Adds a collection and what is below it in a tree.
    fn add(
        &self,
        collection: &'a Collection,
        depth: usize,
        entries: &mut Vec<Entry<'a>>,
    ) -> Result<(), Failure> {
        entries.push(Entry { collection, depth });
        if matches!(self.chains, Chains::Tree | Chains::InverseTree) {
            for name in self.relatives(collection) {
                self.add(self.catalog.get(name)?, depth + 1, entries)?;
            }
        }
        Ok(())
    }

    /// The children of a collection, or its parents.
    fn relatives(&self, collection: &Collection) -> Vec<&'a str> {
        match self.chains {
            Chains::InverseTable | Chains::InverseTree => self.catalog.parents(&collection.name),
            _ => {
                let children = self.catalog.children(&collection.name);
                children.iter().map(String::as_str).collect()
            }
        }
    }

    /// The dataset types of a collection that are not left out.
    fn dataset_types(&self, name: &str) -> Option<Vec<&'a str>> {
        let excluded = self.excluded.as_ref()?;
        let mut types: Vec<&str> = self.catalog.dataset_types(name).into_iter().collect();
        types.retain(|t| !excluded.iter().any(|pattern| pattern.matches(t)));
        Some(types)
    }

    /// Columns of the machine formats.
    fn columns(&self) -> Vec<Column> {
        let mut columns = vec![Column::text("name"), Column::text("type")];
        match self.chains {
            Chains::Table => columns.push(Column::new("children", Kind::Texts)),
            Chains::InverseTable => columns.push(Column::new("parents", Kind::Texts)),
            Chains::Tree | Chains::InverseTree => columns.push(Column::new("depth", Kind::Int)),
            Chains::Flatten | Chains::NoChildren => {}
        }
        let types = Column::new("dataset_types", Kind::Texts);
        columns.extend(self.excluded.is_some().then_some(types));
        columns
    }

    /// A row of the machine formats.
    fn row(&self, entry: &Entry<'a>) -> Vec<Value<'a>> {
        let collection = entry.collection;
        let mut row = vec![
            collection.name.as_str().into(),
            collection.collection_type.name().into(),
        ];
        match self.chains {
            Chains::Table | Chains::InverseTable => {
                row.push(self.relatives(collection).into_iter().collect());
            }
            Chains::Tree | Chains::InverseTree => row.push(Value::Int(entry.depth as i64)),
            Chains::Flatten | Chains::NoChildren => {}
        }
        let types = self.dataset_types(&collection.name);
        row.extend(types.map(|types| types.into_iter().collect::<Value>()));
        row
    }

    /// The table as the reference prints it: one line per relative and dataset type, with what repeats left blank.
    fn table(&self, entries: &[Entry<'a>]) -> Result<Table, Failure> {
        let relatives = match self.chains {
            Chains::Table => {
                let is_chain = |e: &Entry| e.collection.collection_type == CollectionType::Chained;
                entries.iter().any(is_chain).then_some("Children")
            }
            Chains::InverseTable => {
                let has_parent = |e: &Entry| !self.relatives(e.collection).is_empty();
                entries.iter().any(has_parent).then_some("Parents")
            }
            _ => None,
        };
        let mut columns = vec!["Name", "Type"];
        columns.extend(relatives);
        columns.extend(self.excluded.is_some().then_some("Dataset Types"));
        let mut table = Table::new(&columns, Align::Left);
        for entry in entries {
            let mut first = true;
            for (relative, types) in self.lines(entry) {
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
                    row.extend(self.excluded.is_some().then(|| Value::from(*dataset_type)));
                    table.push(&row);
                }
            }
        }
        Ok(table)
    }

    /// The relatives of an entry in a table, each with its dataset types; an entry without any has its own. There is
    /// always at least one of both, if need be blank.
    fn lines(&self, entry: &Entry<'a>) -> Vec<(&'a str, Vec<&'a str>)> {
        let collection = entry.collection;
        let types = |name: &str| match self.dataset_types(name) {
            Some(types) if !types.is_empty() => types,
            _ => vec![""],
        };
        match self.chains {
            Chains::Table | Chains::InverseTable => {
                let relatives = self.relatives(collection);
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
}
