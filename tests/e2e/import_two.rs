//! Two imports into one repository at the same time.

use std::path::Path;
use std::process::{Child, Output, Stdio};

use pantry_testkit::fixture;

use crate::import_many::{FILES, Oracle, Place, assert_same_lines, many};
use crate::import_setup::{Scratch, assert_same_tree, import, tree};
use crate::pantry::command;

fn start(repo: &Path, source: &Path, mode: &str) -> Child {
    command()
        .arg("import")
        .args([repo, source])
        .args(["--transfer", mode])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn at_once(repo: &Path, sources: [&Path; 2], mode: &str) -> [Output; 2] {
    let children = sources.map(|source| start(repo, source, mode));
    children.map(|child| child.wait_with_output().unwrap())
}

fn both_complete(place: &Place, scratch: &Scratch, mode: &str) {
    let (export, other) = (scratch.path("export"), fixture("hsc-mini"));
    many(&export, "runs/many");
    let mut oracle = Oracle::start();
    for (i, sources) in [[&export, &export], [&export, &other]]
        .into_iter()
        .enumerate()
    {
        let calm = place.create(scratch, &format!("calm{i}"));
        for source in sources {
            let _ = import(&calm, source, &["--transfer", mode]).ok();
        }
        let repo = place.create(scratch, &format!("repo{i}"));
        for ended in at_once(&repo, sources.map(|s| s.as_path()), mode) {
            let said = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.code(), Some(0), "{said}");
        }
        assert_same_lines(&oracle.rows(&repo), &oracle.rows(&calm), "two at once");
        let [mut ours, mut wanted] = [&repo, &calm].map(|r| tree(r));
        for tree in [&mut ours, &mut wanted] {
            // The namespace differs.
            tree.remove(Path::new("butler.yaml"));
        }
        assert_same_tree(&ours, &wanted);
    }
}

#[test]
fn both_complete_in_sqlite() {
    let scratch = Scratch::new();
    both_complete(&Place::sqlite(&scratch), &scratch, "copy");
}

#[test]
fn both_complete_in_postgresql() {
    both_complete(&Place::postgresql(), &Scratch::new(), "copy");
}

/// Nothing keeps these apart before the rows of the first are met.
#[test]
fn both_complete_when_files_stay_in_sqlite() {
    let scratch = Scratch::new();
    both_complete(&Place::sqlite(&scratch), &scratch, "direct");
}

#[test]
fn both_complete_when_files_stay_in_postgresql() {
    both_complete(&Place::postgresql(), &Scratch::new(), "direct");
}

/// The same datasets in another run: who comes second must see what the first has done meanwhile.
fn one_is_refused(place: &Place, scratch: &Scratch) {
    let sources = ["one", "other"].map(|name| scratch.path(name));
    many(&sources[0], "runs/one");
    many(&sources[1], "runs/other");
    let mut oracle = Oracle::start();
    for i in 0..2 {
        let calm = sources.each_ref().map(|source| {
            let name = format!("calm{i}_{}", source.file_name().unwrap().display());
            let repo = place.create(scratch, &name);
            let _ = import(&repo, source, &["--transfer", "copy"]).ok();
            (oracle.rows(&repo), tree(&repo))
        });
        let repo = place.create(scratch, &format!("repo{i}"));
        let ended = at_once(&repo, sources.each_ref().map(|s| s.as_path()), "copy");
        let codes = ended.each_ref().map(|e| e.status.code());
        let first = match codes {
            [Some(0), Some(1)] => 0,
            [Some(1), Some(0)] => 1,
            _ => panic!("{codes:?}: {ended:?}"),
        };
        let said = String::from_utf8_lossy(&ended[1 - first].stderr).into_owned();
        assert!(said.contains("conflicts with the repo"), "{said}");
        assert_eq!(oracle.frames(&repo), FILES);
        assert_same_lines(&oracle.rows(&repo), &calm[first].0, "the first");
        let mut left = tree(&repo);
        let mut wanted = calm[first].1.clone();
        left.remove(Path::new("butler.yaml"));
        wanted.remove(Path::new("butler.yaml"));
        assert_same_tree(&left, &wanted);
    }
}

#[test]
fn one_is_refused_in_sqlite_when_they_contradict() {
    let scratch = Scratch::new();
    one_is_refused(&Place::sqlite(&scratch), &scratch);
}

#[test]
fn one_is_refused_in_postgresql_when_they_contradict() {
    one_is_refused(&Place::postgresql(), &Scratch::new());
}
