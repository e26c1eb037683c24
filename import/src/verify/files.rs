//! The sorted walk of the files below the root, merged with the sorted records.

use std::ffi::OsStr;
use std::fs;
use std::iter::Peekable;
use std::path::Path;

use pantry_datastore::transfer::is_leftover;
use pantry_datastore::zip::ZipFiles;
use pantry_datastore::{DatastoreError, WalkedFile, WalkedKind, walk_after};
use pantry_registry::Registry;

use super::check::{Checked, FileCheck, FilePlace};
use super::elsewhere::list_after;
use super::finding::{Finding, Problem};
use super::merged::{BatchSize, FileRecords, Merged};
use super::odd::{OddRecords, Place};
use super::pages::Pages;
use super::position::Position;
use super::{Report, Verification};
use crate::Error;

/// Records that are checked at a time, and walked files between two checkpoints.
const BATCH: usize = 8192;

/// The same where files are read, which takes time.
const READ: BatchSize = BatchSize {
    records: 1024,
    bytes: 8 << 30,
};

type Walked = Result<WalkedFile, DatastoreError>;

impl Verification<'_> {
    /// Check the files below the root after `after`. True unless the user stopped it.
    pub(super) fn check_files(
        &self,
        registry: &mut Registry,
        odd: &OddRecords,
        after: &str,
        report: &mut Report<'_>,
    ) -> Result<bool, Error> {
        let pages = match self.has_records {
            true => Some(Pages::new(
                registry.connection(),
                &self.records_table,
                after,
            )?),
            false => None,
        };
        let mut merged = Merged::new(pages, odd.of(Place::Inside, after));
        let (walk, place): (Box<dyn Iterator<Item = Walked>>, _) = match self.root.path() {
            Some(root) => (
                Box::new(walk_after(root, after.as_bytes())),
                FilePlace::Folder(root),
            ),
            None => (
                Box::new(list_after(&self.root, &self.stores, after)?),
                FilePlace::Root(&self.root, &self.stores),
            ),
        };
        let mut walk = walk.peekable();
        let files = self.file_check(place);
        loop {
            let (batch, has_more) = merged.batch(self.batch_size())?;
            let checked = self.look(&files, &batch, report)?;
            if self.is_stopped() {
                return Ok(false);
            }
            let Some(last) = batch.last().map(|file| file.key.clone()) else {
                break;
            };
            for (file, checked) in batch.into_iter().zip(checked) {
                if !self.walk_to(Some(&file.key), &mut walk, report)? {
                    return Ok(false);
                }
                self.count(&file, &checked, report)?;
            }
            if !has_more {
                report.checkpoint(Position::Files { after: last })?;
                if self.is_time_up() {
                    return Ok(false);
                }
            }
        }
        self.walk_to(None, &mut walk, report)
    }

    /// Check the files that records name by URI, after `after`. True unless the user stopped it.
    pub(super) fn check_elsewhere(
        &self,
        odd: &OddRecords,
        after: &str,
        report: &mut Report<'_>,
    ) -> Result<bool, Error> {
        let mut merged = Merged::new(None, odd.of(Place::Outside, after));
        let files = self.file_check(FilePlace::Folder(Path::new("/")));
        loop {
            let (batch, has_more) = merged.batch(self.batch_size())?;
            let checked = self.look(&files, &batch, report)?;
            if self.is_stopped() {
                return Ok(false);
            }
            let Some(last) = batch.last().map(|file| file.key.clone()) else {
                break;
            };
            for (file, checked) in batch.into_iter().zip(checked) {
                self.count(&file, &checked, report)?;
            }
            if !has_more {
                report.checkpoint(Position::Elsewhere { after: last })?;
                if self.is_time_up() {
                    return Ok(false);
                }
            }
        }
        let mut remote = Merged::new(None, odd.of(Place::Remote, ""));
        let mut nowhere = Merged::new(None, odd.of(Place::Nowhere, ""));
        let uris = self.file_check(FilePlace::Uris(&self.stores));
        while let (batch, _) = remote.batch(self.batch_size())?
            && !batch.is_empty()
        {
            report.counts.remote += batch.len() as u64;
            let checked = self.look(&uris, &batch, report)?;
            if self.is_stopped() || self.is_time_up() {
                return Ok(false);
            }
            for (file, checked) in batch.iter().zip(checked) {
                self.count(file, &checked, report)?;
            }
        }
        while let (batch, _) = nowhere.batch(self.batch_size())?
            && !batch.is_empty()
        {
            for file in &batch {
                let findings = file.records.iter().map(|r| r.finding(Problem::BadPath));
                let checked = Checked {
                    findings: findings.collect(),
                    ..Checked::default()
                };
                self.count(file, &checked, report)?;
            }
        }
        Ok(true)
    }

    fn file_check<'a>(&'a self, place: FilePlace<'a>) -> FileCheck<'a> {
        FileCheck {
            place,
            zips: ZipFiles::new(self.stores.clone()),
            checksums: self.checksums,
            copies: self.copies,
            structure: self.structure,
            pace: self.pace.as_ref(),
            threads: &self.threads,
            cancelled: self.cancelled,
        }
    }

    fn batch_size(&self) -> BatchSize {
        match self.checksums || self.structure {
            true => READ,
            false => BatchSize {
                records: BATCH,
                bytes: u64::MAX,
            },
        }
    }

    /// Look at those files of a batch that are in the sample and not known to be sound.
    fn look(
        &self,
        files: &FileCheck<'_>,
        batch: &[FileRecords],
        report: &mut Report<'_>,
    ) -> Result<Vec<Checked>, Error> {
        let keys: Vec<&str> = batch.iter().map(|file| file.key.as_str()).collect();
        let mut passed = report.watch.known(&keys)?;
        if let Some(sample) = self.sample {
            let pairs = passed.iter_mut().zip(&keys);
            pairs.for_each(|(passed, key)| *passed |= !sample.has(key));
        }
        let checked = files.check(batch, &passed)?;
        // What was stopped in the middle is not known to be sound.
        if !self.is_stopped() {
            let pairs = keys.iter().zip(&checked);
            let sound = pairs.filter(|(_, c)| !c.is_passed && c.findings.is_empty());
            let sound: Vec<&str> = sound.map(|(key, _)| *key).collect();
            report.watch.sound(&sound)?;
        }
        Ok(checked)
    }

    fn count(
        &self,
        file: &FileRecords,
        checked: &Checked,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        let records = file.records.len() as u64;
        report.counts.files += 1;
        report.counts.records += records;
        report.counts.structures += u64::from(checked.structure);
        report.counts.passed += u64::from(checked.is_passed);
        report.counts.copies += checked.copies;
        report.counts.repaired += checked.repaired;
        if let Some(bytes) = checked.bytes {
            report.counts.checksums += 1;
            report.counts.bytes += bytes;
        }
        checked
            .findings
            .iter()
            .try_for_each(|finding| report.add(finding))?;
        report.watch.advance(records);
        Ok(())
    }

    /// Report what is walked before `end` and pass over `end` itself; without an end, the rest. True unless the user
    /// stopped it.
    fn walk_to<W: Iterator<Item = Walked>>(
        &self,
        end: Option<&str>,
        walk: &mut Peekable<W>,
        report: &mut Report<'_>,
    ) -> Result<bool, Error> {
        let is_due = |walked: &Walked| match (walked, end) {
            (Ok(file), Some(end)) => bytes_of(&file.path) <= end.as_bytes(),
            _ => true,
        };
        let mut since_checkpoint = 0;
        while let Some(walked) = walk.next_if(is_due) {
            if self.is_stopped() {
                return Ok(false);
            }
            let file = match walked {
                Ok(file) => file,
                Err(error) => {
                    let finding = Finding::new(Problem::Unreadable);
                    report.add(&finding.found(error))?;
                    continue;
                }
            };
            if end.is_some_and(|end| bytes_of(&file.path) == end.as_bytes()) {
                continue;
            }
            self.without_record(&file, report)?;
            since_checkpoint += 1;
            if since_checkpoint >= BATCH
                && let Some(after) = file.path.to_str()
            {
                since_checkpoint = 0;
                let after = after.to_owned();
                report.checkpoint(Position::Files { after })?;
            }
        }
        Ok(true)
    }

    fn without_record(&self, file: &WalkedFile, report: &mut Report<'_>) -> Result<(), Error> {
        let root = self.root.path().unwrap_or(Path::new(""));
        let full = root.join(&file.path);
        if self.known.contains(&full) {
            return Ok(());
        }
        let is_link = file.kind == WalkedKind::Symlink;
        let name = file.path.file_name().unwrap_or(OsStr::new(""));
        let problem = if is_leftover(name) {
            Problem::Leftover
        } else if is_link && fs::metadata(&full).is_ok_and(|target| target.is_dir()) {
            report.counts.linked_folders += 1;
            return Ok(());
        } else {
            Problem::ExtraFile
        };
        report.add(&Finding::new(problem).at(file.path.to_string_lossy()))
    }
}

fn bytes_of(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}
