//! A piece of SQL text with its values.

use std::collections::HashMap;

use crate::database::Value;
use crate::schema::dialect::Dialect;

/// A piece of SQL: text, and values that are always bound, never pasted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fragment {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Bind(Value),
}

impl Fragment {
    /// Text as it is.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            parts: vec![Part::Text(text.into())],
        }
    }

    /// A placeholder for a value.
    pub fn bind(value: impl Into<Value>) -> Self {
        Self {
            parts: vec![Part::Bind(value.into())],
        }
    }

    /// A column of a table that is known by `alias` in the statement.
    pub fn column(dialect: Dialect, alias: &str, name: &str) -> Self {
        Self::text(format!("{}.{}", dialect.quote(alias), dialect.quote(name)))
    }

    /// Pieces one after the other, with `separator` between them.
    pub fn join(separator: &str, pieces: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        for (i, piece) in pieces.into_iter().enumerate() {
            if i > 0 {
                all = all.sql(separator);
            }
            all = all.append(piece);
        }
        all
    }

    /// Add text.
    pub fn sql(mut self, text: &str) -> Self {
        match self.parts.last_mut() {
            Some(Part::Text(last)) => last.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
        self
    }

    /// Add a piece.
    pub fn append(mut self, other: Self) -> Self {
        for part in other.parts {
            self = match part {
                Part::Text(text) => self.sql(&text),
                bind @ Part::Bind(_) => {
                    self.parts.push(bind);
                    self
                }
            };
        }
        self
    }

    /// Add a placeholder for a value.
    pub fn add_bind(self, value: impl Into<Value>) -> Self {
        self.append(Self::bind(value))
    }

    /// The same in parentheses.
    pub fn parens(self) -> Self {
        Self::text("(").append(self).sql(")")
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Text with `$1`, `$2`, ... for the values, and the values in that order. Equal values share a place, so that an
    /// expression in GROUP BY is the same as in SELECT to PostgreSQL.
    pub fn into_sql(self) -> (String, Vec<Value>) {
        let mut sql = String::new();
        let mut values: Vec<Value> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for part in self.parts {
            let value = match part {
                Part::Text(text) => {
                    sql.push_str(&text);
                    continue;
                }
                Part::Bind(value) => value,
            };
            let place = match &value {
                Value::Text(text) if text.len() > SHARED => None,
                Value::Bytes(_) => None,
                small => Some(format!("{small:?}")),
            };
            let number = match place.as_ref().and_then(|p| places.get(p)) {
                Some(number) => *number,
                None => {
                    values.push(value);
                    values.len()
                }
            };
            if let Some(place) = place {
                places.insert(place, number);
            }
            sql.push('$');
            sql.push_str(&number.to_string());
        }
        (sql, values)
    }
}

/// Longest text that is looked for among the values of a statement.
const SHARED: usize = 200;

/// Conditions that must all hold; none always hold.
pub fn all_of(conditions: Vec<Fragment>) -> Fragment {
    combine(conditions, " AND ", "true")
}

/// Conditions of which one must hold; none never hold.
pub fn any_of(conditions: Vec<Fragment>) -> Fragment {
    combine(conditions, " OR ", "false")
}

/// Conditions that stand in one row; SQLite takes no expression that is nested more than a thousand deep, and an OR of a
/// thousand ranges of pixels is.
const IN_A_ROW: usize = 32;

fn combine(mut conditions: Vec<Fragment>, operator: &str, nothing: &str) -> Fragment {
    match conditions.len() {
        0 => Fragment::text(nothing),
        1 => conditions.remove(0),
        n if n > IN_A_ROW => {
            let second = conditions.split_off(n / 2);
            let halves = [conditions, second].map(|half| combine(half, operator, nothing));
            Fragment::join(operator, halves.map(Fragment::parens))
        }
        _ => Fragment::join(operator, conditions.into_iter().map(Fragment::parens)),
    }
}
