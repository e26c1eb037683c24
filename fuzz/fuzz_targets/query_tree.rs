//! Query trees and result specifications from outside must neither panic nor be anything but what they are written as.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::tree::json;

static UNIVERSE: LazyLock<Option<Arc<Universe>>> =
    LazyLock::new(|| Universe::from_json(Universe::default_json()).ok());

fuzz_target!(|text: &str| {
    let Some(universe) = UNIVERSE.as_ref() else {
        panic!("the universe of new repos is none");
    };
    let Ok(value) = json::parse(text) else {
        return;
    };
    if let Ok(tree) = json::tree_from_json(&value, universe) {
        let again = json::tree_to_json(&tree);
        // Floats that are no numbers are written as null, which is not read.
        if let Ok(read) = json::tree_from_json(&again, universe) {
            assert_eq!(read, tree);
        }
    }
    if let Ok(spec) = json::spec_from_json(&value, universe) {
        let again = json::spec_to_json(&spec);
        if let Ok(read) = json::spec_from_json(&again, universe) {
            assert_eq!(read, spec);
        }
    }
});
