//! `ingest-files` leaves the rows and files that the Python Butler's leaves, from every kind of table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pantry_testkit::compare::assert_same_rows;
use pantry_testkit::{fixture, oracle, run};
use serde_json::Value;

use crate::import_setup::{
    Scratch, assert_same_tree, batch_without_fault, copy_tree, everything, step, tree,
};
use crate::ingest_setup::{Filled, RUN, arguments, butler_step, folder, ingest};
use crate::pantry::command;

const TWO: &str = "file,patch\nfiles/0.parq,0\nfiles/1.parq,1\n";
const FIXED: [&str; 4] = ["--data-id", "skymap=tiny", "--data-id", "tract=0"];
const REPEATABLE: [&str; 2] = ["--id-generation-mode", "DATAID_TYPE_RUN"];

/// One case: name, dataset type, table, and flags besides the folder's.
struct Case<'a> {
    name: &'a str,
    dataset_type: &'a str,
    table: &'a str,
    flags: Vec<&'a str>,
}

fn case<'a>(name: &'a str, table: &'a str, flags: &[&'a str]) -> Case<'a> {
    let common = FIXED.iter().chain(&REPEATABLE);
    Case {
        name,
        dataset_type: "catalog",
        table,
        flags: common.chain(flags).copied().collect(),
    }
}

fn cases() -> Vec<Case<'static>> {
    let direct = ["--transfer", "direct"];
    let mut cases = vec![
        case("direct", TWO, &direct),
        case(
            "untracked",
            TWO,
            &["--transfer", "direct", "--no-track-file-attrs"],
        ),
        case(
            "formatter",
            TWO,
            &[
                "--transfer",
                "direct",
                "--formatter",
                "lsst.daf.butler.formatters.json.JsonFormatter",
            ],
        ),
        case(
            "by_type",
            TWO,
            &[
                "--transfer",
                "direct",
                "--id-generation-mode",
                "DATAID_TYPE",
            ],
        ),
        case(
            "commas",
            TWO,
            &["--transfer", "direct", "--data-id", "skymap=tiny,tract= 0 "],
        ),
        case(
            "overridden",
            "file,tract,patch\nfiles/0.parq,99,0\n",
            &direct,
        ),
        case(
            "more_columns",
            "file,note,detector,patch\nfiles/0.parq,,5,1\n",
            &direct,
        ),
        case(
            "repeated_column",
            "file,patch,patch\nfiles/0.parq,1,0\n",
            &direct,
        ),
        case(
            "shared",
            "file,patch\nfiles/0.parq,1\n./files/../files/0.parq,0\n",
            &direct,
        ),
        case("empty", "file,patch\n", &direct),
        case("short_row", "file,patch,note\nfiles/0.parq,0\n", &direct),
        case(
            "quoted",
            "\"file\",\"patch\"\n\"files/0.parq\",\"0\"\n\n",
            &direct,
        ),
    ];
    let other = |name, dataset_type, table, data_id: &'static [&'static str]| Case {
        name,
        dataset_type,
        table,
        flags: data_id
            .iter()
            .chain(&REPEATABLE)
            .chain(&direct)
            .copied()
            .collect(),
    };
    cases.push(other(
        "no_dimensions",
        "summary",
        "file\nfiles/0.parq\n",
        &[],
    ));
    cases.push(other(
        "pixels",
        "refcat",
        "file,htm7\nfiles/0.parq,254018\nfiles/1.parq,254019\n",
        &[],
    ));
    cases.push(other(
        "calibration",
        "gain",
        "file,detector\nfiles/0.parq,0\nfiles/1.parq,2\n",
        &["--data-id", "instrument=Cam"],
    ));
    let implied = "file,visit,band\nfiles/0.parq,11,r\n";
    cases.push(other(
        "implied",
        "visit_log",
        implied,
        &["--data-id", "instrument=Cam"],
    ));
    cases
}

/// Ingest with both programs, compare rows and trees.
fn same(kind: &Filled, scratch: &Scratch, cases: &[Case<'_>]) {
    let mut steps = Vec::new();
    let mut pairs = Vec::new();
    for case in cases {
        let name = case.name;
        let ours = kind.create(scratch, &format!("{name}_ours"));
        let theirs = kind.create(scratch, &format!("{name}_theirs"));
        // A move takes the files away, and links count: then each side has files of its own.
        let has_own = |flag: &&str| ["move", "hardlink", "link", "auto"].contains(flag);
        let is_shared = !case.flags.iter().any(has_own);
        let sources = ["a", "b"].map(|side| {
            let side = if is_shared { "a" } else { side };
            folder(scratch, &format!("{name}-files-{side}"), case.table)
        });
        let [(our_folder, our_arguments), (their_folder, their_arguments)] =
            sources.map(|source| {
                let flags: Vec<&str> = case
                    .flags
                    .iter()
                    .copied()
                    .chain(["--prefix", source.to_str().unwrap()])
                    .collect();
                let arguments = arguments(case.dataset_type, &source.join("table.csv"), &flags);
                (source, arguments)
            });
        let _ = ingest(
            &ours,
            &[
                our_arguments.as_slice(),
                &["--checksum".to_owned(), "none".to_owned()],
            ]
            .concat(),
        )
        .ok();
        steps.push(butler_step(&theirs, &their_arguments));
        steps.push(step("same", [&ours, &theirs]));
        pairs.push((ours, theirs, our_folder, their_folder));
    }
    batch_without_fault(steps);
    for (ours, theirs, our_folder, their_folder) in pairs {
        assert_same_tree(&picture(&ours), &picture(&theirs));
        assert_same_tree(&tree(&our_folder), &tree(&their_folder));
    }
}

/// The files of a repository without its configuration, which names the namespace.
fn picture(repo: &Path) -> BTreeMap<PathBuf, crate::import_setup::Entry> {
    let mut found = tree(repo);
    found.remove(Path::new("butler.yaml"));
    found
}

fn modes() -> Vec<Case<'static>> {
    let shared = "file,patch\nfiles/0.parq,1\nfiles/1.parq,0\n";
    [
        "copy",
        "move",
        "link",
        "hardlink",
        "symlink",
        "relsymlink",
        "auto",
    ]
    .map(|mode| case(mode, shared, &["--transfer", mode][..]))
    .into_iter()
    .chain([case(
        "shared_copy",
        "file,patch\nfiles/2.parq,1\nfiles/2.parq,0\n",
        &["--transfer", "copy"],
    )])
    .collect()
}

#[test]
fn rows_are_the_reference_s() {
    let scratch = Scratch::new();
    same(&Filled::sqlite(&scratch), &scratch, &cases());
}

#[test]
fn rows_are_the_reference_s_in_postgresql() {
    let scratch = Scratch::new();
    let kind = Filled::postgresql();
    // Of different dataset types, so that they go into one pair of repositories: to make one takes long.
    let chosen = [
        "direct",
        "pixels",
        "no_dimensions",
        "calibration",
        "implied",
    ];
    let [ours, theirs] = ["ours", "theirs"].map(|name| kind.create(&scratch, name));
    let mut steps = Vec::new();
    for case in cases().iter().filter(|c| chosen.contains(&c.name)) {
        let source = folder(&scratch, case.name, case.table);
        let prefix = ["--prefix", source.to_str().unwrap()];
        let flags: Vec<&str> = case.flags.iter().copied().chain(prefix).collect();
        let arguments = arguments(case.dataset_type, &source.join("table.csv"), &flags);
        let _ = ingest(&ours, &arguments).ok();
        steps.push(butler_step(&theirs, &arguments));
    }
    assert_eq!(steps.len(), chosen.len());
    steps.push(step("same", [&ours, &theirs]));
    batch_without_fault(steps);
    let copy: Vec<Case<'_>> = modes()
        .into_iter()
        .filter(|c| c.name == "shared_copy")
        .collect();
    same(&kind, &scratch, &copy);
}

#[test]
fn files_go_where_the_reference_puts_them() {
    let scratch = Scratch::new();
    same(&Filled::sqlite(&scratch), &scratch, &modes());
}

#[test]
fn tables_of_all_formats_are_read_alike() {
    let scratch = Scratch::new();
    let folder = scratch.path("tables");
    let _ = run(oracle::script("write_tables.py").arg(&folder)).ok();
    let kind = Filled::sqlite(&scratch);
    let mut tables: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_file())
        .collect();
    tables.sort();
    assert_eq!(tables.len(), 12);
    let theirs = kind.create(&scratch, "theirs");
    let flags = [
        "--transfer",
        "direct",
        REPEATABLE[0],
        REPEATABLE[1],
        "--prefix",
        folder.to_str().unwrap(),
    ];
    let mut steps = vec![butler_step(
        &theirs,
        &arguments("catalog", &folder.join("table.csv"), &flags),
    )];
    for (i, table) in tables.iter().enumerate() {
        let ours = kind.create(&scratch, &format!("ours{i}"));
        let _ = ingest(&ours, &arguments("catalog", table, &flags)).ok();
        steps.push(step("same", [&ours, &theirs]));
    }
    batch_without_fault(steps);
}

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
