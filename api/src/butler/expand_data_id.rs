//! `POST v1/expand_data_id`: the records of a data ID.

use axum::body::Bytes;
use axum::response::Response;
use pantry_registry::Registry;
use pantry_registry::query::execute::{Statements, in_snapshot};
use pantry_registry::query::lookup;

use super::answer::json;
use super::find_dataset::data_id_of;
use super::request::{Fields, parse};
use super::wire::push_data_coordinate;
use crate::asked::Asked;
use crate::refusal::Refusal;

/// The data ID with all its values and records.
pub async fn expand_data_id(asked: Asked, body: Bytes) -> Result<Response, Refusal> {
    let body = parse(&body)?;
    let request = Fields::of(&body)?;
    request.required("data_id")?;
    let values = request.data_id("data_id")?;
    let data_id = data_id_of(&asked.repo.universe, &values)?;
    let answer = move |registry: &mut Registry| {
        let expanded = in_snapshot(registry, Statements::Several, |registry| {
            lookup::expand_data_id(registry, &data_id)
        })?;
        let mut out = b"{\"data_coordinate\":".to_vec();
        push_data_coordinate(&mut out, &expanded.data_id, Some(&expanded.records));
        out.push(b'}');
        Ok(out)
    };
    Ok(json(asked.repo.ask(answer).await?))
}
