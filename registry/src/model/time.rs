//! Instants as TAI nanoseconds, the only time the registry stores.

mod calendar;
pub mod civil;
mod dynamical_time;
mod epoch_format;
mod julian_date;
mod leap_seconds;
mod literal;
#[cfg(test)]
mod literal_tests;
#[cfg(test)]
pub(in crate::model) mod oracle;
mod scale;
#[cfg(test)]
mod tests;
mod written_literal;

use std::fmt;

use civil::{civil_from_days, days_from_civil};
use leap_seconds::tai_minus_utc;

const NS_PER_SECOND: i64 = 1_000_000_000;
const NS_PER_DAY: i64 = 86_400 * NS_PER_SECOND;

/// Nanoseconds since 1970-01-01 00:00:00 TAI, between [`TaiNs::MIN`] and [`TaiNs::MAX`] when made by this module.
///
/// Behaves as `TimeConverter` of `lsst/daf/butler/time_utils.py`: earlier and later times are clamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaiNs(pub i64);

/// The scale in which a written time is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeScale {
    /// International atomic time, what exports write.
    Tai,
    /// Coordinated universal time, with leap seconds.
    Utc,
}

/// Why a text is not a time, or two times no timespan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not `YYYY-MM-DD[ HH:MM[:SS[.fraction]]]`.
    #[error("{0:?} is not a time: write YYYY-MM-DD HH:MM:SS.fffffffff (or T instead of the space)")]
    Syntax(String),
    /// The form is right, but there is no such day or hour.
    #[error("{0:?} is not a time: there is no such day or time of day")]
    NoSuchTime(String),
    /// The text of a time in an expression is not as described.
    #[error("'{text}' is not a time: {reason}")]
    Literal {
        /// What was written.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// `day_obs` is no date after 1970 written as an integer YYYYMMDD.
    #[error("{0} is not an observing day: write a date after 1970 as YYYYMMDD")]
    DayObs(i64),
    /// Both bounds lie at the same end of the range of times.
    #[error("a timespan cannot begin and end at {0}, the limit of the times that can be stored")]
    InfiniteInstant(TaiNs),
    /// An instant so close to the last time that its end would be unbounded.
    #[error(
        "a timespan cannot be an instant at {0}, within one nanosecond of the last time that can be stored"
    )]
    LastInstant(TaiNs),
}

impl TaiNs {
    /// 1970-01-01 00:00:00 TAI; as a begin it means "unbounded".
    pub const MIN: TaiNs = TaiNs(0);
    /// 2100-01-01 00:00:00 TAI; as an end it means "unbounded".
    pub const MAX: TaiNs = TaiNs(4_102_444_800 * NS_PER_SECOND);

    /// Reads `YYYY-MM-DD`, `YYYY-MM-DD HH:MM` or `YYYY-MM-DD HH:MM:SS[.fraction]` (astropy's format `iso`).
    ///
    /// One-digit fields and seconds over 59 are read as astropy reads them; the result is clamped to the range.
    pub fn parse_iso(text: &str, scale: TimeScale) -> Result<TaiNs, TimeError> {
        Written::parse(text, b' ')?.to_tai(text, scale)
    }

    /// Reads the same forms with `T` between date and time (astropy's format `isot`).
    pub fn parse_isot(text: &str, scale: TimeScale) -> Result<TaiNs, TimeError> {
        Written::parse(text, b'T')?.to_tai(text, scale)
    }

    /// The instant of a Python `datetime` taken as UTC, given as microseconds since 1970-01-01 without leap seconds.
    ///
    /// This is what `astropy.time.Time(datetime, scale="utc")` gives after clamping.
    pub fn from_utc_micros(micros: i64) -> TaiNs {
        let day = micros.div_euclid(86_400_000_000);
        let ns_of_day = micros.rem_euclid(86_400_000_000) * 1_000;
        let utc = i128::from(day) * i128::from(NS_PER_DAY) + i128::from(ns_of_day);
        TaiNs::clamp(utc + i128::from(tai_minus_utc(day, ns_of_day)))
    }

    /// Midnight TAI that starts a day written as an integer YYYYMMDD.
    pub fn from_day_obs(day_obs: i64) -> Result<TaiNs, TimeError> {
        if !(19_700_000..100_000_000).contains(&day_obs) {
            return Err(TimeError::DayObs(day_obs));
        }
        let (month, day) = ((day_obs / 100 % 100) as u32, (day_obs % 100) as u32);
        let days =
            days_from_civil(day_obs / 10_000, month, day).ok_or(TimeError::DayObs(day_obs))?;
        Ok(TaiNs::clamp(i128::from(days) * i128::from(NS_PER_DAY)))
    }

    /// The TAI calendar date as an integer YYYYMMDD, `offset_seconds` earlier than this instant.
    pub fn day_obs(self, offset_seconds: i64) -> i64 {
        let days = (self.0 - offset_seconds * NS_PER_SECOND).div_euclid(NS_PER_DAY);
        let (year, month, day) = civil_from_days(days);
        year * 10_000 + i64::from(month) * 100 + i64::from(day)
    }

    /// The nearest instant that can be stored.
    pub fn clamp(ns: i128) -> TaiNs {
        TaiNs(ns.clamp(i128::from(Self::MIN.0), i128::from(Self::MAX.0)) as i64)
    }

    /// `YYYY-MM-DD HH:MM:SS.fffffffff` in TAI, as exports write it behind the tag `!butler_time/tai/iso`.
    pub fn iso(self) -> String {
        self.written(' ', 9)
    }

    /// Date and time in UTC with microseconds, as old layouts store ingest dates.
    pub fn utc_text(self) -> String {
        let offset = |ns: i64| tai_minus_utc(ns.div_euclid(NS_PER_DAY), ns.rem_euclid(NS_PER_DAY));
        // The offset is tabulated by UTC; a first guess is wrong by less than a minute.
        let guess = self.0 - offset(self.0);
        TaiNs(self.0 - offset(guess)).written(' ', 6)
    }

    /// Date and time with a separator and 0 to 9 digits of the second; rounded to the nearest, ties to even.
    pub fn written(self, separator: char, digits: u32) -> String {
        let unit = 10_i64.pow(9 - digits.min(9));
        let mut units = self.0.div_euclid(unit);
        let rest = self.0.rem_euclid(unit) * 2;
        units += i64::from(rest > unit || (rest == unit && units % 2 != 0));
        let units_per_day = NS_PER_DAY / unit;
        let (year, month, day) = civil_from_days(units.div_euclid(units_per_day));
        let units = units.rem_euclid(units_per_day);
        let units_per_second = NS_PER_SECOND / unit;
        let seconds = units / units_per_second;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let mut text =
            format!("{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}");
        if digits > 0 {
            let fraction = units % units_per_second;
            text.push_str(&format!(
                ".{fraction:0width$}",
                width = digits.min(9) as usize
            ));
        }
        text
    }
}

impl fmt::Display for TaiNs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.iso())
    }
}

/// The fields of a written time, before the calendar is consulted.
struct Written<'a> {
    date: (i64, u32, u32),
    hour: i64,
    minute: i64,
    second: i64,
    /// Decimal digits after the point.
    fraction: &'a [u8],
}

impl<'a> Written<'a> {
    fn parse(text: &'a str, separator: u8) -> Result<Written<'a>, TimeError> {
        Self::fields(text.as_bytes(), separator).ok_or_else(|| TimeError::Syntax(text.to_owned()))
    }

    fn fields(bytes: &'a [u8], separator: u8) -> Option<Written<'a>> {
        let mut rest = bytes;
        let year = take_digits(&mut rest, 4, 4)?;
        let field = |rest: &mut &'a [u8], delimiter: u8| {
            take_byte(rest, delimiter)?;
            take_digits(rest, 1, 2)
        };
        let (month, day) = (field(&mut rest, b'-')?, field(&mut rest, b'-')?);
        let mut written = Written {
            date: (year, month as u32, day as u32),
            hour: 0,
            minute: 0,
            second: 0,
            fraction: &[],
        };
        if rest.is_empty() {
            return Some(written);
        }
        written.hour = field(&mut rest, separator)?;
        written.minute = field(&mut rest, b':')?;
        if rest.is_empty() {
            return Some(written);
        }
        written.second = field(&mut rest, b':')?;
        if !rest.is_empty() {
            take_byte(&mut rest, b'.')?;
            written.fraction = rest;
        }
        written
            .fraction
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(written)
    }

    fn to_tai(&self, text: &str, scale: TimeScale) -> Result<TaiNs, TimeError> {
        let (year, month, day) = self.date;
        let no_such_time = || TimeError::NoSuchTime(text.to_owned());
        let days = days_from_civil(year, month, day).ok_or_else(no_such_time)?;
        if self.hour > 23 || self.minute > 59 {
            return Err(no_such_time());
        }
        let ns_of_day = self.ns_of_day();
        let ns = i128::from(days) * i128::from(NS_PER_DAY) + i128::from(ns_of_day);
        Ok(TaiNs::clamp(match scale {
            TimeScale::Tai => ns,
            TimeScale::Utc => ns + i128::from(tai_minus_utc(days, ns_of_day)),
        }))
    }

    fn ns_of_day(&self) -> i64 {
        let seconds = (self.hour * 60 + self.minute) * 60 + self.second;
        if self.fraction.len() > 9 {
            return self.ns_of_day_in_floating_point();
        }
        let digits = self
            .fraction
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        seconds * NS_PER_SECOND + digits * 10_i64.pow(9 - self.fraction.len() as u32)
    }

    /// Finer than a nanosecond: the reference's double precision decides which way it rounds, so follow its steps
    /// (parse to seconds, divide into a day, shift from noon to midnight, round half to even).
    fn ns_of_day_in_floating_point(&self) -> i64 {
        let mut fraction = 0.0;
        let mut weight = 0.1;
        for digit in self.fraction {
            fraction += f64::from(digit - b'0') * weight;
            weight /= 10.0;
        }
        let minutes = (self.hour * 60 + self.minute) as f64;
        let seconds = self.second as f64 + fraction;
        let from_midnight = ((60.0 * minutes + seconds) / 86_400.0 - 0.5) + 0.5;
        let (days, part) = if from_midnight > 0.5 {
            (1, from_midnight - 1.0)
        } else {
            (0, from_midnight)
        };
        days * NS_PER_DAY + (part * NS_PER_DAY as f64).round_ties_even() as i64
    }
}

fn take_byte(rest: &mut &[u8], expected: u8) -> Option<()> {
    let (first, tail) = rest.split_first()?;
    *rest = tail;
    (*first == expected).then_some(())
}

fn take_digits(rest: &mut &[u8], least: usize, most: usize) -> Option<i64> {
    let count = rest
        .iter()
        .take(most)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if count < least {
        return None;
    }
    let (digits, tail) = rest.split_at(count);
    *rest = tail;
    Some(
        digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')),
    )
}
