//! Files that are not there, are no files, or are where an export must not reach.

use std::fs;
use std::os::unix::fs::symlink;

use crate::import_setup::{Scratch, import, tree};
use crate::import_spoiled::Victim;

const OLD: &str = "path: runs/second/count/count_Cam_runs_second.json";
const MODES: [&str; 8] = [
    "copy",
    "link",
    "symlink",
    "hardlink",
    "move",
    "relsymlink",
    "direct",
    "auto",
];

/// An import in every mode fails at the record of `OLD` whose path is now `path`; what must be said.
#[track_caller]
fn fails_with_path(victim: &Victim, repo: &std::path::Path, path: &str, says: &str) {
    let text = victim.replaced(OLD, &format!("path: '{path}'"));
    victim.write(&text);
    let at = text
        .find("- dataset_id:\n    - !uuid '01a0c450-6c0b")
        .unwrap();
    let line = text[..at].matches('\n').count() + 1;
    for mode in MODES {
        let said = victim.fails(repo, &["--transfer", mode]);
        let said = said.unwrap_or_else(|e| panic!("{path}, {mode}: {e}"));
        assert!(
            said.starts_with(&format!("export.yaml:{line}: ")),
            "{path}, {mode}: {said}"
        );
        assert!(said.contains(says), "{path}, {mode}: {said}");
    }
}

#[test]
fn files_that_are_missing_or_no_files() {
    let scratch = Scratch::new();
    let (repo, victim) = (scratch.empty("repo"), Victim::new(&scratch));
    fs::create_dir(victim.directory.join("folder.json")).unwrap();
    symlink("nowhere", victim.directory.join("dangling.json")).unwrap();
    fails_with_path(
        &victim,
        &repo,
        "runs/second/nothing.json",
        "runs/second/nothing.json",
    );
    fails_with_path(&victim, &repo, "folder.json", "folder.json");
    fails_with_path(&victim, &repo, "dangling.json", "dangling.json");
}

#[test]
fn paths_that_leave_the_folder_of_the_export() {
    let scratch = Scratch::new();
    let (repo, victim) = (scratch.empty("repo"), Victim::new(&scratch));
    let outside = scratch.path("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret.json"), "1").unwrap();
    symlink(
        outside.join("secret.json"),
        victim.directory.join("link.json"),
    )
    .unwrap();
    symlink("../outside", victim.directory.join("ways")).unwrap();
    let absolute = outside.join("secret.json");
    let absolute = absolute.to_str().unwrap();
    for path in [
        "../outside/secret.json",
        "runs/../../outside/secret.json",
        "link.json",
        "ways/secret.json",
        absolute,
        &format!("file://{absolute}"),
        "/etc/passwd",
    ] {
        fails_with_path(&victim, &repo, path, "--allow-prefix");
    }
    fails_with_path(
        &victim,
        &repo,
        "s3://bucket/secret.json",
        "s3://bucket/secret.json",
    );
}

#[test]
fn a_run_or_data_id_cannot_lead_out_of_the_repository() {
    let scratch = Scratch::new();
    let (repo, victim) = (scratch.empty("repo"), Victim::new(&scratch));
    for run in ["../../outside", "runs/../../outside"] {
        victim.write(
            victim
                .text
                .replace("runs/second", run)
                .replace(&format!("path: {run}"), "path: runs/second"),
        );
        let said = victim.fails(&repo, &[]);
        said.unwrap_or_else(|e| panic!("{run}: {e}"));
    }
    assert!(!scratch.path("outside").exists());
}

#[test]
fn another_folder_can_be_allowed() {
    let scratch = Scratch::new();
    let victim = Victim::new(&scratch);
    let outside = scratch.path("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret.json"), "1").unwrap();
    victim.write(victim.replaced(OLD, "path: ../outside/secret.json"));
    let repo = scratch.path("repo");
    let flags = [
        "--transfer",
        "copy",
        "--allow-prefix",
        outside.to_str().unwrap(),
    ];
    let _ = import(&repo, &victim.directory, &flags).ok();
    let copied = fs::read(repo.join("runs/second/count/count_Cam_runs_second.json")).unwrap();
    assert_eq!(copied, b"1");
    assert_eq!(tree(&outside).len(), 1);
}
