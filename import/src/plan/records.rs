//! Dimension records: which are new, which the repo has, which differ, and whether all that they refer to exists.

use std::collections::BTreeMap;

use pantry_registry::Registry;
use pantry_registry::model::element::Element;
use pantry_registry::model::universe::Universe;
use serde::Serialize;

use super::{Plan, PlanInput, SHOWN_KEPT};
use crate::Error;
use crate::export::record_table;
use crate::load::{records_sql, tables};

/// Records of one element.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct RecordCounts {
    /// In the export.
    pub exported: u64,
    /// Of these, with a key that the repo has.
    pub existing: u64,
}

/// A record that differs from the repo's, which stays.
#[derive(Debug, Clone, Serialize)]
pub struct KeptRecord {
    /// Dimension element.
    pub element: String,
    /// Key of the record.
    pub key: BTreeMap<String, Option<String>>,
    /// Fields that differ: the repo's value and the export's.
    pub fields: BTreeMap<String, (Option<String>, Option<String>)>,
}

impl std::fmt::Display for KeptRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let null = || "NULL".to_owned();
        let key: Vec<String> = self
            .key
            .iter()
            .map(|(k, v)| format!("{k}={}", v.clone().unwrap_or_else(null)))
            .collect();
        let fields: Vec<String> = self
            .fields
            .iter()
            .map(|(name, (repo, export))| {
                format!(
                    "{name} is {} in the repo, {} in the export",
                    repo.clone().unwrap_or_else(null),
                    export.clone().unwrap_or_else(null)
                )
            })
            .collect();
        write!(
            f,
            "{} {}: {}",
            self.element,
            key.join(", "),
            fields.join("; ")
        )
    }
}

pub(super) fn plan(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    plan: &mut Plan,
) -> Result<(), Error> {
    let universe = registry.universe().clone();
    for element in universe.elements() {
        let Some(&exported) = input.export.records.get(&element.name) else {
            continue;
        };
        if input.skips(&element.name) {
            continue;
        }
        let mut counts = RecordCounts {
            exported,
            existing: 0,
        };
        if !tables::is_empty(registry, &element.name)? {
            let sql = records_sql::count_existing(input.place, &universe, element);
            registry.connection().query(&sql, &[], |row| {
                counts.existing = u64::try_from(row.get_i64(0)?).unwrap_or(0);
                Ok::<(), Error>(())
            })?;
            if counts.existing > 0 {
                differing(registry, input, &universe, element, plan)?;
            }
        }
        plan.records.insert(element.name.clone(), counts);
        dependencies(registry, input, &universe, element)?;
    }
    Ok(())
}

fn differing(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    universe: &Universe,
    element: &Element,
    plan: &mut Plan,
) -> Result<(), Error> {
    let (names, sql) = records_sql::differing_records(input.place, universe, element);
    let keys = universe.required_columns(element).len();
    registry.connection().query(&sql, &[], |row| {
        plan.kept_records += 1;
        if plan.kept.len() >= SHOWN_KEPT {
            return Ok(());
        }
        let mut kept = KeptRecord {
            element: element.name.clone(),
            key: BTreeMap::new(),
            fields: BTreeMap::new(),
        };
        for (i, name) in names.iter().enumerate() {
            if i < keys {
                kept.key
                    .insert(name.clone(), row.get_opt_str(i)?.map(str::to_owned));
            } else {
                let at = keys + 2 * (i - keys);
                let pair = (
                    row.get_opt_str(at)?.map(str::to_owned),
                    row.get_opt_str(at + 1)?.map(str::to_owned),
                );
                if pair.0 != pair.1 {
                    kept.fields.insert(name.clone(), pair);
                }
            }
        }
        plan.kept.push(kept);
        Ok::<(), Error>(())
    })?;
    Ok(())
}

/// Every dimension that a record refers to must have a record, in the export or in the repo.
fn dependencies(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    universe: &Universe,
    element: &Element,
) -> Result<(), Error> {
    for name in element.required.iter().chain(&element.implied) {
        let Some(other) = universe
            .get(name)
            .filter(|d| d.name != element.name && d.has_own_table())
        else {
            continue;
        };
        let staged = input.export.records.contains_key(name) && !input.skips(name);
        let stage = staged.then(|| record_table(name));
        let sql = records_sql::missing_dependency(
            input.place,
            universe,
            element,
            other,
            stage.as_deref(),
        );
        let mut missing = None;
        registry.connection().query(&sql, &[], |row| {
            let values: Result<Vec<String>, _> = (0..universe.required_columns(other).len())
                .map(|i| super::key_text(row, i))
                .collect();
            missing = Some(values?);
            Ok::<(), Error>(())
        })?;
        if let Some(values) = missing {
            let columns = universe.required_columns(other);
            let given: Vec<(&str, String)> = columns
                .iter()
                .zip(&values)
                .map(|((dimension, _, _), v)| (*dimension, v.clone()))
                .collect();
            let line = super::line::of_record(input.file, &element.name, &given);
            let names: Vec<String> = columns
                .iter()
                .zip(values)
                .map(|((_, field, _), v)| format!("{field}={v}"))
                .collect();
            let message = format!(
                "a record of {} needs the {name} record ({}), which is neither in the export nor in the repo",
                element.name,
                names.join(", ")
            );
            return Err(input.fault(line, message));
        }
    }
    Ok(())
}
