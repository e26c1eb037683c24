//! What `create` writes to `butler.yaml`.

use std::path::Path;

use pantry_registry::config::{Config, ConfigError, RepoConfigOptions, ResourcePath, repo_config};
use serde_json::json;

use super::case::{Case, Ready, run};
use super::dump::explain;

/// Only the first half of `makeRepo`: no database is made.
const REFERENCE: &str = r#"
from lsst.daf.butler import Butler, Config
seed = arguments.get("seed")
config, root = Butler._make_repo_butler_config(
    arguments.get("root", "repo"),
    config=Config(seed) if seed is not None else None,
    standalone=arguments.get("standalone", False),
    searchPaths=arguments.get("search"),
    forceConfigRoot=not arguments.get("override", False),
    outfile=arguments.get("outfile"),
)
with open(config.configFile.ospath) as f:
    return config.configFile.ospath + "\n" + f.read()
"#;

fn ours(ready: &Ready) -> Result<String, ConfigError> {
    let environment = ready.environment();
    let seed = match ready.text("seed") {
        Some(file) => Some(Config::read(
            &ResourcePath::parse(&file, &environment)?,
            &environment,
        )?),
        None => None,
    };
    let options = RepoConfigOptions {
        root: ready.text("root").unwrap_or_else(|| "repo".to_owned()),
        standalone: ready.switch("standalone"),
        keep_seed: ready.switch("override"),
        outfile: ready.text("outfile"),
        search_paths: ready.texts("search"),
    };
    let made = repo_config(seed.as_ref(), &options, &environment)?;
    Ok(format!("{}\n{}", made.target, made.text))
}

const SEEDS: &[(&str, &str)] = &[
    ("none", ""),
    (
        "root and database",
        "root: /old\nregistry: {db: 'sqlite:////abs/own.sqlite3'}\ndatastore: {root: /data, name: x}\n",
    ),
    (
        "record table",
        "datastore: {records: {table: my_records}, cls: lsst.daf.butler.datastores.fileDatastore.FileDatastore}\n",
    ),
    (
        "postgres",
        "registry: {db: 'postgresql://user@host.example/db', namespace: mine}\n",
    ),
    (
        "postgres with keys",
        "registry: {db: 'postgresql+psycopg://', host: h, port: 5433, database: d, username: u, password: p}\n",
    ),
    ("other dialect", "registry: {db: 'mysql://host/db'}\n"),
    (
        "unknown engine",
        "registry: {engines: {sqlite: some.Class}}\n",
    ),
    ("no url", "registry: {db: nothing}\n"),
    ("null url", "registry: {db: null}\n"),
    (
        "managers",
        "registry: {managers: {datasets: other.Manager, extra: some.Manager}}\n",
    ),
    ("managers are text", "registry: {managers: text}\n"),
    (
        "obscore",
        "registry: {managers: {obscore: {cls: lsst.O, config: {namespace: x, version: 1}}}}\n",
    ),
    (
        "obscore without settings",
        "registry: {managers: {obscore: {cls: lsst.O}}}\n",
    ),
    (
        "obscore as text",
        "registry: {managers: {obscore: lsst.daf.butler.registry.obscore.ObsCoreLiveTableManager}}\n",
    ),
    (
        "obscore with empty settings",
        "registry: {managers: {obscore: {cls: lsst.O, config: {}}}}\n",
    ),
    (
        "more keys",
        "some: {thing: [1, 2]}\nstorageClasses: {Mine: {pytype: dict}}\ndatastore: {templates: {raw: '{run}'}}\n",
    ),
    (
        "shared list",
        "a: &l [1, 2]\ndatastore: {b: *l, c: *l}\nregistry: {d: *l}\n",
    ),
    (
        "in memory",
        "datastore: {cls: lsst.daf.butler.datastores.inMemoryDatastore.InMemoryDatastore}\n",
    ),
    (
        "chained",
        "datastore:\n  cls: lsst.daf.butler.datastores.chainedDatastore.ChainedDatastore\n  datastores:\n  - datastore: {cls: lsst.daf.butler.datastores.fileDatastore.FileDatastore, root: /one}\n  - {cls: lsst.daf.butler.datastores.inMemoryDatastore.InMemoryDatastore}\n  - {cls: lsst.daf.butler.datastores.fileDatastore.FileDatastore, records: {table: other}}\n",
    ),
    ("class unknown", "datastore: {cls: some.Where}\n"),
    ("datastore null", "datastore:\n"),
    (
        "include",
        "includeConfigs: more.yaml\nregistry: {db: 'sqlite:///x'}\n",
    ),
    ("text", "just text\n"),
];

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, seed) in SEEDS {
        for (standalone, keep) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut case = Case::new(&format!("{name}, standalone {standalone}, override {keep}"))
                .file("more.yaml", "datastore: {root: /more}\nb: 1\n")
                .argument("standalone", standalone)
                .argument("override", keep);
            if !seed.is_empty() {
                case = case.file("seed.yaml", seed).argument("seed", "seed.yaml");
            }
            cases.push(case);
        }
    }
    let outfile = |name: &str, outfile: &str| {
        Case::new(name)
            .argument("outfile", outfile)
            .file("folder/x", "")
            .file("seed.yaml", SEEDS[11].1)
            .argument("seed", "{here}/seed.yaml")
    };
    cases.extend([
        outfile("outfile", "out.yaml"),
        outfile("outfile json", "{here}/sub/out.json"),
        outfile("outfile folder", "folder"),
        outfile("outfile new folder", "new/"),
        outfile("outfile without extension", "sub/new"),
        outfile("outfile text", "out.txt"),
        outfile("outfile uri", "file://{here}/o%20ut.yaml"),
        outfile("outfile upper case", "OUT.YAML"),
        outfile("outfile standalone json", "out.json").argument("standalone", true),
        outfile("outfile with odd root", "out.yaml").argument("root", "re po#1/ö"),
        outfile("outfile with uri root", "out.yaml").argument("root", "file://{here}/a%2Bb/../c"),
        outfile("outfile with home", "~/out.yaml").argument("root", "~/r"),
        Case::new("date").file("seed.yaml", "a: 2020-01-01\n").argument("seed", "seed.yaml"),
        Case::new("date as json").file("seed.yaml", "a: 2020-01-01\n").argument("seed", "seed.yaml").argument("outfile", "x.json"),
        Case::new("seed is json").file("seed.json", "{\"z\": 1, \"a\": {\"c\": [\"\u{e9}\"], \"b\": null}}").argument("seed", "seed.json").argument("outfile", "x.json"),
        Case::new("seed missing").argument("seed", "seed.yaml"),
        Case::new("search path").argument("search", vec!["first"])
            .file("first/registry.yaml", "registry: {db: 'postgresql://h/d', managers: {datasets: a.B}}\n")
            .file("first/datastore.yaml", "datastore: {records: {table: t}}\n")
            .file("first/datastores/fileDatastore.yaml", "datastore: {records: {table: u}}\n"),
        Case::new("search variable").variable("DAF_BUTLER_CONFIG_PATH", "first")
            .file("first/registry.yaml", "registry: {db: 'postgresql://h/d', managers: {datasets: a.B}}\n")
            .argument("standalone", true),
        Case::new("seed path with a search variable").variable("DAF_BUTLER_CONFIG_PATH", "first")
            .file("first/registry.yaml", "registry: {engines: {mysql: lsst.daf.butler.registry.databases.postgresql.PostgresqlDatabase}}\n")
            .file("seed.yaml", "registry: {db: 'mysql://h/d'}\n").argument("seed", "seed.yaml").argument("override", true),
    ]);
    cases
}

#[test]
fn new_configurations_are_those_of_the_reference() {
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
    assert!(accepted > 70, "only {accepted} of {count} were accepted");
}

/// The reference takes a root named like a file for a file; here a root is always a folder.
#[test]
fn a_root_with_an_extension_is_a_folder() {
    let ready = run(
        vec![Case::new("x").argument("root", json!("a.repo"))],
        tempfile::tempdir().unwrap().path(),
        "return 1",
    )
    .remove(0)
    .0;
    let made = ours(&ready).unwrap();
    assert!(
        made.starts_with(
            &ready
                .here
                .join("a.repo/butler.yaml")
                .to_string_lossy()
                .into_owned()
        ),
        "{made}"
    );
    assert!(Path::new(made.lines().next().unwrap()).is_absolute());
}
