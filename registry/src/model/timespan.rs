//! Half-open intervals of time.

#[cfg(test)]
mod tests;

use std::fmt;

use super::time::{TaiNs, TimeError};

/// A half-open interval `[begin, end)` of TAI nanoseconds (`lsst/daf/butler/_timespan.py`).
///
/// `begin` of [`TaiNs::MIN`] and `end` of [`TaiNs::MAX`] mean "unbounded"; every empty timespan is the one value
/// [`Timespan::EMPTY`], whose bounds are `MAX` and `MIN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timespan {
    begin: i64,
    end: i64,
}

impl Timespan {
    /// Contains no time, is contained in every timespan.
    pub const EMPTY: Timespan = Timespan {
        begin: TaiNs::MAX.0,
        end: TaiNs::MIN.0,
    };
    /// Contains every time.
    pub const UNBOUNDED: Timespan = Timespan {
        begin: TaiNs::MIN.0,
        end: TaiNs::MAX.0,
    };

    /// The timespan between two times; `None` is unbounded. Equal bounds make an instant of one nanosecond, and
    /// `begin` after `end` the empty timespan.
    pub fn new(begin: Option<TaiNs>, end: Option<TaiNs>) -> Result<Timespan, TimeError> {
        let begin = begin.unwrap_or(TaiNs::MIN);
        let end = end.unwrap_or(TaiNs::MAX);
        if begin != end {
            return Ok(Self::from_ns(begin.0, end.0));
        }
        if begin == TaiNs::MIN || begin == TaiNs::MAX {
            return Err(TimeError::InfiniteInstant(begin));
        }
        Self::from_instant(begin)
    }

    /// The timespan of stored bounds in nanoseconds; `begin >= end` is the empty one.
    pub fn from_ns(begin: i64, end: i64) -> Timespan {
        if begin >= end {
            Self::EMPTY
        } else {
            Timespan { begin, end }
        }
    }

    /// The shortest timespan that starts at an instant: one nanosecond.
    pub fn from_instant(instant: TaiNs) -> Result<Timespan, TimeError> {
        if instant.0 == TaiNs::MAX.0 - 1 {
            return Err(TimeError::LastInstant(instant));
        }
        Ok(Self::from_ns(instant.0, instant.0 + 1))
    }

    /// The 24 hours of an observing day YYYYMMDD that starts `offset_seconds` after midnight TAI.
    pub fn from_day_obs(day_obs: i64, offset_seconds: i64) -> Result<Timespan, TimeError> {
        let midnight = i128::from(TaiNs::from_day_obs(day_obs)?.0);
        let begin = midnight + i128::from(offset_seconds) * 1_000_000_000;
        let end = begin + 86_400_000_000_000;
        Self::new(Some(TaiNs::clamp(begin)), Some(TaiNs::clamp(end)))
    }

    /// Both bounds in nanoseconds as the database and JSON hold them.
    pub fn ns(self) -> (i64, i64) {
        (self.begin, self.end)
    }

    /// First instant inside; `None` if unbounded or empty.
    pub fn begin(self) -> Option<TaiNs> {
        (!self.is_empty() && self.begin != TaiNs::MIN.0).then_some(TaiNs(self.begin))
    }

    /// First instant after; `None` if unbounded or empty.
    pub fn end(self) -> Option<TaiNs> {
        (!self.is_empty() && self.end != TaiNs::MAX.0).then_some(TaiNs(self.end))
    }

    /// Whether no time is inside.
    pub fn is_empty(self) -> bool {
        self.begin >= self.end
    }

    /// Whether the two have a time in common.
    pub fn overlaps(self, other: Timespan) -> bool {
        self.end > other.begin && other.end > self.begin
    }

    /// Whether all of `other` is inside; true for an empty `other`.
    pub fn contains(self, other: Timespan) -> bool {
        self.begin <= other.begin && self.end >= other.end
    }

    /// Whether an instant is inside.
    pub fn contains_instant(self, instant: TaiNs) -> bool {
        self.begin <= instant.0 && self.end > instant.0
    }

    /// Whether all of this is before all of `other`; false if either is empty.
    pub fn is_before(self, other: Timespan) -> bool {
        self.end <= other.begin && self.begin < other.end
    }

    /// Whether all of this is after all of `other`; false if either is empty.
    pub fn is_after(self, other: Timespan) -> bool {
        self.begin >= other.end && self.end > other.begin
    }

    /// Whether all of this is before an instant; false if empty.
    pub fn is_before_instant(self, instant: TaiNs) -> bool {
        self.end <= instant.0 && self.begin < instant.0
    }

    /// Whether all of this is after an instant; false if empty.
    pub fn is_after_instant(self, instant: TaiNs) -> bool {
        self.begin > instant.0 && self.end > instant.0
    }

    /// The times in both.
    pub fn intersection(self, other: Timespan) -> Timespan {
        Self::from_ns(self.begin.max(other.begin), self.end.min(other.end))
    }

    /// The zero, one or two timespans of the times in this but not in `other`, earlier first.
    pub fn difference(self, other: Timespan) -> impl Iterator<Item = Timespan> {
        let common = self.intersection(other);
        let (before, after) = if common.is_empty() {
            (Some(self), None)
        } else {
            (
                (common.begin > self.begin).then(|| Self::from_ns(self.begin, common.begin)),
                (common.end < self.end).then(|| Self::from_ns(common.end, self.end)),
            )
        };
        before.into_iter().chain(after)
    }

    /// What follows `key:` in an export: a tagged scalar, or a tagged mapping whose lines are indented by `indent`.
    pub fn to_yaml(self, indent: usize) -> String {
        if self.is_empty() {
            return "!lsst.daf.butler.Timespan 'EMPTY'".to_owned();
        }
        let bound = |time: Option<TaiNs>| match time {
            Some(time) => format!("!butler_time/tai/iso '{}'", time.iso()),
            None => "null".to_owned(),
        };
        let (begin, end) = (bound(self.begin()), bound(self.end()));
        format!(
            "!lsst.daf.butler.Timespan\n{0:indent$}begin: {begin}\n{0:indent$}end: {end}",
            ""
        )
    }
}

/// `[begin, end)` to whole seconds, with unbounded ends as infinities, as `str()` of the reference's class.
impl fmt::Display for Timespan {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return out.write_str("(empty)");
        }
        // The reference rounds to microseconds first and cuts the fraction off then.
        let seconds = |time: TaiNs| time.written('T', 6)[..19].to_owned();
        match self.begin() {
            None => out.write_str("(-∞, ")?,
            Some(begin) => write!(out, "[{}, ", seconds(begin))?,
        }
        match self.end() {
            None => out.write_str("∞)"),
            Some(end) => write!(out, "{})", seconds(end)),
        }
    }
}
