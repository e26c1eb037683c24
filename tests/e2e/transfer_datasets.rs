//! `transfer-datasets` leaves the rows and files that the Python Butler's leaves.

use std::path::{Path, PathBuf};

use pantry_testkit::postgres::Database;
use pantry_testkit::{fixture, oracle, run};
use serde_json::Value;

use crate::import_setup::{
    Scratch, assert_same_tree, batch_without_fault, complaint, everything, import, step, tree,
};
use crate::pantry::{command, pantry};

const TO_HAVE: &str = "--register-dataset-types";

#[track_caller]
fn transfer(source: &Path, dest: &Path, flags: &[&str]) -> pantry_testkit::Ran {
    let mut command = command();
    command.arg("transfer-datasets").arg(source).arg(dest);
    run(command.args(flags))
}

/// Two new repositories that both programs fill, each one.
fn pair(scratch: &Scratch, name: &str) -> [PathBuf; 2] {
    ["ours", "theirs"].map(|whose| scratch.path(&format!("{name}-{whose}")))
}

/// The steps by which the Python Butler does the same, after we did; then the comparison.
fn case(scratch: &Scratch, number: usize, source: &Path, runs: &[&[&str]]) -> Vec<Value> {
    let [ours, theirs] = pair(scratch, &format!("case{number}"));
    let _ = pantry(["create", ours.to_str().unwrap()]).ok();
    let mut steps = vec![step("butler", ["create", theirs.to_str().unwrap()])];
    for flags in runs {
        let said = transfer(source, &ours, flags).ok();
        assert!(
            said.starts_with("Number of datasets transferred: "),
            "{said}"
        );
        let head = [
            "transfer-datasets",
            source.to_str().unwrap(),
            theirs.to_str().unwrap(),
        ];
        steps.push(step("butler", head.iter().chain(*flags)));
    }
    steps.push(step("same", [&ours, &theirs]));
    steps
}

#[test]
fn the_same_rows_and_files() {
    let scratch = Scratch::new();
    let copied = scratch.path("copied");
    let _ = import(&copied, &fixture("hsc-mini"), &["--transfer", "copy"]).ok();
    let direct = scratch.path("direct");
    let _ = import(&direct, &fixture("hsc-mini"), &["--transfer", "direct"]).ok();
    let shared = scratch.path("shared");
    let _ = import(&shared, &fixture("oracle-mini"), &["--transfer", "copy"]).ok();
    let copy = ["--transfer", "copy"];
    let cases: [(&Path, &[&[&str]]); 5] = [
        // Again and with more: what is there stays.
        (
            &copied,
            &[
                &["-d", "calexp", TO_HAVE, copy[0], copy[1]],
                &[TO_HAVE, copy[0], copy[1]],
            ],
        ),
        (
            &copied,
            &[
                &["-d", "raw", TO_HAVE, "--limit", "1", "-t", "link"],
                &[
                    "--where",
                    "instrument = 'HSC' AND detector = 50",
                    "-d",
                    "raw",
                    "-t",
                    "hardlink",
                ],
            ],
        ),
        (&direct, &[&["-d", "calexp,skyMap", TO_HAVE]]),
        (
            &direct,
            &[&["--collections", "HSC/raw/all", TO_HAVE, copy[0], copy[1]]],
        ),
        (
            &shared,
            &[
                &[TO_HAVE, "-t", "symlink"],
                &["--no-transfer-dimensions", "-t", "symlink"],
            ],
        ),
    ];
    let mut steps = Vec::new();
    for (number, (source, runs)) in cases.iter().enumerate() {
        steps.extend(case(&scratch, number, source, runs));
    }
    batch_without_fault(steps);
    for number in 0..cases.len() {
        let [ours, theirs] = pair(&scratch, &format!("case{number}")).map(|repo| {
            let mut tree = tree(&repo);
            // How often a file of the source is linked depends on who came first.
            tree.values_mut()
                .for_each(crate::import_setup::Entry::forget_links);
            tree.remove(Path::new("butler.yaml"));
            tree
        });
        assert_same_tree(&ours, &theirs);
    }
}

#[test]
fn into_postgresql() {
    let scratch = Scratch::new();
    let source = scratch.path("source");
    let _ = import(&source, &fixture("hsc-mini"), &["--transfer", "copy"]).ok();
    let database = Database::new();
    let [ours, theirs] = pair(&scratch, "postgresql");
    let url = database.url();
    let _ = pantry([
        "create",
        ours.to_str().unwrap(),
        "--db",
        &url,
        "--namespace",
        "ours",
    ])
    .ok();
    oracle::create_postgres(&theirs, &database, Some("theirs"));
    let flags = [TO_HAVE, "--transfer", "copy"];
    let _ = transfer(&source, &ours, &flags).ok();
    let head = [
        "transfer-datasets",
        source.to_str().unwrap(),
        theirs.to_str().unwrap(),
    ];
    let steps = vec![
        step("butler", head.iter().chain(&flags)),
        step("same", [&ours, &theirs]),
    ];
    batch_without_fault(steps);
}

#[test]
fn what_cannot_be() {
    let scratch = Scratch::new();
    let source = scratch.filled("source");
    let dest = scratch.empty("dest");
    let before = everything(&dest);
    for (flags, what) in [
        (&["-t", "copy"][..], "--register-dataset-types"),
        (&["-t", "copy", TO_HAVE, "--no-transfer-dimensions"], "Cam"),
        (&["-t", "direct", TO_HAVE], "direct"),
        (&["-t", "move", TO_HAVE], "cannot be moved"),
    ] {
        let said = complaint(&transfer(&source, &dest, flags));
        assert!(said.contains(what), "{flags:?}: {said}");
        assert!(everything(&dest) == before, "{flags:?}");
    }
    let said = transfer(&source, &dest, &[TO_HAVE, "--dry-run"]).ok();
    assert_eq!(said, "Number of datasets transferred: 20\n");
    assert!(everything(&dest) == before);
}
