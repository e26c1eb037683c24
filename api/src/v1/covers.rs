//! `GET covers`: what a position, or a cone around it, is covered by: records of spatial elements, such as tract, patch and
//! visit, and the datasets of data IDs there.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::listing::{CollectionCatalog, RowQuery, TypeSearch, search_dataset_types};
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::element::Element;
use pantry_registry::model::glob::Wildcard;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::QueryError;
use pantry_registry::query::tree::{
    ColumnExpression, ColumnLiteral, ColumnReference, ComparisonOperator, Predicate, QueryTree,
    RegionLiteral,
};
use pantry_sky::{Angle, Circle, LonLat, Region, UnitVector3d};

use super::answer::streamed;
use super::cursor::{Cursor, Place};
use super::data_ids::required_order;
use super::datasets::{DatasetRow, sort_keys};
use super::format::Format;
use super::openapi::RowsPage;
use super::paged::{PageEnd, Paged, limit, lost};
use super::parameters::{Parameters, fail};
use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::rows::{Column, Layout, RowSink, Value, dataset_keys};
use crate::server::Server;

/// What is asked for.
struct Request {
    universe: Arc<Universe>,
    place: RegionLiteral,
    types: Wildcard,
    collections: Wildcard,
    /// How many rows there may still be.
    limit: Option<u64>,
    cursor: Option<Cursor>,
}

/// What an answer consists of, one after the other.
enum Part<'a> {
    Records(&'a Element),
    Datasets(&'a TypeSearch),
}

impl Part<'_> {
    /// Its name in cursors.
    fn name(&self) -> String {
        match self {
            Self::Records(element) => format!("element:{}", element.name),
            Self::Datasets(search) => format!("dataset:{}", search.dataset_type.name),
        }
    }
}

/// What is there.
#[utoipa::path(
    get,
    path = "/api/v1/repos/{label}/covers",
    operation_id = "covers",
    tag = "covers",
    summary = "What a position, or a cone around it, is covered by: data IDs of spatial elements, such as tract, patch and visit, and datasets of data IDs there.",
    params(
        ("label" = String, Path, description = "The repo"),
        ("ra" = f64, Query, description = "Right ascension, degrees"),
        ("dec" = f64, Query, minimum = -90, maximum = 90, description = "Declination, degrees"),
        ("radius" = Option<f64>, Query, minimum = 0, maximum = 180, description = "Radius of the cone, degrees; 0 if not given"),
        ("type" = Option<Vec<String>>, Query, description = "Names or glob patterns of dataset types; all if not given"),
        ("collections" = Option<Vec<String>>, Query, description = "Collections to look for datasets in; all if not given"),
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
        "ra",
        "dec",
        "radius",
        "type",
        "collections",
        "limit",
        "cursor",
        "format",
    ])?;
    let request = Request {
        universe: Arc::clone(&asked.repo.universe),
        place: place(&parameters)?,
        types: parameters.wildcard("type"),
        collections: parameters.wildcard("collections"),
        limit: limit(&parameters)?,
        cursor: Cursor::of(&parameters)?,
    };
    streamed(&server, &asked, format, move |registry, out| {
        request.answer(registry, format, out)
    })
    .await
}

/// The circle with the parameters' centre and radius in degrees, or the point.
///
/// # Errors
/// [`Refusal::Malformed`] for what is no place on the sphere.
pub fn place(parameters: &Parameters) -> Result<RegionLiteral, Refusal> {
    let number = |name: &str| {
        let number = parameters.number::<f64>(name)?;
        let number = number.ok_or_else(|| fail(name, "it is missing"))?;
        let is_fit = number.is_finite();
        is_fit
            .then_some(number)
            .ok_or_else(|| fail(name, "it is no number of degrees"))
    };
    let (ra, dec) = (number("ra")?, number("dec")?);
    let radius = match parameters.text("radius")? {
        Some(_) => number("radius")?,
        None => 0.0,
    };
    if !(0.0..=180.0).contains(&radius) {
        return Err(fail("radius", "it is from 0 to 180 degrees"));
    }
    let center = LonLat::from_degrees(ra, dec).map_err(|e| fail("dec", e.to_string()))?;
    let center = UnitVector3d::from_lon_lat(&center);
    if radius == 0.0 {
        return Ok(RegionLiteral::point(center));
    }
    let circle = Circle::new(center, Angle::from_degrees(radius));
    Ok(RegionLiteral::new(Region::Circle(circle)))
}

impl Request {
    fn answer(
        mut self,
        registry: &mut Registry,
        format: Format,
        out: &mut dyn Write,
    ) -> Result<(), Refusal> {
        let universe = Arc::clone(&self.universe);
        let searches = self.searches(registry)?;
        let elements: Vec<&Element> = universe.elements().iter().filter(has_region).collect();
        let names = elements.iter().flat_map(|e| &e.required);
        let of_elements = DimensionGroup::conform(&universe, names).map_err(QueryError::from)?;
        let mut keys = dataset_keys(&searches).map_err(QueryError::from)?;
        for key in Layout::data_ids(&of_elements).columns() {
            if of_elements.required().any(|d| d == key.name) && !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        let mut columns = ["element", "type", "run", "id"].map(Column::text).to_vec();
        columns.extend(keys.iter().cloned());
        let mut sink = format.sink("covers", &columns, out).map_err(lost)?;
        let elements = elements.into_iter().map(Part::Records);
        let parts: Vec<Part> = elements
            .chain(searches.iter().map(Part::Datasets))
            .collect();
        let (first, mut place) = self.begin(&parts)?;
        for part in parts.iter().skip(first) {
            let end = match part {
                Part::Records(element) => {
                    self.records(registry, element, &keys, place.take(), &mut *sink)?
                }
                Part::Datasets(search) => {
                    self.datasets(registry, search, &keys, place.take(), &mut *sink)?
                }
            };
            if let Some(place) = end.next {
                let part = part.name();
                sink.more(&Cursor { part, place }.written()).map_err(lost)?;
                break;
            }
            self.limit = self.limit.map(|limit| limit.saturating_sub(end.rows));
        }
        sink.finish().map_err(lost)
    }

    /// The part in which the page begins, and where in it.
    fn begin(&self, parts: &[Part]) -> Result<(usize, Option<Place>), Refusal> {
        let Some(cursor) = &self.cursor else {
            return Ok((0, None));
        };
        let first = parts.iter().position(|part| part.name() == cursor.part);
        let first = first.ok_or_else(|| fail("cursor", "it is of another query"))?;
        Ok((first, Some(cursor.place.clone())))
    }

    /// The data IDs of an element whose regions overlap the place.
    fn records(
        &self,
        registry: &mut Registry,
        element: &Element,
        keys: &[Column],
        place: Option<Place>,
        sink: &mut dyn RowSink,
    ) -> Result<PageEnd, Refusal> {
        let dimensions = DimensionGroup::conform(&self.universe, &element.required);
        let dimensions = dimensions.map_err(QueryError::from)?;
        let layout = Layout::data_ids(&dimensions);
        let own = layout.columns();
        let is_required = |i: &usize| dimensions.required().any(|d| d == own[*i].name);
        let place_of = |key: &Column| own.iter().position(|own| own.name == key.name);
        let places: Vec<Option<usize>> = keys
            .iter()
            .map(|key| place_of(key).filter(is_required))
            .collect();
        let name = element.name.as_str();
        let query = RowQuery::data_ids(QueryTree::identity(&self.universe), dimensions.clone());
        let paged = Paged {
            query: self.restrict(query, &[name])?,
            keys: required_order(&dimensions)?,
            may_repeat: false,
            place,
            limit: self.limit,
        };
        paged.each(registry, &mut |cells| {
            let values = layout.row(cells);
            let value = |place: &Option<usize>| values.get((*place)?).cloned();
            let mut row = vec![name.into(), Value::Null, Value::Null, Value::Null];
            row.extend(places.iter().map(|p| value(p).unwrap_or(Value::Null)));
            sink.row(&row)
        })
    }

    /// The datasets of a type whose data IDs have a region that overlaps the place.
    fn datasets(
        &self,
        registry: &mut Registry,
        search: &TypeSearch,
        keys: &[Column],
        place: Option<Place>,
        sink: &mut dyn RowSink,
    ) -> Result<PageEnd, Refusal> {
        let regions = regions(&self.universe, &search.dataset_type.dimensions);
        let row = DatasetRow::new(search, keys);
        let paged = Paged {
            query: self.restrict(RowQuery::datasets(search)?, &regions)?,
            keys: sort_keys(search)?,
            may_repeat: search.may_repeat(),
            place,
            limit: self.limit,
        };
        paged.each(registry, &mut |cells| {
            let mut values = vec![Value::from("dataset")];
            values.extend(row.of(cells));
            sink.row(&values)
        })
    }

    /// Leave the rows for which the regions of these elements overlap the place.
    fn restrict(&self, mut query: RowQuery, elements: &[&str]) -> Result<RowQuery, QueryError> {
        for element in elements {
            let region = ColumnReference::dimension_field(&self.universe, element, "region")?;
            let overlaps = Predicate::compare(
                ColumnExpression::Reference(region),
                ComparisonOperator::Overlaps,
                ColumnExpression::Literal(ColumnLiteral::Region(self.place.clone())),
            )?;
            query.tree = query.tree.filter(overlaps)?;
        }
        // A position needs no instrument or sky map: what all of them have there is wanted.
        query.tree.validate_governor_constraints = false;
        Ok(query)
    }

    /// The dataset types whose data IDs have regions, with the collections that may hold such datasets, in order of name.
    fn searches(&self, registry: &mut Registry) -> Result<Vec<TypeSearch>, Refusal> {
        let types = search_dataset_types(registry, &self.types)?;
        if let Some(name) = types.missing.first() {
            return Err(QueryError::MissingDatasetType(name.clone()).into());
        }
        let catalog = CollectionCatalog::read(registry)?;
        let collections = catalog.resolve(&self.collections, &CollectionType::ALL, true, None)?;
        let by_name = types.found.into_iter();
        let by_name: BTreeMap<_, _> = by_name.map(|t| (t.dataset_type.name.clone(), t)).collect();
        let searches = by_name
            .into_values()
            .map(|found| TypeSearch::new(found, &collections, false, &catalog));
        let is_there = |search: &TypeSearch| {
            let dimensions = &search.dataset_type.dimensions;
            !search.collections.is_empty() && !regions(&self.universe, dimensions).is_empty()
        };
        Ok(searches.filter(is_there).collect())
    }
}

/// Whether records of an element have regions in a table of their own; those of pixels are computed, and there are too many.
fn has_region(element: &&Element) -> bool {
    element.spatial.is_some() && !element.is_skypix()
}

/// The elements whose regions are those of a data ID: of each family the finest that the data ID tells.
fn regions<'u>(universe: &'u Universe, dimensions: &DimensionGroup) -> Vec<&'u str> {
    let families = universe.spatial_families().iter();
    let finest = families.filter_map(|family| {
        let has = |name: &&String| dimensions.elements().any(|element| element == **name);
        family.members.iter().find(has)
    });
    finest
        .filter_map(|name| universe.get(name).filter(has_region))
        .map(|element| element.name.as_str())
        .collect()
}
