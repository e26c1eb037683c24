//! Serialised trees and result specifications against the reference: what `tests/oracle/trees.py` made of them.

use std::sync::Arc;

use pantry_registry::model::universe::Universe;
use pantry_registry::query::QueryError;
use pantry_registry::query::tree::json;
use serde_json::Value;

const LINES: &str = include_str!("trees.jsonl");

/// What the reference reads and we do not, on purpose (see `query::tree::json`).
fn is_stricter(message: &str) -> bool {
    [
        "expected an integer of 64 bits",
        "no region",
        "is not bool",
        "there is no dimension",
    ]
    .iter()
    .any(|reason| message.contains(reason))
}

fn answer(line: &Value, universe: &Arc<Universe>) -> Result<Value, QueryError> {
    let given = &line["in"];
    match line["kind"].as_str() {
        Some("tree") => json::tree_from_json(given, universe).map(|tree| json::tree_to_json(&tree)),
        _ => json::spec_from_json(given, universe).map(|spec| json::spec_to_json(&spec)),
    }
}

/// Why an answer is not the reference's, if it is not.
fn difference(line: &Value, ours: &Result<Value, QueryError>) -> Option<String> {
    match (line.get("out"), ours) {
        (Some(theirs), Ok(ours)) => (theirs != ours).then(|| format!("written as {ours}")),
        (Some(_), Err(e)) if is_stricter(&e.to_string()) => None,
        (Some(_), Err(e)) => Some(format!("not read: {e}")),
        (None, Ok(_)) => Some("read".to_owned()),
        (None, Err(QueryError::Invalid(ours))) => match line["message"].as_str() {
            // Sets are in any order.
            Some(theirs) if theirs != ours && !theirs.contains("', '") => {
                Some(format!("the message is {ours:?}"))
            }
            _ => None,
        },
        (None, Err(e)) => Some(format!("another kind of error: {e:?}")),
    }
}

#[test]
fn trees_and_specifications_are_read_and_written_as_the_reference_does() {
    let universe = Universe::from_json(Universe::default_json()).expect("a universe");
    let (mut count, mut differ) = (0, Vec::new());
    for line in LINES.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        count += 1;
        if let Some(why) = difference(&line, &answer(&line, &universe)) {
            differ.push(format!("{line}\n  {why}"));
        }
    }
    assert!(count > 500, "{count}");
    assert!(
        differ.is_empty(),
        "{}:\n{}",
        differ.len(),
        differ.join("\n")
    );
}
