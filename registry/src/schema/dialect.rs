//! The two SQL dialects and how each writes names.

use super::{name_shrinker, reserved_words};

/// The SQL dialect of a back end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite 3.
    Sqlite,
    /// PostgreSQL.
    Postgresql,
}

/// Longest identifier of PostgreSQL, in bytes.
const POSTGRESQL_NAME_LENGTH: usize = 63;

impl Dialect {
    /// A name as SQLAlchemy writes it: in double quotes if it is reserved, has capitals or anything but letters, digits,
    /// `_` and `$`, or does not start with a letter or `_`.
    pub fn quote(self, name: &str) -> String {
        let plain = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'$')
            && name
                .bytes()
                .next()
                .is_some_and(|b| b.is_ascii_lowercase() || b == b'_');
        if plain && !reserved_words::has(self, name) {
            return name.to_owned();
        }
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// Names in a comma list, each quoted.
    pub fn quote_all<S: AsRef<str>>(self, names: impl IntoIterator<Item = S>) -> String {
        let quoted: Vec<String> = names.into_iter().map(|n| self.quote(n.as_ref())).collect();
        quoted.join(", ")
    }

    /// A table, index or sequence in a namespace.
    pub fn qualify(self, namespace: Option<&str>, name: &str) -> String {
        match namespace {
            Some(namespace) => format!("{}.{}", self.quote(namespace), self.quote(name)),
            None => self.quote(name),
        }
    }

    /// The name that a constraint, index or sequence gets when `name` is too long for the back end
    /// (`Database.shrinkDatabaseEntityName`, `lsst/daf/butler/registry/interfaces/_database.py`).
    pub fn shrink(self, name: &str) -> String {
        match self {
            Self::Sqlite => name.to_owned(),
            Self::Postgresql => name_shrinker::shrink(name, POSTGRESQL_NAME_LENGTH),
        }
    }

    /// The columns that hold a timespan of this name: two on SQLite, one on PostgreSQL
    /// (`TimespanDatabaseRepresentation.getFieldNames`).
    pub fn timespan_columns(self, name: &str) -> Vec<String> {
        match self {
            Self::Sqlite => vec![format!("{name}_begin"), format!("{name}_end")],
            Self::Postgresql => vec![name.to_owned()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected values: `dialect.identifier_preparer.quote(name)` of SQLAlchemy 2.1.
    #[test]
    fn names_are_quoted_as_sqlalchemy_does() {
        let both = [
            ("visit", "visit"),
            ("group", "\"group\""),
            ("Group", "\"Group\""),
            ("with space", "\"with space\""),
            ("a$b", "a$b"),
            ("_a", "_a"),
            ("1a", "\"1a\""),
            ("$a", "\"$a\""),
            ("quo\"te", "\"quo\"\"te\""),
            ("é", "\"é\""),
        ];
        for (name, expected) in both {
            assert_eq!(Dialect::Sqlite.quote(name), expected, "{name}");
            assert_eq!(Dialect::Postgresql.quote(name), expected, "{name}");
        }
        assert_eq!(Dialect::Sqlite.quote("user"), "user");
        assert_eq!(Dialect::Postgresql.quote("user"), "\"user\"");
        assert_eq!(Dialect::Sqlite.quote("key"), "\"key\"");
        assert_eq!(Dialect::Postgresql.quote("key"), "key");
    }
}
