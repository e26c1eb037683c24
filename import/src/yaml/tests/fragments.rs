//! Documents thrown together from pieces of YAML.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use serde_json::json;

use super::canonical::{Way, canonical, compose, reordered};
use super::oracle::ask;
use crate::yaml::any_parser::AnyParser;
use crate::yaml::block::{BlockParser, Stop};
use crate::yaml::reader::ExportReader;
use crate::yaml::source::Source;
use crate::yaml::text::Text;

/// Pieces that mean something to a YAML parser, and some that do not.
const PIECES: [&str; 84] = [
    "a",
    "b",
    "key",
    "x y",
    "1",
    "-1",
    "1.5",
    "1:30",
    "017",
    "2020-01-01",
    "null",
    "~",
    "yes",
    "<<",
    "=",
    "é",
    "日",
    "a:b",
    "a#b",
    "http://x/y",
    ": ",
    ":\n",
    ": ",
    ":\n",
    ": ",
    "\n",
    "\n",
    "\n",
    "\n",
    "\n\n",
    "\n  ",
    "\n  ",
    "\n    ",
    "\n ",
    "\n      ",
    "- ",
    "- ",
    "\n- ",
    "\n  - ",
    "\n-\n",
    "\n- - ",
    " ",
    "  ",
    "'",
    "'",
    "''",
    "'a'",
    "'a b'",
    "'a\n  b'",
    "\"",
    "\"a\"",
    "\"a\\n\"",
    "\"a\\\n  b\"",
    "\\",
    "#",
    " # c",
    "\n# c\n",
    "[",
    "]",
    "[]",
    "{",
    "}",
    "{}",
    "[a, b]",
    "{a: b}",
    ",",
    "&a ",
    "*a",
    "&id001 ",
    "*id001",
    "!!str ",
    "!uuid ",
    "!x ",
    "!<tag:yaml.org,2002:int> ",
    "|\n",
    "|-\n",
    ">\n",
    "? ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\t",
    "\r\n",
    "EMPTY",
];

fn fragments() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..24)
        .prop_map(|pieces| pieces.concat())
}

/// The events of the fast parser as text, and whether it came to the end.
pub(super) fn block_events(source: &Source) -> (Vec<String>, bool) {
    let mut parser = BlockParser::new(Text::open(source, &Arc::default()).expect("opens"));
    let mut events = Vec::new();
    loop {
        match parser.advance() {
            Ok(step) => {
                let event = format!("{:?}", parser.markup(step));
                if event == "End" {
                    return (events, true);
                }
                events.push(event);
            }
            Err(Stop::Unusual | Stop::Failed(_)) => return (events, false),
        }
    }
}

/// The events of the general parser as text, and its error if it met one.
fn any_events(source: &Source) -> (Vec<String>, Option<String>) {
    let mut parser = AnyParser::new(source, Text::open(source, &Arc::default()).expect("opens"));
    let mut events = Vec::new();
    loop {
        match parser.next() {
            Ok((markup, _)) => {
                let event = format!("{markup:?}");
                if event == "End" {
                    return (events, None);
                }
                events.push(event);
            }
            Err(error) => return (events, Some(error.to_string())),
        }
    }
}

/// As far as both get, they say the same; and what the fast parser reads to the end is good YAML, though the general
/// parser may want brackets indented, which PyYAML does not.
fn agree(text: &str) -> Result<(), TestCaseError> {
    let source = Source::memory("test.yaml", text.as_bytes().to_vec());
    let (fast, complete) = block_events(&source);
    let (general, error) = any_events(&source);
    let common = fast.len().min(general.len());
    let unindented = error
        .as_ref()
        .is_some_and(|error| error.contains("invalid indentation"));
    if complete && !unindented {
        prop_assert_eq!(error, None, "in {:?}", text);
        prop_assert_eq!(&fast, &general, "in {:?}", text);
    } else if same_kinds(&fast[..common], &general[..common]) {
        prop_assert_eq!(&fast[..common], &general[..common], "in {:?}", text);
    } else {
        // Brackets turned out to be a key: the switch of parsers finds out and refuses.
        let refusal = compose(text.as_bytes(), Way::Usual)
            .expect_err("no switch")
            .to_string();
        prop_assert!(
            refusal.contains("cannot be a key here") || Some(refusal) == error,
            "in {:?}",
            text
        );
    }
    Ok(())
}

fn same_kinds(one: &[String], other: &[String]) -> bool {
    let kind = |event: &String| event.split([' ', '(']).next().map(str::to_owned);
    one.iter().map(kind).eq(other.iter().map(kind))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn both_parsers_agree(text in fragments()) {
        agree(&text)?;
    }

    #[test]
    fn reading_never_panics(text in fragments(), tail in proptest::collection::vec(any::<u8>(), 0..8)) {
        let bytes = [text.as_bytes(), &tail].concat();
        let _ = compose(&bytes, Way::Usual);
        let export = format!("version: 0\ndata:\n- type: dimension\n  records:\n  - {text}\n  element: x\n");
        for name in [text, export] {
            if let Ok(reader) = ExportReader::from_bytes("test.yaml", name.into_bytes()) {
                let failures = reader.filter(Result::is_err).count();
                prop_assert!(failures <= 1);
            }
        }
    }
}

/// What both we and PyYAML read, we read alike.
#[test]
fn fragments_mean_what_they_mean_to_pyyaml() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let texts: Vec<String> = (0..4000)
        .map(|_| {
            fragments()
                .new_tree(&mut runner)
                .expect("a document")
                .current()
        })
        .collect();
    let answers = ask(&json!({"documents": texts}));
    let mut both = 0;
    let mut found = Vec::new();
    for (text, answer) in texts.iter().zip(&answers) {
        if let (Ok(node), Some(expected)) =
            (compose(text.as_bytes(), Way::Usual), answer.get("value"))
        {
            both += 1;
            if canonical(&node) != reordered(expected) {
                found.push(format!(
                    "{text:?}\n  ours   {}\n  theirs {expected}",
                    canonical(&node)
                ));
            }
        }
    }
    assert!(both > 200, "only {both} documents were valid");
    assert!(
        found.is_empty(),
        "{} differ:\n{}",
        found.len(),
        found.join("\n")
    );
}
