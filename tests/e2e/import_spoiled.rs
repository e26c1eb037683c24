//! Runs imports that must fail, and looks whether they say the right thing and change nothing.

use std::fs;
use std::path::{Path, PathBuf};

use crate::import_setup::{Scratch, complaint, everything, import};

/// One way to spoil the text of the export `oracle-mini`.
pub struct Spoiled {
    /// Text in it that is replaced, once.
    pub old: &'static str,
    /// By this.
    pub new: &'static str,
    /// Text that begins on the line that the message must name; empty if the message need not name one.
    pub at: &'static str,
    /// What the message must contain.
    pub says: &'static [&'static str],
}

/// A [`Spoiled`] in one line.
pub const fn case(
    old: &'static str,
    new: &'static str,
    at: &'static str,
    says: &'static [&'static str],
) -> Spoiled {
    Spoiled { old, new, at, says }
}

/// An export folder whose export file is spoiled in one way after the other.
pub struct Victim {
    pub directory: PathBuf,
    pub text: String,
}

impl Victim {
    pub fn new(scratch: &Scratch) -> Self {
        let directory = scratch.copy_of("victim", "oracle-mini");
        let text = fs::read_to_string(directory.join("export.yaml")).unwrap();
        Self { directory, text }
    }

    pub fn write(&self, text: impl AsRef<[u8]>) {
        fs::write(self.directory.join("export.yaml"), text).unwrap();
    }

    /// The text with its first `old` replaced.
    pub fn replaced(&self, old: &str, new: &str) -> String {
        assert!(self.text.contains(old), "the export has no {old}");
        self.text.replacen(old, new, 1)
    }

    /// Import by `move`, with these flags, into `repo`, which fails; the message without the names of folders.
    pub fn fails(&self, repo: &Path, flags: &[&str]) -> Result<String, String> {
        let before = (everything(repo), everything(&self.directory));
        let flags: Vec<&str> = ["--transfer", "move"]
            .iter()
            .chain(flags)
            .copied()
            .collect();
        let ran = import(repo, &self.directory, &flags);
        if ran.code != Some(1) {
            return Err(format!("did not fail: {ran}"));
        }
        if before != (everything(repo), everything(&self.directory)) {
            return Err(format!("something was changed: {ran}"));
        }
        let said = complaint(&ran);
        Ok(said.replace(&format!("{}/", self.directory.display()), ""))
    }
}

/// All cases must fail in `repo`, with their messages, and change nothing.
#[track_caller]
pub fn assert_all_fail(scratch: &Scratch, repo: &Path, cases: &[Spoiled]) {
    let victim = Victim::new(scratch);
    let mut faults = Vec::new();
    for case in cases {
        let text = victim.replaced(case.old, case.new);
        victim.write(&text);
        let outcome = victim.fails(repo, &[]);
        let wanted = line_of(&text, case.at).map(|n| format!("export.yaml:{n}: "));
        let fault = match outcome {
            Err(fault) => Some(fault),
            Ok(said) if wanted.is_some_and(|w| !said.starts_with(&w)) => {
                Some(format!("wants line of {:?}: {said}", case.at))
            }
            Ok(said) if case.says.iter().any(|s| !said.contains(s)) => {
                Some(format!("wants {:?}: {said}", case.says))
            }
            Ok(_) => None,
        };
        faults.extend(fault.map(|f| format!("{:?} -> {:?}\n    {f}", case.old, case.new)));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn line_of(text: &str, at: &str) -> Option<usize> {
    let position = (!at.is_empty()).then(|| text.find(at).unwrap_or_else(|| panic!("no {at}")))?;
    Some(text[..position].matches('\n').count() + 1)
}
