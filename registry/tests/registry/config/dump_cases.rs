//! Cases for `config-dump`.

use super::case::Case;

const BUTLER: &str =
    "datastore:\n  root: <butlerRoot>\nregistry:\n  db: sqlite:///<butlerRoot>/gen3.sqlite3\n";

fn repo(name: &str, butler: &str) -> Case {
    Case::new(name)
        .file("repo/butler.yaml", butler)
        .argument("repo", "repo")
}

/// All of them.
pub fn all() -> Vec<Case> {
    let subsets = SUBSETS
        .iter()
        .map(|key| repo(&format!("subset {key}"), BUTLER).argument("subset", *key));
    part_cases()
        .into_iter()
        .chain(include_cases())
        .chain(search_cases())
        .chain(file_cases())
        .chain(subsets)
        .collect()
}

/// What `butler.yaml` itself may hold.
fn part_cases() -> Vec<Case> {
    vec![
        repo("plain", BUTLER),
        repo("json", BUTLER).argument("json", true),
        repo("empty", ""),
        repo(
            "own keys",
            "run: x\nother: {a: [1, 2.5, null, yes]}\nroot: /somewhere\n",
        ),
        repo("a chained datastore", CHAINED),
        repo("a chained datastore as json", CHAINED).argument("json", true),
        repo(
            "in memory",
            "datastore: {cls: lsst.daf.butler.datastores.inMemoryDatastore.InMemoryDatastore}\n",
        ),
        repo("class unknown", "datastore: {cls: some.where.Datastore}\n"),
        repo("datastore without class", "datastore: {cls: null}\n"),
        repo("datastore is text", "datastore: text\n"),
        repo(
            "datastore doubled",
            "datastore: {datastore: {root: /x, cls: lsst.daf.butler.datastores.fileDatastore.FileDatastore}}\n",
        ),
        repo(
            "templates of its own",
            "datastore:\n  templates:\n    default: '{run:/}/{datasetType}'\n    raw: '{run}'\n",
        ),
        repo(
            "storage class of its own",
            "storageClasses:\n  Mine: {pytype: dict, components: {a: int}}\n  Exposure: {parameters: [bbox]}\n",
        ),
        repo("not a mapping", "[a]\n"),
        repo("not yaml", "a: [\n"),
    ]
}

/// `includeConfigs` and `!include`.
fn include_cases() -> Vec<Case> {
    vec![
        repo("include", "includeConfigs: more.yaml\na: 1\n")
            .file("repo/more.yaml", "a: 2\nb: 3\ndatastore: {root: /more}\n"),
        repo(
            "includes",
            "x:\n  includeConfigs: [one.yaml, two.yaml]\n  a: 1\n",
        )
        .file("repo/one.yaml", "a: 2\nb: 3\nc: [1]\n")
        .file("two.yaml", "b: 4\nd: {e: 5}\n"),
        repo(
            "include by variable",
            "x:\n  includeConfigs: $WHERE/one.yaml\n",
        )
        .file("one.yaml", "b: 3\n")
        .variable("WHERE", "{here}"),
        repo("include missing", "includeConfigs: more.yaml\n"),
        repo("include within include", "includeConfigs: sub/one.yaml\n")
            .file("repo/sub/one.yaml", "includeConfigs: two.yaml\na: 1\n")
            .file("repo/sub/two.yaml", "a: 3\nb: 2\n"),
        repo("include json", "x: {includeConfigs: one.json}\n")
            .file("repo/one.json", "{\"a\": [1, 2.5e3, \"x\"], \"b\": null}"),
        repo(
            "tag include",
            "x: !include one.yaml\ny: !include [one.yaml, one.yaml]\nz: !include {k: one.yaml}\n",
        )
        .file("repo/one.yaml", "a: [1]\nb: 2\n"),
        repo(
            "tag include of an absolute path",
            "x: !include '{here}/one.yaml'\n",
        )
        .file("one.yaml", "a: !include two.yaml\n")
        .file("two.yaml", "3\n"),
        repo("tag include missing", "x: !include one.yaml\n"),
    ]
}

/// Defaults from folders.
fn search_cases() -> Vec<Case> {
    vec![
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
    ]
}

/// REPO as a file.
fn file_cases() -> Vec<Case> {
    vec![
        Case::new("a file")
            .file("conf.yaml", "a: 1\n")
            .argument("repo", "conf.yaml"),
        Case::new("a json file")
            .file("conf.json", "{\"a\": 1, \"datastore\": {\"root\": \"/x\"}}")
            .argument("repo", "{here}/conf.json"),
        Case::new("a broken json file")
            .file("conf.json", "{\"a\": 1,}")
            .argument("repo", "{here}/conf.json"),
        Case::new("another extension")
            .file("conf.txt", "a: 1\n")
            .argument("repo", "conf.txt"),
    ]
}

/// Keys to dump, with and without something behind them.
const SUBSETS: &[&str] = &[
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
];

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
