//! What became of a query.

use serde_json::Value;

/// Rows with the names of their columns, values as `tests/oracle/queries.py` has them.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

/// An error.
#[derive(Debug, Clone, PartialEq)]
pub struct Failed {
    /// The reference's name of the kind; `None` for what is no user error.
    pub error_type: Option<String>,
    pub message: String,
}

/// An answer, or why there is none worth comparing.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome<T> {
    Answer(T),
    Failed(Failed),
    /// Too large or too slow; only the reference may say so.
    Skipped(String),
}

impl<T> Outcome<T> {
    /// The answer in the generator's JSON.
    pub fn read(json: &Value, answer: impl FnOnce(&Value) -> T) -> Self {
        if let Some(why) = json.get("skipped") {
            return Self::Skipped(text(why));
        }
        match json.get("error") {
            Some(error_type) => Self::Failed(Failed {
                error_type: error_type.as_str().map(str::to_owned),
                message: format!("{}: {}", text(&json["class"]), text(&json["message"])),
            }),
            None => Self::Answer(answer(json)),
        }
    }
}

impl Rows {
    /// The rows in the generator's JSON.
    pub fn read(json: &Value) -> Self {
        Self {
            columns: list(&json["columns"]).iter().map(text).collect(),
            rows: list(&json["rows"])
                .iter()
                .map(|row| list(row).to_vec())
                .collect(),
        }
    }

    /// Each row as a text, sorted: equal for equal multisets.
    pub fn sorted(&self) -> Vec<String> {
        let mut rows: Vec<String> = self.rows.iter().map(|row| written(row)).collect();
        rows.sort_unstable();
        rows
    }
}

/// A row as a text that is the same for the same values.
pub fn written(row: &[Value]) -> String {
    let values: Vec<String> = row.iter().map(canonical).collect();
    values.join(" ")
}

fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}={}", canonical(value)))
                .collect();
            fields.sort_unstable();
            format!("{{{}}}", fields.join(","))
        }
        other => other.to_string(),
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
