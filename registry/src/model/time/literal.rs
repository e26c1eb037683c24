//! Times in expressions: `[format/]value[/scale]` between the quotes of `T'...'`
//! (`_parseTimeString`, `lsst/daf/butler/queries/expressions/parser/parserYacc.py`).

use super::epoch_format;
use super::julian_date::JulianDate;
use super::scale::Scale;
use super::written_literal;
use super::{NS_PER_DAY, TaiNs, TimeError};

/// Julian dates of [`TaiNs::MIN`] and [`TaiNs::MAX`].
const MIN: JulianDate = JulianDate {
    jd1: 2_440_588.0,
    jd2: -0.5,
};
const MAX: JulianDate = JulianDate {
    jd1: 2_488_070.0,
    jd2: -0.5,
};

/// What is written for the value, which says the format if none is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Number,
    Iso,
    Fits,
    DayOfYear,
}

impl TaiNs {
    /// Reads the time of an expression: `2020-01-01 12:00:00`, `mjd/58849.5/utc`, and so on.
    ///
    /// Formats are astropy's `iso`, `isot`, `fits`, `yday`, and with a decimal point `jd`, `mjd`, `unix`, `unix_tai`,
    /// `cxcsec`, `galexsec`, `gps`, `decimalyear`, `jyear`, `byear`, `plot_date` (from year 1), `stardate`; without a
    /// format the value says which, and a number is an MJD. Scales are `tai`, `utc`, `tt`, `tdb`, `tcg`, `tcb`; without a scale dates and
    /// `unix` are UTC, `cxcsec` is TT, others TAI. The result is clamped to the range, and rounded as the reference does.
    ///
    /// # Errors
    /// [`TimeError::Literal`].
    pub fn parse_literal(text: &str) -> Result<TaiNs, TimeError> {
        let error = |reason: &str| TimeError::Literal {
            text: text.to_owned(),
            reason: reason.to_owned(),
        };
        // The zone of a Python datetime that was printed.
        let stripped = text.replace("+00:00", "");
        let Some((format, value, shape, scale)) = split(&stripped) else {
            return Err(error(
                "write [format/]value[/scale], such as 2020-01-01 12:30:00, 2020-01-01T12:30:00.5/tai, 2020:001:12:30:00, \
                 mjd/58849.5 (with a point), unix/1577836800.0",
            ));
        };
        let format = match format {
            Some(format) => format.to_lowercase(),
            None => default_format(value, shape).to_owned(),
        };
        let scale = match scale {
            Some(scale) => scale.to_lowercase(),
            None => default_scale(&format).to_owned(),
        };
        let scale = Scale::named(&scale).map_err(error)?;
        let time = if shape == Shape::Number {
            let number = value
                .parse()
                .map_err(|_| error("the number cannot be read"))?;
            epoch_format::julian_date(&format, number, scale)
                .ok_or_else(|| error(&format!("there is no format '{format}' for numbers")))?
        } else {
            written_literal::fields(&format, value)
                .ok_or_else(|| error(&format!("the value is not of format '{format}'")))?
                .julian_date(scale == Scale::Utc)
        };
        time.and_then(|time| scale.convert(time, Scale::Tai))
            .map(nearest)
            .ok_or_else(|| error("there is no such time"))
    }
}

/// Nanoseconds of a Julian date in TAI (`TimeConverter.astropy_to_nsec`).
fn nearest(time: JulianDate) -> TaiNs {
    let after = |limit: JulianDate| (time.jd1 - limit.jd1) + (time.jd2 - limit.jd2);
    if after(MIN) < 0.0 {
        return TaiNs::MIN;
    }
    if after(MAX) > 0.0 {
        return TaiNs::MAX;
    }
    let days = time.since(MIN);
    let part = (days.jd2 * NS_PER_DAY as f64).round_ties_even();
    TaiNs(days.jd1 as i64 * NS_PER_DAY + part as i64)
}

fn default_format(value: &str, shape: Shape) -> &'static str {
    match shape {
        Shape::Number => "mjd",
        Shape::Iso if value.contains(['T', 't']) => "isot",
        Shape::Iso => "iso",
        Shape::Fits => "fits",
        Shape::DayOfYear => "yday",
    }
}

fn default_scale(format: &str) -> &'static str {
    match format {
        "iso" | "isot" | "fits" | "yday" | "unix" => "utc",
        "cxcsec" => "tt",
        _ => "tai",
    }
}

/// Format, value, its shape, and scale.
fn split(text: &str) -> Option<(Option<&str>, &str, Shape, Option<&str>)> {
    let parts: Vec<&str> = text.split('/').collect();
    let (format, value, scale) = match parts.as_slice() {
        [value] => (None, *value, None),
        [format, value, scale] => (Some(*format), *value, Some(*scale)),
        [first, second] if shape(first).is_some() && is_word(second) => {
            (None, *first, Some(*second))
        }
        [format, value] => (Some(*format), *value, None),
        _ => return None,
    };
    if !format.is_none_or(is_word) || !scale.is_none_or(is_word) {
        return None;
    }
    Some((format, value, shape(value)?, scale))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Digits in groups that these delimiters part; the last group may have a fraction if there are `most` of them.
fn groups(text: &str, delimiters: &[&[char]], counts: &[usize], most: usize) -> bool {
    let mut rest = text;
    let mut count = 0;
    loop {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 {
            return false;
        }
        count += 1;
        rest = &rest[digits..];
        if rest.is_empty() {
            return counts.contains(&count);
        }
        if count == most {
            let fraction = rest.strip_prefix('.');
            return fraction.is_some_and(|f| f.bytes().all(|b| b.is_ascii_digit()));
        }
        let Some(next) = delimiters
            .get(count - 1)
            .and_then(|allowed| rest.strip_prefix(*allowed))
        else {
            return false;
        };
        rest = next;
    }
}

fn shape(value: &str) -> Option<Shape> {
    const DATE: [&[char]; 5] = [&['-'], &['-'], &[' ', 'T', 't'], &[':'], &[':']];
    const FITS: [&[char]; 5] = [&['-'], &['-'], &['T', 't'], &[':'], &[':']];
    const DAY: [&[char]; 4] = [&[':'], &[':'], &[':'], &[':']];
    let unsigned = value.strip_prefix('-').unwrap_or(value);
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if unsigned
        .split_once('.')
        .is_some_and(|(a, b)| is_digits(a) && is_digits(b) && !(a.is_empty() && b.is_empty()))
    {
        return Some(Shape::Number);
    }
    if let Some(fits) = value.strip_prefix('+') {
        return groups(fits, &FITS, &[3, 6], 6).then_some(Shape::Fits);
    }
    if groups(value, &DATE, &[3, 5, 6], 6) {
        return Some(Shape::Iso);
    }
    groups(value, &DAY, &[2, 4, 5], 5).then_some(Shape::DayOfYear)
}
