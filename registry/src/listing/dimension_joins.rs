//! The tables of dimension elements that a search joins: for implied dimensions, for relationships that rows must
//! agree with, and for fields to sort by (`QueryJoinsAnalysis.iter_mandatory`,
//! `lsst/daf/butler/direct_query_driver/_query_analysis.py`).

use std::collections::BTreeMap;

use super::order_by::{OrderBy, OrderColumn};
use crate::error::RegistryError;
use crate::model::dimension_group::DimensionGroup;
use crate::model::element::Element;
use crate::model::universe::Universe;
use crate::schema::dialect::Dialect;

/// Joins in SQL text, and where each dimension's value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DimensionJoins {
    /// ` JOIN table AS alias ON ...` for each element, as (table, rest) because tables are qualified later.
    pub joins: Vec<(String, String)>,
    /// The column of each dimension, such as `s.visit` or `e0.band`.
    pub keys: BTreeMap<String, String>,
    /// The alias of each element's table.
    pub aliases: BTreeMap<String, String>,
}

impl DimensionJoins {
    /// The joins for data IDs of a group whose required values are columns of `source`.
    pub fn new(
        dimensions: &DimensionGroup,
        order_by: &[OrderBy],
        source: &str,
        dialect: Dialect,
    ) -> Result<Self, RegistryError> {
        let universe = dimensions.universe();
        let keys = dimensions
            .required()
            .map(|d| (d.to_owned(), format!("{source}.{}", dialect.quote(d))))
            .collect();
        let mut joins = Self {
            joins: Vec::new(),
            keys,
            aliases: BTreeMap::new(),
        };
        for element in dimensions.elements().filter_map(|name| universe.get(name)) {
            if element.has_own_table()
                && (relates(element, dimensions) || is_sorted_by(element, order_by))
            {
                joins.add(universe, element, dialect);
            }
        }
        match dimensions.names().find(|d| !joins.keys.contains_key(*d)) {
            None => Ok(joins),
            Some(missing) => Err(RegistryError::Corrupt(format!(
                "nothing in its universe gives values of the dimension '{missing}' of {dimensions}"
            ))),
        }
    }

    fn add(&mut self, universe: &Universe, element: &Element, dialect: Dialect) {
        let alias = format!("e{}", self.joins.len());
        let own = universe.required_columns(element);
        let own = own.iter().map(|(dimension, field, _)| (*dimension, *field));
        let implied = element.implied.iter().map(|d| (d.as_str(), d.as_str()));
        let mut conditions = Vec::new();
        for (dimension, field) in own.chain(implied) {
            let column = format!("{alias}.{}", dialect.quote(field));
            match self.keys.get(dimension) {
                Some(known) => conditions.push(format!("{known} = {column}")),
                None => drop(self.keys.insert(dimension.to_owned(), column)),
            }
        }
        if conditions.is_empty() {
            conditions.push("1 = 1".to_owned());
        }
        let rest = format!(" AS {alias} ON {}", conditions.join(" AND "));
        self.joins.push((element.name.clone(), rest));
        self.aliases.insert(element.name.clone(), alias);
    }
}

/// Whether an element's table relates dimensions in a way that the dataset's own table does not hold.
fn relates(element: &Element, dimensions: &DimensionGroup) -> bool {
    let is_required = |d: &String| dimensions.required().any(|r| r == d);
    let mut all = element.required.iter().chain(&element.implied);
    element.defines_relationships() && !all.all(is_required)
}

fn is_sorted_by(element: &Element, order_by: &[OrderBy]) -> bool {
    order_by.iter().any(|term| match &term.column {
        OrderColumn::Field { element: name, .. }
        | OrderColumn::Bound {
            element: Some(name),
            ..
        } => *name == element.name,
        _ => false,
    })
}
