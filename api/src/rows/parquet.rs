//! Parquet: typed, nullable columns in row groups of bounded size, compressed with Snappy.
mod cells;
mod shared;

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use self::cells::Cells;
use self::shared::Shared;
use super::{Column, Kind, RowSink, Value, check_width};

/// A row group ends with the row that reaches one of these: what is held in memory does not grow with the result.
const ROWS_OF_GROUP: usize = 1 << 16;
const BYTES_OF_GROUP: usize = 1 << 25;

/// Writes a Parquet file, row group by row group.
pub struct ParquetSink<W: Write> {
    out: W,
    /// What the writer has written and `out` does not have yet.
    written: Shared,
    /// `None` once the file is finished.
    writer: Option<SerializedFileWriter<Shared>>,
    columns: Vec<Cells>,
    rows: usize,
    bytes: usize,
}

impl<W: Write> ParquetSink<W> {
    /// A sink for these columns.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] if the columns make no schema.
    pub fn new(columns: &[Column], out: W) -> io::Result<Self> {
        let schema = schema(columns)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(concat!("pantry version ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let written = Shared::default();
        let writer = SerializedFileWriter::new(written.clone(), schema, Arc::new(properties));
        Ok(Self {
            out,
            written,
            writer: Some(writer.map_err(failed)?),
            columns: columns
                .iter()
                .map(|column| Cells::new(column.kind))
                .collect(),
            rows: 0,
            bytes: 0,
        })
    }

    /// Writes the rows that are held as one row group.
    fn end_group(&mut self) -> io::Result<()> {
        let Some(writer) = self.writer.as_mut().filter(|_| self.rows > 0) else {
            return Ok(());
        };
        let mut group = writer.next_row_group().map_err(failed)?;
        for cells in &mut self.columns {
            if let Some(mut column) = group.next_column().map_err(failed)? {
                cells.write_to(&mut column).map_err(failed)?;
                column.close().map_err(failed)?;
            }
        }
        group.close().map_err(failed)?;
        (self.rows, self.bytes) = (0, 0);
        self.out.write_all(&self.written.take())
    }
}

impl<W: Write> RowSink for ParquetSink<W> {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        check_width(self.columns.len(), values)?;
        for (cells, value) in self.columns.iter_mut().zip(values) {
            self.bytes += cells.push(value)?;
        }
        self.rows += 1;
        if self.rows >= ROWS_OF_GROUP || self.bytes >= BYTES_OF_GROUP {
            self.end_group()?;
        }
        Ok(())
    }

    fn more(&mut self, cursor: &str) -> io::Result<()> {
        if let Some(writer) = &mut self.writer {
            let next = KeyValue::new("next".to_owned(), cursor.to_owned());
            writer.append_key_value_metadata(next);
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.end_group()?;
        if let Some(writer) = self.writer.take() {
            writer.close().map_err(failed)?;
        }
        self.out.write_all(&self.written.take())?;
        self.out.flush()
    }
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(format!("writing Parquet: {error}"))
}

fn schema(columns: &[Column]) -> Result<TypePtr, ParquetError> {
    let fields: Result<Vec<TypePtr>, ParquetError> =
        columns.iter().map(|c| field(&c.name, c.kind)).collect();
    let schema = Type::group_type_builder("rows").with_fields(fields?);
    Ok(Arc::new(schema.build()?))
}

fn field(name: &str, kind: Kind) -> Result<TypePtr, ParquetError> {
    let (physical, logical) = match kind {
        Kind::Bool => (PhysicalType::BOOLEAN, None),
        Kind::Int => (PhysicalType::INT64, None),
        Kind::Float => (PhysicalType::DOUBLE, None),
        Kind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Bytes => (PhysicalType::BYTE_ARRAY, None),
        Kind::Time => {
            // TAI is not UTC, and Parquet knows no third way.
            let time = LogicalType::timestamp(false, TimeUnit::NANOS);
            (PhysicalType::INT64, Some(time))
        }
        Kind::Texts => return list(name),
    };
    let field = Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    Ok(Arc::new(field.build()?))
}

/// The three levels that the format prescribes for lists.
fn list(name: &str) -> Result<TypePtr, ParquetError> {
    let element = field("element", Kind::Text)?;
    let repeated = Type::group_type_builder("list")
        .with_repetition(Repetition::REPEATED)
        .with_fields(vec![element])
        .build()?;
    let list = Type::group_type_builder(name)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(Some(LogicalType::List))
        .with_fields(vec![Arc::new(repeated)])
        .build()?;
    Ok(Arc::new(list))
}
