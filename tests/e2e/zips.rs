//! `ingest-zip` and `retrieve-artifacts --zip` beside the Python Butler: zips of either are used by the other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use pantry_testkit::postgres::Database;
use pantry_testkit::{Ran, oracle, run};
use serde_json::{Value, json};

use crate::import_setup::{
    Entry, Scratch, assert_same_tree, batch, batch_without_fault, complaint, everything, step, tree,
};
use crate::pantry::{command, pantry};

/// Reads datasets of a repository by its folder or address.
pub const GET: &str = r#"
import absent, json, os, sys
absent.install()
from lsst.daf.butler import Butler
with Butler.from_config(sys.argv[1]) as butler:
    print(json.dumps({"summary": butler.get("summary", collections="runs/first"),
                      "header": butler.get("header", instrument="Cam", exposure=11, detector=2, collections="runs/first"),
                      "rows": len(butler.get("catalog", skymap="tiny", tract=0, patch=1, collections="runs/first"))}))
# Threads of the reader of Parquet files may be in the way of an ordinary end.
sys.stdout.flush()
os._exit(0)
"#;

/// What it reads of `oracle-mini`; a test asks the Python Butler.
pub fn expected() -> Value {
    json!({
        "summary": {"answer": 42, "list": [1, 2.5, null], "text": "two\nlines"},
        "header": {"0": "zero", "1": "one", "2": "two"},
        "rows": 3,
    })
}

/// Dataset types that have files of several kinds, one shared by several datasets.
pub const TYPES: &str = "catalog,header,match,span,summary";

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// `pantry ingest-zip REPO ZIP FLAGS...`
#[track_caller]
pub fn ingest(repo: &Path, zip: &Path, flags: &[&str]) -> Ran {
    let mut command = command();
    command.arg("ingest-zip").arg(repo).arg(zip).args(flags);
    run(&mut command)
}

/// The only file of a folder.
fn only(folder: &Path) -> PathBuf {
    let mut files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let file = files.next().unwrap();
    assert_eq!(files.next(), None);
    file
}

/// A zip of a repository, made by Pantry.
pub fn zip_of(scratch: &Scratch, repo: &Path, name: &str) -> PathBuf {
    let folder = scratch.path(name);
    let words = [
        "retrieve-artifacts",
        text(repo),
        text(&folder),
        "--zip",
        "-d",
        TYPES,
    ];
    let said = pantry(words).ok();
    let zip = only(&folder);
    assert_eq!(said, format!("Zip file written to file://{}\n", text(&zip)));
    zip
}

/// What the Python Butler reads.
pub fn got(repo: &str) -> Value {
    serde_json::from_str(&run(oracle::code(GET).arg(repo)).ok()).unwrap()
}

/// A repository with `oracle-mini`, and zips of it by Pantry and by the Python Butler.
fn sources(scratch: &Scratch) -> (PathBuf, [PathBuf; 2]) {
    let source = scratch.filled("source");
    let ours = zip_of(scratch, &source, "ours");
    let theirs = scratch.path("theirs");
    fs::create_dir(&theirs).unwrap();
    let words = [
        "retrieve-artifacts",
        text(&source),
        text(&theirs),
        "--zip",
        "-d",
        TYPES,
    ];
    batch_without_fault(vec![step("butler", words)]);
    let theirs = only(&theirs);
    assert_eq!(ours.file_name(), theirs.file_name());
    (source, [ours, theirs])
}

/// Files of a repository as they compare.
fn picture(repo: &Path) -> std::collections::BTreeMap<PathBuf, Entry> {
    let mut tree = tree(repo);
    tree.remove(Path::new("butler.yaml"));
    // How often a zip is linked depends on who came first.
    tree.values_mut().for_each(Entry::forget_links);
    tree
}

#[test]
fn zips_of_either_are_ingested_by_both() {
    let scratch = Scratch::new();
    let (source, zips) = sources(&scratch);
    assert_eq!(got(text(&source)), expected());
    let modes = [
        "auto",
        "link",
        "symlink",
        "hardlink",
        "copy",
        "move",
        "relsymlink",
        "direct",
    ];
    let (mut steps, mut repos) = (Vec::new(), Vec::new());
    for (number, mode) in modes.iter().enumerate() {
        // Each program gets zips of both in turn.
        let zip = |whose: &str| {
            let folder = scratch.path(&format!("zip-{mode}-{whose}"));
            let from = &zips[number % 2];
            if *mode != "move" {
                return from.clone();
            }
            fs::create_dir(&folder).unwrap();
            let to = folder.join(from.file_name().unwrap());
            fs::copy(from, &to).unwrap();
            to
        };
        let [ours, theirs] =
            ["ours", "theirs"].map(|whose| scratch.path(&format!("{mode}-{whose}")));
        let flags = ["--transfer-dimensions", "--transfer", mode];
        let _ = pantry(["create", text(&ours)]).ok();
        let given = zip("ours");
        let _ = ingest(&ours, &given, &flags).ok();
        assert_eq!(given.exists(), *mode != "move");
        let verified = pantry(["verify", text(&ours), "--checksums"]).ok();
        assert!(verified.contains("9 records"), "{verified}");
        let given = zip("theirs");
        let head = ["ingest-zip", text(&theirs), text(&given)];
        steps.push(step("butler", ["create", text(&theirs)]));
        steps.push(step("butler", head.iter().chain(&flags)));
        steps.push(step("same", [&ours, &theirs]));
        repos.push((ours, theirs));
    }
    batch_without_fault(steps);
    for (ours, theirs) in &repos {
        assert_same_tree(&picture(ours), &picture(theirs));
    }
    for at in [4, 7] {
        assert_eq!(got(text(&repos[at].0)), expected());
    }
}

#[test]
fn into_postgresql() {
    let scratch = Scratch::new();
    let (_, [ours_zip, theirs_zip]) = sources(&scratch);
    let database = Database::new();
    let [ours, theirs] = ["ours", "theirs"].map(|whose| scratch.path(&format!("pg-{whose}")));
    let create = [
        "create",
        text(&ours),
        "--db",
        &database.url(),
        "--namespace",
        "ours",
    ];
    let _ = pantry(create).ok();
    oracle::create_postgres(&theirs, &database, Some("theirs"));
    let flags = ["--transfer-dimensions", "--transfer", "copy"];
    let added = ingest(&ours, &theirs_zip, &flags).ok();
    assert!(
        added.contains("9 rows added to file_datastore_records"),
        "{added}"
    );
    let again = ingest(&ours, &theirs_zip, &flags).ok();
    assert!(again.starts_with("nothing to do"), "{again}");
    let direct = ingest(&ours, &theirs_zip, &["--transfer", "direct"]);
    assert!(complaint(&direct).contains("--skip-existing"), "{direct}");
    let head = ["ingest-zip", text(&theirs), text(&ours_zip)];
    let steps = vec![
        step("butler", head.iter().chain(&flags)),
        step("same", [&ours, &theirs]),
    ];
    batch_without_fault(steps);
    let _ = pantry(["verify", text(&ours), "--checksums"]).ok();
    assert_eq!(got(text(&ours)), expected());
    let moved = scratch.path("moved");
    let _ = pantry(["move-files", text(&ours), "--to", text(&moved)]).ok();
    assert_eq!(got(text(&ours)), expected());
}

#[test]
fn a_repository_that_has_the_records_or_not() {
    let scratch = Scratch::new();
    let (_, [zip, _]) = sources(&scratch);
    let empty = scratch.empty("empty");
    let before = everything(&empty);
    let refused = complaint(&ingest(&empty, &zip, &["--transfer", "copy"]));
    assert!(
        refused.contains("neither in the zip nor in the repo"),
        "{refused}"
    );
    assert!(everything(&empty) == before);
    let planned = ingest(&empty, &zip, &["--transfer-dimensions", "--dry-run"]).ok();
    assert!(
        planned.contains("9 rows to add to file_datastore_records"),
        "{planned}"
    );
    assert!(everything(&empty) == before);

    // The registry knows all, the datastore nothing.
    let fixture = pantry_testkit::fixture("oracle-mini");
    let (mut steps, mut repos) = (Vec::new(), Vec::new());
    for whose in ["ours", "theirs"] {
        let repo = scratch.path(&format!("known-{whose}"));
        let _ = crate::import_setup::import(&repo, &fixture, &["--no-files"]).ok();
        repos.push(repo);
    }
    let flags = ["--transfer", "copy"];
    let _ = ingest(&repos[0], &zip, &flags).ok();
    let head = ["ingest-zip", text(&repos[1]), text(&zip)];
    steps.push(step("butler", head.iter().chain(&flags)));
    steps.push(step("same", &repos));
    batch_without_fault(steps);
}

#[test]
fn what_is_there_already() {
    let scratch = Scratch::new();
    let (source, [zip, _]) = sources(&scratch);
    let before = everything(&source);
    let refused = complaint(&ingest(&source, &zip, &[]));
    assert!(
        refused.contains("already from elsewhere") && refused.contains("--skip-existing"),
        "{refused}"
    );
    let passed = ingest(&source, &zip, &["--skip-existing"]);
    assert!(passed.stderr.contains("passing over"), "{passed}");
    assert_eq!(passed.ok(), "");
    assert!(everything(&source) == before);
    // The reference says the same of what it knows.
    let answers = batch(vec![step(
        "butler",
        ["ingest-zip", text(&source), text(&zip)],
    )]);
    assert!(answers[0].is_string(), "{answers:?}");
    assert!(tree(&source).keys().all(|path| !path.starts_with("zips")));

    // One dataset of the zip is in another file.
    let repo = scratch.path("other");
    let _ = pantry(["create", text(&repo)]).ok();
    let one = scratch.path("one");
    let words = [
        "retrieve-artifacts",
        text(&source),
        text(&one),
        "--zip",
        "-d",
        "summary",
    ];
    let _ = pantry(words).ok();
    let _ = ingest(&repo, &only(&one), &["--transfer-dimensions", "-t", "copy"]).ok();
    let before = everything(&repo);
    for flags in [
        &["--transfer-dimensions"][..],
        &["--transfer-dimensions", "--skip-existing"],
    ] {
        let refused = complaint(&ingest(&repo, &zip, flags));
        assert!(refused.contains("overlap"), "{refused}");
        assert!(everything(&repo) == before);
    }
    // The zip is in its place, its rows are not: as a run leaves it that is killed.
    let fresh = scratch.empty("fresh");
    let name = zip.file_name().unwrap().to_str().unwrap();
    let place = fresh.join("zips").join(&name[..4]);
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join(name), "another file").unwrap();
    let flags = ["--transfer-dimensions", "-t", "copy"];
    let refused = complaint(&ingest(&fresh, &zip, &flags));
    assert!(refused.contains("exists with other content"), "{refused}");
    fs::copy(&zip, place.join(name)).unwrap();
    let _ = ingest(&fresh, &zip, &flags).ok();
    let _ = pantry(["verify", text(&fresh)]).ok();
}

/// Makes a damaged copy of a zip by the code in the second argument.
const CHANGE: &str = r#"
import json, sys, zipfile
source, target, change = sys.argv[1:]
NAME = "_butler_zip_index.json"
with zipfile.ZipFile(source) as old:
    members = {name: old.read(name) for name in old.namelist()}
index = json.loads(members.pop(NAME))
first = next(name for name in index["artifact_map"] if "summary" in name)
exec(change)
with zipfile.ZipFile(target, "w") as new:
    if index is not None:
        new.writestr(NAME, index if isinstance(index, str) else json.dumps(index))
    for name, data in members.items():
        new.writestr(name, data)
"#;

#[test]
fn damaged_zips_change_nothing() {
    let scratch = Scratch::new();
    let (_, [zip, _]) = sources(&scratch);
    let repo = scratch.empty("repo");
    let before = everything(&repo);
    let entry = "index['artifact_map'][first]";
    let cases = [
        ("index = None", "no member _butler_zip_index.json"),
        ("index = '{}'", "is not the index"),
        ("index['index_version'] = 'V2'", "version V2"),
        ("index['artifact_map'] = {}", "names no files"),
        ("del members[first]", "which the zip does not have"),
        ("members[first] += b'x'", "by the index"),
        (
            "index['artifact_map']['../../evil'] = index['artifact_map'].pop(first)",
            "leaves the folder",
        ),
        ("index['refs']['compact_refs'] = {}", "has no dataset"),
        (
            "index['refs']['dataset_types'].pop('summary')",
            "does not say what dataset type",
        ),
        (
            "index['refs']['universe_namespace'] = 'other'",
            "universe other",
        ),
        (
            "index['refs']['dimension_records']['patch'][0].pop()",
            "patch record has",
        ),
        (
            "index['refs']['dimension_records']['patch'][0][-1] = 'zz'",
            "cannot be 'region'",
        ),
        (
            &format!("{entry}['ids'] = ['nobody']"),
            "has no dataset nobody",
        ),
    ];
    for (number, (change, what)) in cases.iter().enumerate() {
        let bad = scratch.path(&format!("bad-{number}.zip"));
        oracle::eval(CHANGE, [text(&zip), text(&bad), change]);
        let refused = complaint(&ingest(
            &repo,
            &bad,
            &["--transfer-dimensions", "-t", "copy"],
        ));
        assert!(refused.contains(what), "{change}: {refused}");
        assert!(everything(&repo) == before, "{change}");
    }
    let bytes = fs::read(&zip).unwrap();
    let bad = scratch.path("bad.zip");
    let text_at = bytes.windows(7).position(|w| w == b"answer:").unwrap();
    let mut other = bytes.clone();
    other[text_at] = b'A';
    for (bytes, what) in [
        (&bytes[..bytes.len() - 9], "no end of a central directory"),
        (&b"PK"[..], "no end of a central directory"),
        (&other[..], "CRC-32"),
    ] {
        fs::write(&bad, bytes).unwrap();
        let flags = ["--transfer-dimensions", "-t", "copy", "--sanity"];
        let refused = complaint(&ingest(&repo, &bad, &flags));
        assert!(refused.contains(what), "{refused}");
        assert!(everything(&repo) == before, "{what}");
    }
    let refused = complaint(&ingest(&repo, &scratch.path("none.zip"), &[]));
    assert!(refused.contains("there is no file"), "{refused}");
}

#[test]
fn killed_at_any_time() {
    let scratch = Scratch::new();
    let (_, [zip, _]) = sources(&scratch);
    let flags = ["--transfer-dimensions", "--transfer", "move"];
    let copy = |name: &str| {
        let copy = scratch.path(&format!("{name}.zip"));
        fs::copy(&zip, &copy).unwrap();
        copy
    };
    let calm = scratch.empty("calm");
    let begin = Instant::now();
    let _ = ingest(&calm, &copy("calm"), &flags).ok();
    let time = begin.elapsed();
    let kills: u32 = std::env::var("PANTRY_KILLS").map_or(4, |n| n.parse().unwrap());
    for number in 0..kills {
        let repo = scratch.empty(&format!("killed-{number}"));
        let own = copy(&format!("killed-{number}"));
        let mut command = command();
        command.arg("ingest-zip").arg(&repo).arg(&own).args(flags);
        let silent = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = silent.spawn().unwrap();
        std::thread::sleep(time * number / kills + Duration::from_millis(1));
        child.kill().unwrap();
        child.wait().unwrap();
        // A record has its bytes, and the zip is somewhere.
        let verified = pantry(["verify", text(&repo), "--format", "csv"]).stdout;
        assert!(!verified.contains("missing"), "{verified}");
        if own.exists() {
            let _ = ingest(&repo, &own, &flags).ok();
        }
        assert!(!own.exists());
        assert_same_tree(&picture(&repo), &picture(&calm));
        let _ = pantry(["verify", text(&repo), "--checksums"]).ok();
    }
}
