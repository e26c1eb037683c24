//! Findings as rows, and the last words.
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use pantry_import::verify::{Counts, Finding};
use tempfile::NamedTempFile;

use crate::context::Context;
use crate::failure::Failure;
use crate::rows::{Column, OutputFormat, RowSink, Value};

/// Columns of the report, in every format.
const COLUMNS: [&str; 6] = [
    "problem",
    "path",
    "dataset_id",
    "component",
    "expected",
    "found",
];

/// Where the findings go.
pub struct Output {
    sink: Box<dyn RowSink>,
    format: OutputFormat,
    file: Option<(PathBuf, NamedTempFile)>,
    rows: u64,
}

impl Output {
    /// To a file, which appears when it is complete, or to standard output.
    pub fn new(format: OutputFormat, report: Option<&Path>) -> Result<Self, Failure> {
        let file = report.map(temporary).transpose()?;
        let out: Box<dyn Write> = match &file {
            Some((_, file)) => Box::new(BufWriter::new(file.reopen()?)),
            None => Box::new(BufWriter::new(io::stdout())),
        };
        Ok(Self {
            sink: format.sink(&COLUMNS.map(Column::text), out)?,
            format,
            file,
            rows: 0,
        })
    }

    /// The file that is being written, which the verification must not take for somebody's.
    pub fn unfinished(&self) -> Result<Option<PathBuf>, Failure> {
        match &self.file {
            Some((_, file)) => Ok(Some(std::path::absolute(file.path())?)),
            None => Ok(None),
        }
    }

    /// One more row.
    pub fn add(&mut self, finding: &Finding) -> io::Result<()> {
        let text = |text: &'_ Option<String>| match text {
            Some(text) => Value::from(text.clone()),
            None => Value::Null,
        };
        self.rows += 1;
        self.sink.row(&[
            Value::from(finding.problem.name()),
            text(&finding.path),
            text(&finding.dataset_id),
            text(&finding.component),
            text(&finding.expected),
            text(&finding.found),
        ])
    }

    /// The end of the rows, and what was done: on standard output when that is for people, else in the log.
    pub fn finish(
        mut self,
        counts: &Counts,
        checksums: bool,
        context: &Context,
    ) -> Result<(), Failure> {
        let is_table = self.format == OutputFormat::Table;
        // An empty table for people would only be two odd lines.
        if self.rows > 0 || !is_table || self.file.is_some() {
            self.sink.finish()?;
        }
        drop(self.sink);
        let words = summary(counts, checksums);
        let is_for_people = is_table || self.file.is_some();
        if let Some((path, file)) = self.file {
            save(&path, file)?;
        }
        if !is_for_people || context.quiet {
            tracing::info!("{words}");
            return Ok(());
        }
        let mut out = context.stdout();
        writeln!(out, "{words}")?;
        out.flush()?;
        Ok(())
    }
}

fn temporary(path: &Path) -> Result<(PathBuf, NamedTempFile), Failure> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let file = tempfile::Builder::new()
        .prefix(".pantry-report.")
        .suffix(".tmp")
        .tempfile_in(folder)
        .map_err(|e| failed(path, &e))?;
    Ok((path.to_owned(), file))
}

/// Under its final name, readable like any new file.
fn save(path: &Path, file: NamedTempFile) -> Result<(), Failure> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    let open: &File = file.as_file();
    open.set_permissions(mode).map_err(|e| failed(path, &e))?;
    open.sync_all().map_err(|e| failed(path, &e))?;
    file.persist(path).map_err(|e| failed(path, &e.error))?;
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::error(format!(
        "cannot write the report {}: {error}",
        path.display()
    ))
}

fn summary(counts: &Counts, checksums: bool) -> String {
    let mut words = format!("{} records of {} files", counts.records, counts.files);
    if checksums {
        let (sums, bytes) = (counts.checksums, counts.bytes);
        words += &format!(", {sums} checksums of {bytes} bytes");
    }
    if counts.remote > 0 {
        words += &format!(", {} files elsewhere not looked at", counts.remote);
    }
    if counts.linked_folders > 0 {
        let links = counts.linked_folders;
        words += &format!(", {links} links to folders not searched for further files");
    }
    match counts.findings {
        0 => words + ": nothing wrong",
        1 => words + ": 1 finding",
        n => words + &format!(": {n} findings"),
    }
}
