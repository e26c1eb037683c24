//! Tables that name files: ECSV, CSV, FITS and Parquet, with the column rules of `astropy.table.Table.read`.

mod csv;
mod ecsv;
mod fits;
mod parquet;
mod records;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::Error;

/// A value of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum TableValue {
    /// None: a blank field, or one that is masked.
    Missing,
    /// An integer.
    Int(i64),
    /// A floating point number.
    Float(f64),
    /// A boolean.
    Bool(bool),
    /// Text.
    Text(String),
}

impl TableValue {
    /// What this is, in words for an error message.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "no value",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a floating point number",
            Self::Bool(_) => "a boolean",
            Self::Text(_) => "text",
        }
    }
}

/// Takes the line (or number) of a row and the values of the wanted columns.
pub type EachRow<'a> = dyn FnMut(u64, &[TableValue]) -> Result<(), String> + 'a;

/// A table in one format.
trait Format {
    fn columns(&self) -> &[String];

    /// Hand the values of the columns with these numbers to `each`, row by row.
    fn rows(&mut self, wanted: &[usize], each: &mut EachRow<'_>) -> Result<(), TableFault>;
}

/// A table of any of the formats.
pub struct TableFile(Box<dyn Format>);

/// Why a table cannot be read: the line if there is one, and what is wrong.
#[derive(Debug)]
pub struct TableFault {
    line: u64,
    message: String,
}

impl TableFault {
    fn at(line: u64, message: impl Into<String>) -> Self {
        Self {
            line,
            message: message.into(),
        }
    }

    /// A row that has another number of fields than there are columns.
    fn fields(line: u64, found: usize, named: usize) -> Self {
        let message = format!("the row has {found} fields, but there are {named} columns");
        Self::at(line, message)
    }

    /// The same with the name of the file.
    pub fn of(self, file: &Path) -> Error {
        Error::Input {
            file: file.to_owned(),
            line: self.line,
            message: self.message,
        }
    }
}

impl From<String> for TableFault {
    fn from(message: String) -> Self {
        Self::at(0, message)
    }
}

impl TableFile {
    /// Open a table; FITS and Parquet are known by their first bytes, the others by the ending of the name, as astropy
    /// knows them.
    pub fn open(path: &Path) -> Result<Self, TableFault> {
        let failed = |e: std::io::Error| TableFault::from(format!("cannot be read: {e}"));
        let mut file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.is_dir() {
            return Err("is a folder, not a table".to_owned().into());
        }
        let mut start = Vec::new();
        file.by_ref()
            .take(8)
            .read_to_end(&mut start)
            .map_err(failed)?;
        let name = path.to_string_lossy().to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|e| name.ends_with(e));
        if start == *b"SIMPLE  " || ends(&[".fits", ".fit", ".fts"]) {
            return Ok(Self(Box::new(fits::FitsTable::open(file)?)));
        }
        if start.starts_with(b"PAR1") || ends(&[".parquet", ".parq"]) {
            return Ok(Self(Box::new(parquet::ParquetTable::open(file)?)));
        }
        if ends(&[".ecsv"]) {
            return Ok(Self(Box::new(ecsv::EcsvTable::open(path)?)));
        }
        if ends(&[".csv"]) {
            return Ok(Self(Box::new(csv::CsvTable::open(path)?)));
        }
        let message = "the format of the table is not known; it may be ECSV (.ecsv), CSV (.csv), FITS or Parquet, not compressed";
        Err(message.to_owned().into())
    }

    /// Names of the columns.
    pub fn columns(&self) -> &[String] {
        self.0.columns()
    }

    /// Hand the values of the columns with these numbers to `each`, row by row.
    pub fn rows(&mut self, wanted: &[usize], each: &mut EachRow<'_>) -> Result<(), TableFault> {
        self.0.rows(wanted, each)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[a-z0-9,.\" \n#%:{}-]{0,200}", ending in "\\.(csv|ecsv)") {
            let header = if ending == ".ecsv" { "# %ECSV 1.0\n# ---\n" } else { "" };
            let mut file = tempfile::Builder::new().suffix(&ending).tempfile().unwrap();
            file.write_all(format!("{header}{text}").as_bytes()).unwrap();
            if let Ok(mut table) = TableFile::open(file.path()) {
                let wanted: Vec<usize> = (0..table.columns().len()).collect();
                let _ = table.rows(&wanted, &mut |_, values| {
                    assert_eq!(values.len(), wanted.len());
                    Ok(())
                });
            }
        }
    }
}
