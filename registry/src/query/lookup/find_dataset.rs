//! The dataset of a data ID (`DirectButler.find_dataset`, `lsst/daf/butler/direct_butler/_direct_butler.py`;
//! `RegistryShim.findDataset`, `_registry_shim.py`).

use std::sync::Arc;

use super::complete_data_id::complete_data_id;
use crate::listing::CollectionCatalog;
use crate::model::collection::CollectionType;
use crate::model::data_coordinate::{DataCoordinate, DataIdValue};
use crate::model::dataset_ref::DatasetRef;
use crate::model::dataset_type::DatasetType;
use crate::model::glob::Wildcard;
use crate::model::timespan::Timespan;
use crate::query::QueryError;
use crate::query::check::Catalog;
use crate::query::execute::{
    QueryInputs, ResultRow, ResultValue, Statements, execute, in_snapshot,
};
use crate::query::expression::data_id_predicate;
use crate::query::tree::{
    ColumnExpression, ColumnLiteral, ColumnReference, ComparisonOperator, DatasetField, DatasetKey,
    DatasetSearch, Predicate, QueryTree, ResultColumn, ResultKind, ResultSpec,
};
use crate::registry::Registry;

/// Which dataset is wanted.
#[derive(Debug, Clone, Copy)]
pub struct DatasetLookup<'a> {
    /// Its type, or a component of it.
    pub dataset_type: &'a DatasetType,
    /// Values of dimensions and, where those are missing, of fields of their records: `exposure.obs_id`, or `day_obs` and
    /// `seq_num`. A dimension may also have an alternate key, such as the name of a detector.
    pub data_id: &'a [(String, DataIdValue)],
    /// Values of dimensions that the data ID lacks.
    pub default_data_id: &'a DataCoordinate,
    /// The collections to search, in this order; patterns come before names.
    pub collections: &'a [String],
    /// When a calibration must be valid. Without it CALIBRATION collections are not searched for calibrations.
    pub timespan: Option<Timespan>,
}

/// Find the first dataset in the order of the collections. Its data ID has all values.
///
/// # Errors
/// What is wrong with the data ID: [`QueryError::DimensionName`] for a missing or unknown dimension,
/// [`QueryError::DimensionValue`] for a field that means nothing or does not select one record. [`QueryError::MissingCollection`].
/// [`QueryError::CalibrationLookup`] if several calibrations are valid.
pub fn find_dataset(
    registry: &mut Registry,
    lookup: &DatasetLookup<'_>,
) -> Result<Option<DatasetRef>, QueryError> {
    in_snapshot(registry, Statements::One, |registry| {
        let DatasetLookup {
            dataset_type,
            default_data_id,
            ..
        } = *lookup;
        let values = complete_data_id(registry, dataset_type, lookup.data_id, default_data_id)?;
        let dimensions = &dataset_type.dimensions;
        let data_id = DataCoordinate::standardize(dimensions, &values, Some(default_data_id))?;
        let Some(tree) = search(registry, lookup)? else {
            return Ok(None);
        };
        let universe = registry.universe();
        let pairs = dimensions.required().zip(data_id.required_values());
        let pairs = pairs.map(|(name, value)| (name, ColumnLiteral::from(value)));
        let mut tree = tree.filter(data_id_predicate(universe, pairs)?)?;
        if let Some(timespan) = lookup.timespan
            && dataset_type.is_calibration
            && timespan != Timespan::UNBOUNDED
        {
            tree = tree.filter(is_valid(dataset_type, timespan)?)?;
        }
        first(registry, &tree, dataset_type)
    })
}

fn parent_name(dataset_type: &DatasetType) -> &str {
    DatasetType::split_name(&dataset_type.name).0
}

/// The search of the wanted collections; `None` if there are none.
fn search(
    registry: &mut Registry,
    lookup: &DatasetLookup<'_>,
) -> Result<Option<QueryTree>, QueryError> {
    let mut collections = lookup.collections.to_vec();
    // No collections are none, not all.
    if collections.is_empty() {
        return Ok(None);
    }
    let wildcard = Wildcard::parse(&collections);
    if wildcard.has_globs() {
        let catalog = CollectionCatalog::read(registry)?;
        let found = catalog.resolve(&wildcard, &CollectionType::ALL, false, None)?;
        collections = found.into_iter().map(|c| c.name.clone()).collect();
    }
    let universe = Arc::clone(registry.universe());
    let name = parent_name(lookup.dataset_type);
    let tree_of = |collections| {
        let dimensions = lookup.dataset_type.dimensions.clone();
        let search = DatasetSearch {
            collections,
            dimensions,
        };
        QueryTree::identity(&universe).join_dataset(name, search)
    };
    let tree = tree_of(collections.clone())?;
    if collections.is_empty() || !lookup.dataset_type.is_calibration || lookup.timespan.is_some() {
        return Ok((!collections.is_empty()).then_some(tree));
    }
    // Without a time nothing tells the calibrations of such a collection apart.
    let catalog = Catalog::of(registry, std::iter::once(&tree))?;
    let flat = catalog.flatten(&collections)?.into_iter();
    let collections: Vec<String> = flat
        .filter(|c| c.collection_type != CollectionType::Calibration)
        .map(|c| c.name.clone())
        .collect();
    match collections.is_empty() {
        true => Ok(None),
        false => tree_of(collections).map(Some),
    }
}

fn is_valid(dataset_type: &DatasetType, timespan: Timespan) -> Result<Predicate, QueryError> {
    let validity = ColumnReference::DatasetField {
        dataset_type: DatasetKey::Named(parent_name(dataset_type).to_owned()),
        field: DatasetField::Timespan,
    };
    Predicate::compare(
        ColumnExpression::Reference(validity),
        ComparisonOperator::Overlaps,
        ColumnExpression::Literal(ColumnLiteral::Timespan(timespan)),
    )
}

/// The only dataset of a query.
fn first(
    registry: &mut Registry,
    tree: &QueryTree,
    dataset_type: &DatasetType,
) -> Result<Option<DatasetRef>, QueryError> {
    let spec = ResultSpec {
        limit: Some(2),
        ..ResultSpec::new(ResultKind::DatasetRef {
            dataset_type_name: parent_name(dataset_type).to_owned(),
            dimensions: dataset_type.dimensions.clone(),
            storage_class_name: dataset_type.storage_class.clone(),
            include_dimension_records: false,
            find_first: true,
        })
    };
    let mut found = Vec::new();
    execute(registry, tree, &spec, &QueryInputs::default(), |row| {
        found.extend(dataset(row, dataset_type));
        Ok(true)
    })?;
    if found.len() > 1 {
        return Err(QueryError::CalibrationLookup(format!(
            "Several datasets of type '{}' are valid for the data ID and time; give a shorter time.",
            dataset_type.name
        )));
    }
    Ok(found.pop())
}

fn dataset(row: ResultRow<'_>, dataset_type: &DatasetType) -> Option<DatasetRef> {
    let key = DatasetKey::Named(parent_name(dataset_type).to_owned());
    let field = |field| row.get(&ResultColumn::DatasetField(key.clone(), field));
    let ResultValue::Uuid(id) = field(DatasetField::DatasetId)? else {
        return None;
    };
    let ResultValue::Text(run) = field(DatasetField::Run)? else {
        return None;
    };
    let dimensions = &dataset_type.dimensions;
    let values = dimensions.data_coordinate_keys();
    let values = values.map(|d| row.key(d).and_then(ResultValue::data_id_value));
    Some(DatasetRef {
        id: *id,
        dataset_type: Arc::new(dataset_type.clone()),
        data_id: DataCoordinate::new(dimensions.clone(), values.collect::<Option<_>>()?).ok()?,
        run: run.clone(),
    })
}
