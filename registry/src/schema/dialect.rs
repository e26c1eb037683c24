//! The two SQL dialects and how each writes names.

use super::name_shrinker;

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

/// Words that SQLAlchemy quotes when they are names, for SQLite.
const SQLITE_RESERVED: &[&str] = &[
    "add",
    "after",
    "all",
    "alter",
    "analyze",
    "and",
    "as",
    "asc",
    "attach",
    "autoincrement",
    "before",
    "begin",
    "between",
    "by",
    "cascade",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "commit",
    "conflict",
    "constraint",
    "create",
    "cross",
    "current_date",
    "current_time",
    "current_timestamp",
    "database",
    "default",
    "deferrable",
    "deferred",
    "delete",
    "desc",
    "detach",
    "distinct",
    "drop",
    "each",
    "else",
    "end",
    "escape",
    "except",
    "exclusive",
    "exists",
    "explain",
    "fail",
    "false",
    "for",
    "foreign",
    "from",
    "full",
    "glob",
    "group",
    "having",
    "if",
    "ignore",
    "immediate",
    "in",
    "index",
    "indexed",
    "initially",
    "inner",
    "insert",
    "instead",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "key",
    "left",
    "like",
    "limit",
    "match",
    "natural",
    "not",
    "notnull",
    "null",
    "of",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "plan",
    "pragma",
    "primary",
    "query",
    "raise",
    "references",
    "reindex",
    "rename",
    "replace",
    "restrict",
    "right",
    "rollback",
    "row",
    "select",
    "set",
    "table",
    "temp",
    "temporary",
    "then",
    "to",
    "transaction",
    "trigger",
    "true",
    "union",
    "unique",
    "update",
    "using",
    "vacuum",
    "values",
    "view",
    "virtual",
    "when",
    "where",
];

/// Words that SQLAlchemy quotes when they are names, for PostgreSQL.
const POSTGRESQL_RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "new",
    "not",
    "notnull",
    "null",
    "of",
    "off",
    "offset",
    "old",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

impl Dialect {
    /// A name as SQLAlchemy writes it: in double quotes if it is reserved, has capitals or anything but letters, digits,
    /// `_` and `$`, or does not start with a letter or `_`.
    pub fn quote(self, name: &str) -> String {
        let reserved = match self {
            Self::Sqlite => SQLITE_RESERVED,
            Self::Postgresql => POSTGRESQL_RESERVED,
        };
        let plain = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'$')
            && name
                .bytes()
                .next()
                .is_some_and(|b| b.is_ascii_lowercase() || b == b'_');
        if plain && reserved.binary_search(&name).is_err() {
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

    #[test]
    fn reserved_words_are_sorted_for_the_search() {
        assert!(SQLITE_RESERVED.is_sorted());
        assert!(POSTGRESQL_RESERVED.is_sorted());
    }

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
