//! Members of zips against what their records say: the zip is opened once for all its records.

use std::collections::HashMap;
use std::io;
use std::str::FromStr;
use std::sync::atomic::Ordering;

use pantry_datastore::zip::{ZipArchive, ZipMember};
use pantry_datastore::{Checksum, DatastoreError, ResourcePath};

use super::check::{Checked, FileCheck};
use super::finding::{Finding, Problem};
use super::merged::FileRecords;
use super::record::Record;
use crate::file_bytes::FileBytes;
use crate::structure::fault;

/// Checksums of members by name, of either algorithm.
type Sums = HashMap<(String, bool), Checksum>;

/// The member of a zip that a record names.
pub(super) fn member_of(record: &Record) -> Option<String> {
    let has_fragment = record.path.contains('#');
    let uri = has_fragment.then(|| ResourcePath::parse(&record.path).ok());
    uri.flatten()?.zip_member()
}

impl FileCheck<'_> {
    /// Check the records of a zip that name members of it.
    pub(super) fn check_members(&self, file: &FileRecords, checked: &mut Checked) {
        let records = file.records.iter();
        let members: Vec<_> = records.filter_map(|r| Some((r, member_of(r)?))).collect();
        if members.is_empty() {
            return;
        }
        let zip = self.zip_uri(file);
        let opened = zip.and_then(|uri| self.zips.stores().wait(self.zips.archive(&uri)));
        let archive = match &opened {
            Ok(Some(archive)) => archive,
            Ok(None) => {
                let missing = members.iter().map(|(r, _)| r.finding(Problem::MissingFile));
                return checked.findings.extend(missing);
            }
            Err(error) => {
                let problem = |r: &Record| r.finding(Problem::Unreadable).found(error);
                return checked
                    .findings
                    .extend(members.iter().map(|(r, _)| problem(r)));
            }
        };
        let mut sums = Sums::new();
        for (record, name) in members {
            if self.cancelled.load(Ordering::Relaxed) {
                return;
            }
            let Some(member) = archive.find(&name) else {
                let finding = record.finding(Problem::MissingFile);
                checked
                    .findings
                    .push(finding.found("the zip has no such member"));
                continue;
            };
            let finding = self.check_member(archive, member, record, &mut sums, checked);
            checked.findings.extend(finding);
        }
    }

    fn check_member(
        &self,
        archive: &ZipArchive,
        member: &ZipMember,
        record: &Record,
        sums: &mut Sums,
        checked: &mut Checked,
    ) -> Option<Finding> {
        if let Some(recorded) = record.size
            && u64::try_from(recorded) != Ok(member.size)
        {
            let finding = record.finding(Problem::WrongSize);
            return Some(finding.expected(recorded).found(member.size));
        }
        let summed = match self.checksums {
            true => self.check_member_sum(archive, member, record, sums, checked),
            false => None,
        };
        match self.structure && summed.is_none() {
            true => self.check_member_structure(archive, member, record, checked),
            false => summed,
        }
    }

    fn check_member_sum(
        &self,
        archive: &ZipArchive,
        member: &ZipMember,
        record: &Record,
        sums: &mut Sums,
        checked: &mut Checked,
    ) -> Option<Finding> {
        let wanted = record.checksum.as_deref().map(Checksum::from_str);
        let Ok(wanted) = wanted.transpose() else {
            let text = record.checksum.as_deref().unwrap_or_default();
            return Some(record.finding(Problem::BadChecksum).found(text));
        };
        // Without a recorded one the member is read for its CRC all the same.
        let like = wanted.unwrap_or(Checksum::Blake3([0; 32]));
        let key = (member.name.clone(), matches!(like, Checksum::Blake3(_)));
        let sum = match sums.get(&key) {
            Some(sum) => *sum,
            None => {
                let read = async { archive.bytes_of(member).await?.same_kind(&like).await };
                let sum = match self.zips.stores().wait(read) {
                    Ok(sum) => sum,
                    Err(error) => return Some(record.finding(Problem::Unreadable).found(error)),
                };
                checked.bytes = Some(checked.bytes.unwrap_or(0) + member.size);
                sums.insert(key, sum);
                sum
            }
        };
        let wanted = wanted.filter(|wanted| *wanted != sum)?;
        let finding = record.finding(Problem::WrongChecksum);
        Some(finding.expected(wanted).found(sum))
    }

    fn check_member_structure(
        &self,
        archive: &ZipArchive,
        member: &ZipMember,
        record: &Record,
        checked: &mut Checked,
    ) -> Option<Finding> {
        checked.structure = true;
        let stores = self.zips.stores();
        let found = stores.wait(archive.bytes_of(member));
        let found = found.map_err(io::Error::other).and_then(|bytes| {
            let bytes = FileBytes::member(bytes, stores.clone());
            fault(&bytes, &member.name)
        });
        let (problem, words) = match found {
            Ok(words) => (Problem::BrokenFile, words?),
            Err(error) => (Problem::Unreadable, error.to_string()),
        };
        Some(record.finding(problem).found(words))
    }

    fn zip_uri(&self, file: &FileRecords) -> Result<ResourcePath, DatastoreError> {
        match self.folder() {
            Some(folder) => ResourcePath::from_absolute(&folder.join(&file.key)),
            None => self.uri(file),
        }
    }
}
