//! The table as a row sink: it holds the formatted rows until the widths are known.
use std::io::{self, Write};

use super::{RowSink, Value, check_width};
use crate::table::Table;

/// Collects rows and prints the table at the end.
#[derive(Debug)]
pub struct TableSink<W> {
    table: Table,
    sort: Vec<usize>,
    out: W,
}

impl<W: Write> TableSink<W> {
    /// A sink that fills `table`.
    pub fn new(table: Table, out: W) -> TableSink<W> {
        let sort = Vec::new();
        TableSink { table, sort, out }
    }

    /// The same, printed in the order of these columns.
    pub fn sorted_by(mut self, columns: Vec<usize>) -> TableSink<W> {
        self.sort = columns;
        self
    }
}

impl<W: Write> RowSink for TableSink<W> {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        check_width(self.table.width(), values)?;
        self.table.push(values);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if !self.sort.is_empty() {
            self.table.sort_by(&self.sort);
        }
        self.table.write_to(&mut self.out)?;
        self.out.flush()
    }
}
