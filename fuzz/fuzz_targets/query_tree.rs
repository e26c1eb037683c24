//! Query trees and result specifications from outside never panic; what was read writes and reads back the same; what is nested
//! too deeply is refused.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::QueryError;
use pantry_registry::query::tree::json;
use serde_json::Value;

/// Queries in each other that are certainly too many: each is five levels of JSON, of which 128 are read.
const TOO_MANY: usize = 26;

static UNIVERSE: LazyLock<Arc<Universe>> = LazyLock::new(|| {
    Universe::from_json(Universe::default_json()).expect("the universe of new repos")
});

fuzz_target!(|text: &str| {
    let Ok(value) = json::parse(text) else {
        return;
    };
    if let Ok(tree) = json::tree_from_json(&value, &UNIVERSE) {
        let again = json::tree_to_json(&tree);
        if let Some(read) = read_back(json::tree_from_json(&again, &UNIVERSE), &again) {
            assert_eq!(read, tree);
        }
        let _ = tree.predicate.to_string();
        let _ = tree.predicate.clone().logical_not();
        assert!(json::tree_from_json(&nested(value.clone()), &UNIVERSE).is_err());
    }
    if let Ok(spec) = json::spec_from_json(&value, &UNIVERSE) {
        let again = json::spec_to_json(&spec);
        if let Some(read) = read_back(json::spec_from_json(&again, &UNIVERSE), &again) {
            assert_eq!(read, spec);
        }
    }
});

/// What was written must be readable. Only floats that are no numbers are not: they are written as null, as the reference does.
fn read_back<T>(read: Result<T, QueryError>, written: &Value) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(error) => {
            let message = error.to_string();
            assert!(
                message.ends_with("expected a number, not null"),
                "{message}: {written}"
            );
            None
        }
    }
}

/// The tree in queries of queries of queries.
fn nested(tree: Value) -> Value {
    let key = serde_json::json!({"expression_type": "dimension_key", "dimension": "visit"});
    (0..TOO_MANY).fold(tree, |tree, _| {
        let mut leaf =
            serde_json::json!({"predicate_type": "in_query", "member": key, "column": key});
        // Moved: the macro would copy it.
        leaf["query_tree"] = tree;
        let mut outer =
            serde_json::json!({"dimensions": ["visit"], "predicate": {"operands": [[null]]}});
        outer["predicate"]["operands"][0][0] = leaf;
        outer
    })
}
