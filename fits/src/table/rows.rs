//! Some columns of a table, block by block of rows.

use super::column::{Cells, Column};
use super::format::Form;
use super::{ascii, binary};
use crate::error::FitsError;
use crate::hdu::Hdu;
use crate::limits::{CELL, ROWS};
use crate::source::ReadAt;

/// Values of some columns in rows that follow each other.
#[derive(Debug, Clone, PartialEq)]
pub struct RowBlock {
    /// Number of the first row, from 0.
    pub first: u64,
    /// Number of rows.
    pub rows: usize,
    /// Values, in the order in which the columns were asked for.
    pub columns: Vec<Cells>,
}

/// Blocks of rows of a table.
#[derive(Debug)]
pub struct Rows<'a, S: ?Sized> {
    source: &'a S,
    hdu: Hdu,
    columns: Vec<(Column, Field)>,
    next: u64,
}

/// Where a column is in a row, and what it is.
#[derive(Debug, Clone, Copy)]
struct Field {
    start: u64,
    width: usize,
    form: Form,
}

impl<'a, S: ReadAt + ?Sized> Rows<'a, S> {
    pub(super) fn new(source: &'a S, hdu: &Hdu, columns: Vec<Column>) -> Result<Self, FitsError> {
        let row = hdu.row_len().unwrap_or(0);
        let placed = columns.into_iter().map(|column| match field(&column, row) {
            Ok(field) => Ok((column, field)),
            Err(reason) => Err(FitsError::Column {
                hdu: hdu.number,
                column: column.name,
                reason,
            }),
        });
        Ok(Self {
            source,
            columns: placed.collect::<Result<_, _>>()?,
            hdu: hdu.clone(),
            next: 0,
        })
    }

    fn block(&mut self, first: u64, rows: usize) -> Result<RowBlock, FitsError> {
        let row = self.hdu.row_len().unwrap_or(0);
        let start = self
            .hdu
            .data_offset
            .saturating_add(first.saturating_mul(row));
        let mut columns = Vec::with_capacity(self.columns.len());
        if row <= ROWS {
            let row = usize::try_from(row).unwrap_or(0);
            let mut bytes = vec![0; row * rows];
            self.source.read_at(start, &mut bytes)?;
            for (column, field) in &self.columns {
                let from = usize::try_from(field.start).unwrap_or(0);
                let fields =
                    (0..rows).map(|r| &bytes[r * row + from..r * row + from + field.width]);
                columns.push(self.cells(column, field, fields)?);
            }
        } else {
            for (column, field) in &self.columns {
                let mut bytes = vec![0; field.width];
                self.source
                    .read_at(start.saturating_add(field.start), &mut bytes)?;
                columns.push(self.cells(column, field, std::iter::once(bytes.as_slice()))?);
            }
        }
        Ok(RowBlock {
            first,
            rows,
            columns,
        })
    }

    fn cells<'b>(
        &self,
        column: &Column,
        field: &Field,
        fields: impl Iterator<Item = &'b [u8]>,
    ) -> Result<Cells, FitsError> {
        match field.form {
            Form::Binary(format) => Ok(binary::cells(fields, format, &column.scaling)),
            Form::Ascii { code, decimals, .. } => {
                let cells = ascii::cells(fields, code, decimals, &column.scaling);
                cells.map_err(|text| FitsError::Column {
                    hdu: self.hdu.number,
                    column: column.name.clone(),
                    reason: format!("'{text}' is not a number"),
                })
            }
        }
    }
}

impl<S: ReadAt + ?Sized> Iterator for Rows<'_, S> {
    type Item = Result<RowBlock, FitsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let left = self.hdu.rows().unwrap_or(0).saturating_sub(self.next);
        let row = self.hdu.row_len().unwrap_or(0);
        // Rows without bytes cost a file nothing, so that there may be any number of them.
        if left == 0 || row == 0 {
            return None;
        }
        let rows = (ROWS / row).clamp(1, left);
        let first = self.next;
        let block = self.block(first, usize::try_from(rows).unwrap_or(1));
        // After an error there is nothing more to be had.
        self.next = if block.is_ok() {
            first + rows
        } else {
            u64::MAX
        };
        Some(block)
    }
}

/// The place of a column that has one value a row; `Err` says in words why it has not.
fn field(column: &Column, row: u64) -> Result<Field, String> {
    let (start, form) = column
        .place
        .ok_or_else(|| format!("its definition '{}' cannot be used", column.format))?;
    if let Form::Binary(format) = form
        && !binary::is_scalar(format)
    {
        return Err(format!("'{}' is not one value a row", column.format));
    }
    let width = form.width().unwrap_or(u64::MAX);
    if width > CELL {
        return Err(format!("its fields have {width} bytes, more than {CELL}"));
    }
    if start.checked_add(width).is_none_or(|end| end > row) {
        return Err(format!("its fields end behind the row of {row} bytes"));
    }
    Ok(Field {
        start,
        width: usize::try_from(width).unwrap_or(0),
        form,
    })
}
