//! Documents written by hand to be difficult.

use serde_json::{Value, json};

use super::canonical::{Way, canonical, compose, reordered};
use super::oracle::ask;

/// The documents, in three lists: `same` is read by PyYAML or refused by it, and we must do the same; `read_anyway` is
/// refused by PyYAML, and nothing is lost by reading it as YAML 1.2 does; `refused` is read by PyYAML and refused by us
/// with a message that has the second text.
fn documents(list: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("documents.json")).expect("JSON");
    all[list].as_array().expect("a list").clone()
}

fn ours(text: &str, way: Way) -> Result<Value, String> {
    compose(text.as_bytes(), way)
        .map(|node| canonical(&node))
        .map_err(|error| error.to_string())
}

#[test]
fn reads_and_refuses_as_pyyaml() {
    let same = documents("same");
    let answers = ask(&json!({"documents": same}));
    assert!(same.len() > 350 && answers.len() == same.len());
    let mut found = Vec::new();
    for (text, answer) in same.iter().zip(&answers) {
        let expected = answer.get("value").map(reordered);
        for way in [Way::Usual, Way::General] {
            let ours = ours(text.as_str().expect("text"), way);
            if ours.as_ref().ok() != expected.as_ref() {
                found.push(format!(
                    "{way:?} {text}\n  ours   {ours:?}\n  theirs {answer}"
                ));
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} differ:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn reads_what_only_pyyaml_refuses() {
    let texts = documents("read_anyway");
    for (text, answer) in texts.iter().zip(ask(&json!({"documents": texts}))) {
        assert!(
            answer.get("error").is_some(),
            "{text} is no difference any more"
        );
        for way in [Way::Usual, Way::General] {
            let ours = ours(text.as_str().expect("text"), way);
            assert!(ours.is_ok(), "{way:?} {text}: {ours:?}");
        }
    }
}

#[test]
fn refuses_what_only_pyyaml_reads() {
    let cases = documents("refused");
    let texts: Vec<&Value> = cases.iter().map(|case| &case[0]).collect();
    let answers = ask(&json!({"documents": texts}));
    for (case, answer) in cases.iter().zip(&answers) {
        assert!(
            answer.get("value").is_some(),
            "{case} is no difference any more"
        );
        for way in [Way::Usual, Way::General] {
            let error = ours(case[0].as_str().expect("text"), way).expect_err("refused");
            assert!(
                error.contains(case[1].as_str().expect("message")),
                "{way:?} {case}: {error}"
            );
        }
    }
}

/// Brackets without indentation, which YAML 1.2 and so the general parser does not have.
#[test]
fn unindented_brackets() {
    let texts = [
        "a: [\nb\n]\n",
        "a: {\nb: c\n}\nd: e\n",
        "- a: [\n  b\n  ]\n  c: d\n",
    ];
    for (text, answer) in texts.iter().zip(ask(&json!({"documents": texts}))) {
        assert_eq!(
            ours(text, Way::Usual).ok(),
            answer.get("value").map(reordered),
            "{text:?}"
        );
    }
}
