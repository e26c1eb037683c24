//! CSV: a line of names, then rows. The type of a column is that of all its values: integers, else numbers, else text.

use std::path::{Path, PathBuf};

use super::records::Records;
use super::{EachRow, Format, TableFault, TableValue};

/// A CSV file.
pub struct CsvTable {
    path: PathBuf,
    columns: Vec<String>,
}

/// What all values of a column are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ColumnKind {
    Int,
    Float,
    Text,
}

impl CsvTable {
    pub(super) fn open(path: &Path) -> Result<Self, TableFault> {
        let names = Records::open(path)?.next()?;
        let (_, names) =
            names.ok_or_else(|| "the table is empty: it has no line of names".to_owned())?;
        Ok(Self {
            path: path.to_owned(),
            columns: names,
        })
    }

    /// Kinds of the wanted columns; stops reading when all are known to be text.
    fn kinds(&self, wanted: &[usize]) -> Result<Vec<ColumnKind>, TableFault> {
        let mut kinds = vec![ColumnKind::Int; wanted.len()];
        self.records(|_, fields| {
            for (column, kind) in wanted.iter().zip(&mut kinds) {
                let text = fields.get(*column).map_or("", String::as_str);
                if !text.is_empty() {
                    *kind = (*kind).max(kind_of(text));
                }
            }
            Ok(kinds.iter().any(|k| *k != ColumnKind::Text))
        })?;
        Ok(kinds)
    }

    /// Hand over all rows while `each` wants more.
    fn records(
        &self,
        mut each: impl FnMut(u64, &[String]) -> Result<bool, TableFault>,
    ) -> Result<(), TableFault> {
        let mut records = Records::open(&self.path)?;
        records.next()?;
        while let Some((line, fields)) = records.next()? {
            if fields.len() > self.columns.len() {
                return Err(TableFault::fields(line, fields.len(), self.columns.len()));
            }
            if !each(line, &fields)? {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Format for CsvTable {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn rows(&mut self, wanted: &[usize], each: &mut EachRow<'_>) -> Result<(), TableFault> {
        let kinds = self.kinds(wanted)?;
        let mut values = Vec::with_capacity(wanted.len());
        self.records(|line, fields| {
            values.clear();
            for (column, kind) in wanted.iter().zip(&kinds) {
                let text = fields.get(*column).map_or("", String::as_str);
                values.push(value(text, *kind));
            }
            each(line, &values).map_err(|m| TableFault::at(line, m))?;
            Ok(true)
        })
    }
}

/// An integer that needs more than 64 bits is text, and so are all values of its column.
fn kind_of(text: &str) -> ColumnKind {
    let digits = text.trim_start_matches(['+', '-']);
    let is_hexadecimal = digits
        .strip_prefix("0x")
        .is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_hexdigit()));
    if text.parse::<i64>().is_ok() {
        ColumnKind::Int
    } else if is_hexadecimal
        || (text.parse::<f64>().is_ok() && !digits.bytes().all(|b| b.is_ascii_digit()))
    {
        ColumnKind::Float
    } else {
        ColumnKind::Text
    }
}

fn value(text: &str, kind: ColumnKind) -> TableValue {
    match (text, kind) {
        ("", _) => TableValue::Missing,
        (_, ColumnKind::Int) => text.parse().map_or(TableValue::Missing, TableValue::Int),
        (_, ColumnKind::Float) => TableValue::Float(text.parse().unwrap_or(f64::NAN)),
        (_, ColumnKind::Text) => TableValue::Text(text.to_owned()),
    }
}
