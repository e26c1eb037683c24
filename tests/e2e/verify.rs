//! `pantry verify`: a repository of the oracle is whole; each kind of damage to a copy of it is found, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use pantry_testkit::postgres::Database;
use pantry_testkit::{Ran, fixture, oracle};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::import_setup::copy_tree;
use crate::pantry::pantry;

const SUMMARY: &str = "runs/first/summary/summary_runs_first.yaml";
const PACKAGES: &str = "runs/first/packages/packages_runs_first.yaml";
/// Another datastore, so that no dataset of ours is concerned.
const ORPHAN: &str =
    "INSERT INTO dataset_location VALUES ('elsewhere', '00000000000000000000000000000001')";
/// A record of a dataset that does not exist, with the file of one that does.
const STRAY: &str = "INSERT INTO file_datastore_records SELECT '00000000000000000000000000000001', path, formatter, \
                     storage_class, component, checksum, file_size FROM file_datastore_records \
                     WHERE path LIKE '%/summary_%'";

/// `butler create` with checksums, `butler import` of `oracle-mini`.
pub fn imported(folder: &Path, seed: &str) -> PathBuf {
    let (repo, seed_file) = (folder.join("repo"), folder.join("seed.yaml"));
    fs::write(&seed_file, format!("datastore:\n  checksum: true\n{seed}")).unwrap();
    let words = |words: &[&Path]| oracle::butler(words.iter().map(|w| w.as_os_str())).ok();
    let _ = words(&[
        "create".as_ref(),
        "--seed-config".as_ref(),
        &seed_file,
        &repo,
    ]);
    let export = fixture("oracle-mini");
    let verb: [&Path; 3] = ["import".as_ref(), "--transfer".as_ref(), "copy".as_ref()];
    let _ = words(&[&verb[..], &[&repo, &export]].concat());
    repo
}

pub fn verify(repo: &Path, flags: &[&str]) -> Ran {
    let repo = repo.to_str().unwrap();
    pantry([&["verify", repo], flags].concat())
}

/// The findings as JSON; the exit code must fit.
#[track_caller]
fn findings(repo: &Path, flags: &[&str]) -> Vec<Value> {
    let ran = verify(repo, &[&["--format", "jsonl"], flags].concat());
    let rows: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(ran.code, Some(i32::from(!rows.is_empty())), "{ran}");
    rows
}

/// Problem and path of each finding.
#[track_caller]
fn problems(repo: &Path, flags: &[&str]) -> BTreeSet<(String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    findings(repo, flags)
        .iter()
        .map(|row| (text(&row["problem"]).unwrap(), text(&row["path"])))
        .collect()
}

/// Run SQL in the registry of a repository, foreign keys off as always in Python.
fn sql(repo: &Path, text: &str) -> Value {
    let program = "
import sys, json, sqlite3
database = sqlite3.connect(sys.argv[1])
rows = database.execute(sys.argv[2]).fetchall()
database.commit()
print(json.dumps(rows))";
    oracle::json(program, [repo.join("gen3.sqlite3").to_str().unwrap(), text])
}

/// Other content of the same size.
fn change(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    bytes[0] ^= 1;
    fs::write(file, bytes).unwrap();
}

/// What is done to a copy, and what must be found then: problems with their paths.
type Case = (fn(&Path), &'static [(&'static str, Option<&'static str>)]);

const CASES: [Case; 14] = [
    (|_| {}, &[]),
    (
        |repo| fs::remove_file(repo.join(SUMMARY)).unwrap(),
        &[("missing-file", Some(SUMMARY))],
    ),
    (
        |repo| fs::write(repo.join(SUMMARY), "x").unwrap(),
        &[("wrong-size", Some(SUMMARY))],
    ),
    (
        |repo| {
            fs::remove_file(repo.join(SUMMARY)).unwrap();
            fs::create_dir(repo.join(SUMMARY)).unwrap();
        },
        &[("not-a-file", Some(SUMMARY))],
    ),
    (
        |repo| {
            change(&repo.join(SUMMARY));
            change(&repo.join(PACKAGES));
            sql(
                repo,
                "UPDATE file_datastore_records SET checksum = NULL WHERE path LIKE '%/packages_%'",
            );
        },
        &[("wrong-checksum", Some(SUMMARY))],
    ),
    (
        |repo| {
            fs::write(repo.join("runs/first.x"), "").unwrap();
            fs::write(repo.join("zzz"), "").unwrap();
            fs::write(repo.join("runs/.pantry-a.fits.00ff.tmp"), "").unwrap();
            symlink("nowhere", repo.join("link")).unwrap();
        },
        &[
            ("extra-file", Some("runs/first.x")),
            ("extra-file", Some("zzz")),
            ("leftover", Some("runs/.pantry-a.fits.00ff.tmp")),
            ("extra-file", Some("link")),
        ],
    ),
    (
        |repo| drop(sql(repo, STRAY)),
        &[("no-dataset", Some(SUMMARY))],
    ),
    (
        |repo| {
            drop(sql(
                repo,
                "DELETE FROM file_datastore_records WHERE path LIKE '%/summary_%'",
            ))
        },
        &[("no-record", None), ("extra-file", Some(SUMMARY))],
    ),
    (
        |repo| {
            drop(sql(
                repo,
                "DELETE FROM dataset_location WHERE dataset_id IN (SELECT dataset_id FROM file_datastore_records \
                 WHERE path LIKE '%/summary_%')",
            ))
        },
        &[("no-location", Some(SUMMARY))],
    ),
    (|repo| drop(sql(repo, ORPHAN)), &[("foreign-key", None)]),
    (
        |repo| {
            drop(sql(
                repo,
                "UPDATE file_datastore_records SET path = '../../x' WHERE path LIKE '%/summary_%'",
            ))
        },
        &[("bad-path", Some("../../x")), ("extra-file", Some(SUMMARY))],
    ),
    (
        // Unknown sizes, members of a zip file and other ways to write a path are as good.
        |repo| {
            change(&repo.join(PACKAGES));
            fs::write(repo.join(SUMMARY), "x").unwrap();
            sql(
                repo,
                "UPDATE file_datastore_records SET file_size = -1, checksum = NULL",
            );
            sql(
                repo,
                "UPDATE file_datastore_records SET path = path || '#unzip=a' WHERE path LIKE '%/summary_%'",
            );
            sql(
                repo,
                "UPDATE file_datastore_records SET path = './runs//' || substr(path, 6) WHERE path LIKE '%/packages_%'",
            );
        },
        &[],
    ),
    (
        // A folder that is a link, and what SQLite leaves beside its file.
        |repo| {
            let real = repo.with_file_name("elsewhere");
            fs::rename(repo.join("runs/first"), &real).unwrap();
            symlink(&real, repo.join("runs/first")).unwrap();
            fs::write(repo.join("gen3.sqlite3-journal"), "").unwrap();
        },
        &[],
    ),
    (
        |repo| {
            let uri = format!("file://{}/away.yaml", repo.parent().unwrap().display());
            let set = format!(
                "UPDATE file_datastore_records SET path = '{uri}' WHERE path LIKE '%/summary_%'"
            );
            fs::rename(repo.join(SUMMARY), repo.with_file_name("away.yaml")).unwrap();
            sql(repo, &set);
            sql(
                repo,
                "UPDATE file_datastore_records SET path = 's3://b/x' WHERE path LIKE '%/packages_%'",
            );
        },
        &[("extra-file", Some(PACKAGES))],
    ),
];

#[test]
fn each_damage_is_found_and_nothing_else() {
    let folder = TempDir::new().unwrap();
    let whole = imported(folder.path(), "");
    let recorded = sql(&whole, "SELECT count(checksum) FROM file_datastore_records");
    assert_eq!(recorded, json!([[20]]));
    for (number, (damage, expected)) in CASES.iter().enumerate() {
        let place = TempDir::new().unwrap();
        let repo = place.path().join("repo");
        copy_tree(&whole, &repo);
        damage(&repo);
        let owned = |(problem, path): &(&str, Option<&str>)| {
            ((*problem).to_owned(), path.map(str::to_owned))
        };
        let expected: BTreeSet<_> = expected.iter().map(owned).collect();
        assert_eq!(problems(&repo, &["--checksums"]), expected, "case {number}");
        let mut without = expected.clone();
        without.retain(|(problem, _)| problem != "wrong-checksum");
        assert_eq!(problems(&repo, &["--jobs", "1"]), without, "case {number}");
    }
}

#[test]
fn the_values_in_the_report_are_those_of_python() {
    let folder = TempDir::new().unwrap();
    let repo = imported(folder.path(), "");
    change(&repo.join(SUMMARY));
    sql(&repo, ORPHAN);
    let program = "
import sys, json, hashlib
print(json.dumps(hashlib.blake2b(open(sys.argv[1], 'rb').read()).hexdigest()))";
    let found = oracle::json(program, [repo.join(SUMMARY)]);
    let of_record = sql(
        &repo,
        "SELECT dataset_id, checksum FROM file_datastore_records WHERE path LIKE '%/summary_%'",
    );
    let broken = sql(&repo, "PRAGMA foreign_key_check");
    let rows = findings(&repo, &["--checksums"]);
    let [key, sum] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    let dataset_id = sum["dataset_id"].as_str().unwrap().replace('-', "");
    assert_eq!(json!([[dataset_id, sum["expected"]]]), of_record);
    assert_eq!(sum["found"], found);
    let said = format!(
        "row {} of {} refers to a row of {} that does not exist",
        broken[0][1],
        broken[0][0].as_str().unwrap(),
        broken[0][2].as_str().unwrap()
    );
    assert_eq!(key["found"], json!(said), "{broken}");
}

/// Change the page on which the index of the records' paths begins.
fn damage_index(repo: &Path, damage: impl FnOnce(&mut [u8])) {
    let root = "SELECT rootpage FROM sqlite_master WHERE name = 'file_datastore_records_idx_path'";
    let number = |text| {
        let value = sql(repo, text)[0][0].as_u64().unwrap();
        usize::try_from(value).unwrap()
    };
    let (page, size) = (number(root), number("PRAGMA page_size"));
    let file = repo.join("gen3.sqlite3");
    let mut bytes = fs::read(&file).unwrap();
    damage(&mut bytes[(page - 1) * size..page * size]);
    fs::write(&file, bytes).unwrap();
}

#[test]
fn a_wrong_index_is_found_as_python_finds_it() {
    let folder = TempDir::new().unwrap();
    let repo = imported(folder.path(), "");
    damage_index(&repo, |page| {
        let at = page
            .windows(SUMMARY.len())
            .position(|w| w == SUMMARY.as_bytes());
        page[at.unwrap()] = b'R';
    });
    let theirs = sql(&repo, "PRAGMA integrity_check");
    assert_ne!(theirs, json!([["ok"]]));
    let rows = findings(&repo, &[]);
    let ours: Value = rows
        .iter()
        .filter(|row| row["problem"] == "integrity")
        .map(|row| json!([row["found"]]))
        .collect();
    assert_eq!(ours, theirs);
}

#[test]
fn a_corrupt_page_is_found_and_does_not_end_the_report() {
    let folder = TempDir::new().unwrap();
    let repo = imported(folder.path(), "");
    damage_index(&repo, |page| page.fill(0xff));
    let found = findings(&repo, &[]);
    assert_eq!(found.first().unwrap()["problem"], "integrity", "{found:?}");
    assert_eq!(found.last().unwrap()["problem"], "database", "{found:?}");
}

#[test]
fn a_repository_in_postgresql_is_verified_too() {
    let folder = TempDir::new().unwrap();
    let database = Database::new();
    let seed = format!("registry:\n  db: {}\n  namespace: ns\n", database.url());
    let repo = imported(folder.path(), &seed);
    assert_eq!(problems(&repo, &["--checksums"]), BTreeSet::new());
    change(&repo.join(SUMMARY));
    fs::remove_file(repo.join(PACKAGES)).unwrap();
    fs::write(repo.join("runs/First"), "").unwrap();
    database.sql(
        "UPDATE ns.file_datastore_records SET path = replace(path, '/', '//') WHERE path LIKE '%/header_%'",
    );
    database.sql("DELETE FROM ns.dataset_location WHERE dataset_id IN (SELECT dataset_id FROM ns.file_datastore_records WHERE path LIKE '%refcat_254018_%')");
    let found = problems(&repo, &["--checksums"]);
    let kinds: Vec<&str> = found.iter().map(|(problem, _)| problem.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "extra-file",
            "missing-file",
            "no-location",
            "wrong-checksum"
        ],
        "{found:?}"
    );
}

#[test]
fn checksums_of_our_own_imports_are_verified() {
    let folder = TempDir::new().unwrap();
    let repo = folder.path().join("repo");
    let export = fixture("oracle-mini");
    let words = [&repo, &export].map(|path| path.to_str().unwrap());
    let _ = pantry(["import", words[0], words[1], "--transfer", "copy"]).ok();
    let said = verify(&repo, &["--checksums"]).ok();
    assert!(
        said.contains("18 checksums") && said.contains("nothing wrong"),
        "{said}"
    );
    change(&repo.join(SUMMARY));
    let expected = ("wrong-checksum".to_owned(), Some(SUMMARY.to_owned()));
    assert_eq!(
        problems(&repo, &["--checksums"]),
        BTreeSet::from([expected])
    );
}
