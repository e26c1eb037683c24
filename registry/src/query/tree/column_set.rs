//! Sets of columns: what a query needs, and what its rows hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::dataset_key::{DatasetField, DatasetKey};
use super::query_tree::union;
use crate::model::dimension_group::DimensionGroup;
use crate::model::universe::Universe;

/// The dimensions of an element, as a group.
pub(crate) fn minimal_group(universe: &Arc<Universe>, element: &str) -> DimensionGroup {
    let names: Vec<&str> = universe
        .get(element)
        .into_iter()
        .flat_map(|e| e.required.iter().chain(&e.implied))
        .map(String::as_str)
        .collect();
    // All names come from the universe itself.
    DimensionGroup::conform(universe, names).unwrap_or_else(|_| DimensionGroup::empty(universe))
}

/// One column of a result row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResultColumn {
    /// The value of a dimension.
    DimensionKey(String),
    /// A field of a dimension element's records.
    DimensionField(String, String),
    /// A column of a dataset search.
    DatasetField(DatasetKey, DatasetField),
}

impl ResultColumn {
    /// The name that identifies the column in a query (`ColumnSet.get_qualified_name`).
    pub fn qualified_name(&self) -> String {
        match self {
            Self::DimensionKey(dimension) => dimension.clone(),
            Self::DimensionField(element, field) => format!("{element}:{field}"),
            Self::DatasetField(key, field) => format!("{key}:{}", field.name()),
        }
    }

    /// Whether it is a timespan, which has two columns on SQLite.
    pub fn is_timespan(&self) -> bool {
        match self {
            Self::DimensionKey(_) => false,
            Self::DimensionField(_, field) => field == "timespan",
            Self::DatasetField(_, field) => *field == DatasetField::Timespan,
        }
    }
}

/// A set of columns (`queries/tree/_column_set.py`): dimension keys, which a dimension group bounds, fields of elements, and
/// columns of dataset searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSet {
    dimensions: DimensionGroup,
    removed_dimension_keys: BTreeSet<String>,
    dimension_fields: BTreeMap<String, BTreeSet<String>>,
    dataset_fields: BTreeMap<DatasetKey, BTreeSet<DatasetField>>,
}

impl ColumnSet {
    /// The keys of these dimensions.
    pub fn new(dimensions: &DimensionGroup) -> Self {
        Self {
            dimensions: dimensions.clone(),
            removed_dimension_keys: BTreeSet::new(),
            dimension_fields: BTreeMap::new(),
            dataset_fields: BTreeMap::new(),
        }
    }

    /// The universe of the dimensions.
    pub fn universe(&self) -> &Arc<Universe> {
        self.dimensions.universe()
    }

    /// The dimensions that bound the set.
    pub fn dimensions(&self) -> &DimensionGroup {
        &self.dimensions
    }

    /// Fields of one element.
    pub fn dimension_fields(&self, element: &str) -> impl Iterator<Item = &str> {
        self.dimension_fields
            .get(element)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// Whether a field of an element is in the set.
    pub fn has_dimension_field(&self, element: &str, field: &str) -> bool {
        self.dimension_fields
            .get(element)
            .is_some_and(|f| f.contains(field))
    }

    /// Dataset searches with columns in the set, with these.
    pub fn dataset_fields(&self) -> &BTreeMap<DatasetKey, BTreeSet<DatasetField>> {
        &self.dataset_fields
    }

    /// Columns of one dataset search.
    pub fn fields_of(&self, dataset: &DatasetKey) -> BTreeSet<DatasetField> {
        self.dataset_fields
            .get(dataset)
            .cloned()
            .unwrap_or_default()
    }

    /// Add dimensions.
    pub fn update_dimensions(&mut self, dimensions: &DimensionGroup) {
        if !dimensions.is_subset(&self.dimensions) {
            self.dimensions = union(&self.dimensions, dimensions);
            self.removed_dimension_keys
                .retain(|name| dimensions.contains(name));
        }
    }

    /// Add a field of an element whose dimensions are in the set.
    pub fn add_dimension_field(&mut self, element: &str, field: &str) {
        self.dimension_fields
            .entry(element.to_owned())
            .or_default()
            .insert(field.to_owned());
    }

    /// Add a column of a dataset search.
    pub fn add_dataset_field(&mut self, dataset: DatasetKey, field: DatasetField) {
        self.dataset_fields
            .entry(dataset)
            .or_default()
            .insert(field);
    }

    /// Add all records' fields of elements that clients do not hold in memory (`_add_dimension_records_to_column_set`).
    pub fn add_dimension_records(&mut self) {
        let universe = Arc::clone(self.universe());
        let names: Vec<String> = self.dimensions.elements().map(str::to_owned).collect();
        for element in names.iter().filter_map(|n| universe.get(n)) {
            if !element.is_cached && !element.is_skypix() {
                for column in element.remainder() {
                    self.add_dimension_field(&element.name, &column.name);
                }
            }
        }
    }

    /// Add another set.
    pub fn update(&mut self, other: &Self) {
        self.update_dimensions(&other.dimensions);
        self.removed_dimension_keys
            .retain(|name| other.removed_dimension_keys.contains(name));
        for (element, fields) in &other.dimension_fields {
            for field in fields {
                self.add_dimension_field(element, field);
            }
        }
        for (dataset, fields) in &other.dataset_fields {
            for field in fields {
                self.add_dataset_field(dataset.clone(), *field);
            }
        }
    }

    /// Leave out the keys of these dimensions.
    pub fn drop_dimension_keys<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        self.removed_dimension_keys
            .extend(names.into_iter().map(str::to_owned));
    }

    /// Leave out the keys of implied dimensions.
    pub fn drop_implied_dimension_keys(mut self) -> Self {
        let implied: Vec<String> = self.dimensions.implied().map(str::to_owned).collect();
        self.removed_dimension_keys.extend(implied);
        self
    }

    /// Take all dimension keys in again.
    pub fn restore_dimension_keys(&mut self) {
        self.removed_dimension_keys.clear();
    }

    /// The columns in the order of result rows: dimension keys, fields of elements, columns of datasets sorted.
    pub fn columns(&self) -> Vec<ResultColumn> {
        let mut columns: Vec<ResultColumn> = self
            .dimensions
            .data_coordinate_keys()
            .filter(|name| !self.removed_dimension_keys.contains(*name))
            .map(|name| ResultColumn::DimensionKey(name.to_owned()))
            .collect();
        for name in self.dimensions.elements() {
            let Some(fields) = self.dimension_fields.get(name) else {
                continue;
            };
            let element = self.universe().get(name);
            for column in element.into_iter().flat_map(|e| e.remainder()) {
                if fields.contains(&column.name) {
                    columns.push(ResultColumn::DimensionField(name.to_owned(), column.name));
                }
            }
        }
        for (dataset, fields) in &self.dataset_fields {
            for field in fields {
                columns.push(ResultColumn::DatasetField(dataset.clone(), *field));
            }
        }
        columns
    }
}
