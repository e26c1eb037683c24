//! Files with the bytes of another one, of the same ingest or of a dataset in the repository: told, left out or refused.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pantry_testkit::run;
use serde_json::Value;

use crate::bucket::text;
use crate::import_many::Oracle;
use crate::import_setup::{Scratch, assert_same_tree, complaint, everything};
use crate::pantry::command;
use crate::tree_setup::{datasets, ingest, repo, write};

/// A recipe that looks at paths only.
const PATHS: &str = "dataset_types:\n  coadd: {dimensions: [skymap, tract, patch], storage_class: ExposureF}\n\
    rules:\n- name: coadds\n  path: \"{tract:int}/{patch:int}.fits\"\n  dataset_type: coadd\n  run: r\n  data_id: {skymap: hsc_rings_v1}\n";

/// A tree of three files, of which the last has the bytes of the first; another one has as many bytes as those.
fn tree(scratch: &Scratch) -> (PathBuf, PathBuf) {
    let (root, recipe) = (scratch.path("tree"), scratch.path("paths.yaml"));
    write(&root, "9813/0.fits", b"these bytes");
    write(&root, "9813/1.fits", b"other bytes");
    write(&root, "9813/2.fits", b"these bytes");
    std::fs::write(&recipe, PATHS).unwrap();
    (root, recipe)
}

fn found(repo: &Path, root: &Path) -> BTreeSet<String> {
    let datasets = datasets(repo, root, "coadd", &["tract", "patch"]);
    datasets.into_iter().map(|(_, id)| id).collect()
}

#[test]
fn files_of_one_ingest_that_are_the_same() {
    let scratch = Scratch::new();
    let (root, recipe) = tree(&scratch);
    let repo = repo(&scratch);
    let before = everything(&repo);
    let report = |flags: &[&str]| -> Value {
        serde_json::from_str(&ingest(&repo, &root, &recipe, flags).ok()).unwrap()
    };
    let planned = report(&["--duplicates", "refuse", "--dry-run"]);
    assert_eq!(planned["import"]["scrutiny"]["duplicates"], 1);
    let finding = planned["import"]["scrutiny"]["findings"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        finding.contains("9813/2.fits has the bytes of ") && finding.ends_with("9813/0.fits"),
        "{finding}"
    );
    let said = complaint(&ingest(&repo, &root, &recipe, &["--duplicates", "refuse"]));
    assert!(
        said.starts_with("1 file(s) have the bytes of another one; nothing was changed")
            && said.ends_with(&finding),
        "{said}"
    );
    assert_same_tree(&everything(&repo), &before);
    for _ in 0..2 {
        let done = report(&["--duplicates", "skip"]);
        assert_eq!(done["import"]["scrutiny"]["duplicates"], 1);
        assert_eq!(
            found(&repo, &root),
            ["9813 0", "9813 1"].map(str::to_owned).into()
        );
    }
    let done = report(&["--duplicates", "warn"]);
    assert_eq!(done["import"]["load"]["rows"]["dataset"], 1);
    assert_eq!(found(&repo, &root).len(), 3);
}

#[test]
fn files_that_the_repo_has_already() {
    let scratch = Scratch::new();
    let (root, recipe) = tree(&scratch);
    let repo = repo(&scratch);
    let first = ingest(&repo, &root, &recipe, &["--checksum", "blake3"]);
    let _ = first.ok();
    let more = scratch.path("more");
    write(&more, "9814/0.fits", b"other bytes");
    write(&more, "9814/1.fits", b"third bytes");
    let said = complaint(&ingest(&repo, &more, &recipe, &["--duplicates", "refuse"]));
    assert!(
        said.contains("9814/0.fits has the bytes of file:///")
            && said.contains("of the repo's dataset"),
        "{said}"
    );
    // Its own record is no other one's.
    let again = ingest(
        &repo,
        &root,
        &recipe,
        &["--duplicates", "skip", "--checksum", "blake3"],
    );
    let again: Value = serde_json::from_str(&again.ok()).unwrap();
    assert_eq!(again["import"]["load"]["rows"], serde_json::json!({}));
    let skipped = ingest(&repo, &more, &recipe, &["--duplicates", "skip"]);
    let skipped: Value = serde_json::from_str(&skipped.ok()).unwrap();
    assert_eq!(skipped["import"]["load"]["rows"]["dataset"], 1);
    assert_eq!(found_in(&repo), 4);
}

fn found_in(repo: &Path) -> usize {
    let mut query = command();
    query.args([
        "query-datasets",
        text(repo),
        "coadd",
        "--collections",
        "*",
        "--format",
        "jsonl",
        "--limit",
        "0",
    ]);
    run(&mut query).ok().lines().count()
}

#[test]
fn a_run_of_which_nothing_is_left_has_no_summary() {
    let scratch = Scratch::new();
    let repo = repo(&scratch);
    let (root, _) = tree(&scratch);
    write(&root, "copies/9814.fits", b"these bytes");
    write(&root, "copies/9815.fits", b"other bytes");
    let more = "- name: copies\n  path: \"copies/{tract:int}.fits\"\n  dataset_type: copy\n  run: copies\n  data_id: {skymap: hsc_rings_v1}\n";
    let types = "rules:\n- name: coadds";
    let copy = "  copy: {dimensions: [skymap, tract], storage_class: ExposureF}\n";
    let recipe = scratch.path("recipe.yaml");
    std::fs::write(
        &recipe,
        PATHS.replace(types, &format!("{copy}{types}")) + more,
    )
    .unwrap();
    let done = ingest(&repo, &root, &recipe, &["--duplicates", "skip"]);
    let done: Value = serde_json::from_str(&done.ok()).unwrap();
    assert_eq!(done["import"]["scrutiny"]["duplicates"], 3);
    assert_eq!(done["import"]["load"]["rows"]["dataset"], 2);
    let rows = Oracle::start().rows(&repo);
    let summaries = rows
        .iter()
        .filter(|row| row.starts_with("[\"collection_summary_"));
    assert_eq!(summaries.count(), 2, "{rows:#?}");
}
