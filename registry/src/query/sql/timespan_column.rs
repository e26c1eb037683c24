//! Timespans in SQL: two columns on SQLite, a range on PostgreSQL (`lsst/daf/butler/timespan_database_representation.py`).

use super::fragment::{Fragment, all_of};
use crate::database::Value;
use crate::model::timespan::Timespan;
use crate::schema::dialect::Dialect;

/// A timespan-valued expression.
#[derive(Debug, Clone, PartialEq)]
pub enum TimespanColumn {
    /// Lower and upper bound, the upper exclusive.
    Bounds(Fragment, Fragment),
    /// `int8range`.
    Range(Fragment),
}

impl TimespanColumn {
    /// The timespan column `name` of a table.
    pub fn of_table(dialect: Dialect, alias: &str, name: &str) -> Self {
        let column = |suffix: &str| Fragment::column(dialect, alias, &format!("{name}{suffix}"));
        match dialect {
            Dialect::Sqlite => Self::Bounds(column("_begin"), column("_end")),
            Dialect::Postgresql => Self::Range(column("")),
        }
    }

    /// A value.
    pub fn literal(dialect: Dialect, timespan: Timespan) -> Self {
        let (begin, end) = timespan.ns();
        match dialect {
            Dialect::Sqlite => Self::Bounds(Fragment::bind(begin), Fragment::bind(end)),
            Dialect::Postgresql => Self::Range(Fragment::bind(Value::Timespan(timespan))),
        }
    }

    /// Whether there is no timespan.
    pub fn is_null(&self) -> Fragment {
        match self {
            Self::Bounds(column, _) | Self::Range(column) => column.clone().sql(" IS NULL"),
        }
    }

    /// Whether both have a time in common.
    pub fn overlaps(&self, other: &Self) -> Fragment {
        match (self, other) {
            (Self::Range(a), Self::Range(b)) => a.clone().sql(" && ").append(b.clone()),
            _ => {
                let ((a0, a1), (b0, b1)) = (self.bounds(), other.bounds());
                all_of(vec![a1.sql(" > ").append(b0), b1.sql(" > ").append(a0)])
            }
        }
    }

    /// Whether a time, in TAI nanoseconds, is within.
    pub fn contains(&self, time: Fragment) -> Fragment {
        match self {
            Self::Range(column) => column.clone().sql(" @> ").append(time),
            Self::Bounds(begin, end) => all_of(vec![
                begin.clone().sql(" <= ").append(time.clone()),
                end.clone().sql(" > ").append(time),
            ]),
        }
    }

    /// Lower bound; 0 where there is none.
    pub fn lower(&self) -> Fragment {
        self.bound(false)
    }

    /// Upper bound; 0 where there is none, as the reference has it.
    pub fn upper(&self) -> Fragment {
        self.bound(true)
    }

    fn bound(&self, is_upper: bool) -> Fragment {
        let column = match self {
            Self::Bounds(begin, end) => if is_upper { end } else { begin }.clone(),
            Self::Range(column) => {
                let function = if is_upper { "upper" } else { "lower" };
                Fragment::text(function).append(column.clone().parens())
            }
        };
        Fragment::text("coalesce(").append(column).sql(", 0)")
    }

    fn bounds(&self) -> (Fragment, Fragment) {
        match self {
            Self::Bounds(begin, end) => (begin.clone(), end.clone()),
            Self::Range(_) => (self.lower(), self.upper()),
        }
    }

    /// The columns that hold it, with their names when the whole is called `name`.
    pub fn flatten(&self, name: &str) -> Vec<(String, Fragment)> {
        match self {
            Self::Bounds(begin, end) => vec![
                (format!("{name}_begin"), begin.clone()),
                (format!("{name}_end"), end.clone()),
            ],
            Self::Range(column) => vec![(name.to_owned(), column.clone())],
        }
    }

    /// The same with a function applied to each column.
    pub fn map(self, function: impl Fn(Fragment) -> Fragment) -> Self {
        match self {
            Self::Bounds(begin, end) => Self::Bounds(function(begin), function(end)),
            Self::Range(column) => Self::Range(function(column)),
        }
    }
}
