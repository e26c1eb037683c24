//! `GET dimension-records/{element}`: what is known of the values of a dimension element.

use std::io::Write;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::listing::{RecordField, RowQuery, record_fields, with_pixel};
use pantry_registry::model::element::Element;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::execute::ResultValue;
use pantry_registry::query::tree::QueryTree;
use pantry_registry::skypix::SkyPixelization;

use super::answer::streamed;
use super::cursor::Cursor;
use super::format::Format;
use super::openapi::RowsPage;
use super::paged::{Paged, limit, lost};
use super::parameters::Parameters;
use super::restriction::{Existing, Filter};
use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::rows::Layout;
use crate::server::Server;

/// What is asked for.
struct Request {
    universe: Arc<Universe>,
    element: String,
    existing: Existing,
    filter: Filter,
    limit: Option<u64>,
    cursor: Option<Cursor>,
}

/// The records.
#[utoipa::path(
    get,
    path = "/api/v1/repos/{label}/dimension-records/{element}",
    operation_id = "dimension_records",
    tag = "dimension records",
    summary = "What is known of the values of a dimension element.",
    params(
        ("label" = String, Path, description = "The repo"),
        ("element" = String, Path, description = "Dimension element such as visit, detector or patch"),
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
    Path((_, element)): Path<(String, String)>,
    format: Format,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    parameters.check_names(&[
        "datasets",
        "collections",
        "where",
        "order_by",
        "limit",
        "cursor",
        "format",
    ])?;
    let universe = Arc::clone(&asked.repo.universe);
    if universe.get(&element).is_none() {
        let detail = format!("there is no dimension element '{element}'");
        return Err(Refusal::NotFound(detail));
    }
    let request = Request {
        universe,
        element,
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
        let identity = QueryTree::identity(&self.universe);
        let joined = self.existing.join(registry, identity.clone())?;
        let tree = joined.as_ref().unwrap_or(&identity).clone();
        let may_repeat = !tree.datasets.is_empty();
        let query = RowQuery::dimension_records(tree, &self.element)?;
        let query = self.filter.apply(query)?;
        let fields = record_fields(&query)?;
        let layout = layout(&fields);
        let mut sink = format
            .sink(&self.element, layout.columns(), out)
            .map_err(lost)?;
        if joined.is_some() {
            let paged = Paged {
                query,
                keys: fields.into_iter().filter_map(|field| field.key).collect(),
                may_repeat,
                place: self.cursor.as_ref().map(|cursor| cursor.place.clone()),
                limit: self.limit,
            };
            let pixels = self.pixels()?;
            let visit = &mut |cells: &[ResultValue]| match &pixels {
                None => sink.row(&layout.row(cells)),
                Some(pixels) => {
                    let cells = with_pixel(cells, pixels).map_err(std::io::Error::other)?;
                    sink.row(&layout.row(&cells))
                }
            };
            if let Some(place) = paged.each(registry, visit)?.next {
                let part = String::new();
                let cursor = Cursor { part, place };
                sink.more(&cursor.written()).map_err(lost)?;
            }
        }
        sink.finish().map_err(lost)
    }

    /// The pixelisation, if the element is of one.
    fn pixels(&self) -> Result<Option<SkyPixelization>, Refusal> {
        match self
            .universe
            .get(&self.element)
            .is_some_and(Element::is_skypix)
        {
            true => Ok(Some(SkyPixelization::of(&self.universe, &self.element)?)),
            false => Ok(None),
        }
    }
}

fn layout(fields: &[RecordField]) -> Layout {
    let mut layout = Layout::default();
    for field in fields {
        layout.push_field(&field.name, field.column_type, field.place);
    }
    layout
}
