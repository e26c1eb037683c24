//! What translation needs to know besides the query.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::fragment::Fragment;
use crate::model::universe::Universe;
use crate::schema::dialect::Dialect;
use crate::schema::managers::Managers;

/// A temporary table or list of rows with dimension keys.
#[derive(Debug, Clone)]
pub struct RowSource {
    /// What stands in FROM: a table, or a SELECT in parentheses.
    pub table: Fragment,
    /// Dataset types that the rows already satisfy.
    pub datasets: Vec<String>,
    /// What was left to do with these rows.
    pub postprocessing: crate::query::check::Postprocessing,
    /// Names of columns that hold pairs of regions of which one must overlap.
    pub region_pairs: Vec<String>,
}

/// Dialect, names and layout; gives out table aliases that are unique in a statement.
#[derive(Debug)]
pub struct SqlContext {
    /// SQL dialect.
    pub dialect: Dialect,
    /// Schema of the registry's tables.
    pub namespace: Option<String>,
    /// Layout of the registry's tables.
    pub managers: Managers,
    /// Whether the server has `any_value` (PostgreSQL 16).
    pub has_any_value: bool,
    /// The universe.
    pub universe: Arc<Universe>,
    /// Whether rows may be repeated by spatial joins.
    pub allow_duplicate_overlaps: bool,
    /// Uploaded data IDs.
    pub uploads: BTreeMap<uuid::Uuid, RowSource>,
    /// Rows of earlier queries.
    pub materializations: BTreeMap<uuid::Uuid, RowSource>,
    aliases: RefCell<BTreeMap<String, u32>>,
}

impl SqlContext {
    /// For a registry of this layout.
    pub fn new(
        dialect: Dialect,
        namespace: Option<&str>,
        managers: Managers,
        universe: Arc<Universe>,
    ) -> Self {
        Self {
            dialect,
            namespace: namespace.map(str::to_owned),
            managers,
            has_any_value: false,
            universe,
            allow_duplicate_overlaps: false,
            uploads: BTreeMap::new(),
            materializations: BTreeMap::new(),
            aliases: RefCell::new(BTreeMap::new()),
        }
    }

    /// An alias that no other table of the statement has.
    pub fn alias(&self, name: &str) -> String {
        let mut aliases = self.aliases.borrow_mut();
        let number = aliases.entry(name.to_owned()).or_default();
        *number += 1;
        let alias = match *number {
            1 => name.to_owned(),
            n => format!("{name}_{n}"),
        };
        self.dialect.shrink(&alias)
    }

    /// `table AS alias`.
    pub fn table(&self, name: &str, alias: &str) -> Fragment {
        let table = self.dialect.qualify(self.namespace.as_deref(), name);
        Fragment::text(format!("{table} AS {}", self.dialect.quote(alias)))
    }

    /// A column of the table known by `alias`.
    pub fn column(&self, alias: &str, name: &str) -> Fragment {
        Fragment::column(self.dialect, alias, name)
    }
}
