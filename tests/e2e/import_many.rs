//! An export of many files, repositories on both databases to put it in, and an oracle that stays while tests go on.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use pantry_testkit::postgres::Database;
use pantry_testkit::{oracle, run};
use serde_json::Value;

use crate::import_setup::{Scratch, copy_tree, import, step};
use crate::pantry::command;

/// Number of files of [`many`].
pub const FILES: usize = 300;

/// Write an export of [`FILES`] datasets with a file each in `run`, of 1 to 9000 bytes, no two the same.
pub fn many(directory: &Path, run: &str) {
    fs::create_dir_all(directory.join("data")).unwrap();
    let mut text = "description: Butler Data Repository Export\nversion: 1.0.2\nuniverse_version: 8\n\
        universe_namespace: daf_butler\ndata:\n- type: dimension\n  element: instrument\n  records:\n  - name: Cam\n    \
        visit_max: 9\n    visit_system: 0\n    exposure_max: 9\n    detector_max: 999\n    class_name: an.absent.Camera\n\
        - type: dimension\n  element: detector\n  records:\n"
        .to_owned();
    for i in 0..FILES {
        let rest = "name_in_raft: '0'\n    raft: A\n    purpose: SCIENCE";
        writeln!(
            text,
            "  - instrument: Cam\n    id: {i}\n    full_name: Ch{i}\n    {rest}"
        )
        .unwrap();
    }
    write!(
        text,
        "- type: collection\n  collection_type: RUN\n  name: {run}\n- type: dataset_type\n  name: frame\n  dimensions:\n  \
         - instrument\n  - detector\n  storage_class: StructuredDataDict\n  is_calibration: false\n- type: dataset\n  \
         dataset_type: frame\n  run: {run}\n  records:\n"
    )
    .unwrap();
    for i in 0..FILES {
        writeln!(
            text,
            "  - dataset_id:\n    - !uuid '00000000-0000-4000-8000-{i:012x}'\n    data_id:\n    - instrument: Cam\n      \
             detector: {i}\n    path: data/{i}.yaml\n    formatter: lsst.daf.butler.formatters.yaml.YamlFormatter"
        )
        .unwrap();
        let size = (i * 37 * 37) % 9000 + 1;
        let content: String = format!("a{i}: {i}\n").repeat(size / 8 + 1);
        fs::write(directory.join(format!("data/{i}.yaml")), content).unwrap();
    }
    fs::write(directory.join("export.yaml"), text).unwrap();
}

/// Where repositories have their registry.
pub enum Place {
    Sqlite { pristine: PathBuf },
    Postgresql(Database),
}

impl Place {
    pub fn sqlite(scratch: &Scratch) -> Self {
        let pristine = scratch.empty("pristine");
        Self::Sqlite { pristine }
    }

    pub fn postgresql() -> Self {
        Self::Postgresql(Database::new())
    }

    /// A new repository, which a program that may write has opened once; `name` is also that of the namespace.
    pub fn create(&self, scratch: &Scratch, name: &str) -> PathBuf {
        let repo = scratch.path(name);
        match self {
            Self::Sqlite { pristine } => copy_tree(pristine, &repo),
            Self::Postgresql(database) => {
                let mut create = command();
                create.arg("create").arg(&repo);
                create.args(["--db", &database.url(), "--namespace", name]);
                let _ = run(&mut create).ok();
                let nothing = scratch.path("no-data");
                fs::create_dir_all(&nothing).unwrap();
                let text = "version: 1.0.2\nuniverse_version: 8\ndata: []\n";
                fs::write(nothing.join("export.yaml"), text).unwrap();
                let _ = import(&repo, &nothing, &[]).ok();
            }
        }
        repo
    }
}

/// One Python process that answers steps (`tests/oracle/batch.py`) until this is dropped.
pub struct Oracle {
    child: Child,
    ask: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    pub fn start() -> Self {
        let mut child = oracle::script("batch.py")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let ask = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            ask,
            answers,
        }
    }

    #[track_caller]
    fn answer(&mut self, verb: &str, repo: &Path) -> Value {
        let step = step(verb, [repo]);
        writeln!(self.ask.as_mut().unwrap(), "{step}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{step}: {e}: {line}"))
    }

    /// Open a repository writeable; how many datasets of the type `frame` it has.
    #[track_caller]
    pub fn frames(&mut self, repo: &Path) -> usize {
        let counts = self.answer("open", repo);
        let count = counts.get("frame").and_then(Value::as_u64).unwrap_or(0);
        usize::try_from(count).unwrap()
    }

    /// All rows of all tables, as `compare::rows` has them.
    #[track_caller]
    pub fn rows(&mut self, repo: &Path) -> Vec<String> {
        serde_json::from_value(self.answer("rows", repo)).unwrap()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.ask.take());
        let _ = self.child.wait();
    }
}

/// Fails with the first differences when two lists of rows are not the same.
#[track_caller]
pub fn assert_same_lines(left: &[String], right: &[String], what: &str) {
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        let other: std::collections::HashSet<_> = other.iter().collect();
        one.iter()
            .filter(|l| !other.contains(l))
            .take(5)
            .cloned()
            .collect()
    };
    assert!(
        left == right,
        "{what}: {} and {} rows; - {:#?} + {:#?}",
        left.len(),
        right.len(),
        only(left, right),
        only(right, left)
    );
}
