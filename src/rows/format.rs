//! `--format`: which sink the rows go to.
use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;

use super::{Column, CsvSink, JsonLinesSink, JsonSink, ParquetSink, RowSink, TableSink};
use crate::failure::Failure;
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
    /// A Parquet file
    Parquet,
}

impl OutputFormat {
    /// Refuses to write bytes to a terminal.
    ///
    /// # Errors
    /// [`Failure::Usage`] for Parquet when standard output is a terminal.
    pub fn check_terminal(self) -> Result<(), Failure> {
        match self {
            OutputFormat::Parquet if io::stdout().is_terminal() => Err(Failure::Usage(
                "--format parquet writes a binary file: send it to one with '> FILE'".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// A sink for a result with these columns. The table is right-aligned and is printed by `finish`.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for columns that the format cannot have.
    pub fn sink<'w>(
        self,
        columns: &[Column],
        out: impl Write + 'w,
    ) -> io::Result<Box<dyn RowSink + 'w>> {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_ref()).collect();
        Ok(match self {
            OutputFormat::Table => Box::new(TableSink::new(Table::new(&names, Align::Right), out)),
            OutputFormat::Json => Box::new(JsonSink::new(&names, out)),
            OutputFormat::Jsonl => Box::new(JsonLinesSink::new(&names, out)),
            OutputFormat::Csv => Box::new(CsvSink::new(&names, out)),
            OutputFormat::Parquet => Box::new(ParquetSink::new(columns, out)?),
        })
    }
}
