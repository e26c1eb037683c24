//! SQL text with its values, for one dialect.

use super::value::Value;
use crate::model::timespan::Timespan;
use crate::schema::dialect::Dialect;

/// A statement under construction: text, quoted names, and values that are always bound, never pasted.
#[derive(Debug, Clone)]
pub struct Statement {
    dialect: Dialect,
    namespace: Option<String>,
    sql: String,
    values: Vec<Value>,
}

impl Statement {
    /// An empty statement; table names will be of this namespace.
    pub fn new(dialect: Dialect, namespace: Option<&str>) -> Self {
        Self {
            dialect,
            namespace: namespace.map(str::to_owned),
            sql: String::new(),
            values: Vec::new(),
        }
    }

    /// The dialect that the text is in.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Add text as it is.
    pub fn text(mut self, sql: &str) -> Self {
        self.sql.push_str(sql);
        self
    }

    /// Add the name of a table.
    pub fn table(mut self, name: &str) -> Self {
        let name = self.dialect.qualify(self.namespace.as_deref(), name);
        self.sql.push_str(&name);
        self
    }

    /// Add the name of a column.
    pub fn name(mut self, name: &str) -> Self {
        self.sql.push_str(&self.dialect.quote(name));
        self
    }

    /// Add the names of columns in a comma list.
    pub fn names<S: AsRef<str>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.sql.push_str(&self.dialect.quote_all(names));
        self
    }

    /// Add a placeholder for a value.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        let placeholder = format!("${}", self.values.len());
        self.sql.push_str(&placeholder);
        self
    }

    /// Add placeholders for values in a comma list.
    pub fn bind_all(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        for (i, value) in values.into_iter().enumerate() {
            if i > 0 {
                self.sql.push_str(", ");
            }
            self = self.bind(value);
        }
        self
    }

    /// Add placeholders for a timespan, as many as it has columns ([`Dialect::timespan_columns`]).
    pub fn bind_timespan(self, timespan: Option<Timespan>) -> Self {
        match (self.dialect, timespan) {
            (Dialect::Postgresql, Some(timespan)) => self.bind(Value::Timespan(timespan)),
            (Dialect::Postgresql, None) => self.bind(Value::Null),
            (Dialect::Sqlite, Some(timespan)) => {
                let (begin, end) = timespan.ns();
                self.bind(begin).text(", ").bind(end)
            }
            (Dialect::Sqlite, None) => self.bind(Value::Null).text(", ").bind(Value::Null),
        }
    }

    /// The text; placeholders are `$1`, `$2`, ...
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The values in the order of their numbers.
    pub fn values(&self) -> &[Value] {
        &self.values
    }
}
