//! `pantry config-dump` beside `butler config-dump`: the same text and exit code for the same words.

use std::fs;
use std::path::Path;

use pantry_testkit::oracle;
use serde_json::Value;

use crate::pantry::pantry;

/// Words after the verb; `REPO` stands for the repository.
const CASES: [&[&str]; 13] = [
    &["REPO"],
    &["REPO/butler.yaml"],
    &["REPO", "--subset", ".datastore.root"],
    &["REPO", "-s", "registry"],
    &["REPO", "-s", "/datastore/templates/default"],
    &["REPO", "--subset", ".registry.managers"],
    &["REPO", "-s", ".datastore.constraints"],
    &["REPO", "-s", ".no.such.key"],
    &["REPO", "-p", "SEARCH", "-s", ".datastore.checksum"],
    &[
        "REPO",
        "-p",
        "SEARCH,/nowhere",
        "--searchpath",
        "/nowhere/else",
    ],
    &["REPO", "-@", "OPTIONS"],
    &["no-such-repo"],
    &[],
];

fn words(case: &[&str], folder: &Path) -> Vec<String> {
    let place = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let fill = |word: &&str| {
        word.replace("REPO", &place("repo"))
            .replace("SEARCH", &place("search"))
            .replace("OPTIONS", &place("o.yaml"))
    };
    ["config-dump".to_owned()]
        .into_iter()
        .chain(case.iter().map(fill))
        .collect()
}

/// A repository of the oracle, a folder with configuration defaults, and an options file.
fn prepare(folder: &Path) {
    oracle::create(&folder.join("repo"));
    fs::create_dir_all(folder.join("search/datastores")).unwrap();
    let defaults = "datastore:\n  checksum: true\n";
    fs::write(
        folder.join("search/datastores/fileDatastore.yaml"),
        defaults,
    )
    .unwrap();
    fs::write(
        folder.join("o.yaml"),
        "config-dump:\n  subset: .registry.db\n",
    )
    .unwrap();
}

#[test]
fn text_and_exit_code_are_those_of_butler() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    for case in CASES {
        let words = words(case, folder.path());
        let (theirs, ours) = (oracle::butler(&words), pantry(&words));
        assert_eq!(
            (ours.code, &ours.stdout),
            (theirs.code, &theirs.stdout),
            "{ours}"
        );
        assert!(
            ours.code != Some(1) || ours.stderr.lines().count() == 1,
            "{ours}"
        );
    }
}

#[test]
fn a_file_gets_what_standard_output_would() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let file = folder.path().join("dump.yaml");
    let repo = folder.path().join("repo");
    let printed = pantry(
        [
            repo_words(&repo).as_slice(),
            &["--file".into(), file.to_str().unwrap().into()],
        ]
        .concat(),
    );
    assert_eq!(printed.ok(), "");
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        pantry(repo_words(&repo)).ok()
    );
}

#[test]
fn json_holds_the_same_as_yaml() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path());
    let mut words = repo_words(&folder.path().join("repo"));
    let yaml = pantry(&words).ok();
    words.extend(["--format".to_owned(), "json".to_owned()]);
    let json = pantry(&words).ok();
    let program = "import sys, json, yaml; y, j = json.load(sys.stdin); print(json.dumps(yaml.safe_load(y) == json.loads(j)))";
    assert_eq!(
        oracle::ask(program, &serde_json::json!([yaml, json])),
        Value::Bool(true)
    );
}

fn repo_words(repo: &Path) -> Vec<String> {
    vec!["config-dump".to_owned(), repo.to_str().unwrap().to_owned()]
}
