//! Where tables are: the registry's and the stage's, in each dialect.

use pantry_registry::database::Value;
use pantry_registry::model::time::TaiNs;
use pantry_registry::schema::ddl::sequence_name;
use pantry_registry::schema::dialect::Dialect;
use pantry_registry::schema::managers::{CollectionKey, IngestDate, Managers};

/// Quotes names and says where tables are during a load.
///
/// On SQLite the stage is an attached database; on PostgreSQL its tables are temporary tables named `stage_...`.
#[derive(Debug, Clone)]
pub struct Place {
    /// SQL dialect of the registry.
    pub dialect: Dialect,
    /// PostgreSQL schema of the registry, if it has one.
    pub namespace: Option<String>,
    /// The layout of the registry's tables.
    pub managers: Managers,
}

/// The value of an ingest date as the registry's layout holds it.
pub fn ingest_value(place: &Place, time: IngestTime) -> Value {
    match place.managers.ingest_date {
        IngestDate::TaiNs => Value::Int(TaiNs::from_utc_micros(time.utc_micros).0),
        IngestDate::Timestamp => {
            Value::Text(TaiNs(time.utc_micros.saturating_mul(1000)).written(' ', 6))
        }
    }
}

/// When datasets came into the repo.
#[derive(Debug, Clone, Copy)]
pub struct IngestTime {
    /// Microseconds since 1970-01-01 UTC.
    utc_micros: i64,
}

impl IngestTime {
    /// The time of the machine's clock.
    pub fn now() -> Self {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            utc_micros: i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
        }
    }
}

/// A name in double quotes.
pub fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names in double quotes, each after `prefix`, separated by commas.
pub fn list<S: AsRef<str>>(prefix: &str, names: impl IntoIterator<Item = S>) -> String {
    let quoted: Vec<String> = names
        .into_iter()
        .map(|n| format!("{prefix}{}", quote(n.as_ref())))
        .collect();
    quoted.join(", ")
}

impl Place {
    /// A table of the registry.
    pub fn repo(&self, table: &str) -> String {
        match (self.dialect, &self.namespace) {
            (Dialect::Sqlite, _) => format!("main.{}", quote(table)),
            (Dialect::Postgresql, Some(namespace)) => {
                format!("{}.{}", quote(namespace), quote(table))
            }
            (Dialect::Postgresql, None) => quote(table),
        }
    }

    /// A table of the stage.
    pub fn stage(&self, table: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("stage.{}", quote(table)),
            Dialect::Postgresql => format!("pg_temp.{}", quote(&format!("stage_{table}"))),
        }
    }

    /// A small table made for the load.
    pub fn map(&self, table: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("temp.{}", quote(table)),
            Dialect::Postgresql => format!("pg_temp.{}", quote(table)),
        }
    }

    /// The column by which other tables refer to a collection.
    pub fn collection_column(&self) -> &'static str {
        match self.managers.collections {
            CollectionKey::Id => "collection_id",
            CollectionKey::Name => "collection_name",
        }
    }

    /// The column by which `dataset` refers to its run.
    pub fn run_column(&self) -> &'static str {
        match self.managers.collections {
            CollectionKey::Id => "run_id",
            CollectionKey::Name => "run_name",
        }
    }

    /// The key of the `collection` table.
    pub fn collection_key(&self) -> &'static str {
        match self.managers.collections {
            CollectionKey::Id => "collection_id",
            CollectionKey::Name => "name",
        }
    }

    /// Parameter 1 as an ingest date.
    pub fn ingest_date(&self) -> &'static str {
        match (self.dialect, self.managers.ingest_date) {
            (Dialect::Sqlite, _) => "$1",
            (Dialect::Postgresql, IngestDate::TaiNs) => "CAST($1 AS bigint)",
            (Dialect::Postgresql, IngestDate::Timestamp) => "CAST(CAST($1 AS text) AS timestamp)",
        }
    }

    /// The column and value of a generated key in an INSERT, each followed by a comma: PostgreSQL draws from the table's
    /// sequence, SQLite makes keys up by itself.
    pub fn generated_key(&self, table: &str) -> (&'static str, String) {
        match self.dialect {
            Dialect::Sqlite => ("", String::new()),
            Dialect::Postgresql => {
                let sequence = self.repo(&sequence_name(table, "id", self.dialect));
                (
                    "id, ",
                    format!("nextval('{}'::regclass), ", sequence.replace('\'', "''")),
                )
            }
        }
    }

    /// Comparison that treats NULLs as equal.
    pub fn is_distinct(&self, left: &str, right: &str) -> String {
        format!("{left} IS DISTINCT FROM {right}")
    }

    /// The registry's columns of a timespan.
    pub fn timespan_columns(&self) -> Vec<&'static str> {
        match self.dialect {
            Dialect::Sqlite => vec!["timespan_begin", "timespan_end"],
            Dialect::Postgresql => vec!["timespan"],
        }
    }

    /// Whether the timespans of two rows of the registry overlap.
    pub fn timespans_overlap(&self, one: &str, other: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => format!(
                "{one}.timespan_begin < {other}.timespan_end AND {other}.timespan_begin < {one}.timespan_end"
            ),
            Dialect::Postgresql => format!("{one}.timespan && {other}.timespan"),
        }
    }

    /// Values of [`Place::timespan_columns`] from staged bounds with the table alias `from`.
    ///
    /// On PostgreSQL unbounded sides are NULL bounds of the range (`lsst/daf/butler/registry/databases/postgresql.py`).
    pub fn timespan_values(&self, from: &str) -> Vec<String> {
        let (begin, end) = (
            format!("{from}.timespan_begin"),
            format!("{from}.timespan_end"),
        );
        match self.dialect {
            Dialect::Sqlite => vec![begin, end],
            Dialect::Postgresql => vec![format!(
                "CASE WHEN {begin} IS NULL THEN NULL WHEN {begin} >= {end} THEN 'empty'::int8range \
                 ELSE int8range(nullif({begin}, 0), nullif({end}, 4102444800000000000)) END"
            )],
        }
    }
}
