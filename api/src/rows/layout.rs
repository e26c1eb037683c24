//! From the cells of a query's rows to the columns that are shown.
use std::borrow::Cow;

use pantry_registry::model::column::ColumnType;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::time::TaiNs;
use pantry_registry::query::execute::ResultValue;

use super::{Column, Kind, Value};

/// Which part of a cell a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it. A timespan is its text.
    All,
    /// The lower bound of a timespan; null if unbounded.
    Begin,
    /// The upper bound of a timespan; null if unbounded.
    End,
    /// What tables for people have for bytes.
    Hex,
    /// What tables for people have for a region.
    Elided,
}

/// The columns that are shown, each with the place of its cell and the part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    columns: Vec<Column>,
    sources: Vec<(usize, Part)>,
}

impl Layout {
    /// The keys of data IDs.
    pub fn data_ids(dimensions: &DimensionGroup) -> Self {
        let mut layout = Self::default();
        for (place, name) in dimensions.data_coordinate_keys().enumerate() {
            let kind = dimensions.universe().key_type(name).into();
            layout.push(Column::new(name.to_owned(), kind), place, Part::All);
        }
        layout
    }

    /// Adds a column.
    pub fn push(&mut self, column: Column, place: usize, part: Part) {
        self.columns.push(column);
        self.sources.push((place, part));
    }

    /// Adds a field for programs: a timespan becomes two columns.
    pub fn push_field(&mut self, name: &str, column_type: ColumnType, place: usize) {
        if column_type == ColumnType::Timespan {
            let bound = |bound| Column::new(format!("{name}_{bound}"), Kind::Time);
            self.push(bound("begin"), place, Part::Begin);
            self.push(bound("end"), place, Part::End);
        } else {
            let column = Column::new(name.to_owned(), column_type.into());
            self.push(column, place, Part::All);
        }
    }

    /// Adds a field for people (`lsst/daf/butler/script/queryDimensionRecords.py`).
    pub fn push_cell(&mut self, name: &str, column_type: ColumnType, place: usize) {
        let part = match column_type {
            ColumnType::Hash { .. } => Part::Hex,
            ColumnType::Region => Part::Elided,
            _ => Part::All,
        };
        let name = match column_type {
            ColumnType::Timespan if name == "timespan" => "timespan (TAI)".to_owned(),
            _ => name.to_owned(),
        };
        self.push(Column::text(name), place, part);
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The values of a row.
    pub fn row<'v>(&self, cells: &'v [ResultValue]) -> Vec<Value<'v>> {
        let cell = |place: usize| cells.get(place).unwrap_or(&ResultValue::Null);
        self.sources
            .iter()
            .map(|&(place, part)| value(cell(place), part))
            .collect()
    }
}

fn value<'v>(cell: &'v ResultValue, part: Part) -> Value<'v> {
    match (cell, part) {
        (ResultValue::Null, _) => Value::Null,
        (ResultValue::Bytes(_), Part::Elided) => Value::from("(elided)"),
        (ResultValue::Bytes(bytes), Part::Hex) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Value::from(format!("0x{hex}"))
        }
        // The bounds of the empty timespan as they are stored: it begins after its end.
        (ResultValue::Timespan(timespan), Part::Begin) if timespan.is_empty() => {
            Value::Time(TaiNs(timespan.ns().0))
        }
        (ResultValue::Timespan(timespan), Part::End) if timespan.is_empty() => {
            Value::Time(TaiNs(timespan.ns().1))
        }
        (ResultValue::Timespan(timespan), Part::Begin) => {
            timespan.begin().map_or(Value::Null, Value::Time)
        }
        (ResultValue::Timespan(timespan), Part::End) => {
            timespan.end().map_or(Value::Null, Value::Time)
        }
        (ResultValue::Timespan(timespan), _) => Value::from(timespan.to_string()),
        (ResultValue::Bool(value), _) => Value::Bool(*value),
        (ResultValue::Int(value), _) => Value::Int(*value),
        (ResultValue::Float(value), _) => Value::Float(*value),
        (ResultValue::Text(value), _) => Value::from(value.as_str()),
        (ResultValue::Bytes(value), _) => Value::Bytes(Cow::Borrowed(value)),
        (ResultValue::Time(value), _) => Value::Time(*value),
        (ResultValue::Uuid(value), _) => Value::from(value.to_string()),
    }
}
