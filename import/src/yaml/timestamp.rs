//! Bare dates and times, which PyYAML reads as Python's `date` and `datetime`.

use pantry_registry::model::time::{TaiNs, civil::days_from_civil};

/// A date, or a date and time without a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Microseconds since 1970-01-01 00:00:00 without leap seconds, in UTC if the text names an offset.
    pub micros: i64,
    /// Whether the text is a date only: Python's `date`, which the reference does not take for a time.
    pub is_date: bool,
}

const MICROS_PER_SECOND: i64 = 1_000_000;

impl Timestamp {
    /// The instant that the reference's import makes of a `datetime`: the time is UTC.
    pub fn to_tai(self) -> TaiNs {
        TaiNs::from_utc_micros(self.micros)
    }

    /// A plain scalar that PyYAML takes for a timestamp; an error if there is no such day or time.
    pub(super) fn match_plain(text: &str) -> Option<Result<Timestamp, String>> {
        let bytes = text.as_bytes();
        // Cheap refusal first: most texts that start with a digit are something else.
        if bytes.len() < 8 || bytes[4] != b'-' {
            return None;
        }
        let fields = Fields::parse(bytes)?;
        if fields.time.is_none() && bytes.len() != 10 {
            return None;
        }
        Some(fields.timestamp().ok_or_else(|| no_such(text)))
    }

    /// The text of a scalar tagged `!!timestamp`.
    pub(super) fn parse(text: &str) -> Result<Timestamp, String> {
        Fields::parse(text.as_bytes())
            .and_then(|fields| fields.timestamp())
            .ok_or_else(|| no_such(text))
    }
}

fn no_such(text: &str) -> String {
    format!(
        "{:?} is not a date or time",
        text.chars().take(60).collect::<String>()
    )
}

struct Fields {
    year: i64,
    month: i64,
    day: i64,
    time: Option<Time>,
}

struct Time {
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
    /// Seconds east of Greenwich.
    offset: i64,
}

impl Fields {
    fn parse(bytes: &[u8]) -> Option<Fields> {
        let mut rest = bytes;
        let year = number(&mut rest, 4, 4)?;
        expect(&mut rest, b'-')?;
        let month = number(&mut rest, 1, 2)?;
        expect(&mut rest, b'-')?;
        let day = number(&mut rest, 1, 2)?;
        let time = if rest.is_empty() {
            None
        } else {
            Some(Time::parse(&mut rest)?)
        };
        rest.is_empty().then_some(Fields {
            year,
            month,
            day,
            time,
        })
    }

    /// `None` if there is no such day or time in Python's calendar.
    fn timestamp(&self) -> Option<Timestamp> {
        if self.year < 1 {
            return None;
        }
        let days = days_from_civil(self.year, self.month as u32, self.day as u32)?;
        let Some(time) = &self.time else {
            return Some(Timestamp {
                micros: days * 86_400 * MICROS_PER_SECOND,
                is_date: true,
            });
        };
        let valid =
            time.hour < 24 && time.minute < 60 && time.second < 60 && time.offset.abs() < 86_400;
        let seconds = ((days * 24 + time.hour) * 60 + time.minute) * 60 + time.second - time.offset;
        valid.then_some(Timestamp {
            micros: seconds * MICROS_PER_SECOND + time.micros,
            is_date: false,
        })
    }
}

impl Time {
    /// Separator, `H:MM:SS`, an optional fraction and an optional zone.
    fn parse(rest: &mut &[u8]) -> Option<Time> {
        if expect(rest, b'T').is_none() && expect(rest, b't').is_none() && skip_blanks(rest) == 0 {
            return None;
        }
        let hour = number(rest, 1, 2)?;
        expect(rest, b':')?;
        let minute = number(rest, 2, 2)?;
        expect(rest, b':')?;
        let second = number(rest, 2, 2)?;
        let micros = if expect(rest, b'.').is_some() {
            fraction(rest)
        } else {
            0
        };
        let offset = if rest.is_empty() { 0 } else { zone(rest)? };
        Some(Time {
            hour,
            minute,
            second,
            micros,
            offset,
        })
    }
}

/// Any number of digits, of which six count.
fn fraction(rest: &mut &[u8]) -> i64 {
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, tail) = rest.split_at(length);
    *rest = tail;
    let padded = digits
        .iter()
        .copied()
        .chain(std::iter::repeat(b'0'))
        .take(6);
    padded.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
}

/// Blanks and `Z`, `+H`, `-HH:MM`; in seconds.
fn zone(rest: &mut &[u8]) -> Option<i64> {
    skip_blanks(rest);
    if expect(rest, b'Z').is_some() {
        return Some(0);
    }
    let sign = if expect(rest, b'-').is_some() {
        -1
    } else {
        expect(rest, b'+').map(|()| 1)?
    };
    let hours = number(rest, 1, 2)?;
    let minutes = if expect(rest, b':').is_some() {
        number(rest, 2, 2)?
    } else {
        0
    };
    Some(sign * (hours * 3600 + minutes * 60))
}

fn skip_blanks(rest: &mut &[u8]) -> usize {
    let count = rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    *rest = &rest[count..];
    count
}

/// Takes a byte if it is the expected one.
fn expect(rest: &mut &[u8], expected: u8) -> Option<()> {
    let tail = rest.strip_prefix(&[expected])?;
    *rest = tail;
    Some(())
}

fn number(rest: &mut &[u8], least: usize, most: usize) -> Option<i64> {
    let length = rest
        .iter()
        .take(most)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (digits, tail) = rest.split_at(length);
    *rest = tail;
    (length >= least).then(|| {
        digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
    })
}
