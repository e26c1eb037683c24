//! `pantry create` beside `butler create`, with all their options: the configuration to the byte, the schema, the rows.

use std::fs;
use std::path::{Path, PathBuf};

use pantry_testkit::postgres::Database;
use pantry_testkit::{compare, oracle};

use crate::import_setup::{Scratch, batch, import, step};
use crate::pantry::pantry;

/// Options of both programs, `SIDE` in them stands for the side's folder.
struct Case {
    seed: &'static str,
    options: &'static [&'static str],
    /// Where the configuration is afterwards, in the side's folder.
    config: &'static str,
    /// What to open.
    repo: &'static str,
}

const SEED: &str = "datastore:\n  templates:\n    default: '{run}/{datasetType}.{component:?}/{id}'\n  checksum: true\n\
    storageClasses:\n  Mine:\n    pytype: dict\nmarked: [1, two, 3.5, null, true]\n";

const CASES: &[Case] = &[
    Case {
        seed: "",
        options: &[],
        config: "repo/butler.yaml",
        repo: "repo",
    },
    Case {
        seed: SEED,
        options: &["--seed-config", "SIDE/seed.yaml"],
        config: "repo/butler.yaml",
        repo: "repo",
    },
    Case {
        seed: SEED,
        options: &["--seed-config", "SIDE/seed.yaml", "--standalone"],
        config: "repo/butler.yaml",
        repo: "repo",
    },
    Case {
        seed: "",
        options: &["--standalone"],
        config: "repo/butler.yaml",
        repo: "repo",
    },
    Case {
        seed: "",
        options: &["--outfile", "SIDE/config/mine.yaml"],
        config: "config/mine.yaml",
        repo: "config/mine.yaml",
    },
    Case {
        seed: "",
        options: &["-f", "SIDE/repo/other.yaml"],
        config: "repo/other.yaml",
        repo: "repo/other.yaml",
    },
    Case {
        seed: "registry:\n  db: sqlite:///<butlerRoot>/mine.sqlite3\n",
        options: &["--seed-config", "SIDE/seed.yaml", "--override"],
        config: "repo/butler.yaml",
        repo: "repo",
    },
    Case {
        seed: "",
        options: &["--dimension-config", "OLD/daf_butler_universe5.yaml"],
        config: "repo/butler.yaml",
        repo: "repo",
    },
    Case {
        seed: "",
        options: &["--dimension-config", "OLD/daf_butler_universe2.yaml"],
        config: "repo/butler.yaml",
        repo: "repo",
    },
];

fn options(case: &Case, side: &Path, old: &str) -> Vec<String> {
    let mut all = vec![
        "create".to_owned(),
        side.join("repo").to_str().unwrap().to_owned(),
    ];
    let put = |o: &&str| {
        o.replace("SIDE", side.to_str().unwrap())
            .replace("OLD", old)
    };
    all.extend(case.options.iter().map(put));
    all
}

/// The SQLite file of a side.
fn database(side: &Path) -> PathBuf {
    let files = ["repo/gen3.sqlite3", "repo/mine.sqlite3"].map(|f| side.join(f));
    files.into_iter().find(|f| f.exists()).unwrap()
}

#[test]
fn all_options_with_sqlite() {
    let scratch = Scratch::new();
    let code = "import lsst.daf.butler.configs as c; print(c.__path__[0] + '/old_dimensions')";
    let old = oracle::eval(code, std::iter::empty::<&str>());
    let (mut steps, mut sides) = (Vec::new(), Vec::new());
    for (i, case) in CASES.iter().enumerate() {
        let [ours, theirs] = ["ours", "them"].map(|side| scratch.path(&format!("{i}/{side}")));
        for side in [&ours, &theirs] {
            fs::create_dir_all(side.join("config")).unwrap();
            fs::write(side.join("seed.yaml"), case.seed).unwrap();
        }
        let _ = pantry(options(case, &ours, old.trim_end())).ok();
        steps.push(step("butler", options(case, &theirs, old.trim_end())));
        steps.push(step("open", [ours.join(case.repo)]));
        sides.push((ours, theirs));
    }
    for (answer, i) in batch(steps).into_iter().zip(0..) {
        let wanted = if i % 2 == 0 {
            serde_json::Value::Null
        } else {
            serde_json::json!({})
        };
        assert_eq!(answer, wanted, "{:?}", CASES[i / 2].options);
    }
    for (case, (ours, theirs)) in CASES.iter().zip(sides) {
        let text = |side: &Path| fs::read_to_string(side.join(case.config)).unwrap();
        assert_eq!(
            text(&ours),
            text(&theirs).replace("/them/", "/ours/"),
            "{:?}",
            case.options
        );
        // The Butler has opened ours, so the table of file records is there; open theirs as well.
        let empty = scratch.path("no-data");
        fs::create_dir_all(&empty).unwrap();
        fs::write(
            empty.join("export.yaml"),
            "version: 1.0.2\nuniverse_version: 8\ndata: []\n",
        )
        .unwrap();
        let _ = import(&theirs.join(case.repo), &empty, &[]).ok();
        compare::assert_same_schema(database(&ours), database(&theirs), &[]);
        compare::assert_same_rows(database(&ours), database(&theirs), &["--keep-ids"]);
    }
}

#[test]
fn database_and_namespace_in_postgresql() {
    let scratch = Scratch::new();
    let database = Database::new();
    let [ours, theirs] = ["ours", "theirs"].map(|name| scratch.path(name));
    let url = database.url();
    let seed = scratch.path("seed.yaml");
    fs::write(
        &seed,
        format!("registry:\n  db: {url}\n  namespace: here\n"),
    )
    .unwrap();
    let _ = pantry([
        "create",
        ours.to_str().unwrap(),
        "--db",
        &url,
        "--namespace",
        "here",
    ])
    .ok();
    let rows = compare::rows(&ours, &[]);
    let schema = compare::schema(&ours, &[]);
    let config = fs::read_to_string(ours.join("butler.yaml")).unwrap();
    // A second repository does not go where one is that holds something.
    let export = pantry_testkit::fixture("oracle-mini");
    let _ = import(&ours, &export, &["--no-files"]).ok();
    let filled = compare::rows(&ours, &[]);
    let again = scratch.path("again");
    let ran = pantry([
        "create",
        again.to_str().unwrap(),
        "--db",
        &url,
        "--namespace",
        "here",
    ]);
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(!again.join("butler.yaml").exists());
    assert_eq!(filled, compare::rows(&ours, &[]));
    database.sql("DROP SCHEMA here CASCADE");
    let create = [
        "create",
        "--seed-config",
        seed.to_str().unwrap(),
        theirs.to_str().unwrap(),
    ];
    assert_eq!(
        batch(vec![step("butler", create)]),
        [serde_json::Value::Null]
    );
    assert_eq!(rows, compare::rows(&theirs, &[]));
    assert_eq!(schema, compare::schema(&theirs, &[]));
    assert_eq!(
        config,
        fs::read_to_string(theirs.join("butler.yaml")).unwrap()
    );
}

#[test]
fn import_takes_the_options_of_create() {
    let scratch = Scratch::new();
    let database = Database::new();
    let repo = scratch.path("repo");
    let export = pantry_testkit::fixture("oracle-mini");
    let flags = [
        "--transfer",
        "copy",
        "--db",
        &database.url(),
        "--namespace",
        "made",
    ];
    let _ = import(&repo, &export, &flags).ok();
    assert_eq!(
        database.sql("SELECT count(*) FROM made.dataset").trim(),
        "20"
    );
    let text = fs::read_to_string(repo.join("butler.yaml")).unwrap();
    assert!(text.contains("namespace: made"), "{text}");
}

#[test]
fn options_of_create_that_a_repo_contradicts_are_refused() {
    let scratch = Scratch::new();
    let database = Database::new();
    let repo = scratch.path("repo");
    let export = pantry_testkit::fixture("oracle-mini");
    let url = database.url();
    let made = ["--transfer", "copy", "--db", &url, "--namespace", "made"];
    let _ = import(&repo, &export, &made).ok();
    let again = import(&repo, &export, &made).ok();
    assert!(again.contains("nothing"), "{again}");
    let _ = import(&repo, &export, &["--transfer", "copy"]).ok();

    let other = ["--transfer", "copy", "--db", "sqlite:///elsewhere.sqlite3"];
    let refused = import(&repo, &export, &other);
    assert_eq!(refused.code, Some(1));
    let expected = "but sqlite:///elsewhere.sqlite3 is asked for";
    assert!(refused.stderr.contains(expected), "{}", refused.stderr);
    let other = ["--transfer", "copy", "--db", &url, "--namespace", "other"];
    let refused = import(&repo, &export, &other);
    assert_eq!(refused.code, Some(1));
    let expected = "registry.namespace made, but other is asked for; nothing was changed";
    assert!(refused.stderr.contains(expected), "{}", refused.stderr);
}
