//! `/docs`: the description of the REST for people, without anything from elsewhere.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use serde_json::Value;

use super::openapi::DESCRIPTION;
use crate::rows::push_escaped;

/// What stands around the operations.
const FRAME: &str = include_str!("page.html");

/// The page may only be what it is.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// The page.
static PAGE: LazyLock<String> = LazyLock::new(|| page(&DESCRIPTION));

/// `GET /docs`.
pub async fn get() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, PAGE.as_str())
}

fn page(description: &Value) -> String {
    let mut about = String::new();
    push_element(&mut about, "p", text(&description["info"]["description"]));
    let mut operations = String::new();
    for (path, methods) in description["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let heading = format!("{} {path}", method.to_uppercase());
            push_element(&mut operations, "h2", &heading);
            push_operation(&mut operations, operation);
        }
    }
    FRAME
        .replace("<!-- about -->", &about)
        .replace("<!-- operations -->", &operations)
}

fn push_operation(page: &mut String, operation: &Value) {
    push_element(page, "p", text(&operation["summary"]));
    page.push_str("<table>\n");
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let required = match parameter["required"].as_bool() {
            Some(true) => ", required",
            _ => "",
        };
        page.push_str("<tr><td><code>");
        push_escaped(page, text(&parameter["name"]));
        page.push_str("</code></td>");
        let kind = kind(&parameter["schema"]);
        push_element(page, "td", &format!("{kind}{required}"));
        push_element(page, "td", text(&parameter["description"]));
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let status = match status.as_str() {
            "default" => "errors",
            status => status,
        };
        let content = response["content"].as_object();
        let types: Vec<&str> = content
            .into_iter()
            .flat_map(|c| c.keys())
            .map(String::as_str)
            .collect();
        let types = match types.is_empty() {
            true => String::new(),
            false => format!(" ({})", types.join(", ")),
        };
        let response = text(&response["description"]);
        push_element(page, "p", &format!("{status}: {response}{types}"));
    }
}

/// The type of a parameter in a few words.
fn kind(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(text).collect::<Vec<_>>().join(" | ");
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().map(text).find(|t| *t != "null"),
        one => one.as_str(),
    };
    match types {
        Some("array") => format!("list of {}", kind(&schema["items"])),
        Some(other) => schema["format"]
            .as_str()
            .filter(|f| *f == "uuid")
            .unwrap_or(other)
            .to_owned(),
        None => String::new(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn push_element(page: &mut String, name: &str, text: &str) {
    page.push_str(&format!("<{name}>"));
    push_escaped(page, text);
    page.push_str(&format!("</{name}>\n"));
}
