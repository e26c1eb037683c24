//! Python's format specification mini-language: parsing, padding and digit grouping.
//!
//! Reference behaviour: CPython 3.11, `[[fill]align][sign][z][#][0][width][,|_][.precision][type]`.

/// Widths above this are refused: no path is that long, and padding must not exhaust memory.
const WIDEST: usize = 4096;

/// A parsed format specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormatSpec {
    fill: char,
    /// One of `<`, `>`, `=`, `^`.
    pub align: char,
    /// `+`, `-` or a space.
    pub sign: Option<char>,
    /// Flag `z`.
    pub no_negative_zero: bool,
    /// Flag `#`.
    pub alternate: bool,
    width: usize,
    /// `,` or `_`.
    pub thousands: Option<char>,
    /// Digits after the point, or the longest text.
    pub precision: Option<usize>,
    /// Presentation type; the default given by the caller when not written.
    pub kind: char,
}

impl FormatSpec {
    /// Read `spec`; `default_align` and `default_kind` depend on the type of the value.
    pub fn parse(spec: &str, default_align: char, default_kind: char) -> Result<Self, String> {
        let chars: Vec<char> = spec.chars().collect();
        let mut reader = Reader {
            chars: &chars,
            at: 0,
        };
        let mut fill = None;
        let mut align = None;
        if chars.len() >= 2 && is_align(chars[1]) {
            (fill, align) = (Some(chars[0]), Some(chars[1]));
            reader.at = 2;
        } else if chars.first().copied().is_some_and(is_align) {
            align = reader.take(is_align);
        }
        let sign = reader.take(|c| matches!(c, ' ' | '+' | '-'));
        let no_negative_zero = reader.take(|c| c == 'z').is_some();
        let alternate = reader.take(|c| c == '#').is_some();
        if fill.is_none() && reader.take(|c| c == '0').is_some() {
            fill = Some('0');
            if align.is_none() && default_align == '>' {
                align = Some('=');
            }
        }
        let width = reader.number()?.unwrap_or(0);
        let thousands = reader.take(|c| matches!(c, ',' | '_'));
        let precision = if reader.take(|c| c == '.').is_some() {
            Some(reader.number()?.ok_or("a precision is missing after '.'")?)
        } else {
            None
        };
        let kind = match chars[reader.at..] {
            [] => default_kind,
            [kind] => kind,
            _ => return Err(format!("invalid format specification '{spec}'")),
        };
        check_grouping(thousands, kind)?;
        let fill = fill.unwrap_or(' ');
        let align = align.unwrap_or(default_align);
        Ok(Self {
            fill,
            align,
            sign,
            no_negative_zero,
            alternate,
            width,
            thousands,
            precision,
            kind,
        })
    }

    /// Pad `lead` (sign and prefix) and `body` to the width.
    pub fn pad(&self, lead: &str, body: &str) -> String {
        let length = lead.chars().count() + body.chars().count();
        let missing = self.width.saturating_sub(length);
        let fill = |count: usize| self.fill.to_string().repeat(count);
        match self.align {
            '<' => format!("{lead}{body}{}", fill(missing)),
            '^' => format!(
                "{}{lead}{body}{}",
                fill(missing / 2),
                fill(missing - missing / 2)
            ),
            '=' => format!("{lead}{}{body}", fill(missing)),
            _ => format!("{}{lead}{body}", fill(missing)),
        }
    }

    /// The sign to write before the digits.
    pub fn sign_text(&self, negative: bool) -> &'static str {
        match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            (false, _) => "",
        }
    }

    /// Put separators between groups of integer `digits`. With zero padding the zeros are grouped as well, so
    /// `others` (the number of characters beside the digits) is needed to know how many fit.
    pub fn group(&self, digits: &str, others: usize) -> String {
        let Some(separator) = self.thousands else {
            return digits.to_owned();
        };
        let size = if "boxX".contains(self.kind) { 4 } else { 3 };
        let zero_padded = self.fill == '0' && self.align == '=';
        let mut wanted = if zero_padded {
            self.width.saturating_sub(others)
        } else {
            0
        };
        let mut left = digits.chars().rev().peekable();
        let mut reversed = String::new();
        loop {
            let length = left.clone().count().max(wanted).clamp(1, size);
            reversed.extend((0..length).map(|_| left.next().unwrap_or('0')));
            wanted = wanted.saturating_sub(length);
            if left.peek().is_none() && wanted == 0 {
                return reversed.chars().rev().collect();
            }
            reversed.push(separator);
            wanted = wanted.saturating_sub(1);
        }
    }
}

fn is_align(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '^')
}

fn check_grouping(thousands: Option<char>, kind: char) -> Result<(), String> {
    let allowed = match thousands {
        None => true,
        Some('_') if "boxX".contains(kind) => true,
        Some(_) => "defgEG%F\0".contains(kind),
    };
    if allowed {
        Ok(())
    } else {
        Err(format!("a digit separator with format type '{kind}'"))
    }
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        let c = self.chars.get(self.at).copied().filter(|c| wanted(*c))?;
        self.at += 1;
        Some(c)
    }

    fn number(&mut self) -> Result<Option<usize>, String> {
        let mut value = None;
        while let Some(digit) = self
            .take(|c| c.is_ascii_digit())
            .and_then(|c| c.to_digit(10))
        {
            let next = value.unwrap_or(0_usize) * 10 + digit as usize;
            if next > WIDEST {
                return Err(format!("a width or precision above {WIDEST}"));
            }
            value = Some(next);
        }
        Ok(value)
    }
}
