//! Data IDs: the values of a dimension group.

use std::fmt;

use super::dimension_group::DimensionGroup;

/// The value of one dimension in a data ID.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DataIdValue {
    /// An integer key, such as a visit.
    Int(i64),
    /// A string key, such as an instrument.
    Str(String),
}

impl fmt::Display for DataIdValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(i) => write!(f, "{i}"),
            Self::Str(s) => f.write_str(s),
        }
    }
}

/// A data ID over a dimension group: required values always, implied ones only when expanded
/// (`lsst/daf/butler/dimensions/_coordinate.py`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataCoordinate {
    dimensions: DimensionGroup,
    values: Vec<DataIdValue>,
}

/// The number of values fits neither the required nor all dimensions of the group.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{given} values given for a data ID over {dimensions}, which needs {required} (or {full} with implied ones)"
)]
pub struct WrongNumberOfValues {
    given: usize,
    required: usize,
    full: usize,
    dimensions: String,
}

impl DataCoordinate {
    /// A data ID from values in the order of [`DimensionGroup::data_coordinate_keys`]: all required ones, then none or
    /// all of the implied ones.
    pub fn new(
        dimensions: DimensionGroup,
        values: Vec<DataIdValue>,
    ) -> Result<Self, WrongNumberOfValues> {
        let required = dimensions.required_len();
        let full = dimensions.names().count();
        if values.len() != required && values.len() != full {
            return Err(WrongNumberOfValues {
                given: values.len(),
                required,
                full,
                dimensions: dimensions.to_string(),
            });
        }
        Ok(Self { dimensions, values })
    }

    /// The dimensions that the values belong to.
    pub fn dimensions(&self) -> &DimensionGroup {
        &self.dimensions
    }

    /// Whether implied values are present.
    pub fn has_full(&self) -> bool {
        self.values.len() == self.dimensions.names().count()
    }

    /// Value of one dimension; `None` for unknown dimensions and for implied ones that are not present.
    pub fn get(&self, dimension: &str) -> Option<&DataIdValue> {
        let i = self
            .dimensions
            .data_coordinate_keys()
            .position(|d| d == dimension)?;
        self.values.get(i)
    }

    /// Values of the required dimensions, in their order.
    pub fn required_values(&self) -> &[DataIdValue] {
        &self.values[..self.dimensions.required_len()]
    }

    /// `(dimension, value)` pairs that are present.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &DataIdValue)> {
        self.dimensions.data_coordinate_keys().zip(&self.values)
    }
}

impl fmt::Display for DataCoordinate {
    /// As the reference prints it: `{instrument: 'HSC', detector: 50, visit: 903334}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, (name, value)) in self.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            match value {
                DataIdValue::Int(v) => write!(f, "{comma}{name}: {v}")?,
                DataIdValue::Str(v) => write!(f, "{comma}{name}: '{v}'")?,
            }
        }
        f.write_str("}")
    }
}
