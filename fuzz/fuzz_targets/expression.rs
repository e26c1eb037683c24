//! No text makes the reader of where-expressions panic; what it read, it prints so that it reads the same again, and it is
//! nested no deeper than the reader's limit, so that no recursion over it ends the stack.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::expression::{
    Binds, IdentifierContext, Syntax, SyntaxKind, bind_literal, parse, where_predicate,
};

/// Parentheses, calls and prefixes that the reader takes in each other, and a level each of the operators between two of them:
/// OR, AND, comparison, IN, sum, product.
const MAX_LEVELS: usize = 101 * 7;

static DIMENSIONS: LazyLock<DimensionGroup> = LazyLock::new(|| {
    let universe: Arc<Universe> =
        Universe::from_json(Universe::default_json()).expect("the universe of new repos");
    DimensionGroup::conform(&universe, ["visit", "detector", "patch"]).expect("its dimensions")
});

/// Levels of a tree in which a chain `a + b + c` counts as one.
fn levels(tree: &Syntax) -> usize {
    let mut below = 0;
    let mut first = tree;
    while let SyntaxKind::Binary { lhs, rhs, .. } = &first.kind {
        below = below.max(levels(rhs));
        first = lhs;
    }
    let inner = match &first.kind {
        SyntaxKind::Unary { operand, .. } => levels(operand),
        SyntaxKind::Parens(inner) => levels(inner),
        SyntaxKind::In { member, values, .. } => values
            .iter()
            .map(levels)
            .max()
            .max(Some(levels(member)))
            .unwrap_or_default(),
        SyntaxKind::Tuple(items) => items.iter().map(levels).max().unwrap_or_default(),
        SyntaxKind::Call { arguments, .. } => {
            arguments.iter().map(levels).max().unwrap_or_default()
        }
        _ => 0,
    };
    1 + below.max(inner)
}

fuzz_target!(|text: &str| {
    let tree = match parse(text) {
        Ok(Some(tree)) => tree,
        Ok(None) => return,
        Err(error) => {
            assert!(error.place.column >= 1 && !error.to_string().is_empty());
            return;
        }
    };
    assert!(levels(&tree) <= MAX_LEVELS, "{} levels", levels(&tree));
    let printed = tree.to_string();
    let again = parse(&printed).unwrap_or_else(|e| panic!("{printed:?} is not read: {e}"));
    assert_eq!(again.as_ref(), Some(&tree), "{printed}");
    let binds: Binds = [("b", "1"), ("visit_id", "7"), ("name", "HSC")]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), bind_literal(value)))
        .collect();
    let datasets = ["raw".to_owned()];
    let context = IdentifierContext {
        dimensions: &DIMENSIONS,
        datasets: &datasets,
        binds: &binds,
    };
    // A predicate, or why there is none: no panic, and the printed text means the same.
    let predicate = where_predicate(text, &context);
    let of_printed = where_predicate(&printed, &context);
    match (predicate, of_printed) {
        (Ok(a), Ok(b)) => assert_eq!(a.to_string(), b.to_string(), "{printed}"),
        (Err(_), Err(_)) => {}
        (a, b) => panic!("{text:?} is {a:?}, {printed:?} is {b:?}"),
    }
});
