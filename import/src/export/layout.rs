//! How a dimension record of an export becomes a row: which field goes where, and of what type it must be.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use pantry_registry::model::column::ColumnType;
use pantry_registry::model::element::Element;
use pantry_registry::model::time::TaiNs;
use pantry_registry::model::timespan::Timespan;
use pantry_registry::model::universe::Universe;

use crate::stage::{Cell, CellType};
use crate::yaml::{Mapping, Node};

/// One field of a dimension record.
#[derive(Debug)]
struct Field {
    name: String,
    column_type: ColumnType,
    nullable: bool,
    /// First column of the staged row that the field fills; a timespan fills two.
    column: usize,
}

/// The row layout of one dimension element in the stage, which is that of the registry's SQLite table.
#[derive(Debug)]
pub struct Layout {
    /// Name of the element.
    pub element: String,
    /// Names of the key columns in the registry's table.
    pub key_columns: Vec<String>,
    /// Staged columns.
    pub columns: Vec<(String, CellType)>,
    fields: Vec<Field>,
    timespan: Option<usize>,
    /// Column of the region.
    pub region: Option<usize>,
    /// Where the previous record's n-th key went: records of an element mostly repeat their order of keys.
    hints: Vec<usize>,
}

/// The staged row of a record, with its region for the pixelisation.
#[derive(Debug)]
pub struct Row {
    /// Values in the order of [`Layout::columns`].
    pub cells: Vec<Cell>,
    /// Encoded region.
    pub region: Option<Vec<u8>>,
}

impl Layout {
    /// The layout of `element`.
    pub fn new(universe: &Universe, element: &Element) -> Self {
        let mut layout = Self {
            element: element.name.clone(),
            key_columns: universe
                .required_columns(element)
                .iter()
                .map(|(_, field, _)| (*field).to_owned())
                .collect(),
            columns: Vec::new(),
            fields: Vec::new(),
            timespan: None,
            region: None,
            hints: Vec::new(),
        };
        for column in universe.record_columns(element) {
            let at = layout.columns.len();
            let cell_type = match column.column_type {
                ColumnType::Int => CellType::Int,
                ColumnType::Float => CellType::Float,
                ColumnType::Bool => CellType::Bool,
                ColumnType::String { .. } | ColumnType::Hash { .. } => CellType::Text,
                ColumnType::Region => {
                    layout.region = Some(at);
                    CellType::Text
                }
                ColumnType::Timespan => {
                    layout.timespan = Some(layout.fields.len());
                    layout
                        .columns
                        .push(("timespan_begin".to_owned(), CellType::Int));
                    layout
                        .columns
                        .push(("timespan_end".to_owned(), CellType::Int));
                    layout.push_field(column.name, column.column_type, column.nullable, at);
                    continue;
                }
            };
            layout.columns.push((column.name.clone(), cell_type));
            layout.push_field(column.name, column.column_type, column.nullable, at);
        }
        layout
    }

    fn push_field(&mut self, name: String, column_type: ColumnType, nullable: bool, column: usize) {
        self.fields.push(Field {
            name,
            column_type,
            nullable,
            column,
        });
    }

    /// Whether records of the element have a timespan.
    pub fn has_timespan(&self) -> bool {
        self.timespan.is_some()
    }

    /// Turn a record into its row; `Err` says in words what is wrong.
    ///
    /// As the reference's record classes, a record may name the element's own key by the element (`detector` for
    /// `id`), and may give `datetime_begin` and `datetime_end` for the timespan (`lsst/daf/butler/dimensions/_records.py`).
    pub fn row(&mut self, record: &Mapping) -> Result<Row, String> {
        let mut row = Row {
            cells: vec![Cell::Null; self.columns.len()],
            region: None,
        };
        let mut times: [Option<&Node>; 2] = [None, None];
        for (position, entry) in record.into_iter().enumerate() {
            let value = &entry.value;
            let key = entry.key.as_str().ok_or_else(|| {
                format!("a field name of a {} record is not a string", self.element)
            })?;
            match self.find(position, key) {
                Some(field) => self.fill(field, value, &mut row)?,
                None if self.timespan.is_some() && key == "datetime_begin" => {
                    times[0] = Some(value)
                }
                None if self.timespan.is_some() && key == "datetime_end" => times[1] = Some(value),
                None => {
                    return Err(format!(
                        "dimension element '{}' has no field '{key}' in this repo",
                        self.element
                    ));
                }
            }
        }
        if let (Some(field), [Some(begin), end]) = (self.timespan, times) {
            let column = self.fields[field].column;
            if row.cells[column] == Cell::Null {
                let bound = |key: &str, node| time(node).map_err(|e| format!("{key}: {e}"));
                let end = bound("datetime_end", end.unwrap_or(&Node::Null))?;
                let begin = bound("datetime_begin", begin)?;
                let span = Timespan::new(begin, end).map_err(|e| e.to_string())?;
                put_timespan(span, column, &mut row);
            }
        }
        for field in &self.fields {
            if !field.nullable && row.cells[field.column] == Cell::Null {
                return Err(format!(
                    "a {} record has no value for '{}'",
                    self.element, field.name
                ));
            }
        }
        Ok(row)
    }

    fn find(&mut self, position: usize, key: &str) -> Option<usize> {
        if let Some(&hint) = self.hints.get(position)
            && self.fields[hint].name == key
        {
            return Some(hint);
        }
        let own_key = self.key_columns.len().checked_sub(1);
        let found = self
            .fields
            .iter()
            .position(|f| f.name == key)
            .or_else(|| own_key.filter(|_| key == self.element))?;
        self.hints.resize(self.hints.len().max(position + 1), 0);
        self.hints[position] = found;
        Some(found)
    }

    fn fill(&self, field: usize, value: &Node, row: &mut Row) -> Result<(), String> {
        let field = &self.fields[field];
        let wrong = || {
            format!(
                "field '{}' of a {} record must be of type {}, but the export has {}",
                field.name,
                self.element,
                field.column_type.name(),
                value.kind()
            )
        };
        let cell = match (field.column_type, value) {
            (_, Node::Null) => Cell::Null,
            (ColumnType::Timespan, Node::Timespan(span)) => {
                put_timespan(*span, field.column, row);
                return Ok(());
            }
            (ColumnType::Region, Node::Region(region)) => {
                row.region = Some(region.bytes.to_vec());
                Cell::Text(BASE64.encode(&region.bytes))
            }
            (ColumnType::Hash { .. }, Node::Bytes(bytes)) => Cell::Text(BASE64.encode(bytes)),
            (column_type, value) => scalar(column_type, value).ok_or_else(wrong)?,
        };
        row.cells[field.column] = cell;
        Ok(())
    }
}

/// A key or metadata value of one of the plain types; `None` if the value is of another type.
///
/// An integer stands for a string where one is wanted, as it does in the reference on SQLite (`name: 1000` unquoted).
pub fn scalar(column_type: ColumnType, value: &Node) -> Option<Cell> {
    match (column_type, value) {
        (ColumnType::Int, Node::Int(v)) => Some(Cell::Int(*v)),
        (ColumnType::Int | ColumnType::Bool, Node::Bool(v)) => Some(Cell::Int(i64::from(*v))),
        (ColumnType::Bool, Node::Int(v @ (0 | 1))) => Some(Cell::Int(*v)),
        (ColumnType::Float, Node::Float(v)) => Some(if v.is_nan() {
            Cell::Null
        } else {
            Cell::Float(*v)
        }),
        (ColumnType::Float, Node::Int(v)) => Some(Cell::Float(*v as f64)),
        (ColumnType::String { .. }, Node::Int(v)) => Some(Cell::Text(v.to_string())),
        (ColumnType::String { .. }, value) => value.as_str().map(|s| Cell::Text(s.to_owned())),
        _ => None,
    }
}

/// A time of a record; bare dates are UTC, as exports had them before they had a tag for times.
pub fn time(node: &Node) -> Result<Option<TaiNs>, String> {
    match node {
        Node::Null => Ok(None),
        Node::Time(time) => Ok(Some(*time)),
        Node::Timestamp(stamp) => Ok(Some(stamp.to_tai())),
        other => Err(format!(
            "a time is wanted, but the export has {}",
            other.kind()
        )),
    }
}

fn put_timespan(span: Timespan, column: usize, row: &mut Row) {
    let (begin, end) = span.ns();
    row.cells[column] = Cell::Int(begin);
    row.cells[column + 1] = Cell::Int(end);
}

/// The validity range of a certification: `timespan`, or `begin` and `end` in the oldest exports.
pub fn validity(range: &Mapping) -> Result<Timespan, String> {
    match range.get("timespan") {
        Some(Node::Timespan(span)) => Ok(*span),
        Some(other) => Err(format!(
            "the timespan of a validity range must be one, not {}",
            other.kind()
        )),
        None => {
            let bound = |key: &str| {
                let node = range
                    .get(key)
                    .ok_or_else(|| format!("a validity range has no '{key}'"));
                node.and_then(time)
            };
            Timespan::new(bound("begin")?, bound("end")?).map_err(|e| e.to_string())
        }
    }
}
