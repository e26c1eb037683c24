//! A search for the datasets of one type in some collections.

use uuid::Uuid;

use super::collection_catalog::CollectionCatalog;
use super::dataset_sql;
use super::found_dataset::{FoundDataset, KeyValue, RowLayout};
use super::order_by::OrderBy;
use crate::database::Statement;
use crate::dataset_types::DatasetTypeRecord;
use crate::error::RegistryError;
use crate::model::collection::{Collection, CollectionType};
use crate::registry::Registry;

/// What to look for. Without `order_by` rows come in the order of the reference's tables: by run, then by the dimensions
/// that say where and when, then by the others (`sortAstropyTable`, `lsst/daf/butler/cli/utils.py`).
#[derive(Debug, Clone)]
pub struct DatasetSearch {
    /// The dataset type.
    pub dataset_type: DatasetTypeRecord,
    /// The collections to search, in order; none is a chain. Make it with [`DatasetSearch::new`].
    pub collections: Vec<Collection>,
    /// Whether to report, for each data ID, only the dataset in the first collection that has one.
    pub find_first: bool,
    /// How rows are sorted, if not as usual.
    pub order_by: Vec<OrderBy>,
    /// Table of file records; with it each row has a file, or as many as the dataset has components.
    pub file_records: Option<String>,
}

/// How a search went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchOutcome {
    /// How many rows of the limit were used. A dataset that is in several of the collections was shown once and counts
    /// as often as it is there, as in the reference.
    pub used: u64,
    /// How many datasets were shown.
    pub shown: u64,
}

impl DatasetSearch {
    /// A search in those of the collections that may hold datasets of the type, in the order given.
    pub fn new(
        dataset_type: DatasetTypeRecord,
        collections: &[&Collection],
        find_first: bool,
        catalog: &CollectionCatalog,
    ) -> Self {
        let name = &dataset_type.dataset_type.name;
        let collections = collections
            .iter()
            .filter(|c| catalog.may_hold(&c.name, name))
            .map(|c| (*c).clone())
            .collect();
        Self {
            dataset_type,
            collections,
            find_first,
            order_by: Vec::new(),
            file_records: None,
        }
    }

    /// Whether a choice must be made between collections, or between validity ranges.
    pub(super) fn must_choose(&self) -> bool {
        self.find_first && (self.collections.len() > 1 || self.has(CollectionType::Calibration))
    }

    /// Whether the same dataset may be found more than once.
    pub fn may_repeat(&self) -> bool {
        let elsewhere = self.has(CollectionType::Tagged) && self.collections.len() > 1;
        !self.must_choose() && (elsewhere || self.has(CollectionType::Calibration))
    }

    pub(super) fn has(&self, collection_type: CollectionType) -> bool {
        let mut types = self.collections.iter().map(|c| c.collection_type);
        types.any(|t| t == collection_type)
    }

    /// Hand at most `limit` datasets to `visit`, one by one as they come.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] if `find_first` meets several validity ranges for one data ID; those of `visit`.
    pub fn each<E: From<RegistryError>>(
        &self,
        registry: &mut Registry,
        limit: Option<u64>,
        mut visit: impl FnMut(&FoundDataset<'_>) -> Result<(), E>,
    ) -> Result<SearchOutcome, E> {
        let mut outcome = SearchOutcome { used: 0, shown: 0 };
        if self.collections.is_empty() || limit == Some(0) {
            return Ok(outcome);
        }
        let statement = dataset_sql::datasets(self, registry.managers(), limit, empty(registry))?;
        let layout = RowLayout::new(&self.dataset_type.dataset_type.dimensions);
        let mut last: Option<Uuid> = None;
        registry
            .connection()
            .select(&statement, |row| -> Result<(), E> {
                let mut values = Vec::with_capacity(layout.keys.len());
                for (at, is_text) in layout.keys.iter().enumerate() {
                    values.push(match is_text {
                        true => KeyValue::Text(row.get_str(at)?),
                        false => KeyValue::Int(row.get_i64(at)?),
                    });
                }
                if row.get_i64(layout.matches())? > 1 {
                    return Err(self.ambiguous().into());
                }
                let id = row.get_uuid(layout.id())?;
                if last.replace(id) != Some(id) {
                    outcome.used +=
                        u64::try_from(row.get_i64(layout.copies())?).unwrap_or_default();
                    outcome.shown += 1;
                }
                visit(&FoundDataset {
                    id,
                    run: row.get_str(layout.run())?,
                    values: &values,
                    file: match self.file_records {
                        Some(_) => layout.file(row)?,
                        None => None,
                    },
                })
            })?;
        Ok(outcome)
    }

    /// Fail as [`DatasetSearch::each`] would, before anything is shown; cheap unless a choice between validity ranges must
    /// be made.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] if `find_first` meets several validity ranges for one data ID.
    pub fn check(&self, registry: &mut Registry, limit: Option<u64>) -> Result<(), RegistryError> {
        if !self.may_be_ambiguous() {
            return Ok(());
        }
        let statement = dataset_sql::ambiguous(self, registry.managers(), limit, empty(registry))?;
        let found = registry
            .connection()
            .collect(&statement, |row| row.get_i64(0))?;
        match found.first() {
            Some(_) => Err(self.ambiguous()),
            None => Ok(()),
        }
    }

    /// Whether the search may meet several validity ranges for one data ID and so fail.
    pub fn may_be_ambiguous(&self) -> bool {
        self.find_first && self.has(CollectionType::Calibration)
    }

    /// Whether there is more than `limit` rows take.
    pub fn exceeds(&self, registry: &mut Registry, limit: u64) -> Result<bool, RegistryError> {
        if self.collections.is_empty() {
            return Ok(false);
        }
        let beyond = Some(limit.saturating_add(1));
        let statement = dataset_sql::count(self, registry.managers(), beyond, empty(registry))?;
        let counts = registry
            .connection()
            .collect(&statement, |row| row.get_i64(0))?;
        let count = counts.first().copied().unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default() > limit)
    }

    fn ambiguous(&self) -> RegistryError {
        RegistryError::Invalid(format!(
            "several validity ranges of {} fit one data ID, so --find-first cannot choose",
            self.dataset_type.dataset_type.name
        ))
    }
}

fn empty(registry: &mut Registry) -> Statement {
    registry.connection().statement()
}
