//! The datasets of a selection in the order in which the reference sorts them: by run, type and data ID.

use rusqlite::types::ValueRef;
use uuid::Uuid;

use super::selection::Selection;
use crate::Error;

/// Datasets that are handed over together.
const TOGETHER: usize = 500;

const TABLE: &str = "ranked";

/// Hand over the ids of all datasets with the numbers of their sets, in batches.
pub(super) fn each_ranked(
    selection: &Selection,
    mut visit: impl FnMut(&[(usize, Uuid)]) -> Result<(), Error>,
) -> Result<(), Error> {
    let connection = selection.connection();
    connection.execute_batch(&format!(
        "DROP TABLE IF EXISTS {TABLE}; CREATE TABLE {TABLE} (run, number, place INTEGER PRIMARY KEY, id)"
    ))?;
    for (number, set) in selection.sets().iter().enumerate() {
        connection.execute_batch(&format!(
            "INSERT INTO {TABLE} (run, number, id) SELECT run, {number}, id FROM {} ORDER BY run{}",
            set.table,
            set.required(", ").concat()
        ))?;
    }
    let sql = format!("SELECT number, id FROM {TABLE} ORDER BY run, number, place");
    let mut select = connection.prepare(&sql)?;
    let mut rows = select.query([])?;
    let mut batch = Vec::with_capacity(TOGETHER);
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        batch.push((
            usize::try_from(number).unwrap_or_default(),
            uuid(row.get_ref(1)?)?,
        ));
        if batch.len() == TOGETHER {
            visit(&batch)?;
            batch.clear();
        }
    }
    visit(&batch)
}

/// A dataset id of the stage.
pub(super) fn uuid(value: ValueRef<'_>) -> Result<Uuid, Error> {
    let text = value.as_str().map_err(rusqlite::Error::from)?;
    Ok(Uuid::try_parse(text).unwrap_or_default())
}
