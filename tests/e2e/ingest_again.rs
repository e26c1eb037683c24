//! What `ingest-files` leaves beside the reference's rows: new ids, paths from the current folder, nothing new when it runs again.

use std::path::Path;

use pantry_testkit::compare::assert_same_rows;
use pantry_testkit::{fixture, run};
use serde_json::Value;

use crate::import_setup::{
    Scratch, assert_same_tree, batch_without_fault, copy_tree, everything, step,
};
use crate::ingest_files::{FIXED, REPEATABLE, TWO};
use crate::ingest_setup::{Filled, RUN, arguments, butler_step, folder, ingest};
use crate::pantry::command;

#[test]
fn new_ids_are_as_good_as_the_reference_s() {
    let scratch = Scratch::new();
    let kind = Filled::sqlite(&scratch);
    let [ours, theirs] = ["ours", "theirs"].map(|name| kind.create(&scratch, name));
    let source = folder(&scratch, "source", TWO);
    let flags: Vec<&str> = FIXED
        .into_iter()
        .chain(["--transfer", "direct", "--prefix", source.to_str().unwrap()])
        .collect();
    let arguments = arguments("catalog", &source.join("table.csv"), &flags);
    let _ = ingest(&ours, &arguments).ok();
    batch_without_fault(vec![butler_step(&theirs, &arguments)]);
    assert_same_rows(&ours, &theirs, &["--map-uuid7"]);
}

#[test]
fn paths_are_relative_to_the_current_folder_by_default() {
    let scratch = Scratch::new();
    let kind = Filled::sqlite(&scratch);
    let [ours, theirs] = ["ours", "theirs"].map(|name| kind.create(&scratch, name));
    let source = folder(&scratch, "source", TWO);
    let flags: Vec<&str> = FIXED
        .into_iter()
        .chain(REPEATABLE)
        .chain(["--transfer", "direct"])
        .collect();
    let mut here = command();
    here.current_dir(&source).arg("ingest-files").arg(&ours);
    let _ = run(here.args(arguments("catalog", Path::new("table.csv"), &flags))).ok();
    let prefix = ["--prefix", source.to_str().unwrap()];
    let flags: Vec<&str> = flags.into_iter().chain(prefix).collect();
    batch_without_fault(vec![
        butler_step(
            &theirs,
            &arguments("catalog", &source.join("table.csv"), &flags),
        ),
        step("same", [&ours, &theirs]),
    ]);
}

#[test]
fn files_below_the_root_are_recorded_where_they_are() {
    let scratch = Scratch::new();
    let kind = Filled::sqlite(&scratch);
    let mut steps = Vec::new();
    let [ours, theirs] = ["ours", "theirs"].map(|name| {
        let repo = kind.create(&scratch, name);
        let source = folder(&scratch, &format!("{name}/incoming"), TWO);
        let flags: Vec<&str> = FIXED
            .into_iter()
            .chain(REPEATABLE)
            .chain(["--prefix", source.to_str().unwrap()])
            .collect();
        let arguments = arguments("catalog", &source.join("table.csv"), &flags);
        match name {
            "ours" => drop(ingest(&repo, &arguments).ok()),
            _ => steps.push(butler_step(&repo, &arguments)),
        }
        repo
    });
    steps.push(step("same", [&ours, &theirs]));
    batch_without_fault(steps);
}

#[test]
fn once_more_changes_nothing_and_a_dry_run_neither() {
    let scratch = Scratch::new();
    let repo = Filled::sqlite(&scratch).create(&scratch, "repo");
    let source = folder(&scratch, "source", TWO);
    let flags: Vec<&str> = FIXED
        .into_iter()
        .chain(REPEATABLE)
        .chain([
            "--transfer",
            "copy",
            "--format",
            "json",
            "--prefix",
            source.to_str().unwrap(),
        ])
        .collect();
    let real = arguments("catalog", &source.join("table.csv"), &flags);
    let dry = [real.clone(), vec!["--dry-run".to_owned()]].concat();
    let report = |arguments: &[String]| -> Value {
        serde_json::from_str(&ingest(&repo, arguments).ok()).unwrap()
    };
    let before = everything(&repo);
    let planned = report(&dry);
    assert_same_tree(&everything(&repo), &before);
    assert_eq!(
        (
            &planned["survey"]["present"],
            &planned["load"]["rows"]["dataset"]
        ),
        (&Value::from(2), &Value::from(2))
    );
    let done = report(&real);
    assert_eq!(
        (&done["files_placed"], &done["load"]["rows"]["dataset"]),
        (&Value::from(2), &Value::from(2))
    );
    let after = everything(&repo);
    let again = report(&real);
    assert_eq!(
        (&again["files_placed"], &again["load"]["rows"]),
        (&Value::from(0), &serde_json::json!({}))
    );
    assert_same_tree(&everything(&repo), &after);
    // Copies have a checksum, which verify can check.
    let _ = run(command().arg("verify").arg(&repo).arg("--checksums")).ok();
}

#[test]
fn what_was_ingested_is_found_by_query() {
    let scratch = Scratch::new();
    let repo = scratch.path("repo");
    copy_tree(&scratch.filled("pristine"), &repo);
    let files = fixture("oracle-mini").join("runs/first/catalog/0");
    let table = scratch.path("table.csv");
    std::fs::write(
        &table,
        "file,skymap,tract,patch\n0/catalog_0_0_tiny_runs_first.parq,tiny,0,0\n",
    )
    .unwrap();
    let flags = ["--transfer", "direct", "--prefix", files.to_str().unwrap()];
    let _ = ingest(&repo, &arguments("catalog", &table, &flags)).ok();
    let mut query = command();
    query.arg("query-datasets").arg(&repo).args([
        "catalog",
        "--collections",
        RUN,
        "--format",
        "jsonl",
        "--show-uri",
    ]);
    let found: Value = serde_json::from_str(run(&mut query).ok().trim_end()).unwrap();
    assert_eq!(found["run"], RUN);
}
