//! Expressions as deep and as long as they may be become predicates without an overflow of the stack.

use super::predicates::binds;
use crate::model::dimension_group::DimensionGroup;
use crate::model::universe::Universe;
use crate::query::expression::{IdentifierContext, where_predicate};

#[test]
fn the_deepest_and_longest_expressions_become_predicates() {
    let universe = Universe::from_json(Universe::default_json()).unwrap();
    let binds = binds();
    let context = IdentifierContext {
        dimensions: &DimensionGroup::conform(&universe, ["visit", "detector"]).unwrap(),
        datasets: &[],
        binds: &binds,
    };
    let groups = |text: &str| where_predicate(text, &context).unwrap().operands.len();
    let deep = format!("{}visit = 1{}", "(".repeat(99), ")".repeat(99));
    assert_eq!(groups(&deep), 1);
    let negated = format!("{}visit = 1{}", "NOT (".repeat(49), ")".repeat(49));
    assert_eq!(groups(&negated), 1);
    assert_eq!(groups(&vec!["visit = 1"; 1_900].join(" AND ")), 1_900);
    let or = where_predicate(&vec!["visit = 1"; 1_000].join(" OR "), &context).unwrap();
    assert_eq!(or.operands[0].len(), 1_000);
    assert_eq!(groups(&format!("visit = {}1", "1 + ".repeat(1_900))), 1);
}

/// `visit = 100 OR visit = 101 ...`, or with AND.
fn terms(operator: &str, count: usize, first: usize) -> String {
    let terms: Vec<String> = (0..count)
        .map(|i| format!("visit = {}", first + i))
        .collect();
    format!("({})", terms.join(&format!(" {operator} ")))
}

/// The sizes are those of the reference's predicates. It has no limit of its own: `mix(3, 5)` is 32,768 groups of 15 there, and
/// `one` 65,536 of 16; but its queries end long before, at the thousandth level of SQLite's expressions.
#[test]
fn normal_forms_are_the_references_up_to_a_limit() {
    let universe = Universe::from_json(Universe::default_json()).unwrap();
    let binds = binds();
    let context = IdentifierContext {
        dimensions: &DimensionGroup::conform(&universe, ["visit", "detector"]).unwrap(),
        datasets: &[],
        binds: &binds,
    };
    let size = |text: &str| {
        let predicate = where_predicate(text, &context).map_err(|e| e.to_string())?;
        let leaves: usize = predicate.operands.iter().map(Vec::len).sum();
        Ok::<_, String>((predicate.operands.len(), leaves))
    };
    let mix = |a, b| {
        format!(
            "NOT NOT ({} AND {})",
            terms("OR", a, 100),
            terms("OR", b, 200)
        )
    };
    assert_eq!(size(&mix(3, 4)), Ok((4_096, 49_152)));
    let pairs: Vec<String> = (0..12).map(|k| terms("AND", 2, 100 * k)).collect();
    assert_eq!(size(&pairs.join(" OR ")), Ok((4_096, 49_152)));
    let one = format!(
        "NOT NOT NOT (visit = 1 AND visit = 2 AND visit = 3 AND {})",
        terms("OR", 2, 4)
    );
    let deep = format!("{} {}", "NOT ".repeat(90), terms("OR", 3, 1));
    let hostile = format!("{} {}", "NOT ".repeat(90), mix(3, 4));
    for text in [mix(3, 5), one, hostile] {
        let refused = size(&text).unwrap_err();
        assert!(refused.contains("more than 100000 terms"), "{refused}");
    }
    assert_eq!(size(&deep), Ok((1, 3)));
}
