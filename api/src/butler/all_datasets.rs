//! `POST v1/query/all_datasets`: the datasets of several types (`lsst/daf/butler/_query_all_datasets.py`).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::listing::{CollectionCatalog, TypeSearch, search_dataset_types};
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::glob::Wildcard;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::QueryInputs;
use pantry_registry::query::expression::{
    Binds, IdentifierContext, data_id_predicate, where_predicate,
};
use pantry_registry::query::tree::json::literal_from_json;
use pantry_registry::query::tree::{ColumnLiteral, QueryTree, ResultSpec};
use serde_json::Value;

use super::query::{PAGES, send_rows};
use super::request::{Fields, default_data_id, parse};
use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::streaming::{Pages, stream};

/// What is asked for.
struct Request {
    collections: Vec<String>,
    names: Vec<String>,
    find_first: bool,
    data_id: Vec<(String, ColumnLiteral)>,
    expression: String,
    binds: Binds,
    limit: Option<i64>,
    with_dimension_records: bool,
    inputs: QueryInputs,
}

/// All datasets, type by type.
pub async fn all_datasets(
    State(server): State<Arc<Server>>,
    asked: Asked,
    body: Bytes,
) -> Result<Response, Refusal> {
    let request = Request::read(&parse(&body)?, &asked.repo.universe)?;
    let work = move |registry: &mut Registry, pages: &Pages| request.answer(registry, pages);
    stream(&server, &asked, PAGES, work).await
}

impl Request {
    fn read(body: &Value, universe: &Arc<Universe>) -> Result<Self, Refusal> {
        let request = Fields::of(body)?;
        let defaults = default_data_id(request.data_id("default_data_id")?);
        let literal = |(name, value): (String, DataIdValue)| match value {
            DataIdValue::Int(v) => (name, ColumnLiteral::Int(v)),
            DataIdValue::Str(v) => (name, ColumnLiteral::String(v)),
        };
        request.required("data_id")?;
        let limit = match request.required("limit")? {
            Value::Null => None,
            value => Some(
                value
                    .as_i64()
                    .ok_or_else(|| request.fail("limit", "Input should be a valid integer"))?,
            ),
        };
        Ok(Self {
            collections: request.texts("collections")?,
            names: request.texts("name")?,
            find_first: request.flag("find_first")?,
            data_id: request
                .data_id("data_id")?
                .into_iter()
                .map(literal)
                .collect(),
            expression: request.text("where")?.to_owned(),
            binds: binds(&request, universe)?,
            limit,
            with_dimension_records: request.flag("with_dimension_records")?,
            inputs: QueryInputs {
                default_data_id: defaults,
                ..QueryInputs::default()
            },
        })
    }

    fn answer(&self, registry: &mut Registry, pages: &Pages) -> Result<(), Refusal> {
        let mut left = self.limit.map(|limit| u64::try_from(limit).unwrap_or(0));
        for search in self.searches(registry)? {
            let (tree, kind) = search.query(self.with_dimension_records)?;
            let tree = self.filter(tree, &search)?;
            let spec = ResultSpec {
                limit: left,
                ..ResultSpec::new(kind)
            };
            let mut found = 0;
            let count = |rows| found += rows;
            if !send_rows(registry, &tree, &spec, &self.inputs, pages, count)? {
                return Ok(());
            }
            left = left.map(|left| left.saturating_sub(found));
            if left == Some(0) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The dataset types with the collections that may hold such datasets, in order of their names.
    fn searches(&self, registry: &mut Registry) -> Result<Vec<TypeSearch>, Refusal> {
        let collections = Wildcard::parse_list(&self.collections);
        if self.find_first && (collections.has_globs() || self.collections.is_empty()) {
            let detail = "Can not use wildcards in collections when find_first=True";
            return Err(QueryError::invalid(detail).into());
        }
        let types = search_dataset_types(registry, &Wildcard::parse_list(&self.names))?;
        let missing = |detail: String| Refusal::User {
            error_type: "missing_dataset_type",
            detail,
        };
        if types.found.is_empty() {
            let names = python_list(&self.names);
            return Err(missing(format!("No dataset types found for query {names}")));
        }
        if !types.missing.is_empty() {
            let names = python_list(&types.missing);
            return Err(missing(format!("Dataset types not found: {names}")));
        }
        let catalog = CollectionCatalog::read(registry)?;
        let collections = catalog.resolve(&collections, &CollectionType::ALL, true, None)?;
        let mut searches: Vec<TypeSearch> = types
            .found
            .into_iter()
            .map(|found| TypeSearch::new(found, &collections, self.find_first, &catalog))
            .filter(|search| !search.collections.is_empty())
            .collect();
        searches.sort_by(|a, b| a.dataset_type.name.cmp(&b.dataset_type.name));
        searches.dedup_by(|a, b| a.dataset_type.name == b.dataset_type.name);
        Ok(searches)
    }

    fn filter(&self, tree: QueryTree, search: &TypeSearch) -> Result<QueryTree, Refusal> {
        let dimensions = &search.dataset_type.dimensions;
        let datasets = [search.dataset_type.name.clone()];
        let context = IdentifierContext {
            dimensions,
            datasets: &datasets,
            binds: &self.binds,
        };
        let mut tree = tree;
        if !self.data_id.is_empty() {
            let fixed = data_id_predicate(dimensions.universe(), self.data_id.clone())?;
            tree = tree.filter(fixed)?;
        }
        if !self.expression.is_empty() {
            tree = tree.filter(where_predicate(&self.expression, &context)?)?;
        }
        Ok(tree)
    }
}

fn binds(request: &Fields<'_>, universe: &Arc<Universe>) -> Result<Binds, Refusal> {
    let bind = request.required("bind")?.as_object();
    let bind = bind.ok_or_else(|| request.fail("bind", "Input should be an object"))?;
    let mut binds = Binds::new();
    for (name, value) in bind {
        let literal = literal_from_json(value, universe)
            .map_err(|e| request.fail("bind", format!("{name}: {e}")))?;
        binds.insert(name, literal);
    }
    Ok(binds)
}

/// A list as Python prints it.
fn python_list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|n| format!("'{n}'")).collect();
    format!("[{}]", names.join(", "))
}
