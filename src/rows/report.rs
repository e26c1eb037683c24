//! Findings as rows, to a file or to standard output, and the last words.
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{Column, OutputFormat, RowSink, Value};
use crate::context::Context;
use crate::failure::Failure;
use crate::whole_file::WholeFile;

/// Where findings go.
pub struct Report {
    sink: Box<dyn RowSink>,
    format: OutputFormat,
    file: Option<WholeFile>,
    rows: u64,
}

impl Report {
    /// To a file, which appears when it is complete, or to standard output.
    ///
    /// # Errors
    /// A file that cannot be made; columns that the format cannot have.
    pub fn new(
        columns: &[Column],
        format: OutputFormat,
        path: Option<&Path>,
    ) -> Result<Self, Failure> {
        if path.is_none() {
            format.check_terminal()?;
        }
        let file = path.map(WholeFile::new).transpose()?;
        let out: Box<dyn Write> = match &file {
            Some(file) => Box::new(file.writer()?),
            None => Box::new(BufWriter::new(io::stdout())),
        };
        Ok(Self {
            sink: format.sink(columns, out)?,
            format,
            file,
            rows: 0,
        })
    }

    /// The file that is being written, which nobody must take for somebody's.
    ///
    /// # Errors
    /// A current folder that is gone.
    pub fn unfinished(&self) -> Result<Option<PathBuf>, Failure> {
        Ok(self.file.as_ref().map(WholeFile::unfinished).transpose()?)
    }

    /// One more row.
    ///
    /// # Errors
    /// From the writer below.
    pub fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        self.rows += 1;
        self.sink.row(values)
    }

    /// The end of the rows, and what was done: on standard output when that is for people, else in the log.
    ///
    /// # Errors
    /// From the writer below.
    pub fn finish(mut self, words: &str, context: &Context) -> Result<(), Failure> {
        let is_table = self.format == OutputFormat::Table;
        // An empty table for people would only be two odd lines.
        if self.rows > 0 || !is_table || self.file.is_some() {
            self.sink.finish()?;
        }
        drop(self.sink);
        let is_for_people = is_table || self.file.is_some();
        if let Some(file) = self.file {
            file.save()?;
        }
        if !is_for_people || context.quiet {
            words.lines().for_each(|line| tracing::info!("{line}"));
            return Ok(());
        }
        let mut out = context.stdout();
        writeln!(out, "{words}")?;
        out.flush()?;
        Ok(())
    }
}
