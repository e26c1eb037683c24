//! Reading and writing YAML as PyYAML does.

use std::path::Path;

use pantry_registry::config::{Config, ConfigFormat, Environment};
use pantry_testkit::oracle;
use proptest::prelude::*;
use serde_json::Value as Json;

use super::yaml_texts::{PLAIN, STRUCTURES};

/// For each text: what the reference dumps after reading it as `{yaml, json}`, or null where it refuses.
fn reference_dumps(texts: &[String], folder: &Path) -> Vec<Json> {
    let input = folder.join("texts.json");
    std::fs::write(&input, serde_json::to_string(texts).expect("test set-up"))
        .expect("test set-up");
    let code = r#"
import json, sys
from lsst.daf.butler import Config
out = []
for text in json.load(open(sys.argv[1])):
    try:
        config = Config.fromString(text)
        if not isinstance(config._data, dict):
            raise TypeError("no mapping")
        made = {"yaml": config.dump()}
    except Exception as e:
        out.append(None)
        continue
    try:
        made["json"] = config.dump(format="json")
    except TypeError:
        made["json"] = None
    out.append(made)
json.dump(out, sys.stdout)
"#;
    match oracle::json(code, [&input]) {
        Json::Array(dumps) => dumps,
        other => panic!("no list: {other}"),
    }
}

fn our_dumps(text: &str, folder: &Path) -> Option<(String, Option<String>)> {
    let config = Config::from_yaml(text, &Environment::new(folder)).ok()?;
    Some((
        config.dump(ConfigFormat::Yaml).expect("test set-up"),
        config.dump(ConfigFormat::Json).ok(),
    ))
}

/// Compare every text; returns how many both sides accept.
fn compare(texts: &[String]) -> usize {
    let folder = tempfile::tempdir().expect("test set-up");
    let reference = reference_dumps(texts, folder.path());
    assert_eq!(reference.len(), texts.len());
    let mut accepted = 0;
    let mut wrong = Vec::new();
    for (text, reference) in texts.iter().zip(&reference) {
        let ours = our_dumps(text, folder.path());
        let (yaml, json) = (reference["yaml"].as_str(), reference["json"].as_str());
        let ours_yaml = ours.as_ref().map(|(yaml, _)| yaml.as_str());
        let ours_json = ours.as_ref().and_then(|(_, json)| json.as_deref());
        if ours_yaml != yaml || ours_json != json {
            wrong.push(format!(
                "text:\n{text}\nreference: {reference}\nours: {ours:?}\n"
            ));
        }
        accepted += usize::from(yaml.is_some() && ours.is_some());
    }
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        texts.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    accepted
}

/// A scalar as a mapping's value and as its key.
fn documents(scalar: &str) -> [String; 2] {
    [
        format!("key: {scalar}\n"),
        format!("{scalar}: value\nother: 1\n"),
    ]
}

#[test]
fn plain_scalars_read_as_pyyaml_reads_them() {
    let texts: Vec<String> = PLAIN.iter().flat_map(|s| documents(s)).collect();
    assert!(compare(&texts) > 200);
}

#[test]
fn structures_read_and_write_as_pyyaml() {
    let mut texts: Vec<String> = STRUCTURES.iter().map(|t| (*t).to_owned()).collect();
    let long = "word ".repeat(40);
    let key = |n: usize| "k".repeat(n);
    for text in [
        long.clone(),
        long.replace(' ', "  "),
        long.replace("word", "wörd"),
        "x".repeat(300),
        format!("'{}'", long.trim()),
    ] {
        texts.push(format!("a: \"{text}\"\n"));
        texts.push(format!("a:\n  b:\n  - c: \"{}\"\n", text.trim()));
        texts.push(format!(
            "a: \"{} # {}: - {}\"\n",
            text.trim(),
            text.trim(),
            text.trim()
        ));
        texts.push(format!("a: \"{}\\n{}\"\n", text.trim(), text.trim()));
        texts.push(format!("\"{}\": x\n", text.trim()));
    }
    for n in [120, 122, 123, 128, 130] {
        texts.push(format!("? {}\n: [a, {{b: c}}]\n", key(n)));
        texts.push(format!("? {}\n: {{b: c, d: [e]}}\n", key(n)));
        texts.push(format!("? {}\n: text\n", key(n)));
        texts.push(format!("a:\n  ? 'ä{}'\n  : text\n", key(n)));
    }
    assert!(compare(&texts) > 60);
}

/// Texts that are awkward to write.
fn awkward_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z0-9]{1,8}",
        "[ ]{1,3}",
        "[-:#,?&*!|>'\"%@`=\\[\\]{}\\\\~]{1,2}",
        Just("\n".to_owned()),
        Just("\t".to_owned()),
        "[éßλ☺\u{85}\u{a0}\u{2028}\u{1F600}\u{7f}]",
        Just(": ".to_owned()),
        Just(" #".to_owned()),
        "[0-9._:eE+-]{1,6}",
        "[\u{1}-\u{1f}]",
        "[a-z]{30,60}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// A nested value in JSON, which is YAML as well.
fn nested() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        awkward_text().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        any::<bool>().prop_map(Json::from),
        Just(Json::Null),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::Array),
            proptest::collection::vec((awkward_text(), inner), 0..5)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

/// JSON is YAML once the characters that YAML 1.1 takes for line ends or controls are escaped.
fn as_yaml(value: &Json) -> String {
    format!("top: {value}\n")
        .replace('\u{7f}', "\\u007f")
        .replace('\u{85}', "\\u0085")
        .replace('\u{2028}', "\\u2028")
}

#[test]
fn awkward_values_write_as_pyyaml() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let texts: Vec<String> = (0..3000)
        .map(|_| {
            let value = nested().new_tree(&mut runner).unwrap().current();
            as_yaml(&value)
        })
        .collect();
    assert!(compare(&texts) > 2500);
}

/// Short texts of the characters that decide what a scalar is.
#[test]
fn arbitrary_short_scalars_read_as_pyyaml() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let strategy = prop_oneof![
        "[-+.0-9_:]{1,7}",
        "[-+]?[0-9]{1,3}(\\.[0-9]{0,2})?([eE][-+]?[0-9]{1,2})?",
        "[-+]?0[box]?[0-9a-f_]{1,4}",
        "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,7})?( ?(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?)?",
        "[a-z0-9:=<>~.-]{1,5}",
    ];
    let mut runner = TestRunner::deterministic();
    let texts: Vec<String> = (0..5000)
        .map(|_| format!("a: {}\n", strategy.new_tree(&mut runner).unwrap().current()))
        .collect();
    assert!(compare(&texts) > 4000);
}

proptest! {
    #[test]
    fn reading_never_panics(text in "[ \\n\\t:\\-?&*!|>'\"%@`{}\\[\\],#a-c0-9<=~é\u{1}]{0,60}") {
        let _ = Config::from_yaml(&text, &Environment::new("/"));
    }

    #[test]
    fn what_is_written_reads_back_the_same(value in nested()) {
        let environment = Environment::new("/");
        let text = as_yaml(&value);
        if let Ok(config) = Config::from_yaml(&text, &environment) {
            let written = config.dump(ConfigFormat::Yaml).unwrap();
            let again = Config::from_yaml(&written, &environment).unwrap();
            prop_assert_eq!(again.dump(ConfigFormat::Yaml).unwrap(), written);
            prop_assert_eq!(again.get("top").map(|v| format!("{v:?}")).is_some(), true);
        }
    }
}

#[test]
fn tags_without_a_place_in_configurations_are_refused() {
    for text in [
        "a: !!set {x, y}",
        "a: !!binary aGVsbG8=",
        "a: !!omap [x: y]",
        "a: !mine x",
    ] {
        let error = Config::from_yaml(text, &Environment::new("/"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("line 1") && error.contains("is not supported"),
            "{error}"
        );
    }
}

#[test]
fn bombs_and_deep_nesting_are_refused() {
    let environment = Environment::new("/");
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..12 {
        bomb += &format!(
            "a{i}: &a{i} [{}]\n",
            vec![format!("*a{}", i - 1); 10].join(", ")
        );
    }
    let error = Config::from_yaml(&bomb, &environment)
        .unwrap_err()
        .to_string();
    assert!(error.contains("nodes with aliases written out"), "{error}");
    for text in [
        format!("a: {}", "[".repeat(5000)),
        format!("a: {}{}", "[".repeat(500), "]".repeat(500)),
    ] {
        assert!(Config::from_yaml(&text, &environment).is_err());
    }
}
