//! `config-dump`: the complete configuration of a repo, defaults, search paths and includes merged.

use pantry_registry::config::{ButlerConfig, ConfigError, ConfigFormat};

use super::case::{Ready, run};
use super::dump_cases;

const REFERENCE: &str = r#"
from lsst.daf.butler.script import configDump
from lsst.daf.butler import ButlerConfig
if arguments.get("json"):
    return ButlerConfig(arguments["repo"], searchPaths=arguments.get("search")).dump(format="json")
out = io.StringIO()
configDump(arguments["repo"], arguments.get("subset"), arguments.get("search", ()), out)
return out.getvalue()
"#;

fn ours(ready: &Ready) -> Result<String, ConfigError> {
    let repo = ready.text("repo").expect("repo");
    let config = ButlerConfig::load(&repo, &ready.texts("search"), &ready.environment())?;
    let format = if ready.switch("json") {
        ConfigFormat::Json
    } else {
        ConfigFormat::Yaml
    };
    match ready.text("subset") {
        Some(subset) => config.config().dump_subset(&subset, format),
        None => config.config().dump(format),
    }
}

#[test]
fn dumps_are_those_of_the_reference() {
    let folder = tempfile::tempdir().unwrap();
    let cases = dump_cases::all();
    let count = cases.len();
    let mut accepted = 0;
    let mut wrong = Vec::new();
    for (ready, reference) in run(cases, folder.path(), REFERENCE) {
        match (ours(&ready), reference) {
            (Ok(ours), Ok(reference)) if Some(ours.as_str()) == reference.as_str() => accepted += 1,
            (Err(_), Err(_)) => {}
            (ours, reference) => wrong.push(explain(
                &ready.case.name,
                &ours.map_err(|e| e.to_string()),
                &reference,
            )),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(accepted > 40, "only {accepted} of {count} were accepted");
}

/// The first line that differs.
pub fn explain(
    name: &str,
    ours: &Result<String, String>,
    reference: &Result<serde_json::Value, String>,
) -> String {
    if let (Ok(ours), Ok(reference)) = (ours, reference) {
        let reference = reference.as_str().unwrap_or_default();
        let first = ours
            .lines()
            .zip(reference.lines())
            .position(|(a, b)| a != b);
        let line = first.unwrap_or(ours.lines().count().min(reference.lines().count()));
        let around = |text: &str| {
            text.lines()
                .skip(line.saturating_sub(3))
                .take(8)
                .collect::<Vec<_>>()
                .join("\n")
        };
        return format!(
            "== {name}, line {line}\nreference:\n{}\nours:\n{}",
            around(reference),
            around(ours)
        );
    }
    format!("== {name}\nreference: {reference:?}\nours: {ours:?}")
}
