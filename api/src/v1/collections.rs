//! `GET collections`: which there are, and how they are chained.

use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::listing::CollectionCatalog;
use pantry_registry::model::collection::CollectionType;

use super::answer::SmallTable;
use super::format::Format;
use super::openapi::RowsPage;
use super::parameters::{Parameters, fail};
use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::rows::{Chains, CollectionListing, Value};

/// Words of the parameter `chains`, as the command line has them.
const CHAINS: [(&str, Chains); 6] = [
    ("table", Chains::Table),
    ("inverse-table", Chains::InverseTable),
    ("tree", Chains::Tree),
    ("inverse-tree", Chains::InverseTree),
    ("flatten", Chains::Flatten),
    ("no-children", Chains::NoChildren),
];

/// The collections.
#[utoipa::path(
    get,
    path = "/api/v1/repos/{label}/collections",
    operation_id = "collections",
    tag = "collections",
    summary = "Collections and how they are chained.",
    params(
        ("label" = String, Path, description = "The repo"),
        ("name" = Option<Vec<String>>, Query, description = "Names or glob patterns; all if not given"),
        ("type" = Option<Vec<String>>, Query, description = "RUN, TAGGED, CHAINED or CALIBRATION"),
        ("chains" = Option<String>, Query, description = "table (a column of children), inverse-table (of parents), tree, inverse-tree (with a column depth), flatten or no-children"),
        ("dataset_types" = Option<bool>, Query, description = "Whether a column lists the dataset types that a collection may hold"),
        ("format" = Option<String>, Query, description = "json, jsonl, csv, parquet, arrow or votable; without it what Accept prefers, else JSON")
    ),
    responses((status = 200, description = "The rows", body = RowsPage))
)]
pub async fn list(
    asked: Asked,
    format: Format,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    parameters.check_names(&["name", "type", "chains", "dataset_types", "format"])?;
    let wildcard = parameters.wildcard("name");
    let types = types(&parameters)?;
    let chains = chains(&parameters)?;
    let with_types = parameters.flag("dataset_types")?;
    let question = move |registry: &mut Registry| {
        let catalog = registry.read(CollectionCatalog::read)?;
        let listing = CollectionListing {
            catalog: &catalog,
            chains,
            excluded: with_types.then(Vec::new),
        };
        let entries = listing.entries(&wildcard, &types)?;
        let owned = |row: Vec<Value<'_>>| row.into_iter().map(Value::into_owned).collect();
        Ok(SmallTable {
            name: "collections",
            columns: listing.columns(),
            rows: entries.iter().map(|e| owned(listing.row(e))).collect(),
        })
    };
    asked.repo.ask(question).await?.answer(format)
}

fn types(parameters: &Parameters) -> Result<Vec<CollectionType>, Refusal> {
    let names = parameters.list("type");
    if names.is_empty() {
        return Ok(CollectionType::ALL.to_vec());
    }
    let read = |name: &String| {
        CollectionType::from_name(&name.to_ascii_uppercase()).ok_or_else(|| {
            let all = CollectionType::ALL.map(CollectionType::name).join(", ");
            fail(
                "type",
                format!("there is no type '{name}'; there are: {all}"),
            )
        })
    };
    names.iter().map(read).collect()
}

fn chains(parameters: &Parameters) -> Result<Chains, Refusal> {
    let word = parameters.text("chains")?.unwrap_or("table");
    let found = CHAINS.into_iter().find(|(name, _)| *name == word);
    found.map(|(_, chains)| chains).ok_or_else(|| {
        let all = CHAINS.map(|(name, _)| name).join(", ");
        fail("chains", format!("there is no '{word}'; there are: {all}"))
    })
}
