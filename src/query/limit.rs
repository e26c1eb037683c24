//! `--limit`: how many rows are shown, and whether it is told that there are more.

/// A limit as the reference's command line reads it (`lsst/daf/butler/script/queryDataIds.py`): 0 is none, and a negative
/// one warns when it cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    shown: Option<u64>,
    warns: bool,
}

impl Limit {
    /// Of the option's value.
    pub fn of(limit: i64) -> Self {
        Self {
            shown: (limit != 0).then(|| limit.unsigned_abs()),
            warns: limit < 0,
        }
    }

    /// The most rows that are shown; `None` is all.
    pub fn shown(self) -> Option<u64> {
        self.shown
    }

    /// Whether it is told that there are more.
    pub fn warns(self) -> bool {
        self.warns
    }

    /// What is left of the limit after so many rows.
    pub fn less(self, used: u64) -> Self {
        Self {
            shown: self.shown.map(|shown| shown.saturating_sub(used)),
            ..self
        }
    }

    /// The most rows to ask for: one more than are shown, where it must be told that there are more.
    pub fn asked(self) -> Option<u64> {
        self.shown
            .map(|shown| shown.saturating_add(u64::from(self.warns)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_no_limit_and_negative_ones_ask_for_one_more() {
        let read = |limit| (Limit::of(limit).shown(), Limit::of(limit).asked());
        assert_eq!(read(0), (None, None));
        assert_eq!(read(5), (Some(5), Some(5)));
        assert_eq!(read(-5), (Some(5), Some(6)));
        assert_eq!(read(i64::MIN), (Some(1 << 63), Some((1 << 63) + 1)));
    }
}
