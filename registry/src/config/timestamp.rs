//! YAML timestamps: PyYAML turns unquoted dates into dates and writes them back in ISO form.

use std::fmt;

/// A calendar date, or a date with a time of day and perhaps an offset from UTC.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Timestamp {
    date: (u32, u32, u32),
    time: Option<Time>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Time {
    clock: (u32, u32, u32),
    microsecond: u32,
    offset_minutes: Option<i32>,
}

impl Timestamp {
    /// Read a plain scalar; `None` if it does not look like a timestamp, an error text if it looks like one but
    /// is no date (`2024-02-30`).
    pub fn parse(text: &str) -> Option<Result<Self, String>> {
        let bytes = text.as_bytes();
        if bytes.len() < 8 || !bytes[..4].iter().all(u8::is_ascii_digit) || bytes[4] != b'-' {
            return None;
        }
        let mut cursor = Cursor { text, at: 5 };
        let year = text[..4].parse().ok()?;
        let (month, month_digits) = cursor.number(2)?;
        cursor.expect(b'-')?;
        let (day, day_digits) = cursor.number(2)?;
        if cursor.at == text.len() {
            // A bare date needs two digits each.
            if month_digits != 2 || day_digits != 2 {
                return None;
            }
            return Some(
                Self {
                    date: (year, month, day),
                    time: None,
                }
                .checked(text),
            );
        }
        if !(cursor.skip(b"Tt") == 1 || cursor.blanks() > 0) {
            return None;
        }
        let time = cursor.time()?;
        Some(
            Self {
                date: (year, month, day),
                time: Some(time),
            }
            .checked(text),
        )
    }

    fn checked(self, text: &str) -> Result<Self, String> {
        let (year, month, day) = self.date;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        let clock_ok = self.time.as_ref().is_none_or(|t| {
            t.clock.0 < 24
                && t.clock.1 < 60
                && t.clock.2 < 60
                && t.offset_minutes.is_none_or(|m| m.abs() < 24 * 60)
        });
        if year == 0 || day == 0 || day > days || !clock_ok {
            return Err(format!(
                "'{text}' looks like a date but is none; quote it if it is text"
            ));
        }
        Ok(self)
    }

    /// Python's `repr`, as it appears inside a printed list.
    pub fn python_repr(&self) -> String {
        let (year, month, day) = self.date;
        let Some(time) = &self.time else {
            return format!("datetime.date({year}, {month}, {day})");
        };
        let (hour, minute, second) = time.clock;
        let mut out = format!("datetime.datetime({year}, {month}, {day}, {hour}, {minute}");
        if second != 0 || time.microsecond != 0 {
            out += &format!(", {second}");
        }
        if time.microsecond != 0 {
            out += &format!(", {}", time.microsecond);
        }
        match time.offset_minutes {
            None => {}
            Some(0) => out += ", tzinfo=datetime.timezone.utc",
            Some(minutes) => {
                let seconds = minutes * 60;
                let days = seconds.div_euclid(86_400);
                let rest = seconds.rem_euclid(86_400);
                let days = if days == 0 {
                    String::new()
                } else {
                    format!("days={days}, ")
                };
                out += &format!(
                    ", tzinfo=datetime.timezone(datetime.timedelta({days}seconds={rest}))"
                );
            }
        }
        out + ")"
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date;
        write!(f, "{year:04}-{month:02}-{day:02}")?;
        let Some(time) = &self.time else {
            return Ok(());
        };
        let (hour, minute, second) = time.clock;
        write!(f, " {hour:02}:{minute:02}:{second:02}")?;
        if time.microsecond != 0 {
            write!(f, ".{:06}", time.microsecond)?;
        }
        if let Some(offset) = time.offset_minutes {
            let sign = if offset < 0 { '-' } else { '+' };
            write!(f, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)?;
        }
        Ok(())
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn digits(&mut self) -> &str {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    /// A number of one to `most` digits, and how many it had.
    fn number(&mut self, most: usize) -> Option<(u32, usize)> {
        let digits = self.digits();
        let count = digits.len();
        if count == 0 || count > most {
            return None;
        }
        Some((digits.parse().ok()?, count))
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.skip(&[byte]) == 1).then_some(())
    }

    fn skip(&mut self, any_of: &[u8]) -> usize {
        let found = self.peek().is_some_and(|b| any_of.contains(&b));
        self.at += usize::from(found);
        usize::from(found)
    }

    fn blanks(&mut self) -> usize {
        let start = self.at;
        while self.skip(b" \t") == 1 {}
        self.at - start
    }

    fn two_digits(&mut self) -> Option<u32> {
        match self.number(2)? {
            (value, 2) => Some(value),
            _ => None,
        }
    }

    fn time(&mut self) -> Option<Time> {
        let (hour, _) = self.number(2)?;
        self.expect(b':')?;
        let minute = self.two_digits()?;
        self.expect(b':')?;
        let second = self.two_digits()?;
        let mut microsecond = 0;
        if self.skip(b".") == 1 {
            let digits: String = self.digits().chars().take(6).collect();
            microsecond = format!("{digits:0<6}").parse().ok()?;
        }
        let offset_minutes = self.offset()?;
        (self.at == self.text.len()).then_some(Time {
            clock: (hour, minute, second),
            microsecond,
            offset_minutes,
        })
    }

    fn offset(&mut self) -> Option<Option<i32>> {
        if self.at == self.text.len() {
            return Some(None);
        }
        self.blanks();
        if self.skip(b"Z") == 1 {
            return Some(Some(0));
        }
        let negative = self.peek()? == b'-';
        if self.skip(b"+-") == 0 {
            return None;
        }
        let (hours, _) = self.number(2)?;
        let minutes = if self.skip(b":") == 1 {
            self.two_digits()?
        } else {
            0
        };
        let total = i32::try_from(hours * 60 + minutes).ok()?;
        Some(Some(if negative { -total } else { total }))
    }
}
