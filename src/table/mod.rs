//! Tables for people, laid out as astropy's `Table.pprint_all` does (`astropy/table/pprint.py`).
//!
//! Header centred over dashes, columns padded to their widest cell (counted in characters, not in terminal
//! cells), one space between columns, padding kept at line ends.
mod column;

use std::io::{self, Write};

use crate::rows::Value;
use column::Column;

/// Which side the cells of a table lean to. The reference chooses per verb, not per type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// `pprint_all(align="<")`: collections and dataset types.
    Left,
    /// `pprint_all()`: datasets, and everything else.
    Right,
}

/// Rows of one result, kept by column with their texts packed.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<Column>,
    align: Align,
    /// Row numbers in the order in which they are printed; empty means as pushed.
    order: Vec<usize>,
    rows: usize,
}

impl Table {
    /// An empty table with these column names.
    pub fn new(columns: &[&str], align: Align) -> Table {
        let columns = columns.iter().map(|name| Column::new(name)).collect();
        Table {
            columns,
            align,
            order: Vec::new(),
            rows: 0,
        }
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row. The reference prints nothing, or a sentence, instead of such a table.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Adds a row; values beyond the columns are ignored and missing ones are null.
    pub fn push(&mut self, values: &[Value<'_>]) {
        for (at, column) in self.columns.iter_mut().enumerate() {
            column.push(values.get(at).unwrap_or(&Value::Null));
        }
        self.rows += 1;
        self.order.clear();
    }

    /// Sorts the rows by these columns (indices), first ones first: whole numbers by value, all else by the code
    /// points of its text. Rows that are equal there keep their order.
    pub fn sort_by(&mut self, keys: &[usize]) {
        let mut order: Vec<usize> = (0..self.rows).collect();
        order.sort_by(|&a, &b| {
            let mut columns = keys.iter().filter_map(|&key| self.columns.get(key));
            columns
                .find_map(|column| Some(column.compare(a, b)).filter(|o| o.is_ne()))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        self.order = order;
    }

    /// Writes header, dashes and rows.
    ///
    /// # Errors
    /// From the writer.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.columns.is_empty() {
            return writeln!(out, "<No columns>");
        }
        let mut line = String::new();
        self.write_line(out, &mut line, |column, line| column.header(line))?;
        self.write_line(out, &mut line, |column, line| {
            line.push_str(&"-".repeat(column.width()))
        })?;
        for at in 0..self.rows {
            let row = self.order.get(at).copied().unwrap_or(at);
            self.write_line(out, &mut line, |column, line| {
                column.cell(row, self.align, line)
            })?;
        }
        Ok(())
    }

    /// Writes what `part` makes of each column, separated by spaces; `line` is scratch space.
    fn write_line(
        &self,
        out: &mut dyn Write,
        line: &mut String,
        part: impl Fn(&Column, &mut String),
    ) -> io::Result<()> {
        line.clear();
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                line.push(' ');
            }
            part(column, line);
        }
        line.push('\n');
        out.write_all(line.as_bytes())
    }
}

/// The lines of a table, without line ends: the pure form of [`Table::write_to`].
pub fn format(columns: &[&str], rows: &[Vec<Value<'_>>], align: Align) -> Vec<String> {
    let mut table = Table::new(columns, align);
    for row in rows {
        table.push(row);
    }
    let mut text = Vec::new();
    // Writing to a Vec cannot fail.
    let _ = table.write_to(&mut text);
    String::from_utf8_lossy(&text)
        .split_terminator('\n')
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests;
