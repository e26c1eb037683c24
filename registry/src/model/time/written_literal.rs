//! Times written as dates in the formats `iso`, `isot`, `yday`, `fits` (`astropy/time/formats.py`).
//!
//! astropy has two readers for the first three: one for fields at fixed places, and, when that fails, one that takes fields
//! of one digit. They round fractions of seconds differently.

use super::calendar::{Fields, from_day_of_year};

/// The fields of a written date; `None` if it is not of the format.
pub(super) fn fields(format: &str, text: &str) -> Option<Fields> {
    match format {
        "fits" => fits(text),
        "yday" => fixed_day_of_year(text).or_else(|| loose(text, None, b':')),
        "iso" => fixed(text, b' ').or_else(|| loose(text, Some('-'), b' ')),
        "isot" => fixed(text, b'T').or_else(|| loose(text, Some('-'), b'T')),
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

/// Python's `strptime`, which does not care about the case of the T.
fn loose(text: &str, date: Option<char>, separator: u8) -> Option<Fields> {
    let (text, fraction) = match text.rfind('.') {
        Some(dot) => (&text[..dot], Some(text[dot..].parse::<f64>().ok()?)),
        None => (text, None),
    };
    let field = |text: &str, most: usize, low: i64, high: i64| {
        let value = number(text, 0, text.len())?;
        (!text.is_empty() && text.len() <= most && (low..=high).contains(&value)).then_some(value)
    };
    let parts: Vec<&str> = text
        .split(|c: char| match date {
            Some(dash) => c == dash || c == ':' || c.eq_ignore_ascii_case(&char::from(separator)),
            None => c == ':',
        })
        .collect();
    let (date, time) = parts.split_at_checked(if date.is_some() { 3 } else { 2 })?;
    let year = number(date[0], 0, 4).filter(|_| date[0].len() == 4)?;
    let mut fields = match date {
        [_, month, day] => {
            let (month, day) = (field(month, 2, 1, 12)?, field(day, 2, 1, 31)?);
            Fields::midnight(year, month as u32, day as u32)
        }
        [_, day] => from_day_of_year(year, field(day, 3, 1, 366)?)?,
        _ => return None,
    };
    match time {
        [] if fraction.is_none() => {}
        [hour, minute] if fraction.is_none() => {
            (fields.hour, fields.minute) = (field(hour, 2, 0, 23)?, field(minute, 2, 0, 59)?);
        }
        [hour, minute, second] => {
            (fields.hour, fields.minute) = (field(hour, 2, 0, 23)?, field(minute, 2, 0, 59)?);
            fields.second = field(second, 2, 0, 61)? as f64 + fraction.unwrap_or(0.0);
        }
        _ => return None,
    }
    Some(fields)
}

/// What begins like a date; what comes after it is not looked at.
fn fits(text: &str) -> Option<Fields> {
    let digits = if text.starts_with('+') { 6 } else { 4 };
    let year = text.get(..digits)?;
    let year = number(year.trim_start_matches('+'), 0, digits.min(5))?;
    let (month, day) = (two(text, digits, b'-')?, two(text, digits + 3, b'-')?);
    let date = Fields::midnight(year, month as u32, day as u32);
    let time = || {
        let at = digits + 6;
        let (hour, minute) = (two(text, at, b'T')?, two(text, at + 3, b':')?);
        two(text, at + 6, b':')?;
        let second = text.get(at + 7..)?;
        let whole = |c: char| c.is_ascii_digit() || c == '.';
        let end = match second.get(2..3) {
            Some(".") => second.find(|c| !whole(c)).unwrap_or(second.len()),
            _ => 2,
        };
        Some(Fields {
            hour,
            minute,
            second: second[..end].parse().ok()?,
            ..date
        })
    };
    Some(time().unwrap_or(date))
}
