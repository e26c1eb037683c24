//! Rows of answers as rows of results.

use pantry_registry::model::element::Element;
use pantry_registry::model::time::TaiNs;
use pantry_registry::model::timespan::Timespan;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::execute::ResultValue;
use pantry_registry::query::tree::{
    DatasetField, QueryColumnType, ResultColumn, ResultKind, ResultSpec,
};
use serde_json::Value;

/// Reads rows of one kind of result (`SerializedDataCoordinate`, `SerializedDatasetRef`, `SerializedDimensionRecord`).
pub struct RowReader {
    /// Where each column is in a row, and what it is.
    columns: Vec<(Vec<String>, QueryColumnType)>,
}

impl RowReader {
    /// For the columns of a result.
    pub fn new(universe: &Universe, spec: &ResultSpec) -> Self {
        let columns = spec.result_columns().columns();
        let columns = columns.iter().map(|column| {
            let (path, of) = place(universe, &spec.kind, column);
            (path.into_iter().map(str::to_owned).collect(), of)
        });
        Self {
            columns: columns.collect(),
        }
    }

    /// The values of a row; what is not there is null.
    ///
    /// # Errors
    /// A value of another type than its column has, in words.
    pub fn read(&self, row: &Value) -> Result<Vec<ResultValue>, String> {
        let one = |(path, of): &(Vec<String>, QueryColumnType)| {
            let value = path.iter().try_fold(row, |at, name| at.get(name));
            let value = value.unwrap_or(&Value::Null);
            read_value(*of, value).ok_or_else(|| format!("'{}' is {value}", path.join(".")))
        };
        self.columns.iter().map(one).collect()
    }
}

/// The names that lead to a column in a row, and its type.
fn place<'a>(
    universe: &'a Universe,
    kind: &'a ResultKind,
    column: &'a ResultColumn,
) -> (Vec<&'a str>, QueryColumnType) {
    match (kind, column) {
        (ResultKind::DimensionRecord { element, .. }, ResultColumn::DimensionKey(name)) => {
            let own = universe.get(element).filter(|_| element == name);
            let field = own.and_then(Element::primary_key).map(|k| k.name.as_str());
            (
                vec!["record", field.unwrap_or(name)],
                universe.key_type(name).into(),
            )
        }
        (ResultKind::DimensionRecord { .. }, ResultColumn::DimensionField(element, field)) => {
            let of = universe.get(element).map(Element::remainder);
            let of = of.into_iter().flatten().find(|c| c.name == *field);
            let of = of.map_or(QueryColumnType::String, |c| c.column_type.into());
            (vec!["record", field], of)
        }
        (ResultKind::DatasetRef { .. }, ResultColumn::DimensionKey(name)) => (
            vec!["dataId", "dataId", name],
            universe.key_type(name).into(),
        ),
        (_, ResultColumn::DimensionKey(name)) => {
            (vec!["dataId", name], universe.key_type(name).into())
        }
        (_, ResultColumn::DatasetField(_, DatasetField::DatasetId)) => {
            (vec!["id"], DatasetField::DatasetId.column_type())
        }
        (_, ResultColumn::DatasetField(_, field)) => (vec![field.name()], field.column_type()),
        (_, ResultColumn::DimensionField(_, field)) => (vec![field], QueryColumnType::String),
    }
}

fn read_value(of: QueryColumnType, value: &Value) -> Option<ResultValue> {
    if value.is_null() {
        return Some(ResultValue::Null);
    }
    Some(match of {
        QueryColumnType::Int => ResultValue::Int(value.as_i64()?),
        QueryColumnType::Float => ResultValue::Float(value.as_f64()?),
        QueryColumnType::Bool => ResultValue::Bool(value.as_bool()?),
        QueryColumnType::String => ResultValue::Text(value.as_str()?.to_owned()),
        QueryColumnType::Hash | QueryColumnType::Region => {
            ResultValue::Bytes(bytes(value.as_str()?)?)
        }
        QueryColumnType::Uuid => ResultValue::Uuid(value.as_str()?.parse().ok()?),
        QueryColumnType::DateTime | QueryColumnType::IngestDate => {
            ResultValue::Time(TaiNs(value.as_i64()?))
        }
        QueryColumnType::Timespan => match value.as_array()?.as_slice() {
            [begin, end] => {
                ResultValue::Timespan(Timespan::from_ns(begin.as_i64()?, end.as_i64()?))
            }
            _ => return None,
        },
    })
}

/// Bytes of hexadecimal digits.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
        _ => None,
    };
    pairs.map(byte).collect()
}
