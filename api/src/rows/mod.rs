//! Results as rows: one trait, and a sink per machine format. They stream in constant memory.

mod arrow;
mod collections;
mod column;
mod csv;
mod dataset_keys;
mod dataset_types;
mod json;
mod layout;
mod parquet;
mod value;
mod votable;

use std::io;

pub use self::csv::CsvSink;
pub use self::parquet::ParquetSink;
pub use arrow::ArrowSink;
pub use collections::{Chains, CollectionEntry, CollectionListing};
pub use column::{Column, Kind};
pub use dataset_keys::dataset_keys;
pub use dataset_types::{dataset_type_columns, dataset_type_row};
pub use json::{JsonLinesSink, JsonPageSink, JsonSink};
pub use layout::{Layout, Part};
pub use value::Value;
pub use votable::VoTableSink;
pub(crate) use votable::push_escaped;

/// Takes the rows of one result, in order. The columns were named when the sink was made.
pub trait RowSink {
    /// One row, with exactly one value per column.
    ///
    /// # Errors
    /// From the writer below. [`io::ErrorKind::InvalidInput`] if the number of values is wrong.
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<()>;

    /// Says that there are more rows, and by which cursor they are asked for. Formats without a place for it leave it out.
    ///
    /// # Errors
    /// From the writer below.
    fn more(&mut self, cursor: &str) -> io::Result<()> {
        let _ = cursor;
        Ok(())
    }

    /// Ends the result and flushes the writer. Without it a result is incomplete.
    ///
    /// # Errors
    /// From the writer below.
    fn finish(&mut self) -> io::Result<()>;
}

/// Refuses a row that does not fit its columns.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`].
pub fn check_width(columns: usize, values: &[Value<'_>]) -> io::Result<()> {
    if columns == values.len() {
        return Ok(());
    }
    let message = format!("a row of {} values for {columns} columns", values.len());
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}
