//! Where a page of rows ends and the next begins.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pantry_registry::listing::SortKey;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::ResultValue;
use pantry_registry::query::tree::{
    ColumnExpression, ColumnLiteral, ComparisonOperator, Predicate,
};
use serde_json::{Value, json};

use super::parameters::{Parameters, fail};
use crate::refusal::Refusal;

/// The end of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The part of the answer that the last row is in, such as its dataset type; empty if there is only one.
    pub part: String,
    /// How the rows after it are found.
    pub place: Place,
}

/// How the rows after a page are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// By the values of the last row: rows that come or go meanwhile move no others.
    After(Vec<DataIdValue>),
    /// By their number, where the caller has given the order.
    Skip(u64),
}

impl Cursor {
    /// The parameter `cursor`.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for a text that is none of ours.
    pub fn of(parameters: &Parameters) -> Result<Option<Self>, Refusal> {
        let wrong = || fail("cursor", "it is not what an answer had as 'next'");
        let Some(text) = parameters.text("cursor")? else {
            return Ok(None);
        };
        Self::read(text).map(Some).ok_or_else(wrong)
    }

    /// What a text says; `None` if it is none of ours.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let value: Value = serde_json::from_slice(&bytes).ok()?;
        let place = match (value.get("after"), value.get("skip")) {
            (Some(after), None) => {
                let values = after.as_array()?.iter().map(|value| match value {
                    Value::String(text) => Some(DataIdValue::Str(text.clone())),
                    other => other.as_i64().map(DataIdValue::Int),
                });
                Place::After(values.collect::<Option<_>>()?)
            }
            (None, Some(skip)) => Place::Skip(skip.as_u64()?),
            _ => return None,
        };
        Some(Self {
            part: value.get("part")?.as_str()?.to_owned(),
            place,
        })
    }

    /// The text of the parameter.
    pub fn written(&self) -> String {
        let value = match &self.place {
            Place::After(values) => {
                let values: Vec<Value> = values
                    .iter()
                    .map(|value| match value {
                        DataIdValue::Int(number) => json!(number),
                        DataIdValue::Str(text) => json!(text),
                    })
                    .collect();
                json!({"part": self.part, "after": values})
            }
            Place::Skip(skip) => json!({"part": self.part, "skip": skip}),
        };
        URL_SAFE_NO_PAD.encode(value.to_string())
    }
}

/// The values of a row by which it is found again; `None` if one of them is nothing, which required dimensions never are.
pub fn key_of(row: &[ResultValue], keys: &[SortKey]) -> Option<Vec<DataIdValue>> {
    let values = keys.iter().map(|key| row.get(key.place)?.data_id_value());
    values.collect()
}

/// The predicate that a row comes after one with these values, when rows are sorted by the keys.
///
/// # Errors
/// [`QueryError::Invalid`] for values of other types than the keys'.
pub fn after(keys: &[SortKey], values: &[DataIdValue]) -> Result<Predicate, QueryError> {
    if keys.len() != values.len() {
        return Err(QueryError::invalid(
            "The cursor is of another query: it has another number of values.",
        ));
    }
    // In conjunctive normal form at once: for each key, one before it is greater, or it is not less.
    let mut result = Predicate::from_bool(true);
    let mut greater = Predicate::from_bool(false);
    let compare = |key: &SortKey, operator, value: &DataIdValue| {
        let column = ColumnExpression::Reference(key.column.clone());
        let value = ColumnExpression::Literal(ColumnLiteral::from(value));
        Predicate::compare(column, operator, value)
    };
    for (i, (key, value)) in keys.iter().zip(values).enumerate() {
        let operator = match i + 1 == keys.len() {
            true => ComparisonOperator::Greater,
            false => ComparisonOperator::GreaterEqual,
        };
        let not_less = greater.clone().logical_or(compare(key, operator, value)?)?;
        result = result.logical_and(not_less);
        greater = greater.logical_or(compare(key, ComparisonOperator::Greater, value)?)?;
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_texts_are_none() {
        for text in ["", "x", "e30", "bnVsbA", "€"] {
            assert_eq!(Cursor::read(text), None, "{text}");
        }
    }
}
