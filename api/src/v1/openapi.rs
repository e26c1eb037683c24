//! The description of the REST, OpenAPI 3.1, made from the handlers.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::documented;
use super::format::Format;
use super::problem::PROBLEM;

/// Rows as JSON.
#[derive(Serialize, ToSchema)]
pub struct RowsPage {
    /// The rows: values by the names of columns.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<Map<String, Value>>,
    /// The cursor of the rows after these; null if there are none.
    next: Option<String>,
}

/// The description.
pub static DESCRIPTION: LazyLock<Value> = LazyLock::new(describe);

/// The text of `docs/openapi.json`.
static TEXT: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", *DESCRIPTION));

/// `GET openapi.json`.
pub async fn get() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str())
}

/// The description, with what all operations have in common.
fn describe() -> Value {
    let description = serde_json::to_value(documented().into_openapi());
    // The description is made of texts and lists, which JSON always has room for.
    let mut description = description.unwrap_or_default();
    description["info"] = json!({
        "title": "Pantry",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "What a repo holds, as tables. Errors are problems as RFC 9457 has them. Lists are given by \
            repeating a parameter or with commas. Bytes, such as regions in sphgeom's encoding, are in hexadecimal in text \
            formats; times are TAI.",
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
    });
    description["components"]["schemas"]["Problem"] = json!({
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What is wrong"},
            "error_type": {"type": "string", "description": "The Butler's kind of error"},
            "parameter": {"type": "string", "description": "The parameter that is wrong"},
        },
    });
    if let Some(paths) = description["paths"].as_object_mut() {
        for path in paths.values_mut() {
            complete(&mut path["get"]);
        }
    }
    description
}

/// Problems, and the other formats of rows.
fn complete(operation: &mut Value) {
    operation["responses"]["default"] = json!({
        "description": "What is wrong",
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    });
    let formats = Format::ALL.map(Format::name);
    let parameters = operation["parameters"].as_array_mut().into_iter().flatten();
    let Some(format) = parameters.into_iter().find(|p| p["name"] == "format") else {
        return;
    };
    format["schema"] = json!({"type": "string", "enum": formats});
    let content = &mut operation["responses"]["200"]["content"];
    for format in Format::ALL.into_iter().filter(|f| *f != Format::Json) {
        let media_type = format.content_type().split(';').next().unwrap_or_default();
        content[media_type] = json!({});
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With `PANTRY_WRITE_OPENAPI` set it is written in place of being compared.
    #[test]
    fn the_committed_description_is_what_the_code_says() {
        let file = pantry_testkit::workspace().join("docs/openapi.json");
        if std::env::var_os("PANTRY_WRITE_OPENAPI").is_some() {
            std::fs::write(&file, TEXT.as_str()).unwrap();
        }
        let committed = std::fs::read_to_string(&file).unwrap();
        assert!(
            committed == *TEXT,
            "docs/openapi.json is not what the code says; run this test with PANTRY_WRITE_OPENAPI=1"
        );
        let described: Value = serde_json::from_str(&committed).unwrap();
        assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    }
}
