//! Parquet: columns of one value a row.

use std::fs::File;
use std::sync::Arc;

use parquet::basic::Repetition;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;

use super::{EachRow, Format, TableFault, TableValue};

/// A Parquet file.
pub struct ParquetTable {
    reader: SerializedFileReader<File>,
    columns: Vec<String>,
}

impl ParquetTable {
    pub(super) fn open(file: File) -> Result<Self, TableFault> {
        let reader =
            SerializedFileReader::new(file).map_err(|e| format!("is no Parquet file: {e}"))?;
        let schema = reader.metadata().file_metadata().schema();
        let columns = schema
            .get_fields()
            .iter()
            .map(|f| f.name().to_owned())
            .collect();
        Ok(Self { reader, columns })
    }
}

impl Format for ParquetTable {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn rows(&mut self, wanted: &[usize], each: &mut EachRow<'_>) -> Result<(), TableFault> {
        let broken =
            |e: parquet::errors::ParquetError| TableFault::from(format!("cannot be read: {e}"));
        // Rows come with their columns in the order of the file.
        let mut order: Vec<usize> = wanted.to_vec();
        order.sort_unstable();
        order.dedup();
        let schema = self.reader.metadata().file_metadata().schema();
        let fields: Vec<Arc<Type>> = order
            .iter()
            .map(|c| schema.get_fields()[*c].clone())
            .collect();
        if let Some(nested) = fields.iter().find(|f| !is_flat(f)) {
            return Err(format!("column '{}' is not one value a row", nested.name()).into());
        }
        let projection = Type::group_type_builder(schema.name())
            .with_fields(fields)
            .build()
            .map_err(broken)?;
        let mut values = Vec::with_capacity(wanted.len());
        for (row, number) in self
            .reader
            .get_row_iter(Some(projection))
            .map_err(broken)?
            .zip(1..)
        {
            let row = row.map_err(broken)?;
            let found: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
            values.clear();
            for column in wanted {
                let at = order.binary_search(column).unwrap_or_default();
                values.push(
                    found
                        .get(at)
                        .map_or(TableValue::Missing, |field| value(field)),
                );
            }
            each(number, &values).map_err(|m| TableFault::at(number, m))?;
        }
        Ok(())
    }
}

fn is_flat(field: &Type) -> bool {
    let info = field.get_basic_info();
    field.is_primitive() && (!info.has_repetition() || info.repetition() != Repetition::REPEATED)
}

fn value(field: &Field) -> TableValue {
    match field {
        Field::Bool(v) => TableValue::Bool(*v),
        Field::Byte(v) => TableValue::Int(i64::from(*v)),
        Field::Short(v) => TableValue::Int(i64::from(*v)),
        Field::Int(v) => TableValue::Int(i64::from(*v)),
        Field::Long(v) => TableValue::Int(*v),
        Field::UByte(v) => TableValue::Int(i64::from(*v)),
        Field::UShort(v) => TableValue::Int(i64::from(*v)),
        Field::UInt(v) => TableValue::Int(i64::from(*v)),
        Field::ULong(v) => {
            i64::try_from(*v).map_or_else(|_| TableValue::Text(v.to_string()), TableValue::Int)
        }
        Field::Float(v) => TableValue::Float(f64::from(*v)),
        Field::Double(v) => TableValue::Float(*v),
        Field::Str(v) => TableValue::Text(v.clone()),
        Field::Null => TableValue::Missing,
        // What a data ID cannot hold is told by its kind.
        other => TableValue::Text(other.to_string()),
    }
}
