//! Literals (`queries/tree/_column_literal.py`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::node::Node;
use crate::model::time::TaiNs;
use crate::model::timespan::Timespan;
use crate::query::QueryError;
use crate::query::tree::{ColumnLiteral, RegionLiteral};

/// Read a literal of this kind; `None` if it is no kind of literal.
pub(super) fn read(node: &Node<'_>, kind: &str) -> Result<Option<ColumnLiteral>, QueryError> {
    let literal = match kind {
        "int" => ColumnLiteral::Int(node.field("value")?.int()?),
        "string" => ColumnLiteral::String(node.field("value")?.text()?.to_owned()),
        "float" => ColumnLiteral::Float(node.field("value")?.float()?),
        "hash" => ColumnLiteral::Hash(decoded(node)?),
        "uuid" => ColumnLiteral::Uuid(node.field("value")?.uuid()?),
        "datetime" => ColumnLiteral::DateTime(TaiNs(node.field("nsec")?.int()?)),
        "timespan" => {
            let (begin, end) = (node.field("begin_nsec")?, node.field("end_nsec")?);
            ColumnLiteral::Timespan(Timespan::from_ns(begin.int()?, end.int()?))
        }
        "region" => {
            let region = RegionLiteral::decode(&decoded(node)?);
            ColumnLiteral::Region(region.map_err(|e| node.fail(format!("no region: {e}")))?)
        }
        _ => return Ok(None),
    };
    Ok(Some(literal))
}

fn decoded(node: &Node<'_>) -> Result<Vec<u8>, QueryError> {
    let field = node.field("encoded")?;
    STANDARD
        .decode(field.text()?)
        .map_err(|e| field.fail(format!("no base64: {e}")))
}

/// Write a literal. Floats that are no numbers become null, as in the reference.
pub(super) fn write(literal: &ColumnLiteral) -> Value {
    let kind = literal.column_type().name();
    match literal {
        ColumnLiteral::Int(v) => json!({"expression_type": kind, "value": v}),
        ColumnLiteral::String(v) => json!({"expression_type": kind, "value": v}),
        ColumnLiteral::Float(v) => json!({"expression_type": kind, "value": v}),
        ColumnLiteral::Hash(v) => json!({"expression_type": kind, "encoded": STANDARD.encode(v)}),
        ColumnLiteral::Uuid(v) => {
            json!({"expression_type": kind, "value": v.hyphenated().to_string()})
        }
        ColumnLiteral::DateTime(v) => json!({"expression_type": kind, "nsec": v.0}),
        ColumnLiteral::Timespan(v) => {
            let (begin, end) = v.ns();
            json!({"expression_type": kind, "begin_nsec": begin, "end_nsec": end})
        }
        ColumnLiteral::Region(v) => {
            json!({"expression_type": kind, "encoded": STANDARD.encode(v.encoded())})
        }
    }
}
