//! Random values that PyYAML wrote with all its options, and the wheel's own exports.

use serde_json::{Value, json};

use super::canonical::{Way, canonical, compose, reordered};
use super::fragments::block_events;
use super::oracle::{ask, registry_data};
use crate::yaml::source::Source;

/// Both ways of reading must give what Python gave; tells where they do not.
fn differences(text: &str, expected: &Value, name: &str) -> Option<String> {
    [Way::Usual, Way::General]
        .into_iter()
        .find_map(|way| match compose(text.as_bytes(), way) {
            Err(error) => Some(format!("{name}, {way:?}: {error}\n{text}")),
            Ok(node) if canonical(&node) != reordered(expected) => Some(format!(
                "{name}, {way:?}:\n{text}\ngives   {}\nand not {}",
                canonical(&node),
                reordered(expected)
            )),
            Ok(_) => None,
        })
}

/// Raw line breaks of YAML 1.1 that are not line breaks elsewhere, which PyYAML writes with `allow_unicode` only.
fn is_refused_for_line_breaks(text: &str) -> bool {
    let refusal = "is a line break in YAML 1.1";
    compose(text.as_bytes(), Way::Usual).is_err_and(|error| error.to_string().contains(refusal))
}

fn assert_none(differences: &[String]) {
    assert!(
        differences.is_empty(),
        "{} differ, the shortest:\n{}",
        differences.len(),
        shortest(differences)
    );
}

fn shortest(differences: &[String]) -> &str {
    differences
        .iter()
        .min_by_key(|text| text.len())
        .map_or("", String::as_str)
}

#[test]
fn reads_what_pyyaml_wrote() {
    let seeds: Vec<u64> = (0..1000).collect();
    let answers = ask(&json!({"generate": seeds}));
    assert_eq!(answers.len(), seeds.len());
    let mut compared = 0;
    let mut found = Vec::new();
    for (seed, answer) in seeds.iter().zip(&answers) {
        let text = answer["text"].as_str().expect("generated text");
        let refused = text.contains(['\u{85}', '\u{2028}', '\u{2029}']);
        assert_eq!(refused, is_refused_for_line_breaks(text), "{text}");
        if let (Some(expected), false) = (answer.get("value"), refused) {
            found.extend(differences(text, expected, &format!("seed {seed}")));
            compared += 1;
        }
    }
    assert_none(&found);
    assert!(
        compared > 850,
        "PyYAML could read back only {compared} of its own documents"
    );
}

#[test]
fn reads_the_exports_of_the_wheel() {
    let files = registry_data();
    let answers = ask(&json!({"files": files}));
    let mut found = Vec::new();
    for (file, answer) in files.iter().zip(&answers) {
        let text = std::fs::read_to_string(file).expect("readable");
        found.extend(differences(
            &text,
            &answer["value"],
            &file.display().to_string(),
        ));
    }
    assert_none(&found);
}

/// Speed: nothing that the exporter writes makes the fast parser give up.
#[test]
fn the_exporters_style_is_read_by_the_fast_parser() {
    let options = json!({"sort_keys": false});
    let texts = registry_data()
        .into_iter()
        .map(|file| std::fs::read_to_string(file).expect("readable"));
    let orders: Vec<Value> = texts
        .chain([include_str!("calibrations.yaml").to_owned()])
        .map(|text| json!({"text": text, "options": options}))
        .collect();
    for answer in ask(&json!({"rewrite": orders})) {
        let text = answer["text"].as_str().expect("text");
        let (events, complete) =
            block_events(&Source::memory("test.yaml", text.as_bytes().to_vec()));
        assert!(
            complete,
            "gave up after {} events, at {:?} of\n{text}",
            events.len(),
            events.last()
        );
    }
}
