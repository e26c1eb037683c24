//! The `Range` header: which bytes of a file are wanted (RFC 9110, 14.1.2 and 14.2).

use std::ops::Range;

/// Ranges of one request; whoever asks for more is refused.
pub const MOST_RANGES: usize = 128;

/// What a request wants of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// One range.
    One(Range<u64>),
    /// Several, in the order of the request.
    Many(Vec<Range<u64>>),
    /// Nothing that the file has, or too much in pieces: 416.
    Unsatisfiable,
}

/// Read the value of a `Range` header for a file of `size` bytes.
///
/// A header that is not valid, or of another unit than bytes, is as if it were not there. So is one that asks for more bytes
/// than the file has, which only ranges that overlap can.
pub fn wanted(header: &str, size: u64) -> Wanted {
    let Some(specs) = parse(header) else {
        return Wanted::Whole;
    };
    if specs.len() > MOST_RANGES {
        return Wanted::Unsatisfiable;
    }
    if size == 0 && specs.iter().any(|spec| matches!(spec, Spec::Last(1..))) {
        // It is satisfiable, but no Content-Range can say that there are no bytes.
        return Wanted::Whole;
    }
    let mut ranges: Vec<Range<u64>> = specs.iter().filter_map(|spec| spec.of(size)).collect();
    let bytes = ranges.iter().map(|range| range.end - range.start);
    let total = bytes.fold(0, u64::saturating_add);
    match ranges.len() {
        0 => Wanted::Unsatisfiable,
        1 => Wanted::One(ranges.remove(0)),
        _ if total > size => Wanted::Whole,
        _ => Wanted::Many(ranges),
    }
}

/// One range as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spec {
    /// From the first to the last byte, both included.
    Between(u64, u64),
    /// So many bytes at the end.
    Last(u64),
}

impl Spec {
    /// The bytes of a file of `size` bytes; `None` if it has none of them.
    fn of(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::Between(first, last) => first..last.saturating_add(1).min(size),
            Self::Last(count) => size - count.min(size)..size,
        };
        (range.start < range.end).then_some(range)
    }
}

fn parse(header: &str) -> Option<Vec<Spec>> {
    let (unit, set) = header.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let parts = set.split(',').map(|part| part.trim_matches([' ', '\t']));
    // Lists may have empty elements (5.6.1.2).
    let specs: Option<Vec<Spec>> = parts.filter(|p| !p.is_empty()).map(parse_one).collect();
    specs.filter(|specs| !specs.is_empty())
}

fn parse_one(part: &str) -> Option<Spec> {
    let (first, last) = part.split_once('-')?;
    match (first, last) {
        ("", count) => Some(Spec::Last(number(count)?)),
        (first, "") => Some(Spec::Between(number(first)?, u64::MAX)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Spec::Between(first, last))
        }
    }
}

/// Digits; what no file can have is the largest number.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // RFC 9110, 14.1.2: the examples are of a representation of 10,000 bytes.
    #[test]
    fn the_examples_of_the_standard() {
        for (header, expected) in [
            ("bytes=0-499", Wanted::One(0..500)),
            ("bytes=500-999", Wanted::One(500..1000)),
            ("bytes=-500", Wanted::One(9500..10_000)),
            ("bytes=9500-", Wanted::One(9500..10_000)),
            ("bytes=0-0,-1", Wanted::Many(vec![0..1, 9999..10_000])),
            (
                "bytes= 0-999, 4500-5499, -1000",
                Wanted::Many(vec![0..1000, 4500..5500, 9000..10_000]),
            ),
            (
                "bytes=500-600,601-999",
                Wanted::Many(vec![500..601, 601..1000]),
            ),
            (
                "bytes=500-700,601-999",
                Wanted::Many(vec![500..701, 601..1000]),
            ),
        ] {
            assert_eq!(wanted(header, 10_000), expected, "{header}");
        }
    }

    #[test]
    fn what_the_file_does_not_have() {
        for (header, size, expected) in [
            ("bytes=10-", 10, Wanted::Unsatisfiable),
            ("bytes=-0", 10, Wanted::Unsatisfiable),
            ("bytes=9-99", 10, Wanted::One(9..10)),
            ("bytes=-99", 10, Wanted::One(0..10)),
            ("bytes=99-,3-4", 10, Wanted::One(3..5)),
            ("bytes=0-0", 0, Wanted::Unsatisfiable),
            ("bytes=-1", 0, Wanted::Whole),
            ("bytes=0-99999999999999999999999", 10, Wanted::One(0..10)),
            ("bytes=99999999999999999999999-", 10, Wanted::Unsatisfiable),
            ("bytes=0-,0-", 10, Wanted::Whole),
        ] {
            assert_eq!(wanted(header, size), expected, "{header} of {size}");
        }
        let many = format!("bytes={}", "0-0,".repeat(MOST_RANGES + 1));
        assert_eq!(wanted(&many, 1 << 20), Wanted::Unsatisfiable);
    }

    #[test]
    fn what_is_not_valid_is_not_there() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=5-4",
            "bytes=a-b",
            "bytes=-",
            "bytes=1",
            "bytes=1-2-3",
            "bytes=+1-2",
            "bytes=1 -2",
            "bytes=0-1,x",
            "lines=0-1",
            "bytes =0-1",
            "bytes=--1",
            "bytes=0x1-2",
        ] {
            assert_eq!(wanted(header, 10), Wanted::Whole, "{header}");
        }
        assert_eq!(wanted("Bytes=,0-1 ,", 10), Wanted::One(0..2));
    }

    proptest! {
        #[test]
        fn ranges_are_inside_and_not_empty(header in "bytes=[-0-9, ]{0,40}", size in 0u64..2000) {
            let ranges = match wanted(&header, size) {
                Wanted::Whole | Wanted::Unsatisfiable => Vec::new(),
                Wanted::One(range) => vec![range],
                Wanted::Many(ranges) => ranges,
            };
            prop_assert!(ranges.iter().all(|r| r.start < r.end && r.end <= size));
            let total: u64 = ranges.iter().map(|r| r.end - r.start).sum();
            prop_assert!(total <= size);
        }

        #[test]
        fn a_written_range_is_read(first in 0u64..300, last in 0u64..300, size in 1u64..200) {
            let expected = match (first <= last, first < size) {
                (false, _) => Wanted::Whole,
                (true, false) => Wanted::Unsatisfiable,
                (true, true) => Wanted::One(first..(last + 1).min(size)),
            };
            prop_assert_eq!(wanted(&format!("bytes={first}-{last}"), size), expected);
        }

        #[test]
        fn anything_is_read_without_a_panic(header in ".*", size in any::<u64>()) {
            wanted(&header, size);
        }
    }
}
