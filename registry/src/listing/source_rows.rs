//! SQL text of the innermost select of a search: rows of the tables of tags and calibrations.

use super::dataset_search::DatasetSearch;
use super::order_by::OrderColumn;
use crate::database::{Statement, Value};
use crate::model::collection::{Collection, CollectionType};
use crate::model::timespan::Timespan;
use crate::schema::dialect::Dialect;
use crate::schema::managers::{CollectionKey, Managers};

/// Writes the required dimensions, `_id`, `_run`, where one must be chosen `_collection`, and `_d<n>` for terms to sort by
/// that are properties of the dataset.
pub(super) struct SourceRows<'a> {
    search: &'a DatasetSearch,
    key: CollectionKey,
    dialect: Dialect,
}

impl<'a> SourceRows<'a> {
    pub fn new(search: &'a DatasetSearch, managers: Managers, dialect: Dialect) -> Self {
        Self {
            search,
            key: managers.collections,
            dialect,
        }
    }

    /// The rows of the dataset type in the collections, from the table of tags, that of calibrations, or both.
    pub fn rows(&self, statement: Statement) -> Statement {
        let (calibrations, others): (Vec<&Collection>, Vec<&Collection>) = self
            .search
            .collections
            .iter()
            .partition(|c| c.collection_type == CollectionType::Calibration);
        let tags = &self.search.dataset_type.tags_table;
        match &self.search.dataset_type.calibs_table {
            Some(calibs) if others.is_empty() => {
                self.of_table(statement, calibs, &calibrations, true)
            }
            Some(calibs) if !calibrations.is_empty() => {
                let first = self.of_table(statement, tags, &others, false);
                self.of_table(first.text(" UNION "), calibs, &calibrations, true)
            }
            _ => self.of_table(statement, tags, &others, false),
        }
    }

    fn of_table(
        &self,
        statement: Statement,
        table: &str,
        collections: &[&Collection],
        calibs: bool,
    ) -> Statement {
        let reference = self.key.collection_reference();
        let only_runs = collections
            .iter()
            .all(|c| c.collection_type == CollectionType::Run);
        let statement = self.columns(statement, collections, only_runs, calibs);
        let mut statement = statement.text(" FROM ").table(table).text(" AS t");
        let needs_dataset = !only_runs || self.sorts_by(&OrderColumn::IngestDate);
        if needs_dataset {
            statement = statement.text(" JOIN ").table("dataset");
            statement = statement.text(" AS d ON d.id = t.dataset_id");
        }
        if self.key == CollectionKey::Id {
            if !only_runs || collections.len() > 1 {
                // A dataset in a RUN collection is in its own run.
                let run = if only_runs {
                    "t.collection_id"
                } else {
                    "d.run_id"
                };
                statement = statement.text(" JOIN ").table("collection");
                statement = statement.text(&format!(" AS r ON r.collection_id = {run}"));
            }
            if self.sorts_by(&OrderColumn::Collection) {
                statement = statement.text(" JOIN ").table("collection");
                statement = statement.text(" AS k ON k.collection_id = t.collection_id");
            }
        }
        let id = self.search.dataset_type.id;
        statement = statement.text(" WHERE t.dataset_type_id = ").bind(id);
        if needs_dataset {
            // On both tables: it lets the planner choose the index of either.
            statement = statement.text(" AND d.dataset_type_id = ").bind(id);
        }
        let keys = collections.iter().map(|c| self.key_of(c));
        match collections.len() {
            1 => statement
                .text(&format!(" AND t.{reference} = "))
                .bind_all(keys),
            _ => {
                let open = statement.text(&format!(" AND t.{reference} IN ("));
                open.bind_all(keys).text(")")
            }
        }
    }

    fn columns(
        &self,
        statement: Statement,
        collections: &[&Collection],
        only_runs: bool,
        calibs: bool,
    ) -> Statement {
        let dimensions = &self.search.dataset_type.dataset_type.dimensions;
        let required = dimensions.required().map(|d| self.dialect.quote(d));
        let mut columns: Vec<String> = required.map(|d| format!("t.{d} AS {d}")).collect();
        columns.push("t.dataset_id AS _id".to_owned());
        let statement = statement.text("SELECT ").text(&columns.join(", "));
        let statement = match (self.key, collections) {
            (CollectionKey::Id, [run]) if only_runs => {
                let cast = statement.text(", CAST(").bind(run.name.as_str());
                cast.text(" AS VARCHAR) AS _run")
            }
            (CollectionKey::Id, _) => statement.text(", r.name AS _run"),
            (CollectionKey::Name, _) if only_runs => {
                statement.text(&format!(", t.{} AS _run", self.key.collection_reference()))
            }
            (CollectionKey::Name, _) => {
                statement.text(&format!(", d.{} AS _run", self.key.run_reference()))
            }
        };
        let mut columns = Vec::new();
        if self.search.must_choose() {
            columns.push(format!(
                ", t.{} AS _collection",
                self.key.collection_reference()
            ));
        }
        for (at, term) in self.search.order_by.iter().enumerate() {
            if let Some(column) = self.dataset_column(&term.column, calibs) {
                columns.push(format!(", {column} AS _d{at}"));
            }
        }
        statement.text(&columns.concat())
    }

    /// What is selected for a term that sorts by a property of the dataset rather than of a dimension.
    fn dataset_column(&self, column: &OrderColumn, calibs: bool) -> Option<String> {
        Some(match column {
            OrderColumn::IngestDate => "d.ingest_date".to_owned(),
            OrderColumn::Collection => match self.key {
                CollectionKey::Id => "k.name".to_owned(),
                CollectionKey::Name => format!("t.{}", self.key.collection_reference()),
            },
            OrderColumn::Bound { element: None, end } => match calibs {
                true => bound(self.dialect, "t", *end),
                false => unbounded(self.dialect, *end),
            },
            _ => return None,
        })
    }

    fn sorts_by(&self, column: &OrderColumn) -> bool {
        let mut terms = self.search.order_by.iter();
        terms.any(|term| term.column == *column)
    }

    /// What the tables hold for a collection.
    pub fn key_of(&self, collection: &Collection) -> Value {
        match self.key {
            CollectionKey::Id => Value::Int(collection.id),
            CollectionKey::Name => Value::Text(collection.name.clone()),
        }
    }
}

/// A bound of the timespan of a table; unbounded ones are 0 on PostgreSQL, as in the reference.
pub(super) fn bound(dialect: Dialect, alias: &str, end: bool) -> String {
    match (dialect, end) {
        (Dialect::Sqlite, false) => format!("{alias}.timespan_begin"),
        (Dialect::Sqlite, true) => format!("{alias}.timespan_end"),
        (Dialect::Postgresql, false) => format!("COALESCE(LOWER({alias}.timespan), 0)"),
        (Dialect::Postgresql, true) => format!("COALESCE(UPPER({alias}.timespan), 0)"),
    }
}

/// What a bound is for datasets that are not in a CALIBRATION collection.
fn unbounded(dialect: Dialect, end: bool) -> String {
    let (first, last) = Timespan::UNBOUNDED.ns();
    match (dialect, end) {
        (Dialect::Sqlite, false) => first.to_string(),
        (Dialect::Sqlite, true) => last.to_string(),
        (Dialect::Postgresql, _) => "CAST(0 AS BIGINT)".to_owned(),
    }
}
