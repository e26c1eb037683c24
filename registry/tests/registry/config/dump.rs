//! `config-dump`: the complete configuration of a repo, defaults, search paths and includes merged.

use pantry_registry::config::{ButlerConfig, ConfigError, ConfigFormat};

use super::case::{Case, Ready, run};

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

const BUTLER: &str =
    "datastore:\n  root: <butlerRoot>\nregistry:\n  db: sqlite:///<butlerRoot>/gen3.sqlite3\n";

fn repo(name: &str, butler: &str) -> Case {
    Case::new(name)
        .file("repo/butler.yaml", butler)
        .argument("repo", "repo")
}

fn subset(key: &str) -> Case {
    repo(&format!("subset {key}"), BUTLER).argument("subset", key)
}

fn cases() -> Vec<Case> {
    let mut cases = vec![
        repo("plain", BUTLER),
        repo("json", BUTLER).argument("json", true),
        repo("empty", ""),
        repo("own keys", "run: x\nother: {a: [1, 2.5, null, yes]}\nroot: /somewhere\n"),
        repo("a chained datastore", CHAINED),
        repo("a chained datastore as json", CHAINED).argument("json", true),
        repo("in memory", "datastore: {cls: lsst.daf.butler.datastores.inMemoryDatastore.InMemoryDatastore}\n"),
        repo("class unknown", "datastore: {cls: some.where.Datastore}\n"),
        repo("datastore without class", "datastore: {cls: null}\n"),
        repo("datastore is text", "datastore: text\n"),
        repo("datastore doubled", "datastore: {datastore: {root: /x, cls: lsst.daf.butler.datastores.fileDatastore.FileDatastore}}\n"),
        repo("templates of its own", "datastore:\n  templates:\n    default: '{run:/}/{datasetType}'\n    raw: '{run}'\n"),
        repo("storage class of its own", "storageClasses:\n  Mine: {pytype: dict, components: {a: int}}\n  Exposure: {parameters: [bbox]}\n"),
        repo("not a mapping", "[a]\n"),
        repo("not yaml", "a: [\n"),
        repo("include", "includeConfigs: more.yaml\na: 1\n").file("repo/more.yaml", "a: 2\nb: 3\ndatastore: {root: /more}\n"),
        repo("includes", "x:\n  includeConfigs: [one.yaml, two.yaml]\n  a: 1\n")
            .file("repo/one.yaml", "a: 2\nb: 3\nc: [1]\n")
            .file("two.yaml", "b: 4\nd: {e: 5}\n"),
        repo("include by variable", "x:\n  includeConfigs: $WHERE/one.yaml\n").file("one.yaml", "b: 3\n").variable("WHERE", "{here}"),
        repo("include missing", "includeConfigs: more.yaml\n"),
        repo("include within include", "includeConfigs: sub/one.yaml\n").file("repo/sub/one.yaml", "includeConfigs: two.yaml\na: 1\n").file("repo/sub/two.yaml", "a: 3\nb: 2\n"),
        repo("include json", "x: {includeConfigs: one.json}\n").file("repo/one.json", "{\"a\": [1, 2.5e3, \"x\"], \"b\": null}"),
        repo("tag include", "x: !include one.yaml\ny: !include [one.yaml, one.yaml]\nz: !include {k: one.yaml}\n").file("repo/one.yaml", "a: [1]\nb: 2\n"),
        repo("tag include of an absolute path", "x: !include '{here}/one.yaml'\n").file("one.yaml", "a: !include two.yaml\n").file("two.yaml", "3\n"),
        repo("tag include missing", "x: !include one.yaml\n"),
        repo("search", BUTLER)
            .argument("search", vec!["{here}/first", "second"])
            .variable("DAF_BUTLER_CONFIG_PATH", "third:{here}/fourth:nowhere")
            .file("first/registry.yaml", "registry: {db: 'sqlite:///first', one: 1}\n")
            .file("second/registry.yaml", "db: 'sqlite:///second'\none: 2\ntwo: 2\n")
            .file("third/registry.yaml", "registry: {one: 3, two: 3, three: 3}\n")
            .file("fourth/registry.yaml", "registry: {one: 4, two: 4, three: 4, four: 4}\n")
            .file("third/datastores/fileDatastore.yaml", "datastore: {cached: {expiry: {mode: files}}, formatters: !include f.yaml}\n")
            .file("third/datastores/f.yaml", "raw: my.Formatter\n")
            .file("fourth/storageClasses.yaml", "storageClasses: {Extra: {pytype: list}}\n"),
        repo("empty search item", BUTLER).variable("DAF_BUTLER_CONFIG_PATH", ""),
        repo("search changes class", "a: 1\n").argument("search", vec!["first"])
            .file("first/datastore.yaml", "datastore: {cls: lsst.daf.butler.datastores.inMemoryDatastore.InMemoryDatastore}\n")
            .file("first/datastores/inMemoryDatastore.yaml", "datastore: {extra: 1}\n"),
        repo("default in the working directory", BUTLER).file("registry.yaml", "registry: {db: here, only: true}\n"),
        repo("registry names a class", "registry: {cls: lsst.daf.butler.registry.sql_registry.SqlRegistry}\n"),
        repo("registry names an unknown class", "registry: {cls: lsst.daf.butler.registries.sql.SqlRegistry}\n"),
        repo("shared list", "a: &l [1, 2]\nb: *l\nregistry: {x: *l, y: {z: *l}}\ndatastore: {templates: *l}\n"),
        repo("shared mapping", "a: &m {x: [1]}\nb: *m\nc: [*m, *m]\n"),
        repo("dates and numbers", "a: 2020-01-01\nb: 1e5\nc: 1.0e+20\nd: 0o17\n2: x\n"),
        Case::new("a file").file("conf.yaml", "a: 1\n").argument("repo", "conf.yaml"),
        Case::new("a json file").file("conf.json", "{\"a\": 1, \"datastore\": {\"root\": \"/x\"}}").argument("repo", "{here}/conf.json"),
        Case::new("a broken json file").file("conf.json", "{\"a\": 1,}").argument("repo", "{here}/conf.json"),
        Case::new("another extension").file("conf.txt", "a: 1\n").argument("repo", "conf.txt"),
    ];
    for key in [
        "registry",
        ".registry.db",
        "/registry/managers",
        ".storageClasses.Exposure.parameters",
        ".storageClasses.Exposure.parameters.0",
        ".storageClasses.Exposure.parameters.-1",
        ".storageClasses.Exposure.parameters.9",
        ".storageClasses.Exposure.parameters.bbox",
        ".datastore.cached.root",
        ".datastore.create",
        ".datastore.cached.expiry.threshold",
        ".datastore.write_recipes",
        ".registry.db.0",
        ".registry.db.sqlite",
        ".datastore.formatters.write_recipes",
        "→datastore→templates",
        ".nope",
        "",
        ".",
        ".datastore.create.x",
        "=datastore=formatters=write_recipes=lsst.images.formatters.GenericFormatter=lossy16=image=quantization=level",
        "=datastore=formatters=write_recipes=lsst.obs.base.formatters.fitsExposure.FitsMaskFormatter=lossy16",
        "\\datastore",
        ".data\\.store",
        "datastore.root",
    ] {
        cases.push(subset(key));
    }
    cases
}

const CHAINED: &str = "datastore:
  cls: lsst.daf.butler.datastores.chainedDatastore.ChainedDatastore
  datastores:
  - datastore:
      cls: lsst.daf.butler.datastores.fileDatastore.FileDatastore
      root: <butlerRoot>/one
  - cls: lsst.daf.butler.datastores.inMemoryDatastore.InMemoryDatastore
  - root: <butlerRoot>/three
    constraints: {accept: [all]}
";

#[test]
fn dumps_are_those_of_the_reference() {
    let folder = tempfile::tempdir().unwrap();
    let cases = cases();
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
