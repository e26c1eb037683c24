//! Files against what their records say, many at once.

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use pantry_datastore::store::Stores;
use pantry_datastore::zip::ZipFiles;
use pantry_datastore::{Checksum, DatastoreError, DatastoreRoot, Found, ResourcePath, inspect};
use rayon::prelude::*;

use super::copies::CopyOptions;
use super::finding::{Finding, Problem};
use super::members::member_of;
use super::merged::FileRecords;
use super::pace::Pace;
use super::record::Record;
use crate::Error;
use crate::file_bytes::FileBytes;
use crate::structure::fault;

/// Files that one thread takes at a time.
const PIECE: usize = 256;

/// Where files are that are looked at.
#[derive(Clone, Copy)]
pub enum FilePlace<'a> {
    /// Below this folder of this machine; keys are paths from there.
    Folder(&'a Path),
    /// Below this root in another store; keys are paths from there.
    Root(&'a DatastoreRoot, &'a Stores),
    /// In any store; keys are URIs.
    Uris(&'a Stores),
}

/// Looks at files.
pub struct FileCheck<'a> {
    /// Where the files are.
    pub place: FilePlace<'a>,
    /// Reads members of zips.
    pub zips: ZipFiles,
    /// Whether checksums are computed.
    pub checksums: bool,
    /// Whether it is looked into files.
    pub structure: bool,
    /// What is done about copies.
    pub copies: CopyOptions,
    /// How fast files are read.
    pub pace: Option<&'a Pace>,
    /// The threads to do it with.
    pub threads: &'a rayon::ThreadPool,
    /// When this is raised, no further file is read.
    pub cancelled: &'a AtomicBool,
}

/// What came of one file.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Bytes read for checksums; `None` when none was computed.
    pub bytes: Option<u64>,
    /// Whether it was looked into it.
    pub structure: bool,
    /// Whether it was not looked at at all.
    pub is_passed: bool,
    /// Copies that were looked at.
    pub copies: u64,
    /// Findings that are no more, because a copy was put in the file's place.
    pub repaired: u64,
}

impl FileCheck<'_> {
    /// Check those files of a batch that are not `passed`; answers in the same order. With the flag raised they are incomplete.
    pub fn check(&self, batch: &[FileRecords], passed: &[bool]) -> Result<Vec<Checked>, Error> {
        let wanted = batch.iter().zip(passed);
        let wanted: Vec<&FileRecords> = wanted.filter(|(_, p)| !**p).map(|(f, _)| f).collect();
        let mut checked = self.check_all(&wanted)?;
        self.see_to_copies(&wanted, &mut checked);
        let mut checked = checked.into_iter();
        let pass = || Checked {
            is_passed: true,
            ..Checked::default()
        };
        let each = passed.iter().map(|is_passed| match is_passed {
            true => pass(),
            false => checked.next().unwrap_or_else(pass),
        });
        Ok(each.collect())
    }

    fn check_all(&self, batch: &[&FileRecords]) -> Result<Vec<Checked>, Error> {
        let folder = match self.place {
            FilePlace::Folder(folder) => folder,
            FilePlace::Root(_, stores) | FilePlace::Uris(stores) => {
                return self.check_elsewhere(stores, batch);
            }
        };
        let pieces: Result<Vec<Vec<Checked>>, Error> = self.threads.install(|| {
            let pieces = batch.par_chunks(PIECE);
            pieces
                .map(|piece| self.check_piece(folder, piece))
                .collect()
        });
        Ok(pieces?.into_iter().flatten().collect())
    }

    fn check_piece(&self, folder: &Path, piece: &[&FileRecords]) -> Result<Vec<Checked>, Error> {
        let paths: Vec<PathBuf> = piece.iter().map(|file| PathBuf::from(&file.key)).collect();
        let found = inspect(folder, &paths, 1)?;
        let checks = piece.par_iter().zip(found);
        Ok(checks
            .map(|(file, found)| self.check_one(file, found))
            .collect())
    }

    pub(super) fn check_one(&self, file: &FileRecords, found: Found) -> Checked {
        let problem = match found {
            Found::File { size, .. } => return self.check_content(file, size),
            Found::Missing => Problem::MissingFile,
            Found::NotAFile => Problem::NotAFile,
            Found::Denied | Found::Outside => Problem::Unreadable,
        };
        let findings = file.records.iter().map(|record| record.finding(problem));
        Checked {
            findings: findings.collect(),
            ..Checked::default()
        }
    }

    fn check_content(&self, file: &FileRecords, size: u64) -> Checked {
        let mut checked = Checked::default();
        let mut known: Vec<Checksum> = Vec::new();
        for record in file.records.iter().filter(|r| member_of(r).is_none()) {
            match record.size {
                Some(recorded) if u64::try_from(recorded) != Ok(size) => {
                    let finding = record.finding(Problem::WrongSize);
                    checked
                        .findings
                        .push(finding.expected(recorded).found(size));
                }
                _ => self.check_sum(file, size, record, &mut known, &mut checked),
            }
        }
        self.check_members(file, &mut checked);
        // A file of another size is known to be broken; of a zip the members are looked into.
        let has_own = file.records.iter().any(|r| member_of(r).is_none());
        if self.structure && has_own && checked.findings.is_empty() {
            self.check_structure(file, size, &mut checked);
        }
        checked
    }

    /// The folder that keys are seen from, if it is on this machine.
    pub(super) fn folder(&self) -> Option<&Path> {
        match self.place {
            FilePlace::Folder(folder) => Some(folder),
            FilePlace::Root(..) | FilePlace::Uris(_) => None,
        }
    }

    fn check_structure(&self, file: &FileRecords, size: u64, checked: &mut Checked) {
        if self.cancelled.load(Ordering::Relaxed) {
            return;
        }
        checked.structure = true;
        let found = self.open(file, size);
        let (problem, words) = match found.and_then(|bytes| fault(&bytes, &file.key)) {
            Ok(None) => return,
            Ok(Some(words)) => (Problem::BrokenFile, words),
            Err(error) => (Problem::Unreadable, error.to_string()),
        };
        let findings = file.records.iter().map(|record| record.finding(problem));
        checked
            .findings
            .extend(findings.map(|finding| finding.found(&words)));
    }

    fn open(&self, file: &FileRecords, size: u64) -> io::Result<FileBytes> {
        let (FilePlace::Root(_, stores) | FilePlace::Uris(stores)) = self.place else {
            return FileBytes::local(&self.path(file));
        };
        let uri = self.uri(file).map_err(io::Error::other)?;
        let stored = stores.find(&uri).map_err(io::Error::other)?;
        Ok(FileBytes::stored(stored, stores.clone(), size))
    }

    fn path(&self, file: &FileRecords) -> PathBuf {
        match self.place {
            FilePlace::Folder(folder) => folder.join(&file.key),
            FilePlace::Root(..) | FilePlace::Uris(_) => PathBuf::from(&file.key),
        }
    }

    /// The URI of a file of another store.
    pub(super) fn uri(&self, file: &FileRecords) -> Result<ResourcePath, DatastoreError> {
        match self.place {
            FilePlace::Root(root, _) => Ok(root.locate(&file.key)?.uri().clone()),
            FilePlace::Folder(_) | FilePlace::Uris(_) => ResourcePath::parse(&file.key),
        }
    }

    /// The checksum of a file by the algorithm of `recorded`, and how many bytes were read.
    fn compute(
        &self,
        file: &FileRecords,
        size: u64,
        recorded: &Checksum,
    ) -> Result<(Checksum, u64), DatastoreError> {
        let wait = |bytes| {
            if let Some(pace) = self.pace {
                pace.wait(bytes, self.cancelled);
            }
        };
        let (FilePlace::Root(_, stores) | FilePlace::Uris(stores)) = self.place else {
            return recorded.same_kind_watched(&self.path(file), wait);
        };
        let stored = stores.find(&self.uri(file)?)?;
        let sum = stores.wait(stored.same_kind_watched(recorded, size, wait))?;
        Ok((sum, size))
    }

    /// `known`: the checksums that were computed of this file, by different algorithms.
    fn check_sum(
        &self,
        file: &FileRecords,
        size: u64,
        record: &Record,
        known: &mut Vec<Checksum>,
        checked: &mut Checked,
    ) {
        let Some(text) = record.checksum.as_deref().filter(|_| self.checksums) else {
            return;
        };
        let Ok(recorded) = Checksum::from_str(text) else {
            let finding = record.finding(Problem::BadChecksum);
            checked.findings.push(finding.found(text));
            return;
        };
        if known.contains(&recorded) || self.cancelled.load(Ordering::Relaxed) {
            return;
        }
        let same_kind =
            |sum: &&Checksum| std::mem::discriminant(*sum) == std::mem::discriminant(&recorded);
        let actual = match known.iter().find(same_kind) {
            Some(actual) => *actual,
            None => match self.compute(file, size, &recorded) {
                Ok((actual, bytes)) => {
                    known.push(actual);
                    checked.bytes = Some(checked.bytes.unwrap_or(0) + bytes);
                    actual
                }
                Err(error) => {
                    let finding = record.finding(Problem::Unreadable);
                    checked.findings.push(finding.found(error));
                    return;
                }
            },
        };
        if actual != recorded {
            let finding = record.finding(Problem::WrongChecksum);
            checked
                .findings
                .push(finding.expected(recorded).found(actual));
        }
    }
}
