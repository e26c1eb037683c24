//! One file, looked at by itself.

use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use super::columns::Column;
use super::finding::{Finding, Problem, Tally};
use super::ids::FileIds;
use super::positions::{Footprint, Guess, Positions};
use super::read::{Block, Facts, Fault, Picked, read};
use super::sorter::Sorter;
use super::{CatalogueFile, CatalogueOptions, Sky};
use crate::Error;
use crate::file_bytes::FileBytes;

/// What was found out about a file.
#[derive(Debug)]
pub struct Inspected {
    /// Number of rows; `None` if it could not be read.
    pub rows: Option<u64>,
    /// Its columns, if it has some.
    pub columns: Option<Vec<Column>>,
    /// What its positions say of the whole table.
    pub guess: Guess,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// The numbers under which the ids of a file are sorted.
#[derive(Debug, Clone, Copy)]
pub struct Numbered {
    /// Of the file, or of the unit of a child.
    pub number: u32,
    /// Whether ids may be there only once.
    pub is_director: bool,
}

/// Look at a file; its ids go to `sorter`.
///
/// # Errors
/// When the folder for temporary files is full.
pub fn inspect(
    file: &CatalogueFile,
    sky: &Sky,
    numbered: Numbered,
    sorter: &Mutex<Sorter>,
    options: &CatalogueOptions<'_>,
) -> Result<Inspected, Error> {
    let table = &options.tables[file.table];
    let mut rows = Rows::new(numbered, sky, options);
    let pick = |columns: &[Column]| pick(columns, file.table == 0, &table.id, options);
    let outcome = FileBytes::open(&file.uri.0, &options.stores)
        .map_err(Fault::from)
        .and_then(|bytes| {
            let names = &options.text_columns;
            read(&bytes, &file.name, names, &pick, &mut |block| {
                rows.take(block)
            })
        });
    let full = |e| Error::io("writing ids to", &std::env::temp_dir(), e);
    if let Some(error) = rows.disk.take() {
        return Err(full(error));
    }
    let new = |problem| Finding::new(problem, &table.name);
    let mut found = Inspected {
        rows: None,
        columns: None,
        guess: Guess::Nothing,
        findings: Vec::new(),
    };
    match outcome {
        Err(Fault::Unreadable(words)) => {
            found.findings.push(new(Problem::Unreadable).found(words));
        }
        Err(Fault::Columns(words, columns)) => {
            found
                .findings
                .push(new(Problem::MissingColumn).found(words));
            found.columns = Some(columns);
        }
        Ok(facts) => {
            let into = |ids: &[i64]| {
                let mut sorter = sorter.lock().unwrap_or_else(PoisonError::into_inner);
                sorter.extend(ids, numbered.number)
            };
            found = rows.finish(&table.name, facts, into).map_err(full)?;
        }
    }
    for finding in &mut found.findings {
        finding.file = Some(file.name.clone());
        *finding = finding.clone().of(&file.key);
    }
    Ok(found)
}

/// What comes together while a file is read.
struct Rows<'a> {
    options: &'a CatalogueOptions<'a>,
    sky: &'a Sky,
    ids: FileIds,
    bad_ids: Tally,
    positions: Positions,
    /// Why ids could not be written.
    disk: Option<io::Error>,
}

impl<'a> Rows<'a> {
    fn new(numbered: Numbered, sky: &'a Sky, options: &'a CatalogueOptions<'a>) -> Self {
        Self {
            options,
            sky,
            ids: FileIds::new(numbered.is_director, options.sample),
            bad_ids: Tally::default(),
            positions: Positions::default(),
            disk: None,
        }
    }

    fn place(&self) -> Option<&'a dyn Footprint> {
        match self.sky {
            Sky::Known(place) => Some(place.as_ref()),
            Sky::Unasked | Sky::Unknown => None,
        }
    }

    fn take(&mut self, block: &Block) -> Result<(), String> {
        if self.options.cancelled.load(Ordering::Relaxed) {
            return Err("interrupted".to_owned());
        }
        let (place, keep) = (self.place(), self.options.sample);
        let mut good = Vec::with_capacity(block.ids.len());
        for (row, id) in block.ids.iter().enumerate() {
            match id {
                Some(id) => good.push(*id),
                None => self.bad_ids.add(0, 0),
            }
            if let Some((ra, dec)) = block.positions.get(row) {
                self.positions.add(id.unwrap_or(-1), *ra, *dec, place, keep);
            }
        }
        self.ids.extend(&good).map_err(|error| {
            self.disk = Some(error);
            "the folder for temporary files is full".to_owned()
        })
    }

    /// The whole file was read.
    fn finish(
        self,
        table: &str,
        facts: Facts,
        into: impl FnMut(&[i64]) -> io::Result<()>,
    ) -> io::Result<Inspected> {
        let new = |problem| Finding::new(problem, table);
        let unit = unit(&facts.columns, self.options);
        let place = self.place();
        let mut findings = Vec::new();
        if facts.rows == 0 {
            findings.push(new(Problem::Empty));
        }
        if facts.is_cut {
            let words = "its last line has no end, as if it were cut off";
            findings.push(new(Problem::Truncated).found(words));
        }
        if self.bad_ids.count > 0 {
            let words = format!(
                "{} of {} rows have no integer",
                self.bad_ids.count, facts.rows
            );
            findings.push(new(Problem::BadId).ids(&self.bad_ids).found(words));
        }
        let repeated = self.ids.finish(into)?;
        if repeated.count > 0 {
            findings.push(new(Problem::RepeatedId).ids(&repeated));
        }
        if matches!(self.sky, Sky::Unknown) {
            findings.push(new(Problem::NoRegion));
        }
        findings.extend(self.positions.findings(table, unit.as_deref()));
        let guess = match place {
            Some(_) => Guess::Degrees,
            None => self.positions.guess(unit.as_deref()),
        };
        Ok(Inspected {
            rows: Some(facts.rows),
            columns: Some(facts.columns),
            guess,
            findings,
        })
    }
}

/// The columns that are read: exactly of this name, else in any case.
fn find(columns: &[Column], name: &str) -> Option<usize> {
    let exact = columns.iter().position(|c| c.name == name);
    let any = || {
        columns
            .iter()
            .position(|c| c.name.eq_ignore_ascii_case(name))
    };
    exact.or_else(any)
}

fn pick(
    columns: &[Column],
    is_director: bool,
    id: &str,
    options: &CatalogueOptions<'_>,
) -> Result<Picked, String> {
    let position = options.positions.iter().find_map(|(ra, dec)| {
        let found = (find(columns, ra)?, find(columns, dec)?);
        Some(found)
    });
    let id = find(columns, id).ok_or_else(|| format!("no column {id}"))?;
    let kind = columns[id].kind.as_str();
    if kind.starts_with("float") || ["bool", "bytes", "group"].contains(&kind) {
        return Err(format!(
            "column {} is {kind}, and ids are integers",
            columns[id].name
        ));
    }
    if is_director && position.is_none() {
        let names = options
            .positions
            .iter()
            .map(|(ra, dec)| format!("{ra} and {dec}"));
        return Err(format!(
            "no columns {}",
            names.collect::<Vec<_>>().join(", nor ")
        ));
    }
    Ok(Picked { id, position })
}

/// The unit of right ascension.
fn unit(columns: &[Column], options: &CatalogueOptions<'_>) -> Option<String> {
    let picked = options.positions.iter().find_map(|(ra, dec)| {
        find(columns, dec)?;
        find(columns, ra)
    });
    columns.get(picked?)?.unit.clone()
}

/// The error of a sorter.
pub fn failed(error: std::io::Error) -> Error {
    Error::io("reading sorted ids of", Path::new("the catalogue"), error)
}
