//! The dimensions of datasets of several types as columns of one table.

use pantry_registry::listing::TypeSearch;
use pantry_registry::model::dimension_group::{DimensionGroup, UnknownDimension};

use super::Column;

/// The dimensions of all dataset types, in the order in which one type with all of them would have them.
///
/// # Errors
/// None for dataset types of one universe.
pub fn dataset_keys(searches: &[TypeSearch]) -> Result<Vec<Column>, UnknownDimension> {
    let Some(first) = searches.first() else {
        return Ok(Vec::new());
    };
    let groups = searches.iter().map(|s| &s.dataset_type.dimensions);
    let names = groups.flat_map(|group| group.names());
    let universe = first.dataset_type.dimensions.universe();
    let all = DimensionGroup::conform(universe, names)?;
    let column = |name: &str| Column::new(name.to_owned(), universe.key_type(name).into());
    Ok(all.data_coordinate_keys().map(column).collect())
}
