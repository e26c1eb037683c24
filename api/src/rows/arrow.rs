//! The Arrow streaming format: typed, nullable columns in record batches of bounded size.

mod builder;

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};

use self::builder::Builder;
use super::{Column, Kind, RowSink, Value, check_width};

/// Rows of a batch: what is held in memory does not grow with the result.
const ROWS_OF_BATCH: usize = 1 << 13;

/// Writes an Arrow stream, batch by batch.
pub struct ArrowSink<W: Write> {
    schema: Arc<Schema>,
    columns: Vec<Builder>,
    rows: usize,
    out: StreamWriter<W>,
}

impl<W: Write> ArrowSink<W> {
    /// A sink for these columns.
    ///
    /// # Errors
    /// From the writer below.
    pub fn new(columns: &[Column], out: W) -> io::Result<Self> {
        let fields: Vec<Field> = columns
            .iter()
            .map(|c| Field::new(c.name.as_ref(), data_type(c.kind), true))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        Ok(Self {
            columns: columns.iter().map(|c| Builder::new(c.kind)).collect(),
            rows: 0,
            out: StreamWriter::try_new(out, &schema).map_err(failed)?,
            schema,
        })
    }

    fn end_batch(&mut self) -> io::Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        let columns = self.columns.iter_mut().map(Builder::finish).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(failed)?;
        self.out.write(&batch).map_err(failed)
    }
}

impl<W: Write> RowSink for ArrowSink<W> {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        check_width(self.columns.len(), values)?;
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value)?;
        }
        self.rows += 1;
        match self.rows {
            ROWS_OF_BATCH.. => self.end_batch(),
            _ => Ok(()),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.end_batch()?;
        self.out.finish().map_err(failed)?;
        self.out.get_mut().flush()
    }
}

/// The type of a column. Times are without a time zone: TAI is not UTC, and Arrow knows no third way.
fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Bool => DataType::Boolean,
        Kind::Int => DataType::Int64,
        Kind::Float => DataType::Float64,
        Kind::Text => DataType::Utf8,
        Kind::Bytes => DataType::Binary,
        Kind::Time => DataType::Timestamp(TimeUnit::Nanosecond, None),
        Kind::Texts => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
    }
}

fn failed(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        other => io::Error::other(format!("writing Arrow: {other}")),
    }
}
