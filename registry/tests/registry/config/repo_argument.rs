//! What REPO may be: label, folder, file, URI; and what is said when it is nothing.

use pantry_registry::config::Environment;
use pantry_registry::config::{
    ButlerConfig, ConfigError, RepoLocation, RepositoryIndex, resolve_repo,
};

use super::case::{Case, Ready, run};

const REFERENCE: &str = r#"
from lsst.daf.butler import ButlerConfig
config = ButlerConfig(arguments["repo"])
return config.configFile.ospath + " " + config.configDir.ospath.rstrip("/") + " " + str(config["name"])
"#;

fn ours(ready: &Ready) -> Result<String, ConfigError> {
    let repo = ready.text("repo").expect("repo");
    let config = ButlerConfig::load(&repo, &[], &ready.environment())?;
    let file = config.config().file().expect("a file").to_string();
    let dir = config.config_dir().expect("a folder").to_string();
    Ok(format!(
        "{file} {dir} {}",
        config.config().text("name")?.expect("a name")
    ))
}

const INDEX: &str = "label: '{here}/one'\nfile: '{here}/one/butler.yaml'\nuri: 'file://{here}/o%6Ee/'\ntwo: '{here}/one'\nnowhere: /no/where\n";

fn argument(name: &str, repo: &str) -> Case {
    Case::new(name)
        .file("one/butler.yaml", "name: one\n")
        .file("two/butler.yaml", "name: two\n")
        .file("t w o/butler.yaml", "name: blank\n")
        .file("empty/x", "")
        .file("index.yaml", INDEX)
        .file("index.json", "{\"label\": \"{here}/two\"}")
        .argument("repo", repo)
}

fn cases() -> Vec<Case> {
    let index = |name: &str, repo: &str| {
        argument(name, repo).variable("DAF_BUTLER_REPOSITORY_INDEX", "{here}/index.yaml")
    };
    let direct = |name: &str, repo: &str, text: &str| {
        argument(name, repo).variable("DAF_BUTLER_REPOSITORIES", text)
    };
    vec![
        argument("folder", "one"),
        argument("folder with slash", "one/"),
        argument("absolute", "{here}/one"),
        argument("file", "one/butler.yaml"),
        argument("uri", "file://{here}/one"),
        argument("uri of the file", "file://{here}/one/butler.yaml"),
        argument("encoded uri", "file://{here}/t%20w%20o/"),
        argument("blank", "t w o"),
        argument("encoded path", "t%20w%20o"),
        argument("dots", "two/../one/."),
        argument("home", "~/one"),
        argument("variable", "$WHERE/one").variable("WHERE", "{here}"),
        argument("relative uri", "file:one"),
        argument("missing", "three"),
        argument("missing with slash", "three/"),
        argument("missing file", "three/butler.yaml"),
        argument("folder without file", "empty"),
        argument("not a repo file", "empty/x"),
        argument("empty", ""),
        argument("other scheme", "weird://x"),
        index("label", "label"),
        index("label of a file", "file"),
        index("label of a uri", "uri"),
        index("label before folder", "two"),
        index("folder beside labels", "one"),
        index("label of nothing", "nowhere"),
        index("unknown label", "unknown"),
        argument("json index", "label").variable("DAF_BUTLER_REPOSITORY_INDEX", "index.json"),
        argument("index uri", "label")
            .variable("DAF_BUTLER_REPOSITORY_INDEX", "file://{here}/index.yaml"),
        argument("index missing", "label")
            .variable("DAF_BUTLER_REPOSITORY_INDEX", "{here}/none.yaml"),
        argument("index missing, folder there", "one")
            .variable("DAF_BUTLER_REPOSITORY_INDEX", "{here}/none.yaml"),
        argument("index is a repo", "name")
            .variable("DAF_BUTLER_REPOSITORY_INDEX", "{here}/one/butler.yaml"),
        direct("direct", "label", "label: '{here}/one'"),
        direct("direct json", "label", "{\"label\": \"{here}/two\"}"),
        direct("direct wrong type", "label", "label: 1"),
        direct("direct list", "label", "[label]"),
        direct("direct broken", "label", "{label: "),
        direct("direct empty", "one", ""),
        direct("direct unknown", "unknown", "label: x\nother: y"),
        direct("both", "label", "label: '{here}/one'")
            .variable("DAF_BUTLER_REPOSITORY_INDEX", "{here}/index.yaml"),
        direct("both, folder there", "one", "label: '{here}/one'")
            .variable("DAF_BUTLER_REPOSITORY_INDEX", "{here}/index.yaml"),
        direct("both, one empty", "label", "label: '{here}/one'")
            .variable("DAF_BUTLER_REPOSITORY_INDEX", ""),
    ]
}

#[test]
fn arguments_lead_where_the_reference_goes() {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases();
    let count = cases.len();
    let mut accepted = 0;
    let mut wrong = Vec::new();
    for (ready, reference) in run(cases, folder.path(), REFERENCE) {
        match (ours(&ready), reference) {
            (Ok(ours), Ok(reference)) if Some(ours.as_str()) == reference.as_str() => accepted += 1,
            (Err(ours), Err(reference)) if same_hint(&ours.to_string(), &reference) => {}
            (ours, reference) => wrong.push(format!(
                "== {}\nreference: {reference:?}\nours: {:?}",
                ready.case.name,
                ours.map_err(|e| e.to_string())
            )),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(accepted > 20, "only {accepted} of {count} were accepted");
}

/// What the reference says in parentheses about labels, we say too.
fn same_hint(ours: &str, reference: &str) -> bool {
    if !reference.starts_with("FileNotFoundError") {
        return true;
    }
    let hint = |text: &str| {
        let start = ["(given ", "(resolved "]
            .iter()
            .filter_map(|mark| text.rfind(mark))
            .next()?;
        // Labels come from a set there.
        let mut words: Vec<String> = text[start..]
            .split([' ', ',', ')'])
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect();
        words.sort();
        Some(words)
    };
    hint(ours).is_some()
        && (hint(ours) == hint(reference)
            || reference.contains("could not be read")
            || reference.contains("line 1"))
}

#[test]
fn servers_are_told_apart() {
    let environment = Environment::new("/").with_variable(
        "DAF_BUTLER_REPOSITORIES",
        "dp02: https://host/api/butler/repo/dp02",
    );
    for repo in ["dp02", "https://host/api/butler/repo/dp02"] {
        let resolved = resolve_repo(repo, &environment).unwrap();
        assert_eq!(
            resolved.location,
            RepoLocation::Remote {
                uri: "https://host/api/butler/repo/dp02".into()
            }
        );
    }
    let error = ButlerConfig::load("dp02", &[], &environment).unwrap_err();
    assert!(matches!(error, ConfigError::Remote { .. }), "{error}");
}

#[test]
fn both_variables_are_an_error_of_the_index() {
    let environment = Environment::new("/")
        .with_variable("DAF_BUTLER_REPOSITORIES", "a: b")
        .with_variable("DAF_BUTLER_REPOSITORY_INDEX", "/x.yaml");
    let error = RepositoryIndex::from_environment(&environment)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("DAF_BUTLER_REPOSITORIES") && error.contains("DAF_BUTLER_REPOSITORY_INDEX"),
        "{error}"
    );
}
