//! A dry run changes nothing and foretells what an import adds.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pantry_testkit::{Ran, fixture};
use serde_json::Value;

use crate::import_many::Place;
use crate::import_setup::{Scratch, copy_tree, everything, import, tree};
use crate::import_spoiled::Victim;

fn report(ran: Ran) -> Value {
    serde_json::from_str(&ran.ok()).unwrap()
}

/// Rows by table. Those that only the load counts are left out: overlaps, summaries, chains, associations.
fn rows(report: &Value) -> BTreeMap<String, u64> {
    let rows = report["load"]["rows"].as_object().unwrap().iter();
    let counted = rows.filter(|(table, _)| {
        ![
            "_skypix_overlap",
            "summary",
            "collection_chain",
            "dataset_tags_",
            "dataset_calibs_",
        ]
        .iter()
        .any(|part| table.contains(part))
    });
    counted
        .map(|(table, n)| (table.clone(), n.as_u64().unwrap()))
        .collect()
}

/// A dry run and then the import, in this mode.
fn foretold(repo: &Path, source: &Path, mode: &str) -> (Value, Value) {
    let flags = ["--transfer", mode, "--format", "json", "--dry-run"];
    let before = (everything(repo), everything(source));
    let plan = report(import(repo, source, &flags));
    assert!(before == (everything(repo), everything(source)), "{mode}");
    let done = report(import(repo, source, &flags[..4]));
    assert_eq!(rows(&plan), rows(&done), "{mode}");
    (plan, done)
}

#[test]
fn of_new_and_of_known_data() {
    let scratch = Scratch::new();
    for mode in ["copy", "symlink", "move", "direct"] {
        let repo = scratch.empty(mode);
        let source = scratch.copy_of(&format!("{mode}-source"), "oracle-mini");
        let (plan, done) = foretold(&repo, &source, mode);
        let survey = &plan["survey"];
        assert_eq!(rows(&done)["dataset"], 20);
        assert_eq!(
            (&survey["present"], &survey["missing"]),
            (&18.into(), &0.into())
        );
        if mode == "copy" {
            assert_eq!(survey["present"], done["files_placed"]);
            assert_eq!(survey["bytes"], done["bytes_placed"]);
        }
        let (plan, _) = foretold(&repo, &source, mode);
        assert_eq!(rows(&plan), BTreeMap::new(), "{mode}");
    }
}

#[test]
fn of_data_that_is_known_in_part() {
    let scratch = Scratch::new();
    let (repo, victim) = (scratch.empty("repo"), Victim::new(&scratch));
    // Up to some dataset type; then the rest, of which some records differ.
    let end = victim
        .text
        .find("- type: dataset_type\n  name: header")
        .unwrap();
    victim.write(&victim.text[..end]);
    foretold(&repo, &victim.directory, "copy");
    victim.write(victim.text.replace("full_name: Ch1", "full_name: Chx"));
    let (plan, done) = foretold(&repo, &victim.directory, "copy");
    assert_eq!(plan["plan"]["kept_records"], 1);
    assert_eq!(done["plan"]["kept_records"], 1);
    assert!(rows(&plan)["dataset"] < 20);
}

#[test]
fn of_data_whose_registry_is_there_already() {
    let scratch = Scratch::new();
    let (repo, source) = (scratch.empty("repo"), fixture("oracle-mini"));
    let _ = import(&repo, &source, &["--no-files"]).ok();
    let (plan, _) = foretold(&repo, &source, "copy");
    assert_eq!(
        rows(&plan).keys().collect::<Vec<_>>(),
        ["dataset_location", "file_datastore_records"]
    );
}

#[test]
fn of_files_that_are_missing_or_in_the_way() {
    let scratch = Scratch::new();
    let (repo, source) = (
        scratch.empty("repo"),
        scratch.copy_of("source", "oracle-mini"),
    );
    fs::remove_file(source.join("runs/second/count/count_Cam_runs_second.json")).unwrap();
    let there = repo.join("runs/first/bands/g");
    fs::create_dir_all(&there).unwrap();
    fs::write(there.join("bands_Cam_g_runs_first.json"), "something else").unwrap();
    let before = tree(&repo);
    let flags = ["--transfer", "copy", "--format", "json", "--dry-run"];
    let plan = report(import(&repo, &source, &flags));
    assert!(before == tree(&repo));
    let survey = &plan["survey"];
    assert_eq!(
        (&survey["missing"], &survey["wrong_size"]),
        (&1.into(), &1.into())
    );
    assert_eq!(survey["findings"][0]["line"].as_u64(), Some(284));
    assert_eq!(
        survey["findings"][1]["path"],
        "runs/second/count/count_Cam_runs_second.json"
    );
}

#[test]
fn into_postgresql() {
    let scratch = Scratch::new();
    let place = Place::postgresql();
    let repo = place.create(&scratch, "dry");
    let source = scratch.path("source");
    copy_tree(&fixture("oracle-mini"), &source);
    let flags = ["--transfer", "copy", "--format", "json", "--dry-run"];
    let before = pantry_testkit::compare::rows(&repo, &[]);
    let plan = report(import(&repo, &source, &flags));
    assert_eq!(before, pantry_testkit::compare::rows(&repo, &[]));
    assert_eq!(rows(&plan)["file_datastore_records"], 20);
}
