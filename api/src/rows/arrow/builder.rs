//! The cells of one column until their batch is written.

use std::io;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Float64Builder, Int64Builder, ListBuilder, StringBuilder,
    TimestampNanosecondBuilder,
};

use crate::rows::{Kind, Value};

/// The cells.
pub enum Builder {
    Bools(BooleanBuilder),
    Ints(Int64Builder),
    Floats(Float64Builder),
    Texts(StringBuilder),
    Bytes(BinaryBuilder),
    Times(TimestampNanosecondBuilder),
    Lists(ListBuilder<StringBuilder>),
}

impl Builder {
    /// No cells yet.
    pub fn new(kind: Kind) -> Self {
        match kind {
            Kind::Bool => Self::Bools(BooleanBuilder::new()),
            Kind::Int => Self::Ints(Int64Builder::new()),
            Kind::Float => Self::Floats(Float64Builder::new()),
            Kind::Text => Self::Texts(StringBuilder::new()),
            Kind::Bytes => Self::Bytes(BinaryBuilder::new()),
            Kind::Time => Self::Times(TimestampNanosecondBuilder::new()),
            Kind::Texts => Self::Lists(ListBuilder::new(StringBuilder::new())),
        }
    }

    /// Adds a cell.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] for a value of another type than the column's.
    pub fn push(&mut self, value: &Value<'_>) -> io::Result<()> {
        match (self, value) {
            (column, Value::Null) => column.push_null(),
            (Self::Bools(cells), Value::Bool(value)) => cells.append_value(*value),
            (Self::Ints(cells), Value::Int(value)) => cells.append_value(*value),
            (Self::Floats(cells), Value::Float(value)) => cells.append_value(*value),
            (Self::Floats(cells), Value::Int(value)) => cells.append_value(*value as f64),
            (Self::Texts(cells), Value::Text(value)) => cells.append_value(value),
            (Self::Bytes(cells), Value::Bytes(value)) => cells.append_value(value),
            (Self::Times(cells), Value::Time(value)) => cells.append_value(value.0),
            (Self::Lists(cells), Value::List(items)) => {
                for item in items {
                    match item {
                        Value::Text(text) => cells.values().append_value(text),
                        _ => cells.values().append_null(),
                    }
                }
                cells.append(true);
            }
            (_, value) => {
                let message = format!("a column of another type cannot hold {value:?}");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
        }
        Ok(())
    }

    fn push_null(&mut self) {
        match self {
            Self::Bools(cells) => cells.append_null(),
            Self::Ints(cells) => cells.append_null(),
            Self::Floats(cells) => cells.append_null(),
            Self::Texts(cells) => cells.append_null(),
            Self::Bytes(cells) => cells.append_null(),
            Self::Times(cells) => cells.append_null(),
            Self::Lists(cells) => cells.append_null(),
        }
    }

    /// The cells as a column of a batch; there are none afterwards.
    pub fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Bools(cells) => Arc::new(cells.finish()),
            Self::Ints(cells) => Arc::new(cells.finish()),
            Self::Floats(cells) => Arc::new(cells.finish()),
            Self::Texts(cells) => Arc::new(cells.finish()),
            Self::Bytes(cells) => Arc::new(cells.finish()),
            Self::Times(cells) => Arc::new(cells.finish()),
            Self::Lists(cells) => Arc::new(cells.finish()),
        }
    }
}
