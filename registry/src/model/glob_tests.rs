//! `glob` against the reference's `split_commas` and `globToRegex` and against Python's `fnmatch`.
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::*;

/// Runs a Python program of the oracle with one JSON value on stdin; it prints one JSON value.
fn oracle(program: &str, input: &Value) -> Value {
    let python = std::env::var_os("PANTRY_ORACLE_PYTHON").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/oracle/bin/python"),
        PathBuf::from,
    );
    assert!(
        python.exists(),
        "no oracle at {}: run ./test first",
        python.display()
    );
    let mut child = Command::new(python)
        .args(["-W", "ignore", "-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Texts over a small alphabet that is full of special characters, from a fixed linear congruential generator.
fn texts(count: usize, alphabet: &str, max_length: u64, mut state: u64) -> Vec<String> {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let mut next = |bound: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    (0..count)
        .map(|_| {
            let length = next(max_length + 1);
            (0..length)
                .map(|_| alphabet[next(alphabet.len() as u64) as usize])
                .collect()
        })
        .collect()
}

#[test]
fn matching_agrees_with_fnmatch() {
    let patterns = texts(3_000, "ab-c[]!*?^\\&~|é/", 9, 1);
    let names = texts(200, "abc-[]!^\\&~|é/\n", 5, 2);
    let program = "
import sys, json, re, fnmatch
patterns, names = json.load(sys.stdin)
compiled = [re.compile(fnmatch.translate(p)) for p in patterns]
print(json.dumps([[i for i, n in enumerate(names) if c.match(n)] for c in compiled]))";
    let expected = oracle(program, &json!([patterns, names]));
    let mut hits = 0;
    for (pattern, expected) in patterns.iter().zip(expected.as_array().unwrap()) {
        let glob = Glob::new(pattern);
        let found: Vec<usize> = (0..names.len())
            .filter(|&i| glob.matches(&names[i]))
            .collect();
        assert_eq!(
            json!(found),
            *expected,
            "pattern {pattern:?} over {names:?}"
        );
        hits += found.len();
    }
    assert!(hits > 1_000, "the cases must be able to match: {hits}");
}

#[test]
fn telling_patterns_from_names_agrees_with_the_reference() {
    let mut expressions = texts(2_000, "ab[]!*?\n", 5, 3);
    expressions.push("...".to_owned());
    let program = "
import sys, json
from lsst.daf.butler.utils import globToRegex
def kind(e):
    r = globToRegex(e)
    return 'all' if r is ... else 'name' if isinstance(r[0], str) else 'glob'
print(json.dumps([kind(e) for e in json.load(sys.stdin)]))";
    let expected = oracle(program, &json!(expressions));
    for (expression, expected) in expressions.iter().zip(expected.as_array().unwrap()) {
        let kind = match Wildcard::parse(&[expression]) {
            Wildcard::All => "all",
            Wildcard::Some { patterns, .. } if patterns.is_empty() => "name",
            Wildcard::Some { .. } => "glob",
        };
        assert_eq!(kind, expected, "{expression:?}");
    }
}

#[test]
fn splitting_agrees_with_the_reference() {
    let values = texts(3_000, "ab,,[]\n", 8, 4);
    let program = "
import sys, json, warnings
from lsst.daf.butler.cli.utils import split_commas
def split(value):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        return [list(split_commas(None, None, [value])), len(caught)]
print(json.dumps([split(v) for v in json.load(sys.stdin)]))";
    let expected = oracle(program, &json!(values));
    for (value, expected) in values.iter().zip(expected.as_array().unwrap()) {
        let split = split_commas(&[value]);
        assert_eq!(
            json!([split.values, split.warnings.len()]),
            *expected,
            "{value:?}"
        );
    }
}

#[test]
fn a_wildcard_keeps_the_order_of_names_and_knows_patterns() {
    let wildcard = Wildcard::parse(&["b", "a*", "a", "b"]);
    assert!(
        wildcard.has_globs()
            && wildcard.matches("abc")
            && wildcard.matches("b")
            && !wildcard.matches("c")
    );
    let Wildcard::Some { names, patterns } = wildcard else {
        panic!("not everything")
    };
    assert_eq!(names, ["b", "a"]);
    assert_eq!(patterns[0].as_str(), "a*");
    assert_eq!(Wildcard::parse::<&str>(&[]), Wildcard::All);
    assert_eq!(Wildcard::parse(&["x", "*"]), Wildcard::All);
}
