//! Which files may be ingested and which not, as lists, and the last words.
use std::io::Write;

use pantry_import::catalogue::{Outcome, Problem, Table, Verdict};

use super::Args;
use crate::failure::Failure;
use crate::html::{Bar, Bars, Page};
use crate::whole_file::WholeFile;

/// Write the lists that were asked for.
pub fn write(args: &Args, outcome: &Outcome) -> Result<(), Failure> {
    let verdicts = || {
        let files = outcome.files.iter().enumerate();
        files.map(|(number, file)| (&file.name, outcome.verdicts.of(number)))
    };
    if let Some(path) = &args.accept {
        let file = WholeFile::new(path)?;
        let mut out = file.writer()?;
        for (name, _) in verdicts().filter(|(_, verdict)| *verdict == Verdict::Accepted) {
            writeln!(out, "{}", line(name)?)?;
        }
        out.flush()?;
        drop(out);
        file.save()?;
    }
    if let Some(path) = &args.reject {
        let file = WholeFile::new(path)?;
        let mut out = file.writer()?;
        for (name, verdict) in verdicts() {
            if let Verdict::Rejected(problems) = verdict {
                writeln!(out, "{}\t{}", line(name)?, reasons(&problems))?;
            }
        }
        out.flush()?;
        drop(out);
        file.save()?;
    }
    Ok(())
}

/// A list has a line for each file.
fn line(name: &str) -> Result<&str, Failure> {
    match name.contains(['\n', '\t']) {
        true => Err(Failure::error(format!(
            "the name of the file {name:?} cannot be written into a list: it has a line break or a tabulator"
        ))),
        false => Ok(name),
    }
}

fn reasons(problems: &[Problem]) -> String {
    match problems {
        // Only the director's file is at fault.
        [] => "director".to_owned(),
        some => some.iter().map(|p| p.name()).collect::<Vec<_>>().join(","),
    }
}

/// Of a table: its files, those that could be read, those that are rejected, and rows.
fn counts(outcome: &Outcome, table: usize) -> (u64, u64, u64) {
    let mut counts = (0, 0, 0);
    for (number, file) in outcome.files.iter().enumerate() {
        if file.table == table {
            counts.0 += 1;
            counts.1 += outcome.rows[number].unwrap_or(0);
            counts.2 += u64::from(outcome.verdicts.of(number) != Verdict::Accepted);
        }
    }
    counts
}

/// What was done, in words.
pub fn summary(outcome: &Outcome, tables: &[Table]) -> String {
    let mut words = String::new();
    for (number, table) in tables.iter().enumerate() {
        let (files, rows, rejected) = counts(outcome, number);
        let name = &table.name;
        words += &format!("{name}: {files} files, {rows} rows, {rejected} files rejected\n");
    }
    words += &match outcome.findings {
        0 => "nothing wrong".to_owned(),
        1 => "1 finding".to_owned(),
        n => format!("{n} findings"),
    };
    words
}

/// The page with its bars.
pub fn page(mut page: Page, outcome: &Outcome, tables: &[Table]) -> Page {
    page.fact("findings", outcome.findings);
    let bars = tables.iter().enumerate().map(|(number, table)| {
        let (total, rows, bad) = counts(outcome, number);
        let label = format!("{} ({rows} rows)", table.name);
        Bar { label, total, bad }
    });
    page.bars(Bars {
        title: "Files".to_owned(),
        units: ["files", "rejected"],
        bars: bars.collect(),
    });
    page
}
