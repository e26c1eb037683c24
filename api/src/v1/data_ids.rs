//! `GET data-ids`: the values that dimensions have together.

use std::io::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::listing::{RowQuery, SortKey, usual_order};
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::query::QueryError;
use pantry_registry::query::tree::{ColumnReference, QueryTree};

use super::answer::streamed;
use super::cursor::Cursor;
use super::format::Format;
use super::openapi::RowsPage;
use super::paged::{Paged, limit, lost};
use super::parameters::{Parameters, fail};
use super::restriction::{Existing, Filter};
use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::rows::Layout;
use crate::server::Server;

/// What is asked for.
struct Request {
    dimensions: DimensionGroup,
    existing: Existing,
    filter: Filter,
    limit: Option<u64>,
    cursor: Option<Cursor>,
}

/// The data IDs.
#[utoipa::path(
    get,
    path = "/api/v1/repos/{label}/data-ids",
    operation_id = "data_ids",
    tag = "data ids",
    summary = "The values that dimensions have together.",
    params(
        ("label" = String, Path, description = "The repo"),
        ("dimensions" = Vec<String>, Query, description = "Dimensions such as visit,detector; what they require and imply comes with them"),
        ("datasets" = Option<String>, Query, description = "Only what datasets of these types exist for: a name or a glob pattern"),
        ("collections" = Option<Vec<String>>, Query, description = "Collections in which `datasets` are looked for: names or glob patterns; all if not given"),
        ("where" = Option<String>, Query, description = "Expression that rows must fulfil, in the language of the Butler. Values of names in it, as :v, come as parameters such as bind.v=3: a literal or a list of literals of the language, and anything else is text"),
        ("order_by" = Option<Vec<String>>, Query, description = "What to sort by: dimensions or fields, the largest first after a minus sign; then `next` counts rows"),
        ("limit" = Option<u64>, Query, minimum = 1, description = "The most rows; all without it"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("format" = Option<String>, Query, description = "json, jsonl, csv, parquet, arrow or votable; without it what Accept prefers, else JSON")
    ),
    responses((status = 200, description = "The rows", body = RowsPage))
)]
pub async fn list(
    State(server): State<Arc<Server>>,
    asked: Asked,
    format: Format,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    parameters.check_names(&[
        "dimensions",
        "datasets",
        "collections",
        "where",
        "order_by",
        "limit",
        "cursor",
        "format",
    ])?;
    let names = parameters.list("dimensions");
    if names.is_empty() {
        return Err(fail(
            "dimensions",
            "it is missing; write names with commas between them",
        ));
    }
    let dimensions = DimensionGroup::conform(&asked.repo.universe, names);
    let request = Request {
        dimensions: dimensions.map_err(QueryError::from)?,
        existing: Existing::of(&parameters)?,
        filter: Filter::of(&parameters)?,
        limit: limit(&parameters)?,
        cursor: Cursor::of(&parameters)?,
    };
    streamed(&server, &asked, format, move |registry, out| {
        request.answer(registry, format, out)
    })
    .await
}

impl Request {
    fn answer(
        &self,
        registry: &mut Registry,
        format: Format,
        out: &mut dyn Write,
    ) -> Result<(), Refusal> {
        let layout = Layout::data_ids(&self.dimensions);
        let mut sink = format
            .sink("data IDs", layout.columns(), out)
            .map_err(lost)?;
        let tree = QueryTree::identity(self.dimensions.universe());
        if let Some(tree) = self.existing.join(registry, tree)? {
            let may_repeat = !tree.datasets.is_empty();
            let query = RowQuery::data_ids(tree, self.dimensions.clone());
            let paged = Paged {
                query: self.filter.apply(query)?,
                keys: required_order(&self.dimensions)?,
                may_repeat,
                place: self.cursor.as_ref().map(|cursor| cursor.place.clone()),
                limit: self.limit,
            };
            let end = paged.each(registry, &mut |cells| sink.row(&layout.row(cells)))?;
            if let Some(place) = end.next {
                let part = String::new();
                let cursor = Cursor { part, place };
                sink.more(&cursor.written()).map_err(lost)?;
            }
        }
        sink.finish().map_err(lost)
    }
}

/// The required dimensions in the usual order; they are the first cells of a row.
///
/// # Errors
/// None for the dimensions of a group.
pub fn required_order(dimensions: &DimensionGroup) -> Result<Vec<SortKey>, QueryError> {
    let mut order = usual_order(dimensions, 0)?;
    let is_required = |key: &SortKey| match &key.column {
        ColumnReference::DimensionKey { dimension, .. } => {
            dimensions.required().any(|required| required == dimension)
        }
        _ => false,
    };
    order.retain(is_required);
    Ok(order)
}
