//! Columns of tables by name, read in blocks of rows.

mod ascii;
mod binary;
mod column;
mod format;
mod rows;

pub use column::{Cells, Column};
pub use format::BinaryFormat;
pub use rows::{RowBlock, Rows};

use crate::error::FitsError;
use crate::hdu::{Hdu, HduKind};
use crate::header::Header;
use crate::source::ReadAt;
use column::Scaling;
use format::Form;

/// A table: an HDU with what its header says of its columns.
#[derive(Debug, Clone)]
pub struct Table {
    hdu: Hdu,
    columns: Vec<Column>,
}

impl Table {
    /// Read the header of a table.
    ///
    /// # Errors
    /// [`FitsError::NotATable`] for other HDUs, [`FitsError::Io`].
    pub fn open(source: &(impl ReadAt + ?Sized), hdu: &Hdu) -> Result<Self, FitsError> {
        let header = Header::read(source, hdu)?;
        Self::new(hdu, &header).ok_or(FitsError::NotATable { hdu: hdu.number })
    }

    /// All columns in their order; those with a definition that is wrong are there too, and fail when they are read.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of rows.
    pub fn rows_len(&self) -> u64 {
        self.hdu.rows().unwrap_or(0)
    }

    /// Read some columns, in the order of `names`.
    ///
    /// # Errors
    /// [`FitsError::NoColumn`], and [`FitsError::Column`] for one that has not one value a row.
    pub fn read<'a, S: ReadAt + ?Sized>(
        &self,
        source: &'a S,
        names: &[&str],
    ) -> Result<Rows<'a, S>, FitsError> {
        let columns: Result<Vec<Column>, FitsError> = names
            .iter()
            .map(|name| self.column(name).cloned())
            .collect();
        Rows::new(source, &self.hdu, columns?)
    }

    /// The first column of this name: exactly, else in any case.
    fn column(&self, name: &str) -> Result<&Column, FitsError> {
        let exact = self.columns.iter().find(|c| c.name == name);
        let found = exact.or_else(|| {
            self.columns
                .iter()
                .find(|c| c.name.eq_ignore_ascii_case(name))
        });
        found.ok_or_else(|| FitsError::NoColumn {
            hdu: self.hdu.number,
            column: name.to_owned(),
        })
    }

    fn new(hdu: &Hdu, header: &Header) -> Option<Self> {
        let is_ascii = hdu.kind == HduKind::AsciiTable;
        let fields = header
            .integer("TFIELDS")
            .filter(|_| hdu.is_table())?
            .clamp(0, 999);
        let mut columns = Vec::new();
        let mut offset = Some(0_u64);
        for n in 1..=fields {
            let text = header.text(&format!("TFORM{n}")).unwrap_or_default();
            let start = match is_ascii {
                true => header
                    .integer(&format!("TBCOL{n}"))
                    .and_then(|c| u64::try_from(c - 1).ok()),
                false => offset,
            };
            let form = Form::parse(text, is_ascii);
            offset = offset
                .zip(form.and_then(|f| f.width()))
                .and_then(|(at, width)| at.checked_add(width));
            columns.push(Column {
                name: header
                    .text(&format!("TTYPE{n}"))
                    .unwrap_or_default()
                    .to_owned(),
                format: text.to_owned(),
                unit: header.text(&format!("TUNIT{n}")).map(str::to_owned),
                place: start.zip(form),
                scaling: Scaling::new(header, n),
            });
        }
        Some(Self {
            hdu: hdu.clone(),
            columns,
        })
    }
}
