//! Repositories that cannot be written to, or are not there.

use std::fs;
use std::path::Path;

use pantry_testkit::{fixture, oracle};

use crate::import_setup::{Scratch, complaint, everything, import};
use crate::pantry::pantry;

/// Set an attribute of an SQLite repository.
fn set(repo: &Path, name: &str, value: &str) {
    let code = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as c:\n    \
                c.execute('INSERT OR REPLACE INTO butler_attributes (name, value) VALUES (?, ?)', sys.argv[2:])\n    \
                print('done')";
    let file = repo.join("gen3.sqlite3");
    assert_eq!(
        oracle::eval(code, [file.to_str().unwrap(), name, value]),
        "done\n"
    );
}

#[test]
fn managers_of_unknown_versions_are_refused() {
    let scratch = Scratch::new();
    let datasets = "lsst.daf.butler.registry.datasets.byDimensions._manager.ByDimensionsDatasetRecordStorageManagerUUID";
    let cases = [
        (format!("version:{datasets}"), "99.0.0", "99.0.0"),
        (
            "config:registry.managers.datasets".to_owned(),
            "lsst.daf.butler.registry.datasets.Quantum",
            "Quantum",
        ),
        (
            "config:registry.managers.obscore".to_owned(),
            "lsst.daf.butler.registry.obscore.ObsCoreLiveTableManager",
            "obscore",
        ),
    ];
    for (i, (name, value, says)) in cases.into_iter().enumerate() {
        let repo = scratch.empty(&format!("repo{i}"));
        set(&repo, &name, value);
        let before = everything(&repo);
        let ran = import(&repo, &fixture("oracle-mini"), &["--transfer", "copy"]);
        let said = complaint(&ran);
        assert!(said.contains(says), "{name}: {said}");
        assert!(before == everything(&repo), "{name}: {said}");
    }
}

#[test]
fn a_repository_is_created_only_below_a_folder_that_exists() {
    let scratch = Scratch::new();
    let export = fixture("oracle-mini");
    let repo = scratch.path("repo");
    let said = complaint(&import(&repo, &export, &["--no-create"]));
    assert!(said.contains(repo.to_str().unwrap()), "{said}");
    let said = complaint(&import(&scratch.path("no/folder/repo"), &export, &[]));
    assert!(
        said.contains(scratch.path("no/folder").to_str().unwrap()),
        "{said}"
    );
    let planned = import(&repo, &export, &["--dry-run"]).ok();
    assert!(planned.contains("20 rows to add to dataset\n"), "{planned}");
    assert!(!repo.exists());
    let said = complaint(&import(&scratch.path("absent.yaml"), &export, &[]));
    assert!(said.contains("absent.yaml"), "{said}");
    let said = complaint(&import(&repo, &scratch.path("no-export"), &[]));
    assert!(said.contains("no-export"), "{said}");
    let said = complaint(&import(&repo, &export, &["--export-file", "other.yaml"]));
    assert!(said.contains("other.yaml"), "{said}");
    assert!(!repo.exists() && !scratch.path("no").exists());
    let ran = import(&repo, &export, &["--transfer", "copy"]);
    assert!(
        ran.stderr
            .contains(&format!("created repository {}", repo.display())),
        "{ran}"
    );
    let _ = ran.ok();
}

#[test]
fn a_folder_that_is_no_repository_is_left_alone() {
    let scratch = Scratch::new();
    let repo = scratch.path("repo");
    let _ = pantry(["create".as_ref(), repo.as_os_str()]).ok();
    fs::write(repo.join("gen3.sqlite3"), "no database").unwrap();
    let before = everything(&repo);
    let said = complaint(&import(&repo, &fixture("oracle-mini"), &[]));
    assert!(said.contains("gen3.sqlite3"), "{said}");
    assert!(before == everything(&repo));
    let said = complaint(&pantry(["create".as_ref(), repo.as_os_str()]));
    assert!(said.contains("exists already"), "{said}");
    assert!(before == everything(&repo));
}
