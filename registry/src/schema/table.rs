//! What a table is, whatever the back end (`lsst/daf/butler/ddl.py`).

use crate::model::column::ColumnType;

/// Strings longer than this are columns of unlimited text (`FieldSpec.isStringType`).
const LONGEST_LIMITED_STRING: u32 = 32;

/// Type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlType {
    /// 64-bit integer.
    BigInt,
    /// 16-bit integer.
    SmallInt,
    /// 64-bit floating point number.
    Float,
    /// Boolean.
    Bool,
    /// Text of any length.
    Text,
    /// Text of at most `length` characters; beyond 32 the back ends do not enforce it.
    String {
        /// Largest number of characters.
        length: u32,
    },
    /// `VARCHAR` without a length: keys of collections in repos of the name-keyed collection manager.
    Varchar,
    /// 16 bytes: `CHAR(32)` of lower-case hexadecimal on SQLite, `UUID` on PostgreSQL.
    Uuid,
    /// Bytes (hashes and regions), as base64 text on both back ends.
    Base64,
    /// Time without zone, UTC, default now; only `dataset.ingest_date` of repos of datasets manager 1.
    Timestamp,
    /// Half-open interval of TAI nanoseconds: two `BIGINT` columns `<name>_begin` and `<name>_end` on SQLite, an
    /// `INT8RANGE` on PostgreSQL. The default of a column that is not nullable is the unbounded timespan.
    Timespan,
}

impl SqlType {
    /// Whether the back ends enforce a length for this type (`FieldSpec.isStringType`).
    pub fn limited_length(self) -> Option<u32> {
        match self {
            Self::String { length } if (1..=LONGEST_LIMITED_STRING).contains(&length) => {
                Some(length)
            }
            _ => None,
        }
    }
}

impl From<ColumnType> for SqlType {
    fn from(column_type: ColumnType) -> Self {
        match column_type {
            ColumnType::Int => Self::BigInt,
            ColumnType::String { length } => Self::String { length },
            ColumnType::Float => Self::Float,
            ColumnType::Bool => Self::Bool,
            ColumnType::Hash { .. } | ColumnType::Region => Self::Base64,
            ColumnType::Timespan => Self::Timespan,
        }
    }
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Name; that of a timespan is a stem on SQLite.
    pub name: String,
    /// Type.
    pub sql_type: SqlType,
    /// Whether the value may be missing.
    pub nullable: bool,
    /// Whether the column is part of the primary key.
    pub primary_key: bool,
    /// Whether the back end makes up values: the row id on SQLite, a sequence of its own on PostgreSQL.
    pub autoincrement: bool,
}

impl ColumnSpec {
    /// A column of the primary key.
    pub fn key(name: &str, sql_type: SqlType) -> Self {
        Self {
            name: name.to_owned(),
            sql_type,
            nullable: false,
            primary_key: true,
            autoincrement: false,
        }
    }

    /// The primary key whose values the back end makes up.
    pub fn generated(name: &str) -> Self {
        Self {
            autoincrement: true,
            ..Self::key(name, SqlType::BigInt)
        }
    }

    /// A column that always has a value.
    pub fn required(name: &str, sql_type: SqlType) -> Self {
        Self {
            primary_key: false,
            ..Self::key(name, sql_type)
        }
    }

    /// A column whose value may be missing.
    pub fn nullable(name: &str, sql_type: SqlType) -> Self {
        Self {
            nullable: true,
            ..Self::required(name, sql_type)
        }
    }
}

/// What happens to rows when the row that they refer to is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// The deletion fails.
    Fail,
    /// They are deleted as well.
    Cascade,
}

/// A foreign key; its source columns get an index unless they have one already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKeySpec {
    /// Table that is referred to.
    pub table: String,
    /// Columns of this table.
    pub source: Vec<String>,
    /// Columns of the other table.
    pub target: Vec<String>,
    /// What deletion of the target does.
    pub on_delete: OnDelete,
}

impl ForeignKeySpec {
    /// A foreign key of one column.
    pub fn single(table: &str, source: &str, target: &str, on_delete: OnDelete) -> Self {
        Self {
            table: table.to_owned(),
            source: vec![source.to_owned()],
            target: vec![target.to_owned()],
            on_delete,
        }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSpec {
    /// Name.
    pub name: String,
    /// Columns in order.
    pub columns: Vec<ColumnSpec>,
    /// Unique constraints.
    pub unique: Vec<Vec<String>>,
    /// Indexes beyond those of keys and constraints; a timespan column stands for all that hold it.
    pub indexes: Vec<Vec<String>>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKeySpec>,
}

impl TableSpec {
    /// A table of these columns and nothing else.
    pub fn new(name: impl Into<String>, columns: Vec<ColumnSpec>) -> Self {
        Self {
            name: name.into(),
            columns,
            unique: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
        }
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&ColumnSpec> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Names of the columns of the primary key, in order.
    pub fn primary_key(&self) -> impl Iterator<Item = &str> {
        self.columns
            .iter()
            .filter(|c| c.primary_key)
            .map(|c| c.name.as_str())
    }

    /// Add a column, unless one of this name is there already.
    pub fn add_column(&mut self, column: ColumnSpec) {
        if self.column(&column.name).is_none() {
            self.columns.push(column);
        }
    }
}
