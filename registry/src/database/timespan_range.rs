//! Timespans as PostgreSQL's `int8range`.

use std::error::Error;

use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::model::time::TaiNs;
use crate::model::timespan::Timespan;

/// Flags of the binary form of a range (`src/include/utils/rangetypes.h` of PostgreSQL).
const EMPTY: u8 = 0x01;
const LOWER_INCLUSIVE: u8 = 0x02;
const LOWER_INFINITE: u8 = 0x08;
const UPPER_INFINITE: u8 = 0x10;

/// A timespan in the binary form of an `int8range`: unbounded ends are infinite, the empty timespan is the empty range
/// (`_RangeTimespanType`, `lsst/daf/butler/registry/databases/postgresql.py`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Int8Range(pub Timespan);

impl Int8Range {
    /// Append the binary form, without the length that precedes a value in a row.
    pub fn write(self, out: &mut impl Extend<u8>) {
        let timespan = self.0;
        if timespan.is_empty() {
            return out.extend([EMPTY]);
        }
        let (begin, end) = (timespan.begin(), timespan.end());
        let mut flags = 0;
        flags |= if begin.is_some() {
            LOWER_INCLUSIVE
        } else {
            LOWER_INFINITE
        };
        flags |= if end.is_some() { 0 } else { UPPER_INFINITE };
        out.extend([flags]);
        for bound in [begin, end].into_iter().flatten() {
            out.extend(8i32.to_be_bytes());
            out.extend(bound.0.to_be_bytes());
        }
    }

    /// The timespan of a binary form; PostgreSQL sends integer ranges as `[begin, end)` always. `None` if it is not one.
    pub fn read(raw: &[u8]) -> Option<Self> {
        let (&flags, mut rest) = raw.split_first()?;
        if flags & EMPTY != 0 {
            return Some(Self(Timespan::EMPTY));
        }
        let mut bound = |infinite: u8| -> Option<Option<i64>> {
            if flags & infinite != 0 {
                return Some(None);
            }
            let (head, tail) = rest.split_first_chunk::<12>()?;
            rest = tail;
            let (length, value) = head.split_first_chunk::<4>()?;
            (i32::from_be_bytes(*length) == 8)
                .then(|| value.try_into().ok().map(i64::from_be_bytes))
        };
        let begin = bound(LOWER_INFINITE)?;
        let end = bound(UPPER_INFINITE)?;
        Some(Self(Timespan::from_ns(
            begin.unwrap_or(TaiNs::MIN.0),
            end.unwrap_or(TaiNs::MAX.0),
        )))
    }
}

impl ToSql for Int8Range {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.write(out);
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::INT8_RANGE
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Int8Range {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Self::read(raw).ok_or_else(|| "not an int8range in binary form".into())
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::INT8_RANGE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected bytes: `int8range_send` of PostgreSQL 15 (`select encode(int8range_send('[1,5)'), 'hex')` and so on).
    #[test]
    fn binary_forms_are_those_of_postgresql() {
        let hex = |t: Timespan| -> String {
            let mut out = Vec::new();
            Int8Range(t).write(&mut out);
            assert_eq!(Int8Range::read(&out), Some(Int8Range(t)));
            out.iter().map(|b| format!("{b:02x}")).collect()
        };
        assert_eq!(
            hex(Timespan::from_ns(1, 5)),
            "0200000008000000000000000100000008\
             0000000000000005"
        );
        assert_eq!(hex(Timespan::UNBOUNDED), "18");
        assert_eq!(hex(Timespan::EMPTY), "01");
        assert_eq!(hex(Timespan::from_ns(0, 7)), "08000000080000000000000007");
        assert_eq!(Int8Range::read(&[2, 0, 0]), None);
    }
}
