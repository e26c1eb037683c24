//! What can be said when all files were read: whether files of a table agree with each other, and tables with each other.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{Column, difference, usual};
use super::compare::{differences, shared};
use super::finding::{Finding, Problem};
use super::inspect::failed;
use super::key::{Key, PARTITION};
use super::positions::Guess;
use super::run::Run;
use super::sorter::Sorted;
use super::units::Child;
use crate::Error;

impl Run<'_, '_> {
    /// Files of the same part of the same table.
    pub(super) fn several_files(&mut self) -> Result<(), Error> {
        for number in 1..self.files.len() {
            let (before, file) = (&self.files[number - 1], &self.files[number]);
            if (before.table, &before.key) == (file.table, &file.key) {
                let finding = Finding::new(Problem::SeveralFiles, self.table(file.table));
                let finding = finding.of(&file.key).found(format!("also {}", before.name));
                self.tell_of_file(finding, number)?;
            }
        }
        Ok(())
    }

    /// The columns that most files of a table have are right.
    pub(super) fn columns(&mut self, schemas: &[(usize, Vec<Column>)]) -> Result<(), Error> {
        for table in 0..self.options.tables.len() {
            let files = (0..self.files.len()).filter(|file| self.files[*file].table == table);
            let files: Vec<(usize, usize)> = files
                .filter_map(|file| Some((file, self.schemas[file]?)))
                .collect();
            let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
            files
                .iter()
                .for_each(|(_, schema)| *counts.entry(*schema).or_default() += 1);
            // Numbers are in the order of files.
            let counts = counts.into_iter();
            let counted: Vec<(&[Column], usize)> = counts
                .map(|(schema, count)| (schemas[schema].1.as_slice(), count))
                .collect();
            let Some(right) = usual(&counted) else {
                continue;
            };
            for (file, schema) in files {
                if let Some(words) = difference(&right, &schemas[schema].1) {
                    let finding = Finding::new(Problem::Columns, self.table(table));
                    let key = self.files[file].key.clone();
                    self.tell_of_file(finding.of(&key).found(words), file)?;
                }
            }
        }
        Ok(())
    }

    /// Tables of which nobody knows where they are, whose positions could all be radians.
    pub(super) fn radians(&mut self) -> Result<(), Error> {
        for table in 0..self.options.tables.len() {
            let mine = |file: &usize| self.files[*file].table == table;
            let files: Vec<usize> = (0..self.files.len()).filter(mine).collect();
            let is = |guess: Guess| files.iter().any(|file| self.guesses[*file] == guess);
            if is(Guess::MaybeRadians) && !is(Guess::Degrees) {
                let finding = Finding::new(Problem::Radians, self.table(table)).expected("degrees");
                let words = "all positions are within 6.29 and 1.58 of zero, as radians are; with regions of a sky map it would be \
                             known, and --ignore radians says that they are degrees";
                self.tell(finding.found(words), &files)?;
            }
        }
        Ok(())
    }

    /// Where there should be files.
    pub(super) fn missing_files(&mut self, children: &[Child]) -> Result<(), Error> {
        let first = self.files.first().filter(|file| file.table == 0);
        let Some(has) = first.map(|file| file.key.only(|name| PARTITION.contains(&name))) else {
            return Ok(());
        };
        let is_mine = |name: &str| has.get(name).is_some();
        let expected: BTreeSet<Key> = self
            .options
            .expected
            .iter()
            .map(|key| key.only(is_mine))
            .collect();
        let director = self.files.iter().take_while(|file| file.table == 0);
        let there: BTreeSet<Key> = director.map(|file| file.key.only(is_mine)).collect();
        for key in expected.difference(&there) {
            if !key.is_empty() {
                let finding = Finding::new(Problem::MissingFile, self.table(0)).of(key);
                self.tell(finding.found("a file is expected there"), &[])?;
            }
        }
        for child in children {
            let name = self.table(child.table).to_owned();
            for key in child.missing() {
                let finding = Finding::new(Problem::MissingFile, &name).of(&key);
                let director = self.table(0);
                let words = format!("{director} has it");
                self.tell(finding.found(words), &[])?;
            }
            for (part, files) in child.without_director() {
                let finding = Finding::new(Problem::MissingFile, self.table(0)).of(part);
                self.tell(finding.found(format!("{name} has it")), &[])?;
                files.iter().for_each(|file| self.verdicts.orphan(*file));
            }
        }
        Ok(())
    }

    /// Ids that are in several files of the director.
    pub(super) fn shared_ids(&mut self, director: &Sorted) -> Result<(), Error> {
        let found = shared(director, self.files.len(), self.options.sample).map_err(failed)?;
        for (file, shared) in found.into_iter().enumerate() {
            let Some(shared) = shared else { continue };
            let finding = Finding::new(Problem::SharedId, self.table(0)).ids(&shared.ids);
            let other = &self.files[shared.other as usize].name;
            let finding = finding
                .of(&self.files[file].key)
                .found(format!("also in {other}"));
            self.tell_of_file(finding, file)?;
        }
        Ok(())
    }

    /// Ids and numbers of rows of a child against those of the director.
    pub(super) fn child(
        &mut self,
        child: &Child,
        director: &Sorted,
        ids: &Sorted,
    ) -> Result<(), Error> {
        let matching = child.matching(|file| self.rows[file].is_some());
        let keep = self.options.sample;
        let found = differences(director, ids, &matching, keep).map_err(failed)?;
        let name = self.table(child.table).to_owned();
        for (unit, difference) in child.units.iter().zip(found) {
            let key = unit.part.with(&unit.extra);
            for (problem, tally) in [
                (Problem::MissingId, &difference.missing),
                (Problem::ExtraId, &difference.extra),
            ] {
                if tally.count > 0 {
                    let mut finding = Finding::new(problem, &name).of(&key).ids(tally);
                    if let [file] = unit.files[..] {
                        finding.file = Some(self.files[file].name.clone());
                    }
                    self.tell(finding, &unit.files)?;
                }
            }
        }
        if self.options.tables[child.table].one_row {
            self.row_counts(child, &name)?;
        }
        for unit in &child.units {
            let files = child.parts.get(&unit.part).into_iter().flatten();
            if !files.clone().all(|file| self.verdicts.is_sound(*file)) {
                unit.files
                    .iter()
                    .for_each(|file| self.verdicts.orphan(*file));
            }
        }
        Ok(())
    }

    fn row_counts(&mut self, child: &Child, name: &str) -> Result<(), Error> {
        for unit in &child.units {
            let sum =
                |files: &[usize]| -> Option<u64> { files.iter().map(|f| self.rows[*f]).sum() };
            let wanted = child.parts.get(&unit.part).and_then(|files| sum(files));
            if let (Some(wanted), Some(found)) = (wanted, sum(&unit.files))
                && wanted != found
            {
                let key = unit.part.with(&unit.extra);
                let mut finding = Finding::new(Problem::RowCount, name).of(&key);
                if let [file] = unit.files[..] {
                    finding.file = Some(self.files[file].name.clone());
                }
                let words = format!("{found} rows");
                self.tell(
                    finding.expected(format!("{wanted} rows")).found(words),
                    &unit.files,
                )?;
            }
        }
        Ok(())
    }
}
