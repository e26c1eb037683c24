//! Data IDs as people write them: with fields of records in place of dimensions
//! (`DirectButler._rewrite_data_id`, `lsst/daf/butler/direct_butler/_direct_butler.py`).

use std::sync::Arc;

use indexmap::IndexMap;

use super::dimension_record::DimensionRecord;
use crate::model::column::ColumnType;
use crate::model::data_coordinate::{DataCoordinate, DataIdValue};
use crate::model::dataset_type::DatasetType;
use crate::model::element::Element;
use crate::model::universe::Universe;
use crate::query::QueryError;
use crate::query::execute::{QueryInputs, ResultValue, execute};
use crate::query::expression::{Binds, IdentifierContext, data_id_predicate};
use crate::query::tree::{
    ColumnExpression, ColumnLiteral, ComparisonOperator, Predicate, QueryTree, ResultKind,
    ResultSpec, minimal_group,
};
use crate::registry::Registry;

type Values = IndexMap<String, DataIdValue>;

/// The values of dimensions that a data ID gives or, by fields of their records, means.
///
/// # Errors
/// [`QueryError::DimensionValue`] for a field that no dimension of the dataset type has, or that does not select one record,
/// or contradicts the given value; [`QueryError::DimensionName`] for a field of something that is no dimension.
pub(super) fn complete_data_id(
    registry: &mut Registry,
    dataset_type: &DatasetType,
    given: &[(String, DataIdValue)],
    defaults: &DataCoordinate,
) -> Result<Vec<(String, DataIdValue)>, QueryError> {
    let universe = Arc::clone(registry.universe());
    let (mut values, mut fields) = (Values::new(), IndexMap::<String, Values>::new());
    let mut unknown = Values::new();
    for (name, value) in given {
        let (dimension, field) = match name.split_once('.') {
            Some((dimension, field)) => (dimension, Some(field)),
            None => (name.as_str(), None),
        };
        let element = universe.get(dimension).filter(|e| e.is_dimension());
        let alternate = element.and_then(|e| alternate_key(e, value));
        let place = match (field.or(alternate), element) {
            (Some(field), _) => {
                let of_dimension = fields.entry(dimension.to_owned()).or_default();
                of_dimension.insert(field.to_owned(), value.clone());
                continue;
            }
            (None, Some(_)) => &mut values,
            (None, None) => &mut unknown,
        };
        place.insert(name.clone(), value.clone());
    }
    for (dimension, found) in owners(&universe, dataset_type, &unknown)? {
        fields.entry(dimension).or_default().extend(found);
    }
    let mut search = RecordSearch {
        registry,
        universe,
        defaults,
    };
    for (dimension, fields) in fields {
        match values.contains_key(&dimension) {
            true => search.check(&dimension, &fields, &values)?,
            false => {
                let value = search.find(&dimension, &fields, &values)?;
                values.insert(dimension, value);
            }
        }
    }
    Ok(values.into_iter().collect())
}

/// The alternate key of a dimension that a value must be of, because it is of another type than the primary key.
fn alternate_key<'a>(element: &'a Element, value: &DataIdValue) -> Option<&'a str> {
    let fits = |column_type| match value {
        DataIdValue::Int(_) => column_type == ColumnType::Int,
        DataIdValue::Str(_) => matches!(column_type, ColumnType::String { .. }),
    };
    if element.primary_key().is_none_or(|c| fits(c.column_type)) {
        return None;
    }
    let alternates = element.alternate_keys().iter();
    alternates
        .filter(|c| fits(c.column_type))
        .map(|c| c.name.as_str())
        .next()
}

/// The dimensions that fields without one belong to: of several, one that the dataset type has, and the one with the most of
/// the fields, so that `day_obs` with `seq_num` are those of an exposure. Calibrations have no dimensions of time, but may be
/// found by them.
fn owners(
    universe: &Universe,
    dataset_type: &DatasetType,
    fields: &Values,
) -> Result<IndexMap<String, Values>, QueryError> {
    let has = |e: &Element, field: &str| e.keys.iter().chain(&e.metadata).any(|c| c.name == field);
    let is_own = |e: &Element| dataset_type.dimensions.contains(&e.name);
    let is_candidate = |e: &&Element| {
        is_own(e) || (dataset_type.is_calibration && e.temporal.is_some() && e.is_dimension())
    };
    let candidates: Vec<&Element> = universe.dimensions().filter(is_candidate).collect();
    let count = |e: &Element| fields.keys().filter(|field| has(e, field)).count();
    let mut result = IndexMap::<String, Values>::new();
    let mut unknown = Vec::new();
    for (field, value) in fields {
        let all = candidates.iter().copied().filter(|e| has(e, field));
        let mut owners: Vec<&Element> = all.collect();
        if owners.iter().any(|e| is_own(e)) {
            owners.retain(|e| is_own(e));
        } else if let [a, b] = owners[..]
            && [&a.name, &b.name]
                .iter()
                .all(|n| *n == "exposure" || *n == "visit")
        {
            // Visits are made of exposures, which there always are.
            owners.retain(|e| e.name == "exposure");
        }
        // Of equals the first.
        match owners.iter().rev().max_by_key(|e| count(e)) {
            Some(owner) => {
                let of_owner = result.entry(owner.name.clone()).or_default();
                of_owner.insert(field.clone(), value.clone());
            }
            None => unknown.push(format!("'{field}'")),
        }
    }
    match unknown.is_empty() {
        true => Ok(result),
        false => Err(QueryError::DimensionValue(format!(
            "Data IDs of dataset type '{}' have no {}.",
            dataset_type.name,
            unknown.join(", ")
        ))),
    }
}

/// Finds the records that fields select.
struct RecordSearch<'a> {
    registry: &'a mut Registry,
    universe: Arc<Universe>,
    defaults: &'a DataCoordinate,
}

impl RecordSearch<'_> {
    /// The value of the dimension whose record has these fields.
    fn find(
        &mut self,
        dimension: &str,
        fields: &Values,
        values: &Values,
    ) -> Result<DataIdValue, QueryError> {
        let universe = Arc::clone(&self.universe);
        let element = universe.get(dimension).filter(|e| e.is_dimension());
        let Some((element, key)) = element.and_then(|e| Some((e, e.primary_key()?))) else {
            return Err(QueryError::DimensionName(format!(
                "There is no dimension '{dimension}', so it has no {}.",
                shown(fields)
            )));
        };
        let group = minimal_group(&universe, dimension);
        let mut predicate = self.predicate(values, |name| group.contains(name))?;
        let context = IdentifierContext {
            dimensions: &group,
            datasets: &[],
            binds: &Binds::new(),
        };
        for (field, value) in fields {
            let column = context.interpret(&format!("{dimension}.{field}"))?;
            let value = ColumnExpression::Literal(ColumnLiteral::from(value));
            let equal = Predicate::compare(column, ComparisonOperator::Equal, value)?;
            predicate = predicate.logical_and(equal);
        }
        let mut records = self.records(element, predicate)?;
        if records.len() > 1 && dimension == "visit" {
            self.prefer_visit_system(&mut records, values)?;
        }
        let count = records.len();
        let found = records.pop().filter(|_| count == 1);
        let value = found.and_then(|r| r.get(&key.name)?.data_id_value());
        value.ok_or_else(|| {
            QueryError::DimensionValue(format!(
                "One {dimension} is wanted, but {count} have {}.",
                shown(fields)
            ))
        })
    }

    /// Of several visits the first one that the instrument's own way of making visits of exposures has made.
    fn prefer_visit_system(
        &mut self,
        records: &mut Vec<DimensionRecord>,
        values: &Values,
    ) -> Result<(), QueryError> {
        let universe = Arc::clone(&self.universe);
        let (Some(instrument), Some(membership)) = (
            universe.get("instrument"),
            universe.get("visit_system_membership"),
        ) else {
            return Ok(());
        };
        if !instrument.metadata.iter().any(|c| c.name == "visit_system") {
            return Ok(());
        }
        let predicate = self.predicate(values, |_| true)?;
        let instruments = self.records(instrument, predicate)?;
        let [found] = &instruments[..] else {
            return Ok(());
        };
        let system = match found.get("visit_system") {
            Some(ResultValue::Int(system)) => DataIdValue::Int(*system),
            _ => return Ok(()),
        };
        let name = found.get("name").and_then(ResultValue::data_id_value);
        records.sort_by_key(|r| r.get("id").and_then(ResultValue::data_id_value));
        for record in &*records {
            let visit = record.get("id").and_then(ResultValue::data_id_value);
            let (Some(name), Some(visit)) = (&name, visit) else {
                continue;
            };
            let key: Values = [
                ("instrument".to_owned(), name.clone()),
                ("visit_system".to_owned(), system.clone()),
                ("visit".to_owned(), visit),
            ]
            .into();
            let predicate = self.predicate(&key, |_| true)?;
            if !self.records(membership, predicate)?.is_empty() {
                *records = vec![record.clone()];
                break;
            }
        }
        Ok(())
    }

    /// Compare the record of a dimension that has a value with the fields that were given beside it.
    fn check(
        &mut self,
        dimension: &str,
        fields: &Values,
        values: &Values,
    ) -> Result<(), QueryError> {
        let universe = Arc::clone(&self.universe);
        let Some(element) = universe.get(dimension) else {
            return Ok(());
        };
        let is_key = |name: &str| element.required.iter().any(|d| d == name);
        let predicate = self.predicate(values, is_key)?;
        let records = self.records(element, predicate)?;
        if records.is_empty() {
            return Err(QueryError::DimensionValue(format!(
                "There is no such {dimension} that {} could be compared with.",
                shown(fields)
            )));
        }
        let [record] = &records[..] else {
            return Ok(());
        };
        for (field, value) in fields {
            let Some(found) = record.get(field) else {
                return Err(QueryError::DimensionValue(format!(
                    "The dimension {dimension} has no '{field}'."
                )));
            };
            if !is_same(found, value) {
                let given = values.get(dimension);
                let given = given.map_or_else(String::new, ToString::to_string);
                return Err(QueryError::DimensionValue(format!(
                    "The {dimension} {given} has another {field} than '{value}'."
                )));
            }
        }
        Ok(())
    }

    /// The predicate that the dimensions of these names have their values.
    fn predicate(
        &self,
        values: &Values,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Predicate, QueryError> {
        let wanted = values.iter().filter(|(name, _)| is_wanted(name));
        let pairs = wanted.map(|(name, value)| (name, ColumnLiteral::from(value)));
        data_id_predicate(&self.universe, pairs)
    }

    fn records(
        &mut self,
        element: &Element,
        predicate: Predicate,
    ) -> Result<Vec<DimensionRecord>, QueryError> {
        let universe = &self.universe;
        let spec = ResultSpec::new(ResultKind::dimension_record(universe, &element.name)?);
        let tree = QueryTree::identity(universe).join_dimensions(spec.dimensions());
        let tree = tree.filter(predicate)?;
        let inputs = QueryInputs {
            default_data_id: governors(self.defaults),
            ..QueryInputs::default()
        };
        let mut found = Vec::new();
        execute(self.registry, &tree, &spec, &inputs, |row| {
            found.push(DimensionRecord::of_row(universe, element, row));
            Ok(true)
        })?;
        Ok(found)
    }
}

fn governors(defaults: &DataCoordinate) -> Vec<(String, String)> {
    let governors = defaults.dimensions().governors();
    let pairs = governors.filter_map(|g| Some((g.to_owned(), defaults.get(g)?.to_string())));
    pairs.collect()
}

fn is_same(found: &ResultValue, given: &DataIdValue) -> bool {
    match (found, given) {
        (ResultValue::Int(a), DataIdValue::Int(b)) => a == b,
        (ResultValue::Text(a), DataIdValue::Str(b)) => a == b,
        (ResultValue::Bool(a), DataIdValue::Int(b)) => i64::from(*a) == *b,
        // As Python compares them: exactly.
        (ResultValue::Float(a), DataIdValue::Int(b)) => {
            a.fract() == 0.0 && format!("{a:.0}") == b.to_string()
        }
        _ => false,
    }
}

fn shown(fields: &Values) -> String {
    let fields: Vec<String> = fields.iter().map(|(f, v)| format!("{f} '{v}'")).collect();
    fields.join(" and ")
}
