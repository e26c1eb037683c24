//! Rows that a plan would add, as far as they are known before the load.

use crate::export::Export;
use crate::load::{DatastoreTarget, LoadReport};

use super::Plan;

/// Rows to add by table; `file_records` datasets get a record of their file. Overlap, summary and chain rows are not counted: only the load knows which of them exist.
pub fn expected_rows(
    export: &Export,
    plan: &Plan,
    datastore: Option<&DatastoreTarget>,
    file_records: u64,
) -> LoadReport {
    let mut report = LoadReport::default();
    let new_types = plan.dataset_types.iter().filter(|t| t.is_new).count();
    let new_collections = plan.collections.iter().filter(|c| c.is_new).count();
    report.add("dataset_type", new_types as u64);
    report.add("collection", new_collections as u64);
    for (element, counts) in &plan.records {
        report.add(element, counts.exported.saturating_sub(counts.existing));
    }
    let datasets = export.datasets.saturating_sub(plan.existing_datasets);
    report.add("dataset", datasets);
    if let Some(datastore) = datastore {
        report.add("dataset_location", file_records);
        report.add(&datastore.records_table, file_records);
    }
    report
}
