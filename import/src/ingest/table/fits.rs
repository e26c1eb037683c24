//! FITS: the first table of the file that is no compressed image.

use std::fs::File;

use pantry_fits::table::{Cells, Table};
use pantry_fits::{FitsError, Hdu, index};

use super::{EachRow, Format, TableFault, TableValue};

/// A table of a FITS file.
pub struct FitsTable {
    file: File,
    table: Table,
    columns: Vec<String>,
}

impl FitsTable {
    pub(super) fn open(file: File) -> Result<Self, TableFault> {
        let hdu = first_table(&file).map_err(|e| e.to_string())?;
        let hdu = hdu.ok_or_else(|| "the file has no table".to_owned())?;
        let table = Table::open(&file, &hdu).map_err(|e| e.to_string())?;
        let columns = table.columns().iter().map(|c| c.name.clone()).collect();
        Ok(Self {
            file,
            table,
            columns,
        })
    }
}

impl Format for FitsTable {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn rows(&mut self, wanted: &[usize], each: &mut EachRow<'_>) -> Result<(), TableFault> {
        let names: Vec<&str> = wanted.iter().map(|c| self.columns[*c].as_str()).collect();
        let blocks = self
            .table
            .read(&self.file, &names)
            .map_err(|e| e.to_string())?;
        let mut values = Vec::with_capacity(wanted.len());
        for block in blocks {
            let block = block.map_err(|e| e.to_string())?;
            for row in 0..block.rows {
                values.clear();
                values.extend(block.columns.iter().map(|cells| value(cells, row)));
                let number = block.first + row as u64 + 1;
                each(number, &values).map_err(|m| TableFault::at(number, m))?;
            }
        }
        Ok(())
    }
}

fn first_table(file: &File) -> Result<Option<Hdu>, FitsError> {
    for hdu in index(file)? {
        let hdu = hdu?;
        if hdu.is_table() && hdu.compressed.is_none() {
            return Ok(Some(hdu));
        }
    }
    Ok(None)
}

/// As astropy reads them, empty strings and NaN are no value.
fn value(cells: &Cells, row: usize) -> TableValue {
    let found = match cells {
        Cells::Logical(values) => values[row].map(TableValue::Bool),
        Cells::Integer(values) => values[row].map(|v| match i64::try_from(v) {
            Ok(v) => TableValue::Int(v),
            Err(_) => TableValue::Text(v.to_string()),
        }),
        Cells::Float(values) => {
            Some(TableValue::Float(values[row])).filter(|_| !values[row].is_nan())
        }
        Cells::Text(values) => {
            Some(TableValue::Text(values[row].clone())).filter(|_| !values[row].is_empty())
        }
    };
    found.unwrap_or(TableValue::Missing)
}
