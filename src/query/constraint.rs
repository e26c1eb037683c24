//! `--datasets` and `--collections` of the verbs that do not list datasets: only what datasets exist for.
use pantry_registry::listing::DatasetConstraint;
use pantry_registry::model::glob::Wildcard;

use super::source::Source;
use crate::failure::Failure;

/// Look the dataset types up; one that does not exist is warned of.
///
/// # Errors
/// Those of the registry or the server.
pub fn constraint(
    source: &mut Source,
    datasets: &str,
    collections: &[String],
) -> Result<DatasetConstraint, Failure> {
    // A comma is part of a name here, as in the reference.
    let found = source.search_dataset_types(&Wildcard::parse(&[datasets]))?;
    let constraint = DatasetConstraint::of(found, collections);
    for name in &constraint.missing {
        tracing::warn!("there is no dataset type '{name}'");
    }
    Ok(constraint)
}
