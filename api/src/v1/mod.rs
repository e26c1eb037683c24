//! The notebook REST, `/api/v1`: what a repo holds, as tables for curl, pandas and astropy.

mod answer;
mod collection_summary;
mod collections;
mod covers;
mod cursor;
mod data_ids;
mod dataset;
mod dataset_types;
mod datasets;
mod dimension_records;
mod format;
mod openapi;
mod page;
mod paged;
mod parameters;
mod problem;
#[cfg(test)]
mod property_tests;
mod repos;
mod restriction;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{any, get};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::refusal::Refusal;
use crate::server::Server;

/// Its paths.
pub fn router() -> Router<Arc<Server>> {
    // Parquet is compressed already.
    let is_compressed = DefaultPredicate::new().and(NotForContentType::const_new(
        "application/vnd.apache.parquet",
    ));
    let (tables, _) = tables().split_for_parts();
    let (files, _) = files().split_for_parts();
    tables
        .route("/api/v1/openapi.json", get(openapi::get))
        .route("/api/v1/{*path}", any(unknown))
        .layer(from_fn(problem::problems))
        .layer(CompressionLayer::new().compress_when(is_compressed))
        // Files are sent as they are: a range of compressed bytes would be of no use.
        .merge(files.layer(from_fn(problem::problems)))
        .route("/docs", get(page::get))
}

/// The paths that the API's description has.
fn documented() -> OpenApiRouter<Arc<Server>> {
    tables().merge(files())
}

fn tables() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new()
        .routes(routes!(repos::list))
        .routes(routes!(collections::list))
        .routes(routes!(collection_summary::get))
        .routes(routes!(dataset_types::list))
        .routes(routes!(datasets::list))
        .routes(routes!(dataset::get))
        .routes(routes!(data_ids::list))
        .routes(routes!(dimension_records::list))
        .routes(routes!(covers::list))
}

fn files() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new().routes(routes!(dataset::file))
}

async fn unknown() -> Refusal {
    Refusal::NotFound("There is nothing at this path; /docs says what there is.".to_owned())
}
