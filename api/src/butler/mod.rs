//! The Butler protocol, `/api/butler/repo/{label}` (`lsst/daf/butler/remote_butler/server/handlers`).

mod all_datasets;
mod answer;
mod client_config;
mod collection_request;
mod collections;
mod dataset;
mod dataset_type;
mod dataset_types;
mod download;
mod expand_data_id;
mod file_transfer;
mod find_dataset;
mod get_file;
mod parameters;
mod query;
mod query_request;
mod request;
mod universe;
mod wire;

pub(crate) use request::flag_of_text;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::files;
use crate::server::Server;

/// Its paths. They are not nested below that of a repo: the router would take every request's address apart for that.
pub fn router() -> Router<Arc<Server>> {
    let at = |path: &str| format!("/api/butler/repo/{{label}}{path}");
    Router::new()
        .route(&at("/butler.yaml"), get(client_config::get))
        .route(&at("/butler.json"), get(client_config::get))
        .route(&at("/v1/collection_info"), get(collections::info))
        .route(&at("/v1/collection_summary"), get(collections::summary))
        .route(&at("/v1/query_collections"), post(collections::query))
        .route(
            &at("/v1/query_collection_info"),
            post(collections::query_info),
        )
        .route(&at("/v1/query_dataset_types"), post(dataset_types::query))
        .route(&at("/v1/universe"), get(universe::get))
        .route(&at("/v1/dataset_type/{name}"), get(dataset_type::get))
        .route(&at("/v1/dataset/{id}"), get(dataset::get))
        .route(&at("/v1/datasets"), post(dataset::get_many))
        .route(&at("/v1/find_dataset"), post(find_dataset::find_dataset))
        .route(
            &at("/v1/expand_data_id"),
            post(expand_data_id::expand_data_id),
        )
        .route(&at("/v1/get_file/{id}"), get(get_file::by_id))
        .route(&at("/v1/get_file_by_data_id"), post(get_file::by_data_id))
        .route(&at("/v1/dataset/{id}/download"), get(download::get))
        .route(&at("/v1/file_transfer"), post(file_transfer::file_transfer))
        .route(&at("/v1/file/{file}/{name}"), get(files::get))
        .route(&at("/v1/query/execute"), post(query::execute))
        .route(
            &at("/v1/query/all_datasets"),
            post(all_datasets::all_datasets),
        )
        .route(&at("/v1/query/count"), post(query::count))
        .route(&at("/v1/query/any"), post(query::any))
        .route(&at("/v1/query/explain"), post(query::explain))
}
