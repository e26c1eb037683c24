//! `POST v1/find_dataset`: the dataset of a data ID.

use std::sync::Arc;

use axum::body::Bytes;
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::model::data_coordinate::{DataCoordinate, DataIdValue};
use pantry_registry::model::dataset_ref::DatasetRef;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::timespan::Timespan;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::{Statements, in_snapshot};
use pantry_registry::query::lookup::{self, DatasetLookup, expand_data_id};

use super::answer::json;
use super::request::{Fields, parse};
use super::wire::found_dataset;
use crate::asked::Asked;
use crate::refusal::Refusal;
use crate::served_repo::ServedRepo;

/// What tells a dataset from others (`FindDatasetRequestModel`, `GetFileByDataIdRequestModel`).
pub struct DatasetSought {
    dataset_type: String,
    data_id: Vec<(String, DataIdValue)>,
    default_data_id: Vec<(String, DataIdValue)>,
    collections: Vec<String>,
    timespan: Option<Timespan>,
}

/// The first dataset in the order of the collections, or `null`.
pub async fn find_dataset(asked: Asked, body: Bytes) -> Result<Response, Refusal> {
    let body = parse(&body)?;
    let request = Fields::of(&body)?;
    request.required("timespan")?;
    let sought = DatasetSought::read(&request)?;
    let is_expanded = request.flag_or("dimension_records", false)?;
    let repo = Arc::clone(&asked.repo);
    let statements = match is_expanded {
        true => Statements::Several,
        false => Statements::One,
    };
    let answer = move |registry: &mut Registry| {
        in_snapshot(registry, statements, |registry| {
            let found = sought.find(registry, &repo)?;
            let expanded = match &found {
                Some(found) if is_expanded => Some(expand_data_id(registry, &found.data_id)?),
                _ => None,
            };
            Ok(found_dataset(found.as_ref(), expanded.as_ref()))
        })
    };
    Ok(json(asked.repo.ask(answer).await?))
}

impl DatasetSought {
    /// Read it from a request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn read(request: &Fields<'_>) -> Result<Self, Refusal> {
        request.required("data_id")?;
        Ok(Self {
            dataset_type: request.text("dataset_type")?.to_owned(),
            data_id: request.data_id("data_id")?,
            default_data_id: request.data_id("default_data_id")?,
            collections: request.texts("collections")?,
            timespan: request.timespan("timespan")?,
        })
    }

    /// Find it.
    ///
    /// # Errors
    /// Those of [`lookup::find_dataset_type`] and [`lookup::find_dataset`].
    fn find(
        &self,
        registry: &mut Registry,
        repo: &ServedRepo,
    ) -> Result<Option<DatasetRef>, QueryError> {
        self.find_by(registry, repo, lookup::find_dataset)
    }

    /// Find it as [`lookup::find_dataset_to_get`] does.
    ///
    /// # Errors
    /// `dataset_not_found`, and those of [`lookup::find_dataset_type`] and [`lookup::find_dataset_to_get`].
    pub fn find_to_get(
        &self,
        registry: &mut Registry,
        repo: &ServedRepo,
    ) -> Result<DatasetRef, Refusal> {
        let found = self.find_by(registry, repo, lookup::find_dataset_to_get)?;
        found.ok_or_else(|| Refusal::User {
            error_type: "dataset_not_found",
            detail: format!(
                "There is no dataset of type '{}' with data ID {} in the collections {}.",
                self.dataset_type,
                shown(&self.data_id),
                self.collections.join(", ")
            ),
        })
    }

    fn find_by(
        &self,
        registry: &mut Registry,
        repo: &ServedRepo,
        find: fn(&mut Registry, &DatasetLookup<'_>) -> Result<Option<DatasetRef>, QueryError>,
    ) -> Result<Option<DatasetRef>, QueryError> {
        let default_data_id = data_id_of(registry.universe(), &self.default_data_id)?;
        let classes = &repo.storage_classes;
        let dataset_type = lookup::find_dataset_type(registry, classes, &self.dataset_type)?;
        let lookup = DatasetLookup {
            dataset_type: &dataset_type,
            data_id: &self.data_id,
            default_data_id: &default_data_id,
            collections: &self.collections,
            timespan: self.timespan,
        };
        find(registry, &lookup)
    }
}

fn shown(data_id: &[(String, DataIdValue)]) -> String {
    let pairs = data_id
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

/// The data ID of the dimensions that values have.
///
/// # Errors
/// [`QueryError::DimensionName`] for a name that is no dimension, or a dimension without those that it needs.
pub fn data_id_of(
    universe: &Arc<Universe>,
    values: &[(String, DataIdValue)],
) -> Result<DataCoordinate, QueryError> {
    let names = values.iter().map(|(name, _)| name);
    let dimensions = DimensionGroup::conform(universe, names)?;
    Ok(DataCoordinate::standardize(&dimensions, values, None)?)
}
