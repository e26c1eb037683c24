//! Findings as rows, and the last words.
use pantry_import::verify::{Ending, Finding};

use super::Args;
use crate::html::Bar;
use crate::rows::{Column, Value};

/// Columns of the report, in every format.
pub const COLUMNS: [&str; 6] = [
    "problem",
    "path",
    "dataset_id",
    "component",
    "expected",
    "found",
];

/// The columns.
pub fn columns() -> [Column; 6] {
    COLUMNS.map(Column::text)
}

/// A finding as a row.
pub fn row(finding: &Finding) -> [Value<'_>; 6] {
    let text = |text: &'_ Option<String>| Value::from(text.clone());
    [
        Value::from(finding.problem.name()),
        text(&finding.path),
        text(&finding.dataset_id),
        text(&finding.component),
        text(&finding.expected),
        text(&finding.found),
    ]
}

/// What was done, in words.
pub fn summary(ending: &Ending, args: &Args, complete: &[Bar]) -> String {
    let counts = &ending.counts;
    let mut words = format!("{} records of {} files", counts.records, counts.files);
    if args.checksums {
        let (sums, bytes) = (counts.checksums, counts.bytes);
        words += &format!(", {sums} checksums of {bytes} bytes");
    }
    if args.structure {
        words += &format!(", looked into {} files", counts.structures);
    }
    if counts.passed > 0 {
        words += &format!(", {} files passed over", counts.passed);
    }
    if counts.remote > 0 {
        words += &format!(", {} files elsewhere not looked at", counts.remote);
    }
    if counts.linked_folders > 0 {
        let links = counts.linked_folders;
        words += &format!(", {links} links to folders not searched for further files");
    }
    for bar in complete {
        let there = bar.total - bar.bad;
        words += &format!(", {there} of {} {}", bar.total, bar.label);
    }
    if counts.copies > 0 {
        words += &format!(", {} copies", counts.copies);
    }
    if ending.is_time_up {
        words += ", then the time was up";
    }
    words += &match counts.findings {
        0 => ": nothing wrong".to_owned(),
        1 => ": 1 finding".to_owned(),
        n => format!(": {n} findings"),
    };
    match counts.repaired {
        0 => words,
        n => words + &format!(", {n} of them about files that are repaired"),
    }
}
