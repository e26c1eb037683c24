//! FROM and WHERE of a statement under construction (`SqlJoinsBuilder` of `direct_query_driver/_sql_builders.py`).

use super::columns::SqlColumns;
use super::fragment::{Fragment, all_of};
use crate::schema::dialect::Dialect;

/// Joined tables, conditions, and the columns that they bring.
#[derive(Debug, Clone, Default)]
pub struct Joins {
    tables: Vec<(Fragment, Vec<Fragment>)>,
    /// The columns.
    pub columns: SqlColumns,
    /// Conditions that all must hold.
    pub conditions: Vec<Fragment>,
    /// Whether SQLite must keep to the order of the tables.
    pub is_ordered: bool,
}

impl Joins {
    /// One table; columns are still to be added.
    pub fn of(table: Fragment) -> Self {
        Self {
            tables: vec![(table, Vec::new())],
            ..Self::default()
        }
    }

    /// Join, with equal dimension keys.
    pub fn join(&mut self, other: Self) {
        let mut on = Vec::new();
        for (dimension, theirs) in &other.columns.dimension_keys {
            let ours = self.columns.dimension_keys.get(dimension);
            // All pairs leave the database the choice of the order; where that is fixed they would only be checked.
            let pairs = if self.is_ordered { 1 } else { usize::MAX };
            for a in ours.into_iter().flatten().take(pairs) {
                for b in theirs.iter().take(pairs) {
                    on.push(a.clone().sql(" = ").append(b.clone()));
                }
            }
        }
        for (dimension, keys) in other.columns.dimension_keys {
            for key in keys {
                self.columns.add_key(&dimension, key);
            }
        }
        let mut tables = other.tables;
        // The last of the other's tables: conditions may be about any of them.
        if let Some((_, own)) = tables.last_mut() {
            own.extend(on);
        }
        self.tables.extend(tables);
        self.columns.fields.extend(other.columns.fields);
        self.columns.timespans.extend(other.columns.timespans);
        self.columns.special.extend(other.columns.special);
        self.conditions.extend(other.conditions);
    }

    /// Add a table that brings no columns of its own, on a condition.
    pub fn add_table(&mut self, table: Fragment, on: Fragment) {
        self.tables.push((table, vec![on]));
    }

    /// Add a condition.
    pub fn filter(&mut self, condition: Fragment) {
        self.conditions.push(condition);
    }

    /// `FROM ... WHERE ...`; nothing if nothing was joined.
    pub fn to_sql(&self, dialect: Dialect) -> Fragment {
        let mut sql = Fragment::default();
        for (i, (table, on)) in self.tables.iter().enumerate() {
            if i == 0 {
                sql = sql.sql(" FROM ").append(table.clone());
                continue;
            }
            // SQLite has no statistics of a repo that nobody analysed; CROSS JOIN keeps it from changing the order.
            let keeps_order = self.is_ordered && dialect == Dialect::Sqlite;
            sql = sql.sql(if keeps_order {
                " CROSS JOIN "
            } else {
                " JOIN "
            });
            sql = sql
                .append(table.clone())
                .sql(" ON ")
                .append(all_of(on.clone()));
        }
        if self.conditions.is_empty() {
            return sql;
        }
        sql.sql(" WHERE ").append(all_of(self.conditions.clone()))
    }
}
