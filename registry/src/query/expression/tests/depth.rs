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
