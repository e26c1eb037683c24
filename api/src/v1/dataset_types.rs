//! `GET dataset-types`.

use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::listing::{CollectionCatalog, search_dataset_types};
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::dataset_type::DatasetType;

use super::answer::SmallTable;
use super::format::Format;
use super::openapi::RowsPage;
use super::parameters::Parameters;
use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::rows::{Value, dataset_type_columns, dataset_type_row};

/// The dataset types, in order of name.
#[utoipa::path(
    get,
    path = "/api/v1/repos/{label}/dataset-types",
    operation_id = "dataset_types",
    tag = "dataset types",
    summary = "Dataset types in order of name.",
    params(
        ("label" = String, Path, description = "The repo"),
        ("name" = Option<Vec<String>>, Query, description = "Names or glob patterns; all if not given"),
        ("collections" = Option<Vec<String>>, Query, description = "Only dataset types that may be in one of these: names or glob patterns"),
        ("format" = Option<String>, Query, description = "json, jsonl, csv, parquet, arrow or votable; without it what Accept prefers, else JSON")
    ),
    responses((status = 200, description = "The rows", body = RowsPage))
)]
pub async fn list(
    asked: Asked,
    format: Format,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    parameters.check_names(&["name", "collections", "format"])?;
    let wildcard = parameters.wildcard("name");
    let is_restricted = !parameters.list("collections").is_empty();
    let collections = parameters.wildcard("collections");
    let question = move |registry: &mut Registry| {
        registry.read(|registry| {
            let found = search_dataset_types(registry, &wildcard)?.found.into_iter();
            let mut found: Vec<DatasetType> = found.map(|t| t.dataset_type).collect();
            if is_restricted {
                let catalog = CollectionCatalog::read(registry)?;
                let collections =
                    catalog.resolve(&collections, &CollectionType::ALL, false, None)?;
                let held = collections.iter().map(|c| catalog.dataset_types(&c.name));
                let held: Vec<_> = held.collect();
                found.retain(|t| held.iter().any(|types| types.contains(t.name.as_str())));
            }
            found.sort_by(|a, b| a.name.cmp(&b.name));
            found.dedup_by(|a, b| a.name == b.name);
            Ok::<_, Refusal>(found)
        })
    };
    let found = asked.repo.ask(question).await?;
    let table = SmallTable {
        name: "dataset types",
        columns: dataset_type_columns().to_vec(),
        rows: found
            .iter()
            .map(|t| dataset_type_row(t).map(Value::into_owned).to_vec())
            .collect(),
    };
    table.answer(format)
}
