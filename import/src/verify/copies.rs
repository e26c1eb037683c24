//! The copies of files in other places: whether they are what the records say, and files that are made whole from them.

use std::path::Path;
use std::str::FromStr;

use pantry_datastore::store::{Copying, Source, Stored};
use pantry_datastore::{Checksum, DatastoreError, Found, ResourcePath};
use rayon::prelude::*;

use super::check::{Checked, FileCheck, FilePlace};
use super::finding::Problem;
use super::members::member_of;
use super::merged::FileRecords;
use super::record::Record;

/// What is done about copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CopyOptions {
    /// Look at them too.
    pub check: bool,
    /// Put one in the place of a file that is lost or damaged.
    pub repair: bool,
}

impl FileCheck<'_> {
    /// Look at the copies of a batch, and make whole what is not; `checked` are the answers about the files themselves.
    pub(super) fn see_to_copies(&self, batch: &[&FileRecords], checked: &mut [Checked]) {
        if self.copies.check {
            self.check_copies(batch, checked);
        }
        if self.copies.repair {
            self.threads.install(|| {
                let files = batch.par_iter().zip(checked);
                files.for_each(|(file, checked)| self.repair(file, checked));
            });
        }
    }

    /// Copies are listed, not asked for one by one.
    fn check_copies(&self, batch: &[&FileRecords], checked: &mut [Checked]) {
        let stores = self.zips.stores();
        let mut copies: Vec<(usize, ResourcePath)> = Vec::new();
        for (number, file) in batch.iter().enumerate() {
            if let Ok(uri) = self.uri_of(file) {
                let found = stores.copies_at(&uri).into_iter();
                copies.extend(found.map(|copy| (number, copy)));
            }
        }
        let uris: Vec<ResourcePath> = copies.iter().map(|(_, uri)| uri.clone()).collect();
        let found: Vec<Checked> = match stores.wait(stores.sizes(&uris)) {
            Ok(sizes) => self.threads.install(|| {
                let copies = copies.par_iter().zip(sizes);
                copies
                    .map(|((number, uri), size)| self.check_copy(batch[*number], uri, size))
                    .collect()
            }),
            // That a place of copies cannot be reached says nothing about the others.
            Err(error) => copies
                .iter()
                .map(|(number, uri)| unreadable(batch[*number], uri, &error))
                .collect(),
        };
        for ((number, _), found) in copies.iter().zip(found) {
            let all = &mut checked[*number];
            all.findings.extend(found.findings);
            all.copies += 1;
            if let Some(bytes) = found.bytes {
                all.bytes = Some(all.bytes.unwrap_or(0) + bytes);
            }
        }
    }

    fn check_copy(&self, file: &FileRecords, uri: &ResourcePath, size: Option<u64>) -> Checked {
        let mut checked = Checked::default();
        let Some(record) = file.records.first() else {
            return checked;
        };
        let tell = |problem| record.finding(problem).at(uri.to_string());
        let Some(size) = size else {
            checked.findings.push(tell(Problem::MissingCopy));
            return checked;
        };
        for record in whole(file) {
            if let Some(recorded) = wrong_size(record, size) {
                let finding = tell(Problem::WrongSize);
                checked
                    .findings
                    .push(finding.expected(recorded).found(size));
                return checked;
            }
        }
        for recorded in checksums(file).filter(|_| self.checksums) {
            checked.bytes = Some(checked.bytes.unwrap_or(0) + size);
            let stores = self.zips.stores();
            let read = stores
                .find(uri)
                .and_then(|copy| self.sum(&copy, &recorded, size));
            match read {
                Ok(sum) if sum == recorded => {}
                Ok(sum) => {
                    let finding = tell(Problem::WrongChecksum);
                    checked.findings.push(finding.expected(recorded).found(sum));
                }
                Err(error) => checked
                    .findings
                    .push(tell(Problem::Unreadable).found(error)),
            }
        }
        checked
    }

    /// Put a good copy in the place of a file that is lost or damaged; the findings then say where it came from.
    fn repair(&self, file: &FileRecords, checked: &mut Checked) {
        let is_lost = checked
            .findings
            .iter()
            .any(|f| f.problem == Problem::MissingFile);
        let is_damaged = |problem| {
            use Problem::{BrokenFile, WrongChecksum, WrongSize};
            matches!(problem, WrongSize | WrongChecksum | BrokenFile)
        };
        let own = |path: Option<&String>| {
            path.is_some_and(|path| file.records.iter().any(|record| record.path == *path))
        };
        let is_damaged = checked
            .findings
            .iter()
            .any(|f| is_damaged(f.problem) && own(f.path.as_ref()));
        let Ok(uri) = self.uri_of(file) else { return };
        if !(is_lost || is_damaged) || !self.may_write(file) {
            return;
        }
        for copy in self.zips.stores().copies_of(&uri) {
            match self.bring(file, &uri, &copy, is_lost) {
                Ok(false) => {}
                Ok(true) => {
                    let from = copy.uri();
                    for finding in checked.findings.iter_mut().filter(|f| own(f.path.as_ref())) {
                        let found = finding.found.take().map_or(String::new(), |f| f + "; ");
                        finding.found = Some(format!("{found}repaired from {from}"));
                        checked.repaired += 1;
                    }
                    return;
                }
                Err(error) => tracing::warn!("repairing {uri} from {}: {error}", copy.uri()),
            }
        }
    }

    /// Whether the copy is good, and is now where the file should be. A file that is there gives way only to a copy of which
    /// the records say something.
    fn bring(
        &self,
        file: &FileRecords,
        uri: &ResourcePath,
        copy: &Stored,
        is_lost: bool,
    ) -> Result<bool, DatastoreError> {
        let stores = self.zips.stores();
        let Some(found) = stores.wait(copy.store.stat(&copy.key))? else {
            return Ok(false);
        };
        if whole(file).any(|record| wrong_size(record, found.size).is_some()) {
            return Ok(false);
        }
        for recorded in checksums(file) {
            if self.sum(copy, &recorded, found.size)? != recorded {
                return Ok(false);
            }
        }
        let is_known = whole(file).any(|record| record.size.is_some() || record.checksum.is_some());
        if !is_lost && !is_known {
            return Ok(false);
        }
        let target = stores.find(uri)?;
        if !is_lost {
            stores.wait(target.store.delete(&target.key))?;
        }
        let copying = Copying {
            source: Source::File(copy.clone(), found.size),
            target,
            checksum: false,
        };
        let copied = stores.wait(copying.run())?;
        let there = Found::File {
            size: copied.size,
            is_symlink: false,
        };
        Ok(self.check_one(file, there).findings.is_empty())
    }

    fn sum(&self, copy: &Stored, like: &Checksum, size: u64) -> Result<Checksum, DatastoreError> {
        let wait = |bytes| {
            if let Some(pace) = self.pace {
                pace.wait(bytes, self.cancelled);
            }
        };
        let sum = copy.same_kind_watched(like, size, wait);
        self.zips.stores().wait(sum)
    }

    /// Whether a file may be put where this one should be: its folder does not lead out of the root.
    fn may_write(&self, file: &FileRecords) -> bool {
        let FilePlace::Folder(root) = self.place else {
            return true;
        };
        let path = root.join(&file.key);
        let there = path.ancestors().skip(1).find(|folder| folder.exists());
        let real = |path: &Path| path.canonicalize().ok();
        match (there.and_then(real), real(root)) {
            (Some(folder), Some(root)) => folder.starts_with(root),
            _ => false,
        }
    }

    fn uri_of(&self, file: &FileRecords) -> Result<ResourcePath, DatastoreError> {
        match self.place {
            FilePlace::Folder(root) => ResourcePath::from_absolute(&root.join(&file.key)),
            FilePlace::Root(..) | FilePlace::Uris(_) => Ok(self.uri(file)?.without_fragment()),
        }
    }
}

fn unreadable(file: &FileRecords, uri: &ResourcePath, error: &DatastoreError) -> Checked {
    let record = file.records.first();
    let tell = |record: &Record| {
        let finding = record.finding(Problem::Unreadable);
        finding.at(uri.to_string()).found(error)
    };
    Checked {
        findings: record.map(tell).into_iter().collect(),
        ..Checked::default()
    }
}

/// The records of the whole file, not of members of it.
fn whole(file: &FileRecords) -> impl Iterator<Item = &Record> {
    file.records.iter().filter(|r| member_of(r).is_none())
}

fn wrong_size(record: &Record, size: u64) -> Option<i64> {
    record
        .size
        .filter(|recorded| u64::try_from(*recorded) != Ok(size))
}

/// The different checksums that are recorded of the whole file.
fn checksums(file: &FileRecords) -> impl Iterator<Item = Checksum> {
    let mut found: Vec<Checksum> = Vec::new();
    for record in whole(file) {
        let sum = record.checksum.as_deref().map(Checksum::from_str);
        if let Some(Ok(sum)) = sum
            && !found.contains(&sum)
        {
            found.push(sum);
        }
    }
    found.into_iter()
}
