//! SQL text of a search for datasets of one type.
//!
//! Four selects inside each other: the rows of tags and calibrations (`s`), those joined with dimension elements and
//! ranked by collection (`f`), the chosen ones cut to the limit (`l`), and on the outside order and files. Helper columns
//! start with `_`, which no dimension does.

use super::dataset_search::DatasetSearch;
use super::dimension_joins::DimensionJoins;
use super::order_by::OrderColumn;
use super::source_rows::{SourceRows, bound};
use crate::database::Statement;
use crate::error::RegistryError;
use crate::model::column::ColumnType;
use crate::model::dimension_group::DimensionGroup;
use crate::model::element::Element;
use crate::schema::dialect::Dialect;
use crate::schema::managers::Managers;

/// Columns: dimensions, `_id`, `_run`, `_copies`, `_matches`, and with files `path`, `component`.
pub(super) fn datasets(
    search: &DatasetSearch,
    managers: Managers,
    limit: Option<u64>,
    statement: Statement,
) -> Result<Statement, RegistryError> {
    let writer = Writer::new(search, managers, statement.dialect())?;
    let columns = writer.columns();
    let mut statement = statement.text("SELECT l.").text(&columns.join(", l."));
    statement = statement.text(", l._copies, l._matches");
    if search.file_records.is_some() {
        statement = statement.text(", p.path, p.component");
    }
    statement = writer
        .distinct(statement.text(" FROM ("), limit)
        .text(") AS l");
    if let Some(table) = &search.file_records {
        let joined = statement.text(" LEFT JOIN ").table(table);
        statement = joined.text(" AS p ON p.dataset_id = l._id");
    }
    Ok(statement.text(&writer.order()))
}

/// One column: the number of rows, with repeats, up to the limit.
pub(super) fn count(
    search: &DatasetSearch,
    managers: Managers,
    limit: Option<u64>,
    statement: Statement,
) -> Result<Statement, RegistryError> {
    let writer = Writer::new(search, managers, statement.dialect())?;
    let statement = statement.text("SELECT COUNT(*) FROM (");
    Ok(writer.limited(statement, limit).text(") AS l"))
}

/// A row if several validity ranges fit one data ID within the limit.
pub(super) fn ambiguous(
    search: &DatasetSearch,
    managers: Managers,
    limit: Option<u64>,
    statement: Statement,
) -> Result<Statement, RegistryError> {
    let writer = Writer::new(search, managers, statement.dialect())?;
    let statement = writer.limited(statement.text("SELECT l._matches FROM ("), limit);
    Ok(statement.text(") AS l WHERE l._matches > 1 LIMIT 1"))
}

struct Writer<'a> {
    search: &'a DatasetSearch,
    dimensions: &'a DimensionGroup,
    source: SourceRows<'a>,
    dialect: Dialect,
    joins: DimensionJoins,
}

impl<'a> Writer<'a> {
    fn new(
        search: &'a DatasetSearch,
        managers: Managers,
        dialect: Dialect,
    ) -> Result<Self, RegistryError> {
        let dimensions = &search.dataset_type.dataset_type.dimensions;
        Ok(Self {
            search,
            dimensions,
            source: SourceRows::new(search, managers, dialect),
            dialect,
            joins: DimensionJoins::new(dimensions, &search.order_by, "s", dialect)?,
        })
    }

    /// The dimensions, `_id` and `_run`.
    fn columns(&self) -> Vec<String> {
        let keys = self.dimensions.data_coordinate_keys();
        let keys = keys.map(|key| self.dialect.quote(key));
        keys.chain(["_id".to_owned(), "_run".to_owned()]).collect()
    }

    fn is_ordered(&self) -> bool {
        !self.search.order_by.is_empty()
    }

    /// The limited rows, with repeats counted in `_copies`.
    fn distinct(&self, statement: Statement, limit: Option<u64>) -> Statement {
        if !self.search.may_repeat() {
            return self.limited(statement, limit);
        }
        let columns = self.columns().join(", ");
        let position = if self.is_ordered() {
            ", MIN(_position) AS _position"
        } else {
            ""
        };
        let head = format!("SELECT {columns}, COUNT(*) AS _copies, 1 AS _matches{position} FROM (");
        self.limited(statement.text(&head), limit)
            .text(&format!(") AS c GROUP BY {columns}"))
    }

    /// The chosen rows, cut to the limit.
    fn limited(&self, statement: Statement, limit: Option<u64>) -> Statement {
        let choose = self.search.must_choose();
        let matches = if choose { "_matches" } else { "1 AS _matches" };
        let mut head = format!(
            "SELECT {}, 1 AS _copies, {matches}",
            self.columns().join(", ")
        );
        if self.is_ordered() {
            let terms = self.search.order_by.iter().enumerate().map(|(at, term)| {
                let direction = if term.descending { " DESC" } else { "" };
                format!("_o{at}{direction}")
            });
            let terms = terms.collect::<Vec<_>>().join(", ");
            head += &format!(", ROW_NUMBER() OVER (ORDER BY {terms}) AS _position");
        }
        let mut statement = self
            .ranked(statement.text(&head).text(" FROM ("))
            .text(") AS f");
        if choose {
            statement = statement.text(" WHERE _rank = 1");
        }
        if self.is_ordered() {
            statement = statement.text(" ORDER BY _position");
        }
        match limit {
            None => statement,
            Some(limit) => {
                let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                statement.text(" LIMIT ").bind(limit)
            }
        }
    }

    /// All rows with all columns that are shown or sorted by, and where to choose the rank of each for its data ID.
    fn ranked(&self, statement: Statement) -> Statement {
        let keys = self.dimensions.data_coordinate_keys().map(|key| {
            let column = &self.joins.keys[key];
            format!("{column} AS {}", self.dialect.quote(key))
        });
        let mut columns: Vec<String> = keys.collect();
        columns.extend(["s._id AS _id".to_owned(), "s._run AS _run".to_owned()]);
        let terms = self.search.order_by.iter().enumerate();
        columns.extend(terms.map(|(at, term)| format!("{} AS _o{at}", self.term(&term.column))));
        let mut statement = statement.text("SELECT ").text(&columns.join(", "));
        if self.search.must_choose() {
            statement = self.rank(statement);
        }
        statement = self.source.rows(statement.text(" FROM (")).text(") AS s");
        for (table, rest) in &self.joins.joins {
            statement = statement.text(" JOIN ").table(table).text(rest);
        }
        statement
    }

    /// `_rank` of a row among those of its data ID, and how many validity ranges its collection has for that.
    fn rank(&self, statement: Statement) -> Statement {
        let required = self.dimensions.required();
        let data_id: Vec<String> = required
            .map(|d| format!("s.{}", self.dialect.quote(d)))
            .collect();
        let partition = match data_id.is_empty() {
            true => String::new(),
            false => format!("PARTITION BY {} ", data_id.join(", ")),
        };
        let head = format!(", ROW_NUMBER() OVER ({partition}ORDER BY CASE s._collection");
        let mut statement = statement.text(&head);
        for (rank, collection) in self.search.collections.iter().enumerate() {
            statement = statement
                .text(" WHEN ")
                .bind(self.source.key_of(collection));
            statement = statement.text(&format!(" THEN {rank}"));
        }
        let all = data_id.into_iter().chain(["s._collection".to_owned()]);
        let all = all.collect::<Vec<_>>().join(", ");
        statement.text(&format!(
            " END) AS _rank, COUNT(*) OVER (PARTITION BY {all}) AS _matches"
        ))
    }

    /// The expression of a term over `s` and the joined elements.
    fn term(&self, column: &OrderColumn) -> String {
        let place = self
            .search
            .order_by
            .iter()
            .position(|t| t.column == *column);
        let alias = |element: &str| self.joins.aliases.get(element).cloned().unwrap_or_default();
        match column {
            OrderColumn::Key(dimension) => self.joins.keys[dimension].clone(),
            OrderColumn::Field { element, field } => {
                format!("{}.{}", alias(element), self.dialect.quote(field))
            }
            OrderColumn::Bound {
                element: Some(element),
                end,
            } => bound(self.dialect, &alias(element), *end),
            OrderColumn::Run => "s._run".to_owned(),
            OrderColumn::Bound { element: None, .. }
            | OrderColumn::IngestDate
            | OrderColumn::Collection => format!("s._d{}", place.unwrap_or_default()),
        }
    }

    /// `ORDER BY` of the outermost select.
    fn order(&self) -> String {
        let files = self.search.file_records.is_some();
        let mut terms = Vec::new();
        if self.is_ordered() {
            if files {
                // The reference lists datasets without a file first, whatever else is asked for.
                terms.push("CASE WHEN p.path IS NULL THEN 0 ELSE 1 END".to_owned());
            }
            terms.push("l._position".to_owned());
        } else {
            terms.push(self.by_code_point("l._run"));
            terms.extend(self.usual_order());
        }
        if files {
            terms.push("p.component".to_owned());
        }
        format!(" ORDER BY {}", terms.join(", "))
    }

    /// Dimensions that say where or when first, each after what it requires.
    fn usual_order(&self) -> Vec<String> {
        let universe = self.dimensions.universe();
        let (mut early, mut late): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
        for name in self.dimensions.data_coordinate_keys() {
            let element = universe.get(name);
            match element.filter(|e: &&Element| e.spatial.is_some() || e.temporal.is_some()) {
                Some(element) => early.extend(element.required.iter().map(String::as_str)),
                None => late.push(name),
            }
        }
        let mut order: Vec<&str> = Vec::new();
        for name in early.into_iter().chain(late) {
            if !order.contains(&name) {
                order.push(name);
            }
        }
        let column = |name: &&str| {
            let column = format!("l.{}", self.dialect.quote(name));
            match universe.key_type(name) {
                ColumnType::String { .. } => self.by_code_point(&column),
                _ => column,
            }
        };
        order.iter().map(column).collect()
    }

    /// A text column in an order that depends on no locale.
    fn by_code_point(&self, column: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => column.to_owned(),
            Dialect::Postgresql => format!("{column} COLLATE \"C\""),
        }
    }
}
