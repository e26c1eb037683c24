//! Drops rows whose regions do not overlap, in batches and in parallel (`Postprocessing.apply`).

use std::collections::HashMap;
use std::sync::Arc;

use pantry_sky::Region;
use rayon::prelude::*;

use super::result_row::ResultValue;
use crate::query::QueryError;
use crate::query::check::Postprocessing;
use crate::query::tree::RegionLiteral;

/// Rows looked at together.
const BATCH: usize = 4096;

/// So many rows pay for waking other threads.
const PARALLEL: usize = 1024;

/// Regions that are kept decoded; an exposure's region comes in as many rows as it has neighbours.
const CACHED: usize = 65_536;

/// A row that waits for its regions to be compared.
pub(super) struct Pending {
    /// Its values.
    pub values: Vec<ResultValue>,
    /// Regions of the elements of [`Postprocessing::elements`], in that order; NULL has none.
    pub regions: Vec<Option<Arc<Region>>>,
    /// Whether it stands for more than one validity range, which is an error if it stays.
    pub is_ambiguous: bool,
    /// Pairs of regions, as [`Region::overlaps_base64`] takes them.
    pub pairs: Vec<String>,
}

/// What a row that stands for more than one validity range is.
pub(super) fn ambiguous() -> QueryError {
    QueryError::CalibrationLookup(
        "Ambiguous calibration validity range match. This usually means a temporal join or 'where' needs to be added, but it \
         could also mean that multiple validity ranges overlap a single output data ID."
            .to_owned(),
    )
}

/// Compares the regions of rows.
pub(super) struct OverlapFilter {
    joins: Vec<(usize, usize)>,
    constraints: Vec<(usize, RegionLiteral)>,
    regions: HashMap<String, Arc<Region>>,
    waiting: Vec<Pending>,
}

impl OverlapFilter {
    pub(super) fn new(postprocessing: &Postprocessing) -> Self {
        let elements = postprocessing.elements();
        let position = |name: &String| elements.iter().position(|e| e == name).unwrap_or_default();
        Self {
            joins: postprocessing
                .joins
                .iter()
                .map(|(a, b)| (position(a), position(b)))
                .collect(),
            constraints: postprocessing
                .constraints
                .iter()
                .map(|(e, region)| (position(e), region.clone()))
                .collect(),
            regions: HashMap::new(),
            waiting: Vec::new(),
        }
    }

    /// The region that a column's text holds; several separated by ':' are their union.
    pub(super) fn region(&mut self, text: &str) -> Result<Arc<Region>, QueryError> {
        if let Some(region) = self.regions.get(text) {
            return Ok(Arc::clone(region));
        }
        let region = Region::from_base64(text).map_err(|e| {
            QueryError::invalid(format!("a region in the registry is damaged: {e}"))
        })?;
        let region = Arc::new(region);
        if self.regions.len() >= CACHED {
            self.regions.clear();
        }
        self.regions.insert(text.to_owned(), Arc::clone(&region));
        Ok(region)
    }

    /// Take a row; gives back those that are through when enough have come together.
    pub(super) fn push(&mut self, row: Pending) -> Result<Vec<Vec<ResultValue>>, QueryError> {
        self.waiting.push(row);
        match self.waiting.len() >= BATCH {
            true => self.flush(),
            false => Ok(Vec::new()),
        }
    }

    /// The rows that are through of those that were taken since the last time.
    pub(super) fn flush(&mut self) -> Result<Vec<Vec<ResultValue>>, QueryError> {
        let rows = std::mem::take(&mut self.waiting);
        let keep: Vec<Result<bool, QueryError>> = match rows.len() >= PARALLEL {
            true => rows.par_iter().map(|row| self.overlaps(row)).collect(),
            false => rows.iter().map(|row| self.overlaps(row)).collect(),
        };
        let mut through = Vec::with_capacity(rows.len());
        for (row, keep) in rows.into_iter().zip(keep) {
            if !keep? {
                continue;
            }
            if row.is_ambiguous {
                return Err(ambiguous());
            }
            through.push(row.values);
        }
        Ok(through)
    }

    /// Whether nothing about the row is proven to be disjoint.
    fn overlaps(&self, row: &Pending) -> Result<bool, QueryError> {
        for pairs in &row.pairs {
            let overlap = Region::overlaps_base64(pairs).map_err(|e| {
                QueryError::invalid(format!("a region in the registry is damaged: {e}"))
            })?;
            if overlap == Some(false) {
                return Ok(false);
            }
        }
        let region = |i: usize| row.regions.get(i).and_then(|r| r.as_deref());
        let joined = self
            .joins
            .iter()
            .all(|&(a, b)| match (region(a), region(b)) {
                (Some(a), Some(b)) => a.overlaps(b) != Some(false),
                _ => true,
            });
        Ok(joined
            && self.constraints.iter().all(|(i, literal)| {
                region(*i).is_none_or(|r| r.overlaps(literal.region()) != Some(false))
            }))
    }
}
