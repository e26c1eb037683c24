//! The whole verification: files one by one, then tables.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::columns::Column;
use super::finding::Finding;
use super::inspect::{Inspected, Numbered, inspect};
use super::positions::Guess;
use super::sorter::{Sorted, Sorter};
use super::units::Child;
use super::verdict::Verdicts;
use super::{CatalogueFile, CatalogueOptions, CatalogueWatch, Sky};
use crate::Error;

/// Files that a thread reads before all are told of.
const TOGETHER: usize = 8;

/// What was looked at.
#[derive(Debug)]
pub struct Outcome {
    /// All files, in the order in which they were told.
    pub files: Vec<CatalogueFile>,
    /// Their numbers of rows; `None` for those that could not be read.
    pub rows: Vec<Option<u64>>,
    /// Which may be ingested.
    pub verdicts: Verdicts,
    /// Number of findings.
    pub findings: u64,
}

/// A verification that is going on.
pub(super) struct Run<'a, 'w> {
    pub files: Vec<CatalogueFile>,
    pub options: &'a CatalogueOptions<'a>,
    pub watch: &'w mut dyn CatalogueWatch,
    pub verdicts: Verdicts,
    /// By file.
    pub rows: Vec<Option<u64>>,
    /// By file: the number of its columns among those that differ.
    pub schemas: Vec<Option<usize>>,
    pub guesses: Vec<Guess>,
    findings: u64,
}

/// Verify a catalogue. Findings come in a fixed order: files by table and place, then what tables say of each other.
///
/// # Errors
/// What stands in the way of looking; what is wrong with the catalogue goes to `watch`.
pub fn verify_catalogue(
    mut files: Vec<CatalogueFile>,
    options: &CatalogueOptions<'_>,
    watch: &mut dyn CatalogueWatch,
) -> Result<Outcome, Error> {
    files.sort();
    let children: Vec<Child> = (1..options.tables.len())
        .map(|table| Child::of(table, &files))
        .collect();
    let count = files.len();
    let mut run = Run {
        files,
        options,
        watch,
        verdicts: Verdicts::new(count),
        rows: vec![None; count],
        schemas: vec![None; count],
        guesses: vec![Guess::Nothing; count],
        findings: 0,
    };
    let (mut sorted, schemas) = run.read_all(&children)?;
    run.watch.step("comparing tables", None);
    run.several_files()?;
    run.columns(&schemas)?;
    run.radians()?;
    run.missing_files(&children)?;
    let ids = sorted.split_off(1);
    if let Some(director) = sorted.first() {
        run.shared_ids(director)?;
        for (child, ids) in children.iter().zip(&ids) {
            run.check_stop()?;
            run.child(child, director, ids)?;
        }
    }
    Ok(Outcome {
        files: run.files,
        rows: run.rows,
        verdicts: run.verdicts,
        findings: run.findings,
    })
}

/// Schemas that differ, each with a table that has it.
type Schemas = Vec<(usize, Vec<Column>)>;

impl Run<'_, '_> {
    pub(super) fn table(&self, number: usize) -> &str {
        &self.options.tables[number].name
    }

    /// Tell of something that is wrong with these files.
    pub(super) fn tell(&mut self, finding: Finding, files: &[usize]) -> Result<(), Error> {
        if self.options.ignored.contains(&finding.problem) {
            return Ok(());
        }
        self.findings += 1;
        for file in files {
            self.verdicts.add(*file, finding.problem);
        }
        self.watch.finding(&finding)
    }

    pub(super) fn tell_of_file(&mut self, finding: Finding, file: usize) -> Result<(), Error> {
        let name = Some(self.files[file].name.clone());
        self.tell(
            Finding {
                file: name,
                ..finding
            },
            &[file],
        )
    }

    pub(super) fn check_stop(&self) -> Result<(), Error> {
        match self.options.cancelled.load(Ordering::Relaxed) {
            true => Err(Error::Interrupted),
            false => Ok(()),
        }
    }

    /// Read all files; gives the ids of each table, and the columns that there are.
    fn read_all(&mut self, children: &[Child]) -> Result<(Vec<Sorted>, Schemas), Error> {
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(self.options.jobs)
            .build()
            .map_err(|e| {
                let reason = io::Error::other(e);
                Error::io("starting threads for", Path::new("files"), reason)
            })?;
        let sorters: Vec<Mutex<Sorter>> = self
            .options
            .tables
            .iter()
            .map(|_| Mutex::default())
            .collect();
        let numbers = self.numbers(children);
        let mut schemas: BTreeMap<(usize, Vec<Column>), usize> = BTreeMap::new();
        let total = self.files.len();
        self.watch.step("reading files", Some(total as u64));
        let together = self.options.jobs.max(1) * TOGETHER;
        for start in (0..total).step_by(together) {
            let end = total.min(start + together);
            let skies = self.skies(start, end)?;
            let (files, options) = (&self.files, self.options);
            let inspected: Result<Vec<Inspected>, Error> = threads.install(|| {
                let each = (start..end).into_par_iter().zip(skies);
                each.map(|(number, sky)| {
                    let file = &files[number];
                    inspect(file, &sky, numbers[number], &sorters[file.table], options)
                })
                .collect()
            });
            let inspected = inspected?;
            self.check_stop()?;
            for (number, found) in (start..end).zip(inspected) {
                self.note(number, found, &mut schemas)?;
            }
            self.watch.advance((end - start) as u64);
        }
        let mut listed: Vec<_> = schemas.into_iter().collect();
        listed.sort_by_key(|(_, number)| *number);
        let sorted = sorters.into_iter().map(|sorter| {
            let sorter = sorter.into_inner().unwrap_or_else(PoisonError::into_inner);
            sorter.finish()
        });
        Ok((
            sorted.collect(),
            listed.into_iter().map(|(schema, _)| schema).collect(),
        ))
    }

    fn note(
        &mut self,
        number: usize,
        found: Inspected,
        schemas: &mut BTreeMap<(usize, Vec<Column>), usize>,
    ) -> Result<(), Error> {
        self.rows[number] = found.rows;
        self.guesses[number] = found.guess;
        let table = self.files[number].table;
        let next = schemas.len();
        let schema = found
            .columns
            .map(|columns| *schemas.entry((table, columns)).or_insert(next));
        self.schemas[number] = schema;
        self.watch.file(&self.files[number], found.rows)?;
        let mut findings = found.findings.into_iter();
        findings.try_for_each(|finding| self.tell(finding, &[number]))
    }

    /// The numbers under which ids of files are sorted: the director's files are the first.
    fn numbers(&self, children: &[Child]) -> Vec<Numbered> {
        let of_file = |number: usize| Numbered {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            is_director: true,
        };
        let mut numbers: Vec<Numbered> = (0..self.files.len()).map(of_file).collect();
        for child in children {
            for (unit, number) in child.units.iter().zip(0..) {
                for file in &unit.files {
                    numbers[*file] = Numbered {
                        number,
                        is_director: false,
                    };
                }
            }
        }
        numbers
    }

    fn skies(&mut self, start: usize, end: usize) -> Result<Vec<Sky>, Error> {
        let keys: Vec<_> = self.files[start..end]
            .iter()
            .map(|file| &file.key)
            .collect();
        self.watch.footprints(&keys)
    }
}
