//! What is left to do with rows that SQL gives: exact overlaps, and a check of calibration look-ups
//! (`direct_query_driver/_postprocessing.py`).

use std::collections::BTreeSet;

use crate::query::tree::{ColumnSet, RegionLiteral};

/// Rows whose regions turn out to be disjoint are dropped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Postprocessing {
    /// Pairs of elements whose regions must overlap.
    pub joins: Vec<(String, String)>,
    /// Elements whose regions must overlap a literal one.
    pub constraints: Vec<(String, RegionLiteral)>,
    /// Whether a row that stands for more than one validity range is an error.
    pub check_validity_match_count: bool,
}

impl Postprocessing {
    /// Whether rows are filtered.
    pub fn filters(&self) -> bool {
        !self.joins.is_empty() || !self.constraints.is_empty()
    }

    /// Elements whose regions are needed, each once.
    pub fn elements(&self) -> Vec<&str> {
        let pairs = self.joins.iter().flat_map(|(a, b)| [a, b]);
        let mut done = BTreeSet::new();
        pairs
            .chain(self.constraints.iter().map(|(e, _)| e))
            .map(String::as_str)
            .filter(|e| done.insert(*e))
            .collect()
    }

    /// Add the regions, and their elements' dimensions, to a set.
    pub fn gather_required_columns(&self, columns: &mut ColumnSet) {
        for element in self.elements() {
            let group = crate::query::tree::minimal_group(columns.universe(), element);
            columns.update_dimensions(&group);
            columns.add_dimension_field(element, "region");
        }
    }
}
