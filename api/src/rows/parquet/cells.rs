//! The cells of one column until their row group is written: values without nulls, and Parquet's levels, which say where
//! the nulls and the ends of lists are.
use std::io;

use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedColumnWriter;

use crate::rows::{Kind, Value};

/// Definition level of a value in a list: list, item and value are there.
const IN_LIST: i16 = 3;

/// The cells.
pub struct Cells {
    kind: Kind,
    values: Values,
    /// For each cell, or item of a list, how much of it is there.
    definition: Vec<i16>,
    /// Of lists: 0 for the first item of a cell, 1 for the others.
    repetition: Vec<i16>,
}

enum Values {
    Bools(Vec<bool>),
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Bytes(Vec<ByteArray>),
}

impl Cells {
    /// No cells yet.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            values: match kind {
                Kind::Bool => Values::Bools(Vec::new()),
                Kind::Int | Kind::Time => Values::Ints(Vec::new()),
                Kind::Float => Values::Floats(Vec::new()),
                Kind::Text | Kind::Bytes | Kind::Texts => Values::Bytes(Vec::new()),
            },
            definition: Vec::new(),
            repetition: Vec::new(),
        }
    }

    /// Adds a cell; returns about how many bytes it takes.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a value of another type than the column's.
    pub fn push(&mut self, value: &Value<'_>) -> io::Result<usize> {
        if matches!(value, Value::Null) {
            self.level(0, 0);
            return Ok(1);
        }
        if let (Kind::Texts, Value::List(items)) = (self.kind, value) {
            return self.push_list(items);
        }
        let size = self.push_value(value)?;
        self.level(1, 0);
        Ok(size)
    }

    fn level(&mut self, definition: i16, repetition: i16) {
        self.definition.push(definition);
        if self.kind == Kind::Texts {
            self.repetition.push(repetition);
        }
    }

    fn push_list(&mut self, items: &[Value<'_>]) -> io::Result<usize> {
        if items.is_empty() {
            self.level(1, 0);
            return Ok(1);
        }
        let mut size = 0;
        for (at, item) in items.iter().enumerate() {
            let repetition = i16::from(at > 0);
            if matches!(item, Value::Null) {
                self.level(IN_LIST - 1, repetition);
                continue;
            }
            size += self.push_value(item)?;
            self.level(IN_LIST, repetition);
        }
        Ok(size)
    }

    fn push_value(&mut self, value: &Value<'_>) -> io::Result<usize> {
        match (&mut self.values, self.kind, value) {
            (Values::Bools(values), Kind::Bool, Value::Bool(value)) => values.push(*value),
            (Values::Ints(values), Kind::Int, Value::Int(value)) => values.push(*value),
            (Values::Ints(values), Kind::Time, Value::Time(value)) => values.push(value.0),
            (Values::Floats(values), Kind::Float, Value::Float(value)) => values.push(*value),
            (Values::Floats(values), Kind::Float, Value::Int(value)) => values.push(*value as f64),
            (Values::Bytes(values), Kind::Bytes, Value::Bytes(value)) => {
                values.push(value.to_vec().into());
                return Ok(value.len() + size_of::<ByteArray>());
            }
            (Values::Bytes(values), Kind::Text | Kind::Texts, Value::Text(value)) => {
                values.push(value.as_bytes().to_vec().into());
                return Ok(value.len() + size_of::<ByteArray>());
            }
            (_, kind, value) => {
                let message = format!("a column of type {kind:?} cannot hold {value:?}");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
        }
        Ok(size_of::<i64>())
    }

    /// Writes the cells as the part of this column in a row group, and forgets them.
    ///
    /// # Errors
    /// From the writer.
    pub fn write_to(&mut self, out: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let definition = std::mem::take(&mut self.definition);
        let repetition = std::mem::take(&mut self.repetition);
        let levels = (
            definition.as_slice(),
            (self.kind == Kind::Texts).then_some(repetition.as_slice()),
        );
        match &mut self.values {
            Values::Bools(values) => write::<BoolType>(out, values, levels),
            Values::Ints(values) => write::<Int64Type>(out, values, levels),
            Values::Floats(values) => write::<DoubleType>(out, values, levels),
            Values::Bytes(values) => write::<ByteArrayType>(out, values, levels),
        }
    }
}

fn write<T: DataType>(
    out: &mut SerializedColumnWriter<'_>,
    values: &mut Vec<T::T>,
    (definition, repetition): (&[i16], Option<&[i16]>),
) -> Result<(), ParquetError> {
    out.typed::<T>()
        .write_batch(values, Some(definition), repetition)?;
    values.clear();
    Ok(())
}
