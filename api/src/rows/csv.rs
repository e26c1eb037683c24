//! CSV (RFC 4180 quoting, lines end in LF): a header, then one line per row. Null and empty text look the same.
use std::io::{self, Write};

use super::{RowSink, Value, check_width};

/// Writes the header at once, so that an empty result still tells its columns.
pub struct CsvSink<W: Write> {
    columns: Vec<String>,
    out: csv::Writer<W>,
    header_written: bool,
}

impl<W: Write> CsvSink<W> {
    /// A sink for these columns.
    pub fn new(columns: &[&str], out: W) -> CsvSink<W> {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        CsvSink {
            columns,
            out: csv::Writer::from_writer(out),
            header_written: false,
        }
    }

    fn header(&mut self) -> io::Result<()> {
        if !self.header_written {
            self.header_written = true;
            self.out.write_record(&self.columns)?;
        }
        Ok(())
    }
}

impl<W: Write> RowSink for CsvSink<W> {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        check_width(self.columns.len(), values)?;
        self.header()?;
        for value in values {
            self.out.write_field(value.to_csv().as_bytes())?;
        }
        self.out.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.header()?;
        self.out.flush()
    }
}
