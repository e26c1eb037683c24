//! An export is the one that the Python Butler makes of the same datasets: the document to the order of its entries, the
//! files in all transfer modes. Both programs import it.

use std::path::{Path, PathBuf};

use pantry_testkit::postgres::Database;
use pantry_testkit::{fixture, oracle, run, run_with_input};
use serde_json::{Value, json};

use crate::import_setup::{Scratch, batch_without_fault, import, step};
use crate::pantry::command;

/// A repository with an export of `fixtures/`.
fn repo(scratch: &Scratch, name: &str, export: &str, mode: &str) -> PathBuf {
    let repo = scratch.path(name);
    let _ = import(&repo, &fixture(export), &["--transfer", mode]).ok();
    repo
}

/// `pantry export REPO DIR FLAGS...`
#[track_caller]
fn export(repo: &Path, directory: &Path, flags: &[&str]) -> String {
    let mut command = command();
    run(command.arg("export").arg(repo).arg(directory).args(flags)).ok()
}

/// Our exports, with the questions that have the Python Butler make the same.
struct Exports<'s> {
    scratch: &'s Scratch,
    questions: Vec<Value>,
}

impl<'s> Exports<'s> {
    fn new(scratch: &'s Scratch) -> Self {
        Self {
            scratch,
            questions: Vec::new(),
        }
    }

    /// Export with these flags; `question` says the same to the Python Butler.
    fn add(&mut self, repo: &Path, flags: &[&str], mut question: Value) {
        let number = self.questions.len();
        let ours = self.scratch.path(&format!("ours-{number}"));
        let theirs = self.scratch.path(&format!("theirs-{number}"));
        export(repo, &ours, flags);
        question["repo"] = json!(repo);
        question["other"] = json!(ours);
        question["to"] = json!(theirs);
        self.questions.push(question);
    }

    #[track_caller]
    fn compare(self) {
        let lines = self.questions.iter().map(|q| format!("{q}\n"));
        let input: String = lines.collect();
        let mut script = oracle::script("exports.py");
        let printed = run_with_input(&mut script, input.as_bytes()).ok();
        let answers: Vec<&str> = printed.lines().collect();
        assert_eq!(answers.len(), self.questions.len(), "{printed}");
        for (question, answer) in self.questions.iter().zip(answers) {
            assert_eq!(answer, "[]", "{question}");
        }
    }
}

#[test]
fn transfer_modes() {
    let scratch = Scratch::new();
    let mut exports = Exports::new(&scratch);
    for name in ["oracle-mini", "hsc-mini"] {
        let repo = repo(&scratch, name, name, "copy");
        exports.add(&repo, &[], json!({}));
        exports.add(&repo, &["-t", "direct"], json!({"transfer": "direct"}));
    }
    // The reference refuses to copy a file that datasets share a second time, so this one has no such file.
    let repo = scratch.path("hsc-mini");
    for mode in ["copy", "hardlink", "symlink", "relsymlink", "link", "auto"] {
        exports.add(&repo, &["--transfer", mode], json!({"transfer": mode}));
    }
    exports.compare();
}

#[test]
fn files_that_are_elsewhere() {
    let scratch = Scratch::new();
    let repo = repo(&scratch, "repo", "hsc-mini", "direct");
    let mut exports = Exports::new(&scratch);
    exports.add(&repo, &[], json!({}));
    exports.add(&repo, &["-t", "direct"], json!({"transfer": "direct"}));
    exports.add(&repo, &["-t", "copy"], json!({"transfer": "copy"}));
    exports.compare();
}

/// A part of `hsc-mini`: flags, and the same for the Python Butler.
fn parts() -> Vec<(Vec<&'static str>, Value)> {
    vec![
        // The records of visits bring their definitions, and these exposures.
        (vec!["-d", "calexp"], json!({"types": ["calexp"]})),
        (vec!["-d", "visitTable"], json!({"types": ["visitTable"]})),
        (vec!["-d", "raw,bias"], json!({"types": ["raw", "bias"]})),
        (
            vec![
                "-d",
                "calexp",
                "--where",
                "instrument = 'HSC' AND detector = :d",
                "--bind",
                "d=49",
            ],
            json!({"types": ["calexp"], "where": "instrument = 'HSC' AND detector = 49"}),
        ),
        (
            vec!["--collections", "HSC/tagged/best-seeing", "-d", "*"],
            json!({"search": ["HSC/tagged/best-seeing"], "collections": ["HSC/tagged/best-seeing"]}),
        ),
        (
            vec![
                "--collections",
                "HSC/runs/mini",
                "--find-first",
                "-d",
                "deepCoadd_calexp",
            ],
            json!({"types": ["deepCoadd_calexp"], "search": ["HSC/runs/mini"], "find_first": true,
                   "collections": ["HSC/runs/mini"]}),
        ),
        (
            vec![
                "--collections",
                "skymaps",
                "--dimension-records",
                "patch,physical_filter",
            ],
            json!({"search": ["skymaps"], "collections": ["skymaps"], "elements": ["patch", "physical_filter"]}),
        ),
    ]
}

#[test]
fn parts_of_a_repo() {
    let scratch = Scratch::new();
    let repo = repo(&scratch, "repo", "hsc-mini", "copy");
    let mut exports = Exports::new(&scratch);
    for (flags, question) in parts() {
        exports.add(&repo, &flags, question);
    }
    exports.compare();
}

#[test]
fn postgresql() {
    let scratch = Scratch::new();
    let database = Database::new();
    let repo = scratch.path("repo");
    let url = database.url();
    let flags = ["--transfer", "copy", "--db", url.as_str()];
    let _ = import(&repo, &fixture("hsc-mini"), &flags).ok();
    let mut exports = Exports::new(&scratch);
    exports.add(&repo, &["-t", "copy"], json!({"transfer": "copy"}));
    exports.add(&repo, &["-d", "calexp"], json!({"types": ["calexp"]}));
    exports.compare();
}

#[test]
fn both_programs_import_it() {
    let scratch = Scratch::new();
    let mut steps = Vec::new();
    for name in ["oracle-mini", "hsc-mini"] {
        let repo = repo(&scratch, name, name, "copy");
        let written = scratch.path(&format!("{name}-export"));
        export(&repo, &written, &["--transfer", "copy"]);
        let (ours, theirs) = pair(&scratch, name);
        let copy = ["--transfer", "copy"];
        let _ = import(&ours, &written, &[copy[0], copy[1], "--checksum", "none"]).ok();
        steps.push(step("butler", [Path::new("create"), &theirs]));
        let copy = copy.map(Path::new);
        let args = [Path::new("import"), &theirs, &written, copy[0], copy[1]];
        steps.push(step("butler", args));
        steps.push(step("same", [&ours, &theirs]));
        // This one has no records but those that datasets need. Files that datasets share are one for each afterwards, which
        // the other has.
        if name == "hsc-mini" {
            let again = scratch.path("again");
            let _ = import(&again, &written, &["--transfer", "copy"]).ok();
            steps.push(step("same", [&repo, &again]));
        }
    }
    batch_without_fault(steps);
}

fn pair(scratch: &Scratch, name: &str) -> (PathBuf, PathBuf) {
    let path = |whose: &str| scratch.path(&format!("{name}-{whose}"));
    (path("ours"), path("theirs"))
}

#[test]
fn the_registry_alone() {
    let scratch = Scratch::new();
    let repo = scratch.path("repo");
    let flags = ["--no-files"];
    let _ = import(&repo, &fixture("hsc-calibrations"), &flags).ok();
    let written = scratch.path("export");
    let elements = "detector,patch,tract,exposure,visit,day_obs,group,physical_filter";
    let elements = [
        "--no-files",
        "--format",
        "json",
        "--dimension-records",
        elements,
    ];
    let said = export(&repo, &written, &elements);
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["datasets"], 118);
    let (ours, theirs) = pair(&scratch, "registry");
    let _ = import(&ours, &written, &flags).ok();
    batch_without_fault(vec![
        step("same", [&repo, &ours]),
        step("butler", [Path::new("create"), &theirs]),
        step("load", [&theirs, &written.join("export.yaml")]),
        step("same", [&repo, &theirs]),
    ]);
}
