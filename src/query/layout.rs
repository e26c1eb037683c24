//! From the cells of a query's rows to the columns that are shown.
use std::borrow::Cow;

use pantry_registry::model::column::ColumnType;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::time::TaiNs;

use super::cell::Cell;
use crate::rows::{Column, Kind, Value};

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
    pub fn row<'v>(&self, cells: &'v [Cell<'_>]) -> Vec<Value<'v>> {
        let cell = |place: usize| cells.get(place).unwrap_or(&Cell::Null);
        self.sources
            .iter()
            .map(|&(place, part)| value(cell(place), part))
            .collect()
    }
}

fn value<'v>(cell: &'v Cell<'_>, part: Part) -> Value<'v> {
    match (cell, part) {
        (Cell::Null, _) => Value::Null,
        (Cell::Bytes(_), Part::Elided) => Value::from("(elided)"),
        (Cell::Bytes(bytes), Part::Hex) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Value::from(format!("0x{hex}"))
        }
        // The bounds of the empty timespan as they are stored: it begins after its end.
        (Cell::Timespan(timespan), Part::Begin) if timespan.is_empty() => {
            Value::Time(TaiNs(timespan.ns().0))
        }
        (Cell::Timespan(timespan), Part::End) if timespan.is_empty() => {
            Value::Time(TaiNs(timespan.ns().1))
        }
        (Cell::Timespan(timespan), Part::Begin) => {
            timespan.begin().map_or(Value::Null, Value::Time)
        }
        (Cell::Timespan(timespan), Part::End) => timespan.end().map_or(Value::Null, Value::Time),
        (Cell::Timespan(timespan), _) => Value::from(timespan.to_string()),
        (Cell::Bool(value), _) => Value::Bool(*value),
        (Cell::Int(value), _) => Value::Int(*value),
        (Cell::Float(value), _) => Value::Float(*value),
        (Cell::Text(value), _) => Value::from(value.as_ref()),
        (Cell::Bytes(value), _) => Value::Bytes(Cow::Borrowed(value)),
        (Cell::Uuid(value), _) => Value::from(value.to_string()),
    }
}
