//! What the tests of `import` share: scratch folders, runs of the program, batches of the oracle, pictures of a folder.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use pantry_testkit::{Ran, fixture, oracle, run, run_with_input};
use serde_json::Value;
use tempfile::TempDir;

use crate::pantry::command;

/// A scratch folder that is removed with this value.
pub struct Scratch(TempDir);

impl Scratch {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A copy of an export of `fixtures/` as the folder `name`.
    pub fn copy_of(&self, name: &str, export: &str) -> PathBuf {
        let to = self.path(name);
        copy_tree(&fixture(export), &to);
        to
    }

    /// A new repository `name`, which a program that may write has opened once.
    pub fn empty(&self, name: &str) -> PathBuf {
        let repo = self.path(name);
        let _ = run(command().arg("create").arg(&repo)).ok();
        // That makes the table of file records, as in the reference.
        let nothing = self.path("nothing");
        fs::create_dir_all(&nothing).unwrap();
        let text = "description: Butler Data Repository Export\nversion: 1.0.2\nuniverse_version: 8\ndata: []\n";
        fs::write(nothing.join("export.yaml"), text).unwrap();
        let _ = import(&repo, &nothing, &[]).ok();
        repo
    }

    /// A repository `name` that holds the export `oracle-mini`, files copied, without checksums.
    pub fn filled(&self, name: &str) -> PathBuf {
        let repo = self.path(name);
        let flags = ["--transfer", "copy", "--checksum", "none"];
        let _ = import(&repo, &fixture("oracle-mini"), &flags).ok();
        repo
    }
}

/// `pantry import REPO DIR FLAGS...`
#[track_caller]
pub fn import(repo: &Path, directory: &Path, flags: &[&str]) -> Ran {
    let mut command = command();
    command.arg("import").arg(repo).arg(directory).args(flags);
    run(&mut command)
}

/// The one line that a failing run says on standard error; its log, which comes before, is left out.
#[track_caller]
pub fn complaint(ran: &Ran) -> String {
    assert_eq!(ran.code, Some(1), "{ran}");
    let mut lines = ran
        .stderr
        .lines()
        .skip_while(|l| !l.starts_with("pantry: error: "));
    let line = lines.next().unwrap_or_else(|| panic!("{ran}"));
    assert_eq!(lines.next(), None, "{ran}");
    line["pantry: error: ".len()..].to_owned()
}

/// A step of a batch of the oracle (`tests/oracle/batch.py`).
pub fn step<A: AsRef<OsStr>>(verb: &str, args: impl IntoIterator<Item = A>) -> Value {
    let args = args
        .into_iter()
        .map(|a| Value::from(a.as_ref().to_str().unwrap()));
    std::iter::once(Value::from(verb)).chain(args).collect()
}

/// Do steps in one Python process; what each answers.
#[track_caller]
pub fn batch(steps: Vec<Value>) -> Vec<Value> {
    let input: String = steps.iter().map(|s| format!("{s}\n")).collect();
    let printed = run_with_input(&mut oracle::script("batch.py"), input.as_bytes()).ok();
    let answers = printed.lines().map(|l| serde_json::from_str(l).unwrap());
    answers.collect()
}

/// Do steps that must all answer that nothing is wrong: null, or no differences.
#[track_caller]
pub fn batch_without_fault(steps: Vec<Value>) {
    let answers = batch(steps.clone());
    let faults: Vec<String> = steps
        .iter()
        .zip(&answers)
        .filter(|(_, a)| a.is_string() && **a != "")
        .map(|(s, a)| format!("{s}:\n{}", a.as_str().unwrap()))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Folder,
    Link(PathBuf),
    File { content: Vec<u8>, links: u64 },
}

impl Entry {
    /// Leaves out how many names a file has.
    pub fn forget_links(&mut self) {
        if let Entry::File { links, .. } = self {
            *links = 0;
        }
    }
}

/// Everything below a folder except an SQLite registry.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = everything(folder);
    found.retain(|path, _| !path.starts_with("gen3.sqlite3"));
    found
}

/// Everything below a folder, with the bytes of an SQLite registry: equal only if nothing at all was changed.
pub fn everything(folder: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let kind = fs::symlink_metadata(&path).unwrap();
            let entry = if kind.is_symlink() {
                Entry::Link(fs::read_link(&path).unwrap())
            } else if kind.is_dir() {
                folders.push(path.clone());
                Entry::Folder
            } else {
                Entry::File {
                    content: fs::read(&path).unwrap(),
                    links: kind.nlink(),
                }
            };
            found.insert(path.strip_prefix(folder).unwrap().to_owned(), entry);
        }
    }
    found
}

/// Files and links of a tree by their paths, without folders.
pub fn files(tree: &BTreeMap<PathBuf, Entry>) -> Vec<&Path> {
    let files = tree.iter().filter(|(_, e)| **e != Entry::Folder);
    files.map(|(path, _)| path.as_path()).collect()
}

/// Two trees are equal; says where not, without their bytes.
#[track_caller]
pub fn assert_same_tree(left: &BTreeMap<PathBuf, Entry>, right: &BTreeMap<PathBuf, Entry>) {
    let paths: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
    let differing: Vec<_> = paths
        .into_iter()
        .filter(|p| left.get(*p) != right.get(*p))
        .collect();
    assert!(differing.is_empty(), "these differ: {differing:?}");
}

/// Copy a folder with all that is in it.
pub fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
