//! Exports that cannot be made, or not of everything: what is said, and that nothing half is left behind.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use pantry_testkit::{oracle, run};

use crate::import_setup::{Scratch, complaint, everything};
use crate::pantry::command;

#[track_caller]
fn export(repo: &Path, directory: &Path, flags: &[&str]) -> pantry_testkit::Ran {
    let mut command = command();
    run(command.arg("export").arg(repo).arg(directory).args(flags))
}

/// Statements on the SQLite registry of a repo.
#[track_caller]
fn sql(repo: &Path, statements: &str) {
    let code = "import sys, sqlite3; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])";
    let registry = repo.join("gen3.sqlite3");
    oracle::eval(code, [registry.to_str().unwrap(), statements]);
}

#[test]
fn datasets_without_a_file() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    sql(
        &repo,
        "DELETE FROM file_datastore_records WHERE path LIKE '%visit%';
         DELETE FROM dataset_location WHERE dataset_id NOT IN (SELECT dataset_id FROM file_datastore_records)",
    );
    let directory = scratch.path("export");
    let said = complaint(&export(&repo, &directory, &["--transfer", "copy"]));
    assert!(said.contains("has no file"), "{said}");
    assert!(everything(&directory).is_empty());
    let said = export(&repo, &directory, &["--on-missing", "skip"]).ok();
    assert!(said.contains("without a file were left out"), "{said}");
    let text = fs::read_to_string(directory.join("export.yaml")).unwrap();
    assert!(!text.contains("visit/") && text.contains("type: dataset\n"));
    let _ = export(&repo, &scratch.path("all"), &["--no-files"]).ok();
}

#[test]
fn a_file_that_is_gone_ends_an_export_with_nothing_left() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    let directory = scratch.path("export");
    let said = export(&repo, &directory, &["-t", "copy"]).ok();
    assert!(said.contains("18 files"), "{said}");
    let files = everything(&directory);
    let gone = files
        .keys()
        .find(|p| p.extension().is_some_and(|e| e == "json"));
    fs::remove_file(repo.join(gone.unwrap())).unwrap();
    let again = scratch.path("again");
    let said = complaint(&export(&repo, &again, &["-t", "copy"]));
    assert!(said.contains(gone.unwrap().to_str().unwrap()), "{said}");
    assert!(everything(&again).is_empty());
    // What a good export left is not touched by a bad one.
    let said = complaint(&export(&repo, &directory, &["-t", "symlink"]));
    assert!(!said.is_empty());
    assert!(everything(&directory) == files);
}

#[test]
fn a_dataset_in_several_files() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    sql(
        &repo,
        "INSERT INTO file_datastore_records (dataset_id, path, formatter, storage_class, component, checksum, file_size)
         SELECT dataset_id, path || 'x', formatter, storage_class, 'part', checksum, file_size
         FROM file_datastore_records LIMIT 1",
    );
    let said = complaint(&export(&repo, &scratch.path("export"), &[]));
    assert!(said.contains("several files"), "{said}");
}

#[test]
fn what_makes_no_sense() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    let directory = scratch.path("export");
    for (flags, what) in [
        (&["--transfer", "move"][..], "cannot be moved"),
        (&["-d", "nothing"], "no dataset type 'nothing'"),
        (&["--collections", "nothing"], "nothing"),
        (&["--collections", "*", "--find-first"], "--find-first"),
        (&["--dimension-records", "band"], "'band'"),
        (&["--where", "visit ="], "visit ="),
    ] {
        let said = complaint(&export(&repo, &directory, flags));
        assert!(said.contains(what), "{flags:?}: {said}");
        assert!(!directory.exists(), "{flags:?}");
    }
}

#[test]
fn a_kill_leaves_a_whole_document_or_none() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    let _ = export(&repo, &scratch.path("whole"), &["-t", "copy"]).ok();
    let whole = fs::read(scratch.path("whole").join("export.yaml")).unwrap();
    let directory = scratch.path("killed");
    for milliseconds in (0..60).step_by(4) {
        let mut command = command();
        command.arg("export").arg(&repo).arg(&directory);
        let command = command.args(["-t", "copy"]).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        // However fast the machine is, what must hold holds.
        sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
        if let Ok(text) = fs::read(directory.join("export.yaml")) {
            assert!(text == whole, "after {milliseconds} ms");
            fs::remove_file(directory.join("export.yaml")).unwrap();
        }
    }
    // What the killed left behind is taken up and cleaned away.
    let _ = export(&repo, &directory, &["-t", "copy"]).ok();
    assert!(everything(&directory) == everything(&scratch.path("whole")));
}
