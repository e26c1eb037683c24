//! `GET repos`: what the server serves to who asks.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::answer::SmallTable;
use super::format::Format;
use super::openapi::RowsPage;
use super::parameters::Parameters;
use crate::auth::{Caller, Reach};
use crate::refusal::Refusal;
use crate::rows::{Column, Kind};
use crate::served_repo::ServedRepo;
use crate::server::Server;

/// The repos.
#[utoipa::path(
    get,
    path = "/api/v1/repos",
    operation_id = "repos",
    tag = "repos",
    summary = "The repos of this server that who asks may read.",
    params(
        ("format" = Option<String>, Query, description = "json, jsonl, csv, parquet, arrow or votable; without it what Accept prefers, else JSON")
    ),
    responses((status = 200, description = "The rows", body = RowsPage))
)]
pub async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    format: Format,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    parameters.check_names(&["format"])?;
    let may_read = |repo: &&Arc<ServedRepo>| caller.reach(&repo.label) != Reach::Nothing;
    let rows = server.repos.values().filter(may_read).map(|repo| {
        let universe = &repo.universe;
        vec![
            repo.label.clone().into(),
            format!("/api/butler/repo/{}", repo.label).into(),
            universe.namespace().to_owned().into(),
            universe.version().into(),
        ]
    });
    let table = SmallTable {
        name: "repos",
        columns: vec![
            Column::text("name"),
            Column::text("butler"),
            Column::text("universe"),
            Column::new("universe_version", Kind::Int),
        ],
        rows: rows.collect(),
    };
    table.answer(format)
}
