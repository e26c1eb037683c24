//! Bare dates and times, which PyYAML reads as Python's `date` and `datetime`.

use pantry_registry::model::time::TaiNs;

/// A date, or a date and time without a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Microseconds since 1970-01-01 00:00:00 without leap seconds, in UTC if the text names an offset.
    pub micros: i64,
    /// Whether the text is a date only: Python's `date`, which the reference does not take for a time.
    pub is_date: bool,
}

impl Timestamp {
    /// The instant that the reference's import makes of a `datetime`: the time is UTC.
    pub fn to_tai(self) -> TaiNs {
        TaiNs::from_utc_micros(self.micros)
    }
}
