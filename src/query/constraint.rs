//! `--datasets` and `--collections` of the verbs that do not list datasets: only what datasets exist for.
use pantry_registry::Registry;
use pantry_registry::listing::DatasetConstraint;

use crate::failure::Failure;

/// Look the dataset types up; one that does not exist is warned of.
///
/// # Errors
/// Those of the registry.
pub fn constraint(
    registry: &mut Registry,
    datasets: &str,
    collections: &[String],
) -> Result<DatasetConstraint, Failure> {
    let constraint = DatasetConstraint::read(registry, datasets, collections)?;
    for name in &constraint.missing {
        tracing::warn!("there is no dataset type '{name}'");
    }
    Ok(constraint)
}
