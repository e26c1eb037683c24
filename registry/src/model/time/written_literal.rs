//! Times written as dates in the formats `iso`, `isot`, `yday`, `fits` (`astropy/time/formats.py`).
//!
//! astropy has two readers for the first three: one for fields at fixed places, and, when that fails, one that takes fields
//! of one digit. They round fractions of seconds differently.

use super::calendar::{Fields, from_day_of_year};
use super::civil::{civil_from_days, days_from_civil};

/// The fields of a written date; `None` if it is not of the format.
pub(super) fn fields(format: &str, text: &str) -> Option<Fields> {
    match format {
        "fits" => fits(text),
        "yday" => fixed_day_of_year(text).or_else(|| loose(text, b':')),
        "iso" => fixed(text, b' ').or_else(|| loose(text, b' ')),
        "isot" => fixed(text, b'T').or_else(|| loose(text, b'T')),
        _ => None,
    }
}

/// Digits from one byte to another.
fn number(text: &str, from: usize, to: usize) -> Option<i64> {
    let digits = text.get(from..to)?;
    let all = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| all)
}

/// A delimiter and two digits after it.
fn two(text: &str, at: usize, delimiter: u8) -> Option<i64> {
    (text.as_bytes().get(at) == Some(&delimiter)).then_some(())?;
    number(text, at + 1, at + 3)
}

fn fixed(text: &str, separator: u8) -> Option<Fields> {
    let year = number(text, 0, 4)?;
    let (month, day) = (two(text, 4, b'-')?, two(text, 7, b'-')?);
    let date = Fields::midnight(year, month as u32, day as u32);
    checked(fixed_time(date, text, 10, separator)?)
}

fn fixed_day_of_year(text: &str) -> Option<Fields> {
    let year = number(text, 0, 4)?;
    (text.as_bytes().get(4) == Some(&b':')).then_some(())?;
    let date = from_day_of_year(year, number(text, 5, 8)?)?;
    checked(fixed_time(date, text, 8, b':')?)
}

/// Only what the calendar has; else the other reader has a try, which is stricter.
fn checked(fields: Fields) -> Option<Fields> {
    fields.julian_date(false).map(|_| fields)
}

fn fixed_time(mut fields: Fields, text: &str, at: usize, separator: u8) -> Option<Fields> {
    if text.len() == at {
        return Some(fields);
    }
    fields.hour = two(text, at, separator)?;
    fields.minute = two(text, at + 3, b':')?;
    if text.len() == at + 6 {
        return Some(fields);
    }
    let second = two(text, at + 6, b':')?;
    let mut fraction = 0.0;
    if let Some(digits) = text.get(at + 9..).filter(|rest| !rest.is_empty()) {
        let mut weight = 0.1;
        for digit in digits.strip_prefix('.')?.bytes() {
            digit.is_ascii_digit().then_some(())?;
            fraction += f64::from(digit - b'0') * weight;
            weight /= 10.0;
        }
    }
    fields.second = second as f64 + fraction;
    Some(fields)
}

/// Fields of one or two digits. A day of the year is read by Python's `strptime`, which knows how large they may be, and takes
/// day 366 of any year.
fn loose(text: &str, separator: u8) -> Option<Fields> {
    let (text, fraction) = match text.rfind('.') {
        Some(dot) => (&text[..dot], Some(text[dot..].parse::<f64>().ok()?)),
        None => (text, None),
    };
    let (date, time) = match separator {
        b':' => match text.match_indices(':').nth(1) {
            Some((colon, _)) => (&text[..colon], Some(&text[colon + 1..])),
            None => (text, None),
        },
        _ => match text.split_once(char::from(separator)) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        },
    };
    let mut fields = if separator == b':' {
        let (year, day) = date.split_once(':')?;
        let day = field(day, 3).filter(|day| (1..=366).contains(day))?;
        let first = days_from_civil(year_of(year)?, 1, 1)?;
        let (year, month, day) = civil_from_days(first + day - 1);
        Fields::midnight(year, month, day)
    } else {
        let parts: Vec<&str> = date.split('-').collect();
        let [year, month, day] = parts[..] else {
            return None;
        };
        let (month, day) = (field(month, 2)?, field(day, 2)?);
        Fields::midnight(year_of(year)?, month as u32, day as u32)
    };
    let parts: Vec<&str> = time.map_or(Vec::new(), |time| time.split(':').collect());
    match parts[..] {
        [] if time.is_none() && fraction.is_none() => {}
        [hour, minute] if fraction.is_none() => {
            (fields.hour, fields.minute) = (field(hour, 2)?, field(minute, 2)?);
        }
        [hour, minute, second] => {
            (fields.hour, fields.minute) = (field(hour, 2)?, field(minute, 2)?);
            let second = field(second, 2).filter(|s| separator != b':' || *s <= 61)?;
            fields.second = second as f64 + fraction.unwrap_or(0.0);
        }
        _ => return None,
    }
    Some(fields)
}

fn field(text: &str, most: usize) -> Option<i64> {
    (1..=most).contains(&text.len()).then_some(())?;
    number(text, 0, text.len())
}

fn year_of(text: &str) -> Option<i64> {
    (text.len() == 4).then_some(())?;
    number(text, 0, 4)
}

/// Fields at fixed places, after a sign a year of five digits.
fn fits(text: &str) -> Option<Fields> {
    let digits = if text.starts_with('+') { 6 } else { 4 };
    let year = number(text, digits - 4 - usize::from(digits == 6), digits)?;
    let (month, day) = (two(text, digits, b'-')?, two(text, digits + 3, b'-')?);
    let mut fields = Fields::midnight(year, month as u32, day as u32);
    let at = digits + 6;
    if text.len() > at {
        (fields.hour, fields.minute) = (two(text, at, b'T')?, two(text, at + 3, b':')?);
        two(text, at + 6, b':')?;
        let second = text.get(at + 7..)?;
        if second.len() > 2 && second.as_bytes().get(2) != Some(&b'.') {
            return None;
        }
        fields.second = second.parse().ok()?;
    }
    Some(fields)
}
