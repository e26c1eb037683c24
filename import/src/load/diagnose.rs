//! What a refused row means: looks in the stage for what the database's constraints stumbled over.

use pantry_registry::Registry;
use uuid::Uuid;

use super::conflicts_sql;
use crate::Error;
use crate::plan::{Plan, PlanInput};

/// A fault of the export that a constraint of the database would have refused: two datasets with one id, or with one data
/// ID in one run.
///
/// Not looked for beforehand, because it costs a sort of all ids and never happens in an export that a Butler wrote.
pub fn diagnose(registry: &mut Registry, input: &PlanInput<'_>, plan: &Plan) -> Option<Error> {
    if input.export.shapes.is_empty() {
        return None;
    }
    let sql = conflicts_sql::repeated_id(input.place, &input.export.shapes);
    let mut fault = None;
    let outcome = registry.connection().query(&sql, &[], |row| {
        fault = Some((shown_id(row.get_str(0)?), row.get_i64(1)?, row.get_i64(2)?));
        Ok::<(), Error>(())
    });
    if let Some((id, first, second)) = fault.filter(|_| outcome.is_ok()) {
        let message = format!(
            "dataset {id} is in the {} twice, first at line {first}; nothing was changed",
            input.origin.noun()
        );
        return Some(input.fault(u64::try_from(second).unwrap_or(0), message));
    }
    plan.kinds.iter().find_map(|kind| {
        let sql = conflicts_sql::repeated_data_id(input.place, &kind.group(input, ""));
        let mut fault = None;
        let outcome = registry.connection().query(&sql, &[], |row| {
            let ids = (shown_id(row.get_str(0)?), shown_id(row.get_str(1)?));
            fault = Some((ids, row.get_i64(2)?, row.get_i64(3)?));
            Ok::<(), Error>(())
        });
        let ((one, other), first, second) = fault.filter(|_| outcome.is_ok())?;
        let message = format!(
            "datasets {one} and {other} have the same dataset type, run and data ID, first at line {first}; nothing was changed"
        );
        Some(input.fault(u64::try_from(second).unwrap_or(0), message))
    })
}

/// A dataset id as people know it; SQLite stores it without hyphens.
pub(crate) fn shown_id(stored: &str) -> String {
    Uuid::try_parse(stored).map_or_else(|_| stored.to_owned(), |id| id.to_string())
}
