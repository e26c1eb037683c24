//! What is looked at in the bytes of files before anything is changed: whether they are what lists of checksums say, and whether
//! some of them are the same.

mod compare;
mod duplicates;
mod listed;

use pantry_datastore::ResourcePath;
use pantry_datastore::transfer::TransferMode;
use pantry_registry::Registry;
use serde::Serialize;

use crate::Error;
use crate::export::Export;
use crate::files::FileOptions;
use crate::import::{ImportOptions, Step, Watch};
use crate::stage::Stage;

/// Findings that a report keeps; the others are only counted.
const SHOWN: usize = 20;

/// Files that are read side by side and then told of.
const BATCH: usize = 1024;

/// What becomes of files whose bytes another file of the ingest, or one of a dataset of the same type in the repo, has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// Nobody looks for them.
    #[default]
    Ignore,
    /// They are told of.
    Warn,
    /// They are left out.
    Skip,
    /// They end the ingest.
    Refuse,
}

/// What is looked at.
#[derive(Debug, Default)]
pub struct Scrutiny {
    /// Lists of checksums and sizes; their paths are seen from the root of the files.
    pub lists: Vec<ResourcePath>,
    /// Whether lists that are found in a tree count too.
    pub beside: bool,
    /// What becomes of files that are the same.
    pub duplicates: Duplicates,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct ScrutinyReport {
    /// Lists that were read.
    pub lists: u64,
    /// Files that are what lists say.
    pub compared: u64,
    /// Files that no list names.
    pub unlisted: u64,
    /// Files that are not what a list says.
    pub differing: u64,
    /// Files that a list names and that are not there.
    pub absent: u64,
    /// Files whose bytes another one has.
    pub duplicates: u64,
    /// The first findings.
    pub findings: Vec<String>,
}

impl ScrutinyReport {
    fn note(&mut self, finding: String) {
        if self.findings.len() < SHOWN {
            self.findings.push(finding);
        }
    }
}

/// The files of an ingest, and where they are.
pub(super) struct Files<'a> {
    pub(super) stage: &'a Stage,
    pub(super) export: &'a mut Export,
    pub(super) options: &'a FileOptions,
    /// Lists that were found in a tree, by their paths below its root; `None` if the files are no tree.
    pub(super) beside: Option<Vec<String>>,
}

impl Scrutiny {
    /// Look at the files in the stage. `None` if there is nothing to look at.
    ///
    /// # Errors
    /// What was found, unless this is a dry run, which only tells of it.
    pub(super) fn look(
        &self,
        registry: &mut Registry,
        mut files: Files<'_>,
        options: &ImportOptions,
        watch: &dyn Watch,
    ) -> Result<Option<ScrutinyReport>, Error> {
        let beside = files.beside.as_ref().is_some_and(|lists| !lists.is_empty());
        if self.lists.is_empty() && !beside && self.duplicates == Duplicates::Ignore {
            return Ok(None);
        }
        let mut report = ScrutinyReport::default();
        watch.begin(Step::Check, files.export.files);
        if beside || !self.lists.is_empty() {
            listed::read(&self.lists, &mut files, &mut report)?;
            compare::compare(&files, &mut report, watch)?;
        }
        // A move that was interrupted took some of them: the same command must be able to complete it.
        let wrong = match files.options.mode {
            TransferMode::Move => report.differing,
            _ => report.differing + report.absent,
        };
        if wrong > 0 && !options.dry_run {
            return Err(refused(
                "file(s) are not what the lists say",
                wrong,
                &report,
            ));
        }
        if report.absent > 0 && wrong == 0 {
            watch.warn(&format!(
                "{} file(s) that lists name are not there; an earlier move may have taken them",
                report.absent
            ));
        }
        if self.duplicates != Duplicates::Ignore {
            let skip = self.duplicates == Duplicates::Skip;
            duplicates::find(registry, &mut files, options, skip, &mut report, watch)?;
        }
        if report.duplicates > 0 && self.duplicates == Duplicates::Refuse && !options.dry_run {
            let what = "file(s) have the bytes of another one";
            return Err(refused(what, report.duplicates, &report));
        }
        Ok(Some(report))
    }
}

fn refused(what: &str, number: u64, report: &ScrutinyReport) -> Error {
    let first = report.findings.first().map_or("", String::as_str);
    Error::Files(format!(
        "{number} {what}; nothing was changed (--dry-run names the first {SHOWN}): {first}"
    ))
}
