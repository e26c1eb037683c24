//! Column formats: TFORM of binary and of ASCII tables.

/// TFORM of a binary table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BinaryFormat {
    /// Elements of the field.
    pub repeat: u64,
    /// Letter of the type.
    pub code: u8,
}

impl BinaryFormat {
    /// Read a TFORM such as `J`, `12A` or `1PE(30)`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let letter = text.find(|c: char| !c.is_ascii_digit())?;
        let repeat = if letter == 0 {
            1
        } else {
            text[..letter].parse().ok()?
        };
        let code = text.as_bytes()[letter].to_ascii_uppercase();
        let format = Self { repeat, code };
        // Of descriptors there is one or none.
        let is_possible = !matches!(code, b'P' | b'Q') || repeat < 2;
        (is_possible && format.width().is_some()).then_some(format)
    }

    /// Bytes of the field.
    pub fn width(self) -> Option<u64> {
        if self.code == b'X' {
            return Some(self.repeat.div_ceil(8));
        }
        self.repeat.checked_mul(self.element_width()?)
    }

    /// Bytes of an element.
    fn element_width(self) -> Option<u64> {
        match self.code {
            b'L' | b'B' | b'A' => Some(1),
            b'I' => Some(2),
            b'J' | b'E' => Some(4),
            b'K' | b'D' | b'C' | b'P' => Some(8),
            b'M' | b'Q' => Some(16),
            _ => None,
        }
    }
}

/// TFORM of either kind of table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Of a binary table.
    Binary(BinaryFormat),
    /// Of an ASCII table: its letter, the width of the field, and where the point is if none is written.
    Ascii { code: u8, width: u64, decimals: u32 },
}

impl Form {
    pub(super) fn parse(text: &str, is_ascii: bool) -> Option<Self> {
        if !is_ascii {
            return BinaryFormat::parse(text).map(Self::Binary);
        }
        let text = text.trim();
        let code = text.as_bytes().first()?.to_ascii_uppercase();
        let (width, decimals) = match text.get(1..)?.split_once('.') {
            Some((width, decimals)) => (width, decimals.parse().ok()?),
            None => (text.get(1..)?, 0),
        };
        matches!(code, b'A' | b'I' | b'F' | b'E' | b'D').then_some(Self::Ascii {
            code,
            width: width.parse().ok()?,
            decimals,
        })
    }

    /// Bytes of the field.
    pub(super) fn width(self) -> Option<u64> {
        match self {
            Self::Binary(format) => format.width(),
            Self::Ascii { width, .. } => Some(width),
        }
    }
}
