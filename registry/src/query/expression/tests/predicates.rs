//! Predicates and errors beside the reference's; `tests/oracle/expressions.py` writes the expected ones.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pantry_sky::{Angle, Circle, UnitVector3d};
use serde_json::Value;
use uuid::Uuid;

use super::shapes::expected;
use crate::model::dimension_group::DimensionGroup;
use crate::model::time::{TaiNs, TimeScale};
use crate::model::timespan::Timespan;
use crate::model::universe::Universe;
use crate::query::QueryError;
use crate::query::expression::{BindValue, Binds, IdentifierContext, where_predicate};
use crate::query::tree::{
    ColumnExpression, ColumnLiteral, Predicate, PredicateLeaf, RegionLiteral,
};

/// As in the script.
const CONTEXTS: [(&[&str], &[&str]); 3] = [
    (&["visit", "detector"], &[]),
    (&["exposure", "detector", "physical_filter"], &["raw"]),
    (
        &["visit", "detector", "tract", "patch"],
        &["bias", "calexp"],
    ),
];

fn text(value: &str) -> ColumnLiteral {
    ColumnLiteral::String(value.to_owned())
}

pub(super) fn binds() -> Binds {
    use ColumnLiteral as L;
    let when = TaiNs::parse_isot("2020-01-01T00:00:00", TimeScale::Tai).unwrap();
    let center = UnitVector3d::new(1.0, 0.0, 0.0).unwrap();
    let spot = Circle::new(center, Angle::from_radians(0.5));
    let list = |items: &[L]| BindValue::List(items.to_vec());
    let literals = [
        ("num", L::Int(5)),
        ("flt", L::Float(1.5)),
        ("text", text("HSC")),
        ("pos", text("CIRCLE 1 2 3")),
        ("when", L::DateTime(when)),
        (
            "span",
            L::Timespan(Timespan::new(Some(when), None).unwrap()),
        ),
        ("id", L::Uuid(Uuid::from_u128(1))),
        ("hash", L::Hash(b"abc".to_vec())),
        ("spot", L::Region(RegionLiteral::new(spot.into()))),
        ("day_obs", L::Int(20_200_101)),
        ("null", L::Int(7)),
    ];
    let mut binds: Binds = literals.into_iter().collect();
    binds.insert("seq", list(&[L::Int(1), L::Int(2), L::Int(3)]));
    binds.insert("words", list(&[text("a"), text("b")]));
    binds.insert("none", list(&[]));
    binds.insert("mixed", list(&[L::Int(1), text("a")]));
    binds
}

/// The literals of a predicate that its text does not show in full.
fn hidden(predicate: &Predicate) -> Vec<String> {
    let mut found = Vec::new();
    for leaf in predicate.operands.iter().flatten() {
        hidden_in_leaf(leaf, &mut found);
    }
    found.sort();
    found
}

fn hidden_in_leaf(leaf: &PredicateLeaf, found: &mut Vec<String>) {
    let expressions: Vec<&ColumnExpression> = match leaf {
        PredicateLeaf::Not(operand) => return hidden_in_leaf(operand, found),
        PredicateLeaf::IsNull(operand) => vec![operand],
        PredicateLeaf::Comparison { a, b, .. } => vec![a, b],
        PredicateLeaf::InContainer { member, container } => {
            std::iter::once(member).chain(container).collect()
        }
        PredicateLeaf::InRange { member, .. } => vec![member],
        _ => Vec::new(),
    };
    let mut rest = expressions;
    while let Some(expression) = rest.pop() {
        match expression {
            ColumnExpression::Unary { operand, .. } => rest.push(operand),
            ColumnExpression::Binary { a, b, .. } => rest.extend([a.as_ref(), b.as_ref()]),
            ColumnExpression::Literal(ColumnLiteral::Region(region)) => {
                found.push(format!("region {}", STANDARD.encode(region.encoded())));
            }
            ColumnExpression::Literal(ColumnLiteral::DateTime(time)) => {
                found.push(format!("datetime {}", time.0));
            }
            ColumnExpression::Literal(ColumnLiteral::Timespan(span)) => {
                let (begin, end) = span.ns();
                found.push(format!("timespan {begin} {end}"));
            }
            _ => {}
        }
    }
}

/// The same of the reference's JSON.
fn hidden_in_json(json: &Value, found: &mut Vec<String>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| hidden_in_json(item, found)),
        Value::Object(map) => {
            let kind = map.get("expression_type").and_then(Value::as_str);
            match kind.unwrap_or_default() {
                "region" => found.push(format!("region {}", map["encoded"].as_str().unwrap())),
                "datetime" => found.push(format!("datetime {}", map["nsec"])),
                "timespan" => found.push(format!(
                    "timespan {} {}",
                    map["begin_nsec"], map["end_nsec"]
                )),
                _ => map.values().for_each(|value| hidden_in_json(value, found)),
            }
        }
        _ => {}
    }
}

/// What differs from the reference, if anything does.
fn difference(row: &Value, ours: Result<Predicate, QueryError>) -> Option<String> {
    match (ours, row["str"].as_str()) {
        (Ok(ours), Some(expected)) => {
            let mut all = Vec::new();
            hidden_in_json(&row["json"], &mut all);
            all.sort();
            let same = ours.to_string() == expected && hidden(&ours) == all;
            (!same).then(|| format!("{ours} {:?}, reference {expected} {all:?}", hidden(&ours)))
        }
        (Ok(ours), None) => Some(format!("{ours}, reference {}", row["message"])),
        (Err(error), Some(expected)) => Some(format!("{error}, reference {expected}")),
        (Err(QueryError::Invalid(message)), None) => {
            // Our messages are one line.
            let expected = row["message"]
                .as_str()
                .unwrap()
                .replace(char::is_control, " ");
            // What is no user error there only has to be one here; times are shown as they were written.
            let same = row["error"] != "InvalidQueryError"
                || message.starts_with(&expected)
                || expected.contains("T'")
                || expected.contains("has a mix of {");
            let placed = message.contains("at column ") || message.contains("at line ");
            (!same || !placed).then(|| format!("{message}, reference {expected}"))
        }
        (Err(error), None) => Some(format!("{error:?}")),
    }
}

#[test]
fn predicates_are_the_references() {
    let universe = Universe::from_json(Universe::default_json()).unwrap();
    let binds = binds();
    let mut wrong = Vec::new();
    for row in expected() {
        let (dimensions, datasets) = CONTEXTS[row["context"].as_u64().unwrap() as usize];
        let datasets: Vec<String> = datasets.iter().map(ToString::to_string).collect();
        let context = IdentifierContext {
            dimensions: &DimensionGroup::conform(&universe, dimensions).unwrap(),
            datasets: &datasets,
            binds: &binds,
        };
        let text = row["expression"].as_str().unwrap();
        if let Some(difference) = difference(&row, where_predicate(text, &context)) {
            wrong.push(format!("{text:?}: {difference}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
