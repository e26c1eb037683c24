//! Rows of results.

use uuid::Uuid;

use crate::database::Row;
use crate::error::RegistryError;
use crate::model::column::Column;
use crate::model::data_coordinate::DataIdValue;
use crate::model::time::TaiNs;
use crate::model::timespan::Timespan;
use crate::model::universe::Universe;
use crate::query::tree::{DatasetField, QueryColumnType, ResultColumn};
use crate::schema::dialect::Dialect;
use crate::schema::managers::{CollectionKey, IngestDate, Managers};

/// A value of a result.
#[derive(Debug, Clone, PartialEq)]
pub enum ResultValue {
    /// No value.
    Null,
    /// Integer.
    Int(i64),
    /// Floating point number.
    Float(f64),
    /// Truth value.
    Bool(bool),
    /// Text.
    Text(String),
    /// Bytes of a hash, or of a region in sphgeom's encoding.
    Bytes(Vec<u8>),
    /// Dataset id.
    Uuid(Uuid),
    /// A time.
    Time(TaiNs),
    /// Interval of time.
    Timespan(Timespan),
}

impl ResultValue {
    /// The value of a dimension; `None` if it is neither an integer nor text.
    pub fn data_id_value(&self) -> Option<DataIdValue> {
        match self {
            Self::Int(v) => Some(DataIdValue::Int(*v)),
            Self::Text(v) => Some(DataIdValue::Str(v.clone())),
            _ => None,
        }
    }
}

/// A row of a result, valid during one call.
#[derive(Debug, Clone, Copy)]
pub struct ResultRow<'a> {
    columns: &'a [ResultColumn],
    values: &'a [ResultValue],
}

impl<'a> ResultRow<'a> {
    pub(super) fn new(columns: &'a [ResultColumn], values: &'a [ResultValue]) -> Self {
        Self { columns, values }
    }

    /// The columns in the order of their values.
    pub fn columns(&self) -> &'a [ResultColumn] {
        self.columns
    }

    /// The values.
    pub fn values(&self) -> &'a [ResultValue] {
        self.values
    }

    /// The value of a column.
    pub fn get(&self, column: &ResultColumn) -> Option<&'a ResultValue> {
        let position = self.columns.iter().position(|c| c == column)?;
        self.values.get(position)
    }

    /// The value of a dimension.
    pub fn key(&self, dimension: &str) -> Option<&'a ResultValue> {
        let is_key =
            |c: &ResultColumn| matches!(c, ResultColumn::DimensionKey(d) if d == dimension);
        self.values.get(self.columns.iter().position(is_key)?)
    }
}

/// How one column is read from rows of the database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    column_type: QueryColumnType,
    /// First of its columns in the statement.
    position: usize,
    dates: IngestDate,
}

impl Reader {
    /// Readers of columns that follow each other, and the position after the last.
    pub(super) fn all(
        columns: &[ResultColumn],
        universe: &Universe,
        managers: Managers,
        dialect: Dialect,
    ) -> (Vec<Self>, usize) {
        let mut position = 0;
        let readers = columns
            .iter()
            .map(|column| {
                Self::next(
                    type_of(column, universe, managers),
                    managers.ingest_date,
                    dialect,
                    &mut position,
                )
            })
            .collect();
        (readers, position)
    }

    /// Readers of the columns of a dimension record that follow each other.
    pub(crate) fn of_record(columns: &[Column], dialect: Dialect) -> Vec<Self> {
        let mut position = 0;
        let types = columns.iter().map(|c| QueryColumnType::from(c.column_type));
        types
            .map(|t| Self::next(t, IngestDate::default(), dialect, &mut position))
            .collect()
    }

    fn next(
        column_type: QueryColumnType,
        dates: IngestDate,
        dialect: Dialect,
        position: &mut usize,
    ) -> Self {
        let reader = Self {
            column_type,
            position: *position,
            dates,
        };
        *position += match column_type {
            QueryColumnType::Timespan => dialect.timespan_columns("").len(),
            _ => 1,
        };
        reader
    }

    /// Its first column in the statement.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn read(&self, row: &Row<'_>) -> Result<ResultValue, RegistryError> {
        let i = self.position;
        Ok(match self.column_type {
            QueryColumnType::Int => row
                .get_opt_i64(i)?
                .map_or(ResultValue::Null, ResultValue::Int),
            QueryColumnType::Float => row
                .get_opt_f64(i)?
                .map_or(ResultValue::Null, ResultValue::Float),
            QueryColumnType::Bool => row
                .get_opt_bool(i)?
                .map_or(ResultValue::Null, ResultValue::Bool),
            QueryColumnType::String => row
                .get_opt_str(i)?
                .map_or(ResultValue::Null, |v| ResultValue::Text(v.to_owned())),
            QueryColumnType::Hash | QueryColumnType::Region => row
                .get_opt_bytes(i)?
                .map_or(ResultValue::Null, ResultValue::Bytes),
            QueryColumnType::Uuid => ResultValue::Uuid(row.get_uuid(i)?),
            QueryColumnType::DateTime => row
                .get_opt_i64(i)?
                .map_or(ResultValue::Null, |v| ResultValue::Time(TaiNs(v))),
            QueryColumnType::IngestDate => self.ingest_date(row)?,
            QueryColumnType::Timespan => row
                .get_opt_timespan(i)?
                .map_or(ResultValue::Null, ResultValue::Timespan),
        })
    }

    fn ingest_date(&self, row: &Row<'_>) -> Result<ResultValue, RegistryError> {
        if self.dates == IngestDate::TaiNs {
            let ns = row.get_opt_i64(self.position)?;
            return Ok(ns.map_or(ResultValue::Null, |v| ResultValue::Time(TaiNs(v))));
        }
        Ok(ResultValue::Time(row.get_utc_time(self.position)?))
    }
}

fn type_of(column: &ResultColumn, universe: &Universe, managers: Managers) -> QueryColumnType {
    match column {
        ResultColumn::DimensionKey(dimension) => universe.key_type(dimension).into(),
        ResultColumn::DimensionField(element, field) => universe
            .get(element)
            .and_then(|e| e.remainder().into_iter().find(|c| c.name == *field))
            .map_or(QueryColumnType::String, |c| c.column_type.into()),
        ResultColumn::DatasetField(_, DatasetField::CollectionKey) => match managers.collections {
            CollectionKey::Id => QueryColumnType::Int,
            CollectionKey::Name => QueryColumnType::String,
        },
        ResultColumn::DatasetField(_, field) => field.column_type(),
    }
}
