//! What a refused row means: looks in the stage for what the database's constraints stumbled over.

use pantry_registry::Registry;

use super::datasets_sql;
use crate::Error;
use crate::plan::PlanInput;

/// A fault of the export that a constraint of the database would have refused: two datasets with one id.
///
/// Not looked for beforehand, because it costs a sort of all ids and never happens in an export that a Butler wrote.
pub fn diagnose(registry: &mut Registry, input: &PlanInput<'_>) -> Option<Error> {
    if input.export.shapes.is_empty() {
        return None;
    }
    let sql = datasets_sql::repeated_id(input.place, &input.export.shapes);
    let mut fault = None;
    let outcome = registry.connection().query(&sql, &[], |row| {
        fault = Some((row.get_str(0)?.to_owned(), row.get_i64(1)?, row.get_i64(2)?));
        Ok::<(), Error>(())
    });
    let (id, first, second) = fault.filter(|_| outcome.is_ok())?;
    let message =
        format!("dataset {id} is in the export twice, first at line {first}; nothing was changed");
    Some(input.fault(u64::try_from(second).unwrap_or(0), message))
}
