//! Results as rows: the sinks of `pantry_api::rows`, the table for people, and the choice between them.
mod format;
mod report;
mod table;

pub use format::OutputFormat;
pub use pantry_api::rows::{
    Column, CsvSink, JsonLinesSink, JsonSink, Kind, Layout, ParquetSink, Part, RowSink, Value,
    check_width,
};
pub use report::Report;
pub use table::TableSink;

#[cfg(test)]
mod tests;
