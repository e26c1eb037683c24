//! An import leaves the rows and files that the Python Butler's leaves: exports with files in all transfer modes, and the
//! exports of the Butler's own tests, on SQLite and PostgreSQL.

use std::path::{Path, PathBuf};

use pantry_testkit::postgres::Database;
use pantry_testkit::{fixture, oracle, run};
use serde_json::Value;

use crate::import_setup::{
    Scratch, assert_same_tree, batch_without_fault, copy_tree, files, import, step, tree,
};
use crate::pantry::command;

const EXPORTS: [&str; 2] = ["oracle-mini", "hsc-mini"];

/// Two repositories, one for each program.
struct Pair {
    ours: PathBuf,
    theirs: PathBuf,
}

impl Pair {
    fn new(scratch: &Scratch, name: &str) -> Self {
        Self {
            ours: scratch.path(&format!("{name}-ours")),
            theirs: scratch.path(&format!("{name}-theirs")),
        }
    }

    fn compare(&self) -> Value {
        step("same", [&self.ours, &self.theirs])
    }
}

fn butler(args: &[&Path]) -> Value {
    step("butler", args)
}

fn butler_import(repo: &Path, directory: &Path, mode: &str) -> Value {
    let flags = ["--transfer", mode].map(Path::new);
    butler(&[Path::new("import"), repo, directory, flags[0], flags[1]])
}

/// Where the registry of both sides is.
enum Registry<'a> {
    Sqlite,
    Postgresql(&'a Database),
}

/// Create both repositories; `name` is the stem of the namespaces in PostgreSQL.
fn create(pair: &Pair, registry: &Registry<'_>, name: &str, steps: &mut Vec<Value>) {
    let mut ours = command();
    ours.arg("create").arg(&pair.ours);
    match registry {
        Registry::Sqlite => {
            steps.push(butler(&[Path::new("create"), &pair.theirs]));
        }
        Registry::Postgresql(database) => {
            let seed = pair.theirs.with_extension("yaml");
            let text = format!(
                "registry:\n  db: {}\n  namespace: {name}_theirs\n",
                database.url()
            );
            std::fs::write(&seed, text).unwrap();
            let create = ["create", "--seed-config"].map(Path::new);
            steps.push(butler(&[create[0], create[1], &seed, &pair.theirs]));
            ours.args([
                "--db",
                &database.url(),
                "--namespace",
                &format!("{name}_ours"),
            ]);
        }
    }
    let _ = run(&mut ours).ok();
}

fn same_in_modes(registry: &Registry<'_>, modes: &[&str]) {
    let scratch = Scratch::new();
    let (mut steps, mut pairs) = (Vec::new(), Vec::new());
    for mode in modes {
        for export in EXPORTS {
            let name = format!("{mode}_{}", &export[..3]);
            let pair = Pair::new(&scratch, &name);
            create(&pair, registry, &name, &mut steps);
            let flags = ["--transfer", mode, "--checksum", "none"];
            // A move takes the files away, and links count: then each side has files of its own.
            let own = matches!(*mode, "move" | "hardlink" | "link" | "auto");
            let source = |side: &str| {
                if own {
                    scratch.copy_of(&format!("{name}-{side}"), export)
                } else {
                    fixture(export)
                }
            };
            let (our_source, their_source) = (source("a"), source("b"));
            let _ = import(&pair.ours, &our_source, &flags).ok();
            steps.push(butler_import(&pair.theirs, &their_source, mode));
            steps.push(pair.compare());
            pairs.push((pair, our_source, their_source));
        }
    }
    batch_without_fault(steps);
    for (pair, our_source, their_source) in pairs {
        let mut ours = tree(&pair.ours);
        let mut theirs = tree(&pair.theirs);
        if matches!(registry, Registry::Postgresql(_)) {
            // The two name different namespaces.
            assert!(ours.remove(Path::new("butler.yaml")).is_some());
            assert!(theirs.remove(Path::new("butler.yaml")).is_some());
        }
        assert_same_tree(&ours, &theirs);
        assert_same_tree(&tree(&our_source), &tree(&their_source));
    }
}

#[test]
fn copies_and_direct_imports_are_the_same() {
    same_in_modes(&Registry::Sqlite, &["copy", "direct"]);
}

#[test]
fn links_are_the_same() {
    let modes = ["link", "symlink", "hardlink", "relsymlink", "auto"];
    same_in_modes(&Registry::Sqlite, &modes);
}

#[test]
fn moves_are_the_same_and_leave_only_the_export_file() {
    same_in_modes(&Registry::Sqlite, &["move"]);
    let scratch = Scratch::new();
    let source = scratch.copy_of("source", "oracle-mini");
    let _ = import(&scratch.path("repo"), &source, &["--transfer", "move"]).ok();
    assert_eq!(files(&tree(&source)), [Path::new("export.yaml")]);
}

#[test]
fn imports_into_postgresql_are_the_same() {
    let database = Database::new();
    same_in_modes(
        &Registry::Postgresql(&database),
        &["copy", "symlink", "move", "direct"],
    );
}

#[test]
fn links_into_postgresql_are_the_same() {
    let database = Database::new();
    same_in_modes(
        &Registry::Postgresql(&database),
        &["link", "hardlink", "relsymlink", "auto"],
    );
}

#[test]
fn files_below_the_root_stay_there_when_the_mode_is_auto() {
    let scratch = Scratch::new();
    let mut steps = Vec::new();
    for export in EXPORTS {
        let pair = Pair::new(&scratch, export);
        create(&pair, &Registry::Sqlite, export, &mut steps);
        let [ours, theirs] = [&pair.ours, &pair.theirs].map(|r| r.join("ingested/here"));
        copy_tree(&fixture(export), &ours);
        copy_tree(&fixture(export), &scratch.path("kept"));
        let before = tree(&pair.ours);
        let _ = import(&pair.ours, &ours, &[]).ok();
        assert_same_tree(&before, &tree(&pair.ours));
        // The reference creates its repository in the same batch, so the files come in after that.
        std::fs::create_dir_all(&pair.theirs).unwrap();
        copy_tree(&fixture(export), &theirs);
        steps.push(butler_import(&pair.theirs, &theirs, "auto"));
        steps.push(pair.compare());
    }
    batch_without_fault(steps);
}

/// The exports of the wheel, in the order in which its own tests load them.
const REGISTRY_DATA: [&[&str]; 5] = [
    &["base.yaml", "datasets.yaml", "spatial.yaml"],
    &["ci_hsc-subset.yaml", "ci_hsc-subset-skymap.yaml"],
    &["base.yaml", "ci_hsc-subset.yaml"],
    &["hsc-rc2-subset-v0.yaml"],
    &["lsstcam-subset.yaml"],
];

fn same_registry_data(registry: &Registry<'_>) {
    let folder = oracle::eval(
        "import lsst.daf.butler.tests.registry_data as d; print(d.__path__[0])",
        std::iter::empty::<&str>(),
    );
    let folder = Path::new(folder.trim_end());
    let scratch = Scratch::new();
    let mut steps = Vec::new();
    for (i, files) in REGISTRY_DATA.into_iter().enumerate() {
        let name = format!("data{i}");
        let pair = Pair::new(&scratch, &name);
        create(&pair, registry, &name, &mut steps);
        for file in files {
            let _ = import(&pair.ours, folder, &["--no-files", "--export-file", file]).ok();
            let again = import(&pair.ours, folder, &["--no-files", "--export-file", file]).ok();
            assert!(again.starts_with("nothing to do"), "{file}: {again}");
        }
        let load = std::iter::once(pair.theirs.as_path()).chain(files.iter().map(Path::new));
        steps.push(step("load", load));
        steps.push(pair.compare());
    }
    batch_without_fault(steps);
}

#[test]
fn exports_of_the_butlers_own_tests_are_the_same() {
    same_registry_data(&Registry::Sqlite);
}

#[test]
fn exports_of_the_butlers_own_tests_are_the_same_in_postgresql() {
    same_registry_data(&Registry::Postgresql(&Database::new()));
}
