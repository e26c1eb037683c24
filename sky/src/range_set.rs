//! Sets of pixel indexes.

use std::ops::Range;

/// A set of integers as disjoint, ascending, non-adjacent half-open ranges (`sphgeom/RangeSet`).
///
/// Unlike the reference's, it has no wrapping ranges and cannot hold 2⁶⁴ - 1, which is no pixel's index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RangeSet {
    ranges: Vec<(u64, u64)>,
}

impl RangeSet {
    /// The set without members.
    pub const fn new() -> Self {
        Self { ranges: Vec::new() }
    }

    /// The (begin, end) pairs in ascending order; `end` is not a member.
    pub fn ranges(&self) -> &[(u64, u64)] {
        &self.ranges
    }

    /// The (begin, end) pairs in ascending order; `end` is not a member.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u64, u64)> + '_ {
        self.ranges.iter().copied()
    }

    /// All members in ascending order.
    pub fn indices(&self) -> impl Iterator<Item = u64> + '_ {
        self.ranges.iter().flat_map(|(begin, end)| *begin..*end)
    }

    /// The number of ranges.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// True when there are no members.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The number of members.
    pub fn cardinality(&self) -> u64 {
        self.ranges.iter().map(|(begin, end)| end - begin).sum()
    }

    /// True when `i` is a member.
    pub fn contains(&self, i: u64) -> bool {
        let after = self.ranges.partition_point(|(begin, _)| *begin <= i);
        after > 0 && i < self.ranges[after - 1].1
    }

    /// Adds the members of `range`; an empty range adds none. Fastest in ascending order.
    pub fn insert(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        match self.ranges.last_mut() {
            Some((_, end)) if *end < range.start => self.ranges.push((range.start, range.end)),
            Some((begin, end)) if *begin <= range.start => *end = (*end).max(range.end),
            None => self.ranges.push((range.start, range.end)),
            Some(_) => {
                let first = self.ranges.partition_point(|(_, end)| *end < range.start);
                let after = self
                    .ranges
                    .partition_point(|(begin, _)| *begin <= range.end);
                let touched = &self.ranges[first..after];
                let begin = touched
                    .first()
                    .map_or(range.start, |r| r.0.min(range.start));
                let end = touched.last().map_or(range.end, |r| r.1.max(range.end));
                self.ranges.splice(first..after, [(begin, end)]);
            }
        }
    }

    /// The members of this set or `s`.
    pub fn union(&self, s: &Self) -> Self {
        let (mut a, mut b) = (self.iter().peekable(), s.iter().peekable());
        let mut out = Self {
            ranges: Vec::with_capacity(self.len() + s.len()),
        };
        while let Some((begin, end)) = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if y < x => b.next(),
            (Some(_), _) => a.next(),
            (None, _) => b.next(),
        } {
            out.insert(begin..end);
        }
        out
    }

    /// The members of this set that are also in `s`.
    pub fn intersection(&self, s: &Self) -> Self {
        let (mut i, mut j) = (0, 0);
        let mut out = Self::new();
        while let (Some(a), Some(b)) = (self.ranges.get(i), s.ranges.get(j)) {
            out.insert(a.0.max(b.0)..a.1.min(b.1));
            if a.1 < b.1 {
                i += 1;
            } else {
                j += 1;
            }
        }
        out
    }

    /// The members of this set that are not in `s`.
    pub fn difference(&self, s: &Self) -> Self {
        let mut out = Self::new();
        let mut others = s.ranges.as_slice();
        for (mut begin, end) in self.iter() {
            let skipped = others.partition_point(|(_, e)| *e <= begin);
            others = &others[skipped..];
            for (b, e) in others {
                if *b >= end {
                    break;
                }
                out.insert(begin..*b);
                begin = *e;
            }
            out.insert(begin..end);
        }
        out
    }

    /// Every range widened to multiples of 2^`bits`.
    pub(crate) fn widened(&self, bits: u32) -> Self {
        let mask = (1u64 << bits) - 1;
        let mut out = Self {
            ranges: Vec::with_capacity(self.len()),
        };
        for (begin, end) in self.iter() {
            out.insert(begin & !mask..(end + mask) & !mask);
        }
        out
    }

    /// Every range narrowed to multiples of 2^`bits`.
    pub(crate) fn narrowed(&self, bits: u32) -> Self {
        let mask = (1u64 << bits) - 1;
        let mut out = Self {
            ranges: Vec::with_capacity(self.len()),
        };
        for (begin, end) in self.iter() {
            out.insert((begin + mask) & !mask..end & !mask);
        }
        out
    }
}

impl FromIterator<Range<u64>> for RangeSet {
    fn from_iter<I: IntoIterator<Item = Range<u64>>>(ranges: I) -> Self {
        let mut out = Self::new();
        for range in ranges {
            out.insert(range);
        }
        out
    }
}
