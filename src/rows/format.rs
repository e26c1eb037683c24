//! `--format`: which sink the rows go to.
use std::io::Write;

use clap::ValueEnum;

use super::{CsvSink, JsonLinesSink, JsonSink, RowSink, TableSink};
use crate::table::{Align, Table};

/// How a verb prints its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum OutputFormat {
    /// Aligned columns for people, as the reference prints them
    #[default]
    Table,
    /// One JSON array of objects
    Json,
    /// One JSON object per line
    Jsonl,
    /// Comma-separated values with a header line
    Csv,
}

impl OutputFormat {
    /// A sink for a result with these columns. The table is right-aligned and is printed by `finish`.
    pub fn sink<'w>(self, columns: &[&str], out: impl Write + 'w) -> Box<dyn RowSink + 'w> {
        match self {
            OutputFormat::Table => Box::new(TableSink::new(Table::new(columns, Align::Right), out)),
            OutputFormat::Json => Box::new(JsonSink::new(columns, out)),
            OutputFormat::Jsonl => Box::new(JsonLinesSink::new(columns, out)),
            OutputFormat::Csv => Box::new(CsvSink::new(columns, out)),
        }
    }
}
