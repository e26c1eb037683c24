//! The order of rows that nobody gave an order.

use std::cmp::Ordering;

use crate::model::dimension_group::DimensionGroup;
use crate::model::element::Element;
use crate::query::QueryError;
use crate::query::execute::ResultValue;
use crate::query::tree::ColumnReference;

/// A column that rows are sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// Its place in the row.
    pub place: usize,
    /// The column in a query.
    pub column: ColumnReference,
}

impl SortKey {
    /// The key of a dimension at this place.
    ///
    /// # Errors
    /// If it is no dimension.
    pub fn dimension(
        dimensions: &DimensionGroup,
        name: &str,
        place: usize,
    ) -> Result<Self, QueryError> {
        let column = ColumnReference::dimension_key(dimensions.universe(), name)?;
        Ok(Self { place, column })
    }
}

/// The dimensions of a data ID in the order in which the reference sorts its tables by them: those that say where or when
/// first, each after what it requires (`sortAstropyTable`, `lsst/daf/butler/cli/utils.py`). `first` is the place of the first
/// dimension in the row.
///
/// # Errors
/// None for the dimensions of a group.
pub fn usual_order(dimensions: &DimensionGroup, first: usize) -> Result<Vec<SortKey>, QueryError> {
    let universe = dimensions.universe();
    let (mut early, mut late): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for name in dimensions.data_coordinate_keys() {
        let element = universe.get(name);
        match element.filter(|e: &&Element| e.spatial.is_some() || e.temporal.is_some()) {
            Some(element) => early.extend(element.required.iter().map(String::as_str)),
            None => late.push(name),
        }
    }
    let mut order: Vec<SortKey> = Vec::new();
    for name in early.into_iter().chain(late) {
        let place = dimensions.data_coordinate_keys().position(|d| d == name);
        let Some(place) = place.map(|place| first + place) else {
            continue;
        };
        if order.iter().all(|key| key.place != place) {
            order.push(SortKey::dimension(dimensions, name, place)?);
        }
    }
    Ok(order)
}

/// The order of two rows: numbers by value, text by code point, nothing first.
pub fn compare_rows(a: &[ResultValue], b: &[ResultValue], sort: &[SortKey]) -> Ordering {
    let orders = sort.iter().map(|key| (a.get(key.place), b.get(key.place)));
    let mut orders = orders.map(|pair| match pair {
        (Some(ResultValue::Int(a)), Some(ResultValue::Int(b))) => a.cmp(b),
        // The order of UTF-8 bytes is that of code points.
        (Some(ResultValue::Text(a)), Some(ResultValue::Text(b))) => a.cmp(b),
        (Some(ResultValue::Null), Some(ResultValue::Null)) => Ordering::Equal,
        (Some(ResultValue::Null), _) => Ordering::Less,
        (_, Some(ResultValue::Null)) => Ordering::Greater,
        _ => Ordering::Equal,
    });
    let differs = orders.find(|order| order.is_ne());
    differs.unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use crate::model::universe::Universe;

    use super::*;

    /// The keys of `sortAstropyTable` for data IDs of `visit, detector, patch` and of `exposure`, printed by the reference.
    #[test]
    fn where_and_when_come_first() {
        let universe = Universe::from_json(Universe::default_json()).unwrap();
        let order = |names: &[&str]| {
            let dimensions = DimensionGroup::conform(&universe, names).unwrap();
            let keys = usual_order(&dimensions, 3).unwrap();
            let all: Vec<&str> = dimensions.data_coordinate_keys().collect();
            let name = |key: &SortKey| all[key.place - 3].to_owned();
            keys.iter().map(name).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            order(&["visit", "detector", "patch"]),
            "skymap tract patch instrument visit day_obs detector band physical_filter"
        );
        assert_eq!(
            order(&["exposure"]),
            "instrument exposure day_obs band group physical_filter"
        );
    }
}
