//! Which of the datasets TAGGED and CALIBRATION collections have.

use std::collections::BTreeMap;

use pantry_registry::Registry;
use pantry_registry::config::yaml_text;
use pantry_registry::listing::each_association;
use pantry_registry::model::collection::{Collection, CollectionType};
use pantry_registry::model::timespan::Timespan;
use rusqlite::params;

use super::document::{Document, push_id};
use super::selection::{Selection, Set};
use crate::Error;
use crate::stage::{Cell, CellType};

/// Associations as the registry gives them, also of datasets that are not written.
const FOUND: &str = "association";
/// Associations of datasets that are written; `seq` is their order among those of one type.
const KEPT: &str = "association_kept";

/// Write the associations of all collections, in order of name; says how many.
pub(super) fn write(
    registry: &mut Registry,
    selection: &mut Selection,
    collections: &[Collection],
    document: &mut Document,
) -> Result<u64, Error> {
    let has_datasets = |c: &&Collection| {
        matches!(
            c.collection_type,
            CollectionType::Tagged | CollectionType::Calibration
        )
    };
    let sorted: BTreeMap<&str, &Collection> = collections
        .iter()
        .filter(has_datasets)
        .map(|c| (c.name.as_str(), c))
        .collect();
    find(registry, selection, sorted.values().copied())?;
    let mut count = 0;
    for collection in sorted.into_values() {
        count += match collection.collection_type {
            CollectionType::Calibration => calibration(selection, collection, document)?,
            _ => tagged(selection, collection, document)?,
        };
    }
    Ok(count)
}

/// Bring the associations into the order of their datasets.
fn find<'a>(
    registry: &mut Registry,
    selection: &mut Selection,
    collections: impl Iterator<Item = &'a Collection> + Clone,
) -> Result<(), Error> {
    let column = |name: &str, kind| (name.to_owned(), kind);
    let kept = [
        column("collection", CellType::Text),
        column("run", CellType::Text),
        column("type", CellType::Int),
        column("id", CellType::Uuid),
        column("begin", CellType::Int),
        column("end", CellType::Int),
    ];
    selection.table(KEPT, &kept)?;
    for number in 0..selection.sets().len() {
        let name = selection.sets()[number].dataset_type.name.clone();
        let Some(dataset_type) = registry.find_dataset_type(&name)? else {
            continue;
        };
        let table = format!("{FOUND}_{number}");
        let found = selection.table(
            &table,
            &[
                column("collection", CellType::Text),
                column("id", CellType::Uuid),
                column("begin", CellType::Int),
                column("end", CellType::Int),
            ],
        )?;
        let stage = selection.stage();
        for collection in collections.clone() {
            each_association(registry, &dataset_type, collection, |id, range| {
                let (begin, end) = match range.map(Timespan::ns) {
                    Some((begin, end)) => (Cell::Int(begin), Cell::Int(end)),
                    None => (Cell::Null, Cell::Null),
                };
                let name = Cell::text(Some(&collection.name));
                let row = [name, Cell::uuid(id), begin, end];
                stage.insert(found, &row)?;
                Ok::<(), Error>(())
            })?;
        }
        keep(selection, &selection.sets()[number], number, &table)?;
    }
    selection.connection().execute_batch(&format!(
        "CREATE INDEX {KEPT}_order ON {KEPT} (collection, run, type, seq); \
         CREATE INDEX {KEPT}_ranges ON {KEPT} (collection, begin, \"end\", run, type, seq)"
    ))?;
    Ok(())
}

/// Those of datasets that are written.
fn keep(selection: &Selection, set: &Set, number: usize, found: &str) -> Result<(), Error> {
    let connection = selection.connection();
    let any = format!("SELECT EXISTS (SELECT 1 FROM {found})");
    if !connection.query_row(&any, [], |row| row.get(0))? {
        return Ok(());
    }
    let table = &set.table;
    connection.execute_batch(&format!(
        "CREATE INDEX {table}_id ON {table} (id); \
         INSERT INTO {KEPT} (collection, run, type, id, begin, \"end\") \
         SELECT a.collection, s.run, {number}, s.id, a.begin, a.\"end\" \
         FROM {found} a JOIN {table} s ON s.id = a.id ORDER BY a.collection, s.run{}, a.begin; \
         DELETE FROM {found}",
        set.required(", s.").concat()
    ))?;
    Ok(())
}

fn tagged(
    selection: &Selection,
    collection: &Collection,
    document: &mut Document,
) -> Result<u64, Error> {
    let sql = format!("SELECT id FROM {KEPT} WHERE collection = ? ORDER BY run, type, seq");
    let mut select = selection.connection().prepare(&sql)?;
    let mut rows = select.query(params![collection.name])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        if count == 0 {
            begin(collection, "dataset_ids", document)?;
        }
        count += 1;
        let mut line = "  - ".to_owned();
        push_id(
            &mut line,
            row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?,
        );
        document.write(&line)?;
    }
    Ok(count)
}

/// Validity ranges in the order in which datasets have them, each with its datasets.
fn calibration(
    selection: &Selection,
    collection: &Collection,
    document: &mut Document,
) -> Result<u64, Error> {
    let connection = selection.connection();
    let mut ranges = connection.prepare(&format!(
        "SELECT begin, \"end\" FROM (SELECT begin, \"end\", row_number() OVER (ORDER BY run, type, seq) AS place \
         FROM {KEPT} WHERE collection = ?) GROUP BY begin, \"end\" ORDER BY min(place)"
    ))?;
    let mut datasets = connection.prepare(&format!(
        "SELECT id FROM {KEPT} WHERE collection = ? AND begin = ? AND \"end\" = ? ORDER BY run, type, seq"
    ))?;
    let mut rows = ranges.query(params![collection.name])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        if count == 0 {
            begin(collection, "validity_ranges", document)?;
        }
        let (first, last): (i64, i64) = (row.get(0)?, row.get(1)?);
        let range = Timespan::from_ns(first, last).to_yaml(6);
        document.write(&format!("  - timespan: {range}\n    dataset_ids:\n"))?;
        let mut ids = datasets.query(params![collection.name, first, last])?;
        while let Some(row) = ids.next()? {
            count += 1;
            let mut line = "    - ".to_owned();
            push_id(
                &mut line,
                row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?,
            );
            document.write(&line)?;
        }
    }
    Ok(count)
}

fn begin(collection: &Collection, list: &str, document: &mut Document) -> Result<(), Error> {
    document.entry(&[
        ("type", "associations"),
        ("collection", &yaml_text(&collection.name)),
        ("collection_type", collection.collection_type.name()),
        (list, ""),
    ])
}
