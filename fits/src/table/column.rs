//! A column and its values.

use super::format::Form;
use crate::card::CardValue;
use crate::header::Header;

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// TTYPE.
    pub name: String,
    /// TFORM as it stands there.
    pub format: String,
    /// TUNIT.
    pub unit: Option<String>,
    /// Its first byte in a row and its format, if its definition can be used.
    pub(super) place: Option<(u64, Form)>,
    pub(super) scaling: Scaling,
}

/// TSCAL, TZERO and TNULL.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scaling {
    pub(super) scale: f64,
    pub(super) zero: f64,
    /// TNULL as it stands in an ASCII field, or as the integer in a binary one.
    pub(super) null_text: Option<String>,
    pub(super) null: Option<i64>,
}

impl Scaling {
    pub(super) fn new(header: &Header, n: i64) -> Self {
        let null = header.get(&format!("TNULL{n}"));
        Self {
            scale: header.number(&format!("TSCAL{n}")).unwrap_or(1.0),
            zero: header.number(&format!("TZERO{n}")).unwrap_or(0.0),
            null_text: match null {
                Some(CardValue::Text(text)) => Some(text.clone()),
                _ => None,
            },
            null: match null {
                Some(CardValue::Integer(value)) => Some(*value),
                _ => None,
            },
        }
    }

    /// The whole number that is added and nothing else, as it is for integers without a sign; `None` if values must be
    /// computed as floating point numbers.
    pub(super) fn integer_zero(&self) -> Option<i128> {
        // Up to 2^63, the largest that is in use.
        let is_whole = self.scale == 1.0 && self.zero.fract() == 0.0 && self.zero.abs() <= 9.3e18;
        is_whole.then_some(self.zero as i128)
    }
}

/// The values of a column in a block of rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// `L`; `None` where it is neither true nor false.
    Logical(Vec<Option<bool>>),
    /// Integers, also without a sign; `None` where the value is TNULL.
    Integer(Vec<Option<i128>>),
    /// Floating point numbers, and integers with a scale; NaN where there is no value.
    Float(Vec<f64>),
    /// Strings without the blanks at their end.
    Text(Vec<String>),
}

impl Cells {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::Logical(v) => v.len(),
            Self::Integer(v) => v.len(),
            Self::Float(v) => v.len(),
            Self::Text(v) => v.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
