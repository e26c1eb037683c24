//! A SELECT under construction (`SqlSelectBuilder` of `direct_query_driver/_sql_builders.py`).

use super::fragment::Fragment;
use super::joins::Joins;
use super::timespan_column::TimespanColumn;
use crate::query::QueryError;
use crate::query::check::Postprocessing;
use crate::query::tree::{ColumnSet, ResultColumn};
use crate::schema::dialect::Dialect;

/// How rows are made unique.
#[derive(Debug, Clone, Default)]
pub enum Unique {
    /// They are not.
    #[default]
    No,
    /// By all their columns.
    Distinct,
    /// By some expressions; which of the equal rows is taken is open (PostgreSQL).
    DistinctOn(Vec<Fragment>),
    /// By groups.
    GroupBy(Vec<Fragment>),
}

/// A SELECT: joins, what is selected, and how rows are made unique.
#[derive(Debug, Clone)]
pub struct Select {
    /// FROM and WHERE.
    pub joins: Joins,
    /// The columns.
    pub columns: ColumnSet,
    /// Uniqueness.
    pub unique: Unique,
}

/// Column of a SELECT that has no other.
const EMPTY: &str = "IGNORED";

impl Select {
    /// All rows of some joins.
    pub fn new(joins: Joins, columns: ColumnSet) -> Self {
        Self {
            joins,
            columns,
            unique: Unique::No,
        }
    }

    /// The columns of the statement in order: name and expression. Regions that only postprocessing needs, then special
    /// columns, come last.
    fn selected(
        &self,
        dialect: Dialect,
        postprocessing: &Postprocessing,
    ) -> Result<Vec<(String, Fragment)>, QueryError> {
        let columns = &self.joins.columns;
        let mut selected = Vec::new();
        for column in self.columns.columns() {
            let name = sql_name(dialect, &column);
            if column.is_timespan() {
                selected.extend(columns.timespan(&column)?.flatten(&name));
            } else {
                selected.push((name, columns.field(&column)?.clone()));
            }
        }
        for column in missing_regions(&self.columns, postprocessing) {
            selected.push((sql_name(dialect, &column), columns.field(&column)?.clone()));
        }
        for (name, expression) in &columns.special {
            selected.push((name.clone(), expression.clone()));
        }
        if selected.is_empty() {
            selected.push((EMPTY.to_owned(), Fragment::text("true")));
        }
        Ok(selected)
    }

    /// The statement.
    pub fn to_sql(
        &self,
        dialect: Dialect,
        postprocessing: &Postprocessing,
    ) -> Result<Fragment, QueryError> {
        let mut sql = Fragment::text("SELECT ");
        match &self.unique {
            Unique::Distinct => sql = sql.sql("DISTINCT "),
            Unique::DistinctOn(keys) => {
                let keys = Fragment::join(", ", keys.iter().cloned());
                sql = sql.sql("DISTINCT ON (").append(keys).sql(") ");
            }
            Unique::No | Unique::GroupBy(_) => {}
        }
        let selected = self.selected(dialect, postprocessing)?;
        let named = selected
            .into_iter()
            .map(|(name, e)| e.sql(" AS ").sql(&dialect.quote(&name)));
        sql = sql.append(Fragment::join(", ", named));
        sql = sql.append(self.joins.to_sql(dialect));
        match &self.unique {
            // All rows are one group, which there is also without rows.
            Unique::GroupBy(keys) if keys.is_empty() => sql = sql.sql(" HAVING count(*) > 0"),
            Unique::GroupBy(keys) => {
                let keys = Fragment::join(", ", keys.iter().cloned());
                sql = sql.sql(" GROUP BY ").append(keys);
            }
            _ => {}
        }
        Ok(sql)
    }

    /// The statement as a table `alias` of another one.
    pub fn nested(
        &self,
        dialect: Dialect,
        alias: &str,
        postprocessing: &Postprocessing,
    ) -> Result<Joins, QueryError> {
        let sql = self.to_sql(dialect, postprocessing)?;
        let table = sql.parens().sql(" AS ").sql(&dialect.quote(alias));
        let special = self.joins.columns.special.keys();
        Ok(extract(
            Joins::of(table),
            dialect,
            alias,
            &self.columns,
            postprocessing,
            special,
        ))
    }
}

/// Give `joins` the columns of a table whose columns have the names that a SELECT gives them.
pub fn extract<'a>(
    mut joins: Joins,
    dialect: Dialect,
    alias: &str,
    columns: &ColumnSet,
    postprocessing: &Postprocessing,
    special: impl Iterator<Item = &'a String>,
) -> Joins {
    let missing = missing_regions(columns, postprocessing);
    for column in columns.columns().into_iter().chain(missing) {
        let name = sql_name(dialect, &column);
        match &column {
            ResultColumn::DimensionKey(dimension) => joins
                .columns
                .add_key(dimension, Fragment::column(dialect, alias, &name)),
            _ if column.is_timespan() => {
                let timespan = TimespanColumn::of_table(dialect, alias, &name);
                joins.columns.timespans.insert(column, timespan);
            }
            _ => {
                let field = Fragment::column(dialect, alias, &name);
                joins.columns.fields.insert(column, field);
            }
        }
    }
    for name in special {
        let field = Fragment::column(dialect, alias, name);
        joins.columns.special.insert(name.clone(), field);
    }
    joins
}

/// The name of a column in the statement, short enough for the back end.
pub fn sql_name(dialect: Dialect, column: &ResultColumn) -> String {
    dialect.shrink(&column.qualified_name())
}

/// Regions that postprocessing needs and `columns` does not have (`Postprocessing.iter_missing`).
pub fn missing_regions(columns: &ColumnSet, postprocessing: &Postprocessing) -> Vec<ResultColumn> {
    postprocessing
        .elements()
        .into_iter()
        .filter(|element| !columns.has_dimension_field(element, "region"))
        .map(|element| ResultColumn::DimensionField(element.to_owned(), "region".to_owned()))
        .collect()
}
