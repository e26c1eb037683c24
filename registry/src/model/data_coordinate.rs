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

/// A data ID lacks the value of a required dimension.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("data ID {given} has no value for the required dimension '{dimension}'")]
pub struct MissingDimension {
    /// The dimension.
    pub dimension: String,
    /// The values that were given.
    pub given: String,
}

impl DataCoordinate {
    /// A data ID over `dimensions` from values by name, and `defaults` for what they lack
    /// (`DataCoordinate.standardize`): values of other dimensions are left out, and so are implied ones unless all are
    /// there. Of two values of one dimension the later counts. Whether values fit each other, only a registry knows.
    ///
    /// # Errors
    /// A required dimension has no value.
    pub fn standardize(
        dimensions: &DimensionGroup,
        values: &[(String, DataIdValue)],
        defaults: Option<&Self>,
    ) -> Result<Self, MissingDimension> {
        let find = |dimension: &str| {
            let given = values.iter().rev().find(|(name, _)| name == dimension);
            let given = given.map(|(_, value)| value);
            given.or_else(|| defaults?.get(dimension))
        };
        let mut found = Vec::with_capacity(dimensions.required_len());
        for dimension in dimensions.required() {
            let missing = || MissingDimension {
                dimension: dimension.to_owned(),
                given: shown(values.iter().map(|(name, value)| (name.as_str(), value))),
            };
            found.push(find(dimension).ok_or_else(missing)?.clone());
        }
        let implied: Option<Vec<_>> = dimensions.implied().map(|d| find(d).cloned()).collect();
        found.extend(implied.into_iter().flatten());
        Ok(Self {
            dimensions: dimensions.clone(),
            values: found,
        })
    }

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
        f.write_str(&shown(self.iter()))
    }
}

fn shown<'a>(pairs: impl Iterator<Item = (&'a str, &'a DataIdValue)>) -> String {
    let pairs = pairs.map(|(name, value)| match value {
        DataIdValue::Int(v) => format!("{name}: {v}"),
        DataIdValue::Str(v) => format!("{name}: '{v}'"),
    });
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}
