//! The SQL text that makes a table, as SQLAlchemy writes it for the reference.

use super::dialect::Dialect;
use super::table::{ColumnSpec, ForeignKeySpec, OnDelete, SqlType, TableSpec};
use crate::model::timespan::Timespan;

/// The statements that make a table, in the order in which they must run: sequences (PostgreSQL only), the table, its
/// indexes. The text of each is that of SQLAlchemy (`Database._convertTableSpec`,
/// `lsst/daf/butler/registry/interfaces/_database.py`); the order of indexes, which it leaves to chance, is ours.
pub fn create_statements(
    table: &TableSpec,
    dialect: Dialect,
    namespace: Option<&str>,
) -> Vec<String> {
    let mut statements: Vec<String> = Vec::new();
    if dialect == Dialect::Postgresql {
        for column in table.columns.iter().filter(|c| c.autoincrement) {
            let sequence = sequence_name(&table.name, &column.name, dialect);
            statements.push(format!(
                "CREATE SEQUENCE {}",
                dialect.qualify(namespace, &sequence)
            ));
        }
    }
    statements.push(create_table(table, dialect, namespace));
    statements.extend(indexes(table, dialect).into_iter().map(|index| {
        format!(
            "CREATE INDEX {} ON {} ({})",
            dialect.quote(&dialect.shrink(&index.name)),
            dialect.qualify(namespace, &table.name),
            dialect.quote_all(&index.columns),
        )
    }));
    statements
}

/// Name of the sequence that numbers the rows of a table on PostgreSQL; callers take values from it themselves, the
/// column has no default.
pub fn sequence_name(table: &str, column: &str, dialect: Dialect) -> String {
    dialect.shrink(&format!("{table}_seq_{column}"))
}

/// An index of a table, its columns being those of the back end.
struct Index {
    name: String,
    columns: Vec<String>,
}

fn create_table(table: &TableSpec, dialect: Dialect, namespace: Option<&str>) -> String {
    let mut lines: Vec<String> = table
        .columns
        .iter()
        .flat_map(|c| column_lines(c, dialect))
        .collect();
    lines.push(format!(
        "PRIMARY KEY ({})",
        dialect.quote_all(table.primary_key())
    ));
    if dialect == Dialect::Sqlite {
        lines.extend(table.columns.iter().filter_map(|c| length_check(table, c)));
    }
    for columns in &table.unique {
        let name = dialect.shrink(&format!("{}_unq_{}", table.name, columns.join("_")));
        lines.push(format!(
            "CONSTRAINT {} UNIQUE ({})",
            dialect.quote(&name),
            dialect.quote_all(columns)
        ));
    }
    lines.extend(
        table
            .foreign_keys
            .iter()
            .map(|key| foreign_key_line(table, key, dialect, namespace)),
    );
    format!(
        "CREATE TABLE {} (\n\t{}\n)",
        dialect.qualify(namespace, &table.name),
        lines.join(", \n\t")
    )
}

fn column_lines(column: &ColumnSpec, dialect: Dialect) -> Vec<String> {
    let not_null = if column.nullable { "" } else { " NOT NULL" };
    let names = match column.sql_type {
        SqlType::Timespan => dialect.timespan_columns(&column.name),
        _ => vec![column.name.clone()],
    };
    names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let default = match default_value(column, dialect, i) {
                Some(value) => format!(" DEFAULT {value}"),
                None => String::new(),
            };
            let sql_type = type_name(column, dialect);
            format!("{} {sql_type}{default}{not_null}", dialect.quote(name))
        })
        .collect()
}

fn type_name(column: &ColumnSpec, dialect: Dialect) -> String {
    let name = match (column.sql_type, dialect) {
        (SqlType::BigInt, Dialect::Sqlite) if column.autoincrement => "INTEGER",
        (SqlType::Timespan, Dialect::Sqlite) | (SqlType::BigInt, _) => "BIGINT",
        (SqlType::Timespan, Dialect::Postgresql) => "INT8RANGE",
        (SqlType::SmallInt, _) => "SMALLINT",
        (SqlType::Float, _) => "FLOAT",
        (SqlType::Bool, _) => "BOOLEAN",
        (SqlType::Varchar, _) => "VARCHAR",
        (SqlType::Uuid, Dialect::Sqlite) => "CHAR(32)",
        (SqlType::Uuid, Dialect::Postgresql) => "UUID",
        (SqlType::Timestamp, Dialect::Sqlite) => "TIMESTAMP",
        (SqlType::Timestamp, Dialect::Postgresql) => "TIMESTAMP WITHOUT TIME ZONE",
        (SqlType::Text | SqlType::Base64, _) => "TEXT",
        (SqlType::String { .. }, _) => match column.sql_type.limited_length() {
            Some(length) => return format!("VARCHAR({length})"),
            None => "TEXT",
        },
    };
    name.to_owned()
}

/// The server-side default of a column; `bound` is 0 or 1 for the two columns of a timespan on SQLite.
fn default_value(column: &ColumnSpec, dialect: Dialect, bound: usize) -> Option<String> {
    match (column.sql_type, dialect) {
        _ if column.nullable => None,
        (SqlType::Timespan, Dialect::Postgresql) => Some("'(,)'::int8range".to_owned()),
        (SqlType::Timespan, Dialect::Sqlite) => {
            let (begin, end) = Timespan::UNBOUNDED.ns();
            Some([begin, end][bound].to_string())
        }
        (SqlType::Timestamp, Dialect::Postgresql) => Some("now()".to_owned()),
        (SqlType::Timestamp, Dialect::Sqlite) => Some("CURRENT_TIMESTAMP".to_owned()),
        _ => None,
    }
}

/// SQLite enforces no length by itself, and an empty string is a NULL elsewhere
/// (`SqliteDatabase._makeColumnConstraints`).
fn length_check(table: &TableSpec, column: &ColumnSpec) -> Option<String> {
    let length = column.sql_type.limited_length()?;
    let dialect = Dialect::Sqlite;
    let constraint = dialect.quote(&format!("{}_len_{}", table.name, column.name));
    let name = format!("\"{}\"", column.name);
    Some(format!(
        "CONSTRAINT {constraint} CHECK (length({name})<={length} AND length({name})>=1)"
    ))
}

fn foreign_key_line(
    table: &TableSpec,
    key: &ForeignKeySpec,
    dialect: Dialect,
    namespace: Option<&str>,
) -> String {
    let name = dialect.shrink(&format!(
        "fkey_{}_{}_{}_{}",
        table.name,
        key.table,
        key.target.join("_"),
        key.source.join("_")
    ));
    let on_delete = match key.on_delete {
        OnDelete::Fail => "",
        OnDelete::Cascade => " ON DELETE CASCADE",
    };
    format!(
        "CONSTRAINT {} FOREIGN KEY({}) REFERENCES {} ({}){on_delete}",
        dialect.quote(&name),
        dialect.quote_all(&key.source),
        dialect.qualify(namespace, &key.table),
        dialect.quote_all(&key.target),
    )
}

/// Explicit indexes and those of foreign keys, without what the primary key, a unique constraint or an earlier index
/// covers exactly.
fn indexes(table: &TableSpec, dialect: Dialect) -> Vec<Index> {
    let mut covered: Vec<Vec<String>> = vec![table.primary_key().map(str::to_owned).collect()];
    covered.extend(table.unique.iter().cloned());
    let mut result = Vec::new();
    let explicit = table.indexes.iter().map(|columns| ("idx", columns));
    let foreign = table.foreign_keys.iter().map(|k| ("fkidx", &k.source));
    for (kind, columns) in explicit.chain(foreign) {
        let columns: Vec<String> = columns
            .iter()
            .flat_map(|name| match table.column(name).map(|c| c.sql_type) {
                Some(SqlType::Timespan) => dialect.timespan_columns(name),
                _ => vec![name.clone()],
            })
            .collect();
        if covered.contains(&columns) {
            continue;
        }
        result.push(Index {
            name: format!("{}_{kind}_{}", table.name, columns.join("_")),
            columns: columns.clone(),
        });
        covered.push(columns);
    }
    result
}
