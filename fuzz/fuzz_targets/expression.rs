//! No text makes the reader of where-expressions panic; what it read, it prints so that it reads the same again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_registry::query::expression::parse;

fuzz_target!(|text: &str| {
    let Ok(Some(tree)) = parse(text) else {
        return;
    };
    let printed = tree.to_string();
    assert_eq!(
        parse(&printed).expect("a printed tree is read"),
        Some(tree),
        "{printed}"
    );
});
