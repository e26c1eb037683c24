//! From joined rows to result rows: each once, with what postprocessing needs
//! (`apply_query_projection`, `project_spatial_join_filtering` of `direct_query_driver/_driver.py`).

use std::collections::BTreeSet;

use super::context::SqlContext;
use super::fragment::Fragment;
use super::select::{Select, Unique, missing_regions};
use crate::query::QueryError;
use crate::query::check::{Postprocessing, QueryAnalysis, ResolvedSearch};
use crate::query::tree::{ColumnSet, DatasetField, DatasetKey, ResultColumn};
use crate::schema::dialect::Dialect;

/// Special column: how many validity ranges a row stands for.
pub const VALIDITY_MATCH_COUNT: &str = "_VALIDITY_MATCH_COUNT";

/// How joined rows become result rows.
#[derive(Debug)]
pub struct Projection {
    needs_dimension_distinct: bool,
    needs_dataset_distinct: bool,
    find_first: Option<String>,
    /// Special columns with pairs of regions, for elements that the result rows do not have: `a&b|a&b...` in base64, of
    /// which one pair must overlap.
    pub region_pairs: Vec<String>,
}

impl Projection {
    /// Find out what is needed; adds the collection's key to the columns where a choice between collections is made.
    pub fn of(
        analysis: &mut QueryAnalysis,
        projected: &mut ColumnSet,
        find_first: Option<&DatasetKey>,
    ) -> Self {
        let needs_dimension_distinct = projected.dimensions() != analysis.columns.dimensions();
        let several =
            |key: &DatasetKey| search_of(analysis, key).is_some_and(|s| s.collections.len() > 1);
        let needs_dataset_distinct = analysis
            .columns
            .dataset_fields()
            .keys()
            .any(|key| projected.fields_of(key).is_empty() && several(key));
        let keyed: Vec<DatasetKey> = projected
            .dataset_fields()
            .iter()
            .filter(|(key, fields)| {
                several(key)
                    && (find_first.is_some()
                        || fields.contains(&DatasetField::Timespan)
                        || fields.contains(&DatasetField::Collection))
            })
            .map(|(key, _)| key.clone())
            .collect();
        for key in keyed {
            projected.add_dataset_field(key, DatasetField::CollectionKey);
        }
        let find_first = match find_first {
            Some(DatasetKey::Named(name)) => Some(name.clone()),
            _ => None,
        };
        if let Some(search) = find_first.as_ref().and_then(|name| analysis.search(name)) {
            analysis.postprocessing.check_validity_match_count = search.is_calibration;
        }
        Self {
            needs_dimension_distinct,
            needs_dataset_distinct,
            find_first,
            region_pairs: Vec::new(),
        }
    }

    /// The search whose first datasets are wanted, if there is a choice.
    pub fn find_first_search<'a>(&self, analysis: &'a QueryAnalysis) -> Option<&'a ResolvedSearch> {
        let search = analysis.search(self.find_first.as_ref()?)?;
        (search.collections.len() > 1).then_some(search)
    }

    /// What is left to do with result rows.
    pub fn postprocessing(&self, analysis: &QueryAnalysis) -> Postprocessing {
        analysis.postprocessing.clone()
    }

    /// Make the rows unique. Afterwards `analysis.postprocessing` names only pairs of elements that the rows have.
    pub fn apply(
        &mut self,
        context: &SqlContext,
        analysis: &QueryAnalysis,
        select: &mut Select,
        is_ordered: bool,
    ) -> Result<(), QueryError> {
        let checks = analysis.postprocessing.check_validity_match_count;
        let special = &mut select.joins.columns.special;
        if !self.needs_dimension_distinct && !self.needs_dataset_distinct && !checks {
            return Ok(());
        }
        if checks {
            let count = Fragment::text("count(*)");
            special.insert(VALIDITY_MATCH_COUNT.to_owned(), count);
        }
        let mut keys: Vec<Fragment> = Vec::new();
        for dimension in select.columns.dimensions().data_coordinate_keys() {
            keys.push(select.joins.columns.key(dimension)?.clone());
        }
        let mut derived: Vec<ResultColumn> = Vec::new();
        let mut aggregates = checks || !self.region_pairs.is_empty();
        for column in missing_regions(&select.columns, &analysis.postprocessing) {
            let ResultColumn::DimensionField(element, _) = &column else {
                continue;
            };
            if select.columns.dimensions().elements().any(|e| e == element) {
                derived.push(column);
            } else {
                let region = select.joins.columns.field(&column)?.clone();
                let union = string_aggregate(context.dialect, region, ":");
                select.joins.columns.fields.insert(column, union);
                aggregates = true;
            }
        }
        for name in &self.region_pairs {
            if let Some(pair) = select.joins.columns.special.remove(name) {
                let pairs = string_aggregate(context.dialect, pair, "|");
                select.joins.columns.special.insert(name.clone(), pairs);
            }
        }
        self.sort_fields(analysis, select, &mut keys, &mut derived)?;
        self.check_any_value(context, analysis, &derived)?;
        select.unique = if !aggregates && derived.is_empty() {
            Unique::Distinct
        } else if !aggregates && context.dialect == Dialect::Postgresql && !is_ordered {
            match keys.is_empty() {
                // As in the reference: nothing tells the rows apart, and so they all stay.
                true => Unique::No,
                false => Unique::DistinctOn(keys),
            }
        } else {
            match group(context, select, keys, &derived)? {
                keys if !keys.is_empty() => Unique::GroupBy(keys),
                _ if aggregates => Unique::OneGroup,
                // As in the reference: nothing tells the rows apart, and so they all stay.
                _ => Unique::No,
            }
        };
        Ok(())
    }

    /// A validity range cannot be one of several where the server does not give any.
    fn check_any_value(
        &self,
        context: &SqlContext,
        analysis: &QueryAnalysis,
        derived: &[ResultColumn],
    ) -> Result<(), QueryError> {
        if context.dialect == Dialect::Sqlite || context.has_any_value {
            return Ok(());
        }
        for column in derived {
            if let ResultColumn::DatasetField(key, DatasetField::Timespan) = column
                && search_of(analysis, key).is_some_and(|s| s.is_calibration)
            {
                return Err(QueryError::invalid(format!(
                    "Cannot generate query that returns timespan for '{key}' after a find-first search, because this database \
                     does not support the ANY_VALUE aggregate function (or equivalent)."
                )));
            }
        }
        Ok(())
    }

    /// Which columns tell rows apart, and which follow from those.
    fn sort_fields(
        &self,
        analysis: &QueryAnalysis,
        select: &mut Select,
        keys: &mut Vec<Fragment>,
        derived: &mut Vec<ResultColumn>,
    ) -> Result<(), QueryError> {
        for column in select.columns.columns() {
            let ResultColumn::DatasetField(dataset, field) = &column else {
                if matches!(column, ResultColumn::DimensionField(..)) {
                    derived.push(column);
                }
                continue;
            };
            let search = search_of(analysis, dataset);
            let several = search.is_some_and(|s| s.collections.len() > 1);
            let is_calibration = search.is_some_and(|s| s.is_calibration);
            let is_first =
                matches!(dataset, DatasetKey::Named(n) if Some(n) == self.find_first.as_ref());
            match field {
                DatasetField::CollectionKey | DatasetField::DatasetId
                    if several && (*field == DatasetField::CollectionKey || !is_first) =>
                {
                    keys.push(select.joins.columns.field(&column)?.clone());
                }
                DatasetField::Timespan if is_calibration && !is_first => {
                    let timespan = select.joins.columns.timespan(&column)?;
                    keys.extend(timespan.flatten("").into_iter().map(|(_, e)| e));
                }
                _ => derived.push(column),
            }
        }
        Ok(())
    }

    /// Replace pairs of elements whose regions the result rows will not have by special columns.
    pub fn gather_region_pairs(
        &mut self,
        context: &SqlContext,
        analysis: &mut QueryAnalysis,
        select: &mut Select,
    ) -> Result<(), QueryError> {
        let elements: BTreeSet<String> = select
            .columns
            .dimensions()
            .elements()
            .map(str::to_owned)
            .collect();
        let region =
            |element: &str| ResultColumn::DimensionField(element.to_owned(), "region".to_owned());
        let mut kept = Vec::new();
        for (a, b) in std::mem::take(&mut analysis.postprocessing.joins) {
            if elements.contains(&a) && elements.contains(&b) {
                kept.push((a, b));
                continue;
            }
            let columns = &mut select.joins.columns;
            let pair = columns.field(&region(&a))?.clone().sql(" || '&' || ");
            let pair = pair.append(columns.field(&region(&b))?.clone());
            // A materialisation may have pairs of the same elements, which are others.
            let name = context.alias(&format!("_{a}_OVERLAPS_{b}"));
            columns.special.insert(name.clone(), pair);
            self.region_pairs.push(name);
        }
        analysis.postprocessing.joins = kept;
        Ok(())
    }
}

fn search_of<'a>(analysis: &'a QueryAnalysis, key: &DatasetKey) -> Option<&'a ResolvedSearch> {
    match key {
        DatasetKey::Named(name) => analysis.search(name),
        DatasetKey::Any => None,
    }
}

fn string_aggregate(dialect: Dialect, expression: Fragment, separator: &str) -> Fragment {
    let function = match dialect {
        Dialect::Sqlite => "group_concat(",
        Dialect::Postgresql => "string_agg(",
    };
    Fragment::text(function)
        .append(expression)
        .sql(&format!(", '{separator}')"))
}

/// Group by the keys; columns that follow from them take any value of the group.
fn group(
    context: &SqlContext,
    select: &mut Select,
    mut keys: Vec<Fragment>,
    derived: &[ResultColumn],
) -> Result<Vec<Fragment>, QueryError> {
    let columns = &mut select.joins.columns;
    for column in derived {
        match context.dialect {
            // SQLite takes columns that are not grouped from any row of the group.
            Dialect::Sqlite => {}
            Dialect::Postgresql if context.has_any_value => {
                let any = |e: Fragment| Fragment::text("any_value").append(e.parens());
                if let Some(timespan) = columns.timespans.remove(column) {
                    columns.timespans.insert(column.clone(), timespan.map(any));
                } else if let Some(field) = columns.fields.remove(column) {
                    columns.fields.insert(column.clone(), any(field));
                }
            }
            Dialect::Postgresql if column.is_timespan() => {
                let parts = columns.timespan(column)?.flatten("");
                keys.extend(parts.into_iter().map(|(_, e)| e));
            }
            Dialect::Postgresql => keys.push(columns.field(column)?.clone()),
        }
    }
    Ok(keys)
}
