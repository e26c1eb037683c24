//! Results as rows: one trait, and a sink per output format. Machine formats stream in constant memory.
mod column;
mod csv;
mod format;
mod json;
mod parquet;
mod table;
mod value;

use std::io;

pub use self::csv::CsvSink;
pub use self::parquet::ParquetSink;
pub use column::{Column, Kind};
pub use format::OutputFormat;
pub use json::{JsonLinesSink, JsonSink};
pub use table::TableSink;
pub use value::Value;

/// Takes the rows of one result, in order. The columns were named when the sink was made.
pub trait RowSink {
    /// One row, with exactly one value per column.
    ///
    /// # Errors
    /// From the writer below. [`io::ErrorKind::InvalidInput`] if the number of values is wrong.
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<()>;

    /// Ends the result and flushes the writer. Without it a result is incomplete.
    ///
    /// # Errors
    /// From the writer below.
    fn finish(&mut self) -> io::Result<()>;
}

/// Refuses a row that does not fit its columns.
fn check_width(columns: usize, values: &[Value<'_>]) -> io::Result<()> {
    if columns == values.len() {
        return Ok(());
    }
    let message = format!("a row of {} values for {columns} columns", values.len());
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

#[cfg(test)]
mod tests;
