//! The configuration of a client; who asks for it need not say who he is.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::refusal::Refusal;
use crate::server::Server;

/// `GET butler.yaml` and `butler.json`: JSON, which is YAML too. `<butlerRoot>` stays as it is: the client puts in the
/// address by which it found the file.
pub async fn get(
    State(server): State<Arc<Server>>,
    Path(names): Path<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    let label = names.get("label").map_or("", String::as_str);
    // Where nobody unknown may read, he is not to learn which repos there are: this is the same for all of them.
    if !server.repos.contains_key(label) && server.auth.is_open(label) {
        return Err(Refusal::NotFound(format!("Unknown repository '{label}'")));
    }
    Ok(Json(json!({
        "cls": "lsst.daf.butler.remote_butler.RemoteButler",
        "remote_butler": {
            "url": "<butlerRoot>",
            "authentication": "rubin_science_platform",
        },
    })))
}
