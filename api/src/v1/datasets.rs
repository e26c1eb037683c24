//! `GET datasets`: the datasets of dataset types in collections.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::listing::{
    CollectionCatalog, RowQuery, SortKey, TypeSearch, search_dataset_types,
};
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::glob::Wildcard;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::ResultValue;
use pantry_registry::query::tree::{ColumnReference, DatasetField, DatasetKey};

use super::answer::streamed;
use super::cursor::Cursor;
use super::data_ids::required_order;
use super::format::Format;
use super::openapi::RowsPage;
use super::paged::{Paged, limit, lost};
use super::parameters::{Parameters, fail};
use super::restriction::Filter;
use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::rows::{Column, Layout, Value, dataset_keys};
use crate::server::Server;

/// What is asked for.
struct Request {
    types: Wildcard,
    collections: Wildcard,
    find_first: bool,
    filter: Filter,
    limit: Option<u64>,
    cursor: Option<Cursor>,
}

/// The datasets, type by type; those of a type by run and data ID.
#[utoipa::path(
    get,
    path = "/api/v1/repos/{label}/datasets",
    operation_id = "datasets",
    tag = "datasets",
    summary = "Datasets, type by type; those of a type by run and data ID.",
    params(
        ("label" = String, Path, description = "The repo"),
        ("type" = Option<Vec<String>>, Query, description = "Names or glob patterns of dataset types; all if not given"),
        ("collections" = Option<Vec<String>>, Query, description = "Collections to look in: names or glob patterns; all if not given"),
        ("find_first" = Option<bool>, Query, description = "For each data ID only the dataset in the first of `collections` that has one"),
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
    let request = Request::of(&parameters)?;
    streamed(&server, &asked, format, move |registry, out| {
        request.answer(registry, format, out)
    })
    .await
}

impl Request {
    fn of(parameters: &Parameters) -> Result<Self, Refusal> {
        parameters.check_names(&[
            "type",
            "collections",
            "find_first",
            "where",
            "order_by",
            "limit",
            "cursor",
            "format",
        ])?;
        let request = Self {
            types: parameters.wildcard("type"),
            collections: parameters.wildcard("collections"),
            find_first: parameters.flag("find_first")?,
            filter: Filter::of(parameters)?,
            limit: limit(parameters)?,
            cursor: Cursor::of(parameters)?,
        };
        if request.find_first && request.collections.has_globs() {
            return Err(fail(
                "find_first",
                "it needs 'collections' with names: the order of what fits a pattern means nothing",
            ));
        }
        if !request.filter.order_by.is_empty() && request.types.has_globs() {
            return Err(fail(
                "order_by",
                "it needs the name of one dataset type as 'type'",
            ));
        }
        Ok(request)
    }

    fn answer(
        &self,
        registry: &mut Registry,
        format: Format,
        out: &mut dyn Write,
    ) -> Result<(), Refusal> {
        let searches = self.searches(registry)?;
        let keys = dataset_keys(&searches).map_err(QueryError::from)?;
        let mut columns = ["type", "run", "id"].map(Column::text).to_vec();
        columns.extend(keys.iter().cloned());
        let mut sink = format.sink("datasets", &columns, out).map_err(lost)?;
        let mut left = self.limit;
        for search in &searches {
            let name = search.dataset_type.name.as_str();
            let place = match &self.cursor {
                Some(cursor) if name < cursor.part.as_str() => continue,
                Some(cursor) if name == cursor.part => Some(cursor.place.clone()),
                _ => None,
            };
            if search.collections.is_empty() {
                continue;
            }
            let paged = Paged {
                query: self.filter.apply(RowQuery::datasets(search)?)?,
                keys: sort_keys(search)?,
                may_repeat: search.may_repeat(),
                place,
                limit: left,
            };
            let row = DatasetRow::new(search, &keys);
            let end = paged.each(registry, &mut |cells| sink.row(&row.of(cells)))?;
            if let Some(place) = end.next {
                let cursor = Cursor {
                    part: name.to_owned(),
                    place,
                };
                sink.more(&cursor.written()).map_err(lost)?;
                break;
            }
            left = left.map(|left| left.saturating_sub(end.rows));
        }
        sink.finish().map_err(lost)
    }

    /// The dataset types with the collections that may hold such datasets, in order of their names.
    fn searches(&self, registry: &mut Registry) -> Result<Vec<TypeSearch>, Refusal> {
        let types = search_dataset_types(registry, &self.types)?;
        if let Some(name) = types.missing.first() {
            return Err(QueryError::MissingDatasetType(name.clone()).into());
        }
        let by_name = types.found.into_iter();
        let by_name: BTreeMap<_, _> = by_name.map(|t| (t.dataset_type.name.clone(), t)).collect();
        if by_name.len() > 1 && !self.filter.order_by.is_empty() {
            return Err(fail(
                "order_by",
                "it needs the name of one dataset type as 'type'",
            ));
        }
        let catalog = CollectionCatalog::read(registry)?;
        let collections = catalog.resolve(&self.collections, &CollectionType::ALL, true, None)?;
        let searches = by_name
            .into_values()
            .map(|found| TypeSearch::new(found, &collections, self.find_first, &catalog));
        Ok(searches.collect())
    }
}

/// By run, then by the required dimensions: together they tell the datasets of a type apart.
pub fn sort_keys(search: &TypeSearch) -> Result<Vec<SortKey>, QueryError> {
    let dataset_type = &search.dataset_type;
    let dimensions = &dataset_type.dimensions;
    let mut keys = vec![SortKey {
        place: dimensions.data_coordinate_keys().count() + 1,
        column: ColumnReference::DatasetField {
            dataset_type: DatasetKey::from(dataset_type.name.as_str()),
            field: DatasetField::Run,
        },
    }];
    keys.extend(required_order(dimensions)?);
    Ok(keys)
}

/// How the cells of a dataset of one type become a row of a table of several types. Cells are the dimensions, the id and the
/// run.
pub struct DatasetRow {
    name: String,
    layout: Layout,
    /// For each dimension of the table its place among those of the type.
    places: Vec<Option<usize>>,
}

impl DatasetRow {
    /// For a type, and the dimensions of the table.
    pub fn new(search: &TypeSearch, keys: &[Column]) -> Self {
        let layout = Layout::data_ids(&search.dataset_type.dimensions);
        let own = layout.columns();
        let place = |key: &Column| own.iter().position(|own| own.name == key.name);
        Self {
            name: search.dataset_type.name.clone(),
            places: keys.iter().map(place).collect(),
            layout,
        }
    }

    /// The row: type, run, id, dimensions.
    pub fn of<'v>(&'v self, cells: &'v [ResultValue]) -> Vec<Value<'v>> {
        let values = self.layout.row(cells);
        let own = values.len();
        let text = |cell: Option<&'v ResultValue>| match cell {
            Some(ResultValue::Text(text)) => text.as_str().into(),
            Some(ResultValue::Uuid(id)) => id.to_string().into(),
            _ => Value::Null,
        };
        let mut row = vec![
            self.name.as_str().into(),
            text(cells.get(own + 1)),
            text(cells.get(own)),
        ];
        let value = |place: &Option<usize>| values.get((*place)?).cloned();
        let keys = self
            .places
            .iter()
            .map(|place| value(place).unwrap_or(Value::Null));
        row.extend(keys);
        row
    }
}
