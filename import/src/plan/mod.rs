//! What an import would change: reads only. Conflicts are found here, before a file is touched or a row written.

mod datasets;
mod expected;
mod line;
mod records;
mod registrations;

use std::collections::BTreeMap;
use std::path::Path;

use pantry_datastore::FormatterNames;
use pantry_registry::database::Row;
use pantry_registry::{Registry, RegistryError};
use serde::Serialize;

pub use datasets::DatasetKind;
pub use expected::expected_rows;
pub use records::{KeptRecord, RecordCounts};
pub use registrations::{PlannedCollection, PlannedType};

use crate::Error;
use crate::export::Export;
use crate::import::Origin;
use crate::load::Place;

/// Differing records that are shown in full; the others are only counted.
const SHOWN_KEPT: usize = 20;

/// What an import would do to the registry.
#[derive(Debug, Default, Serialize)]
pub struct Plan {
    /// Dataset types of the export and of its datasets, in order of registration.
    pub dataset_types: Vec<PlannedType>,
    /// Collections of the export, in order of registration.
    pub collections: Vec<PlannedCollection>,
    /// Dimension records by element.
    pub records: BTreeMap<String, RecordCounts>,
    /// Records that differ from the repo's, which stay as they are: the first few.
    pub kept: Vec<KeptRecord>,
    /// Number of records that differ from the repo's.
    pub kept_records: u64,
    /// Datasets in the export.
    pub datasets: u64,
    /// Datasets that the repo has already.
    pub existing_datasets: u64,
    /// Dataset kinds for the load: not part of what is shown.
    #[serde(skip)]
    pub kinds: Vec<DatasetKind>,
}

/// What a plan is made from.
pub struct PlanInput<'a> {
    /// The export file, or the table of files, for messages.
    pub file: &'a Path,
    /// Which of the two it is.
    pub origin: Origin,
    /// The staged export.
    pub export: &'a Export,
    /// Elements whose records are not imported.
    pub skip_dimensions: &'a [String],
    /// Where tables are.
    pub place: &'a Place,
    /// Formatters of dataset types, for files whose formatter the export does not name; `None` without files.
    pub formatters: Option<&'a FormatterNames>,
}

impl PlanInput<'_> {
    pub(crate) fn fault(&self, line: u64, message: impl Into<String>) -> Error {
        Error::Input {
            file: self.file.to_owned(),
            line,
            message: message.into(),
        }
    }

    /// The export or table contradicts the repo.
    pub(crate) fn conflict(&self, message: impl std::fmt::Display) -> Error {
        Error::Conflict(format!(
            "the {} conflicts with the repo: {message}",
            self.origin.noun()
        ))
    }

    pub(crate) fn skips(&self, element: &str) -> bool {
        self.skip_dimensions.iter().any(|s| s == element)
    }
}

/// A value of a key, in words. Keys are integers or text, and SQLite does not turn one into the other.
fn key_text(row: &Row<'_>, column: usize) -> Result<String, RegistryError> {
    match row.get_opt_i64(column) {
        Ok(number) => Ok(number.map_or_else(String::new, |n| n.to_string())),
        Err(_) => Ok(row.get_opt_str(column)?.unwrap_or_default().to_owned()),
    }
}

/// Plan the import of a staged export whose tables the registry's connection can see.
///
/// # Errors
/// [`Error::Input`] when the export contradicts itself or lacks something, [`Error::Conflict`] when it contradicts the repo.
pub fn plan(registry: &mut Registry, input: &PlanInput<'_>) -> Result<Plan, Error> {
    let mut plan = Plan {
        datasets: input.export.datasets,
        ..Plan::default()
    };
    registrations::plan(registry, input, &mut plan)?;
    records::plan(registry, input, &mut plan)?;
    datasets::plan(registry, input, &mut plan)?;
    Ok(plan)
}
