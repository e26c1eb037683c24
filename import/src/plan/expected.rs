//! Rows that a plan would add, as far as they are known before the load.

use crate::export::Export;
use crate::files::FileSurvey;
use crate::load::{DatastoreTarget, LoadReport};

use super::Plan;

/// Rows to add by table. Overlap, summary and chain rows are not counted: only the load knows which of them exist.
pub fn expected_rows(
    export: &Export,
    plan: &Plan,
    datastore: Option<&DatastoreTarget>,
    survey: Option<&FileSurvey>,
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
    if let (Some(datastore), Some(survey)) = (datastore, survey) {
        let files = (survey.present + survey.in_place)
            .min(export.files)
            .min(datasets);
        report.add("dataset_location", files);
        report.add(&datastore.records_table, files);
    }
    report
}
