//! Moves the rows of a staged export into the registry: one transaction.

mod associations;
mod associations_sql;
pub(crate) mod conflicts_sql;
mod copy;
pub(crate) mod datasets_sql;
mod diagnose;
mod maps;
mod place;
pub(crate) mod records_sql;
mod session;
pub(crate) mod tables;
mod transaction;

use std::collections::BTreeMap;

use pantry_registry::Registry;
use pantry_registry::database::Value;
use pantry_registry::model::collection::CollectionType;
use pantry_registry::schema::dialect::Dialect;
use serde::Serialize;

pub use datasets_sql::{OnExisting, PLACED_TABLE};
pub use diagnose::diagnose;
pub(crate) use diagnose::shown_id;
pub(crate) use maps::{default_formatter, fill as fill_maps};
pub use place::{IngestTime, Place, quote};
pub use session::{attach, copy_placed, place};
pub use transaction::{begin, data_version, end};

use crate::Error;
use crate::import::Origin;
use crate::plan::{Plan, PlanInput};
use datasets_sql::DatasetGroup;

/// Where the records of files go.
#[derive(Debug, Clone)]
pub struct DatastoreTarget {
    /// Name of the datastore in `dataset_location`, such as `FileDatastore@<butlerRoot>`.
    pub name: String,
    /// Table of file records.
    pub records_table: String,
}

/// What was written.
#[derive(Debug, Default, Serialize)]
pub struct LoadReport {
    /// Rows added, by table; tables that got none are left out.
    pub rows: BTreeMap<String, u64>,
}

impl LoadReport {
    pub(crate) fn add(&mut self, table: &str, rows: u64) {
        if rows > 0 {
            *self.rows.entry(table.to_owned()).or_default() += rows;
        }
    }
}

/// Write what `plan` found to be missing and needs no file, inside the transaction that the caller began and ends.
///
/// Registrations come first, then dimension records in the universe's order, then datasets, so that every row's references
/// exist when it goes in. `existing` is about datasets and overlaps, whose records are known from the plan.
pub fn load_datasets(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    plan: &Plan,
    ingest_date: IngestTime,
    existing: OnExisting,
) -> Result<LoadReport, Error> {
    let mut report = LoadReport::default();
    register(registry, input, plan, &mut report)?;
    records(registry, input, plan, existing, &mut report)?;
    maps::fill(registry, input, plan)?;
    datasets(registry, input, plan, ingest_date, existing, &mut report)?;
    Ok(report)
}

/// Write the rest after [`load_datasets`]: records of files, if there is a datastore, then associations and chains.
pub fn load_rest(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    datastore: Option<&DatastoreTarget>,
    existing: OnExisting,
    report: &mut LoadReport,
) -> Result<(), Error> {
    if let Some(datastore) = datastore {
        files(registry, input, datastore, existing, report)?;
    }
    associations::load(registry, input, report)?;
    chains(registry, input, report)
}

fn register(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    plan: &Plan,
    report: &mut LoadReport,
) -> Result<(), Error> {
    for planned in &plan.dataset_types {
        let (_, added) = registry.register_dataset_type(&planned.definition)?;
        report.add("dataset_type", u64::from(added));
    }
    for collection in &input.export.collections {
        let doc = collection.doc.as_deref();
        let (_, added) =
            registry.register_collection(&collection.name, collection.collection_type, doc)?;
        report.add("collection", u64::from(added));
    }
    Ok(())
}

fn records(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    plan: &Plan,
    existing: OnExisting,
    report: &mut LoadReport,
) -> Result<(), Error> {
    let universe = registry.universe().clone();
    let Some((system, level)) = universe.common_skypix_level() else {
        return Ok(());
    };
    for element in universe
        .elements()
        .iter()
        .filter(|e| plan.records.contains_key(&e.name))
    {
        let rows = registry.connection().execute(
            &records_sql::insert_records(input.place, &universe, element),
            &[],
        )?;
        report.add(&element.name, rows);
        analyze(registry, input, &element.name, rows)?;
        if element.is_governor() {
            for spatial in universe.database_elements() {
                if spatial.spatial.is_some() && spatial.governor.as_ref() == Some(&element.name) {
                    let sql = records_sql::insert_overlap_summary(
                        input.place,
                        element,
                        &spatial.name,
                        system,
                        level,
                    );
                    let rows = registry.connection().execute(&sql, &[])?;
                    report.add(&format!("{}_skypix_overlap_summary", spatial.name), rows);
                }
            }
        }
        if element.spatial.is_some() {
            let existing = match plan.records.get(&element.name) {
                Some(counts) if counts.existing > 0 => OnExisting::Skip,
                _ => existing,
            };
            let sql = records_sql::insert_overlaps(
                input.place,
                &universe,
                element,
                system,
                level,
                existing,
            );
            let rows = registry.connection().execute(&sql, &[])?;
            report.add(&format!("{}_skypix_overlap", element.name), rows);
        }
    }
    Ok(())
}

/// Give PostgreSQL statistics of a table that got dimension records: its checks of foreign keys keep their plans, and one
/// made for an empty table may walk the wrong index for every row that follows.
fn analyze(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    table: &str,
    added: u64,
) -> Result<(), Error> {
    if input.place.dialect == Dialect::Postgresql && added > 0 {
        let sql = format!("ANALYZE {}", input.place.repo(table));
        registry.connection().execute(&sql, &[])?;
    }
    Ok(())
}

fn datasets(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    plan: &Plan,
    ingest_date: IngestTime,
    existing: OnExisting,
    report: &mut LoadReport,
) -> Result<(), Error> {
    let date = place::ingest_value(input.place, ingest_date);
    let mut groups: Vec<DatasetGroup<'_>> = Vec::new();
    for kind in &plan.kinds {
        let tags_table =
            tables::tags_table(registry, &kind.example.dimensions)?.unwrap_or_default();
        groups.push(kind.group(input, &tags_table));
    }
    for group in &groups {
        let sql = datasets_sql::insert_datasets(input.place, group, existing);
        let rows = registry
            .connection()
            .execute(&sql, std::slice::from_ref(&date))?;
        report.add("dataset", rows);
    }
    let added = report.rows.get("dataset").copied().unwrap_or(0);
    if added + plan.existing_datasets != input.export.datasets
        && let Some(fault) = diagnose(registry, input, plan)
    {
        return Err(fault);
    }
    summaries(registry, input, plan, report)?;
    for group in &groups {
        let sql = datasets_sql::insert_tags(input.place, group, existing);
        let rows = registry.connection().execute(&sql, &[])?;
        report.add(&group.tags_table, rows);
    }
    Ok(())
}

/// Which dataset types and governor values each run holds.
fn summaries(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    plan: &Plan,
    report: &mut LoadReport,
) -> Result<(), Error> {
    let export = input.export;
    let mut types: Vec<(usize, usize)> = export
        .combinations
        .keys()
        .map(|(_, t, r)| (*r, *t))
        .collect();
    types.sort_unstable();
    types.dedup();
    for (run, number) in types {
        let sql = datasets_sql::insert_type_summary(input.place);
        let numbers = [Value::Int(run as i64), Value::Int(number as i64)];
        let added = registry.connection().execute(&sql, &numbers)?;
        report.add("collection_summary_dataset_type", added);
    }
    for (number, run, governor, value) in &export.governors {
        let definition = plan
            .dataset_types
            .iter()
            .find(|t| t.name == export.types[*number]);
        if definition.is_some_and(|t| t.definition.dimensions.contains(governor)) {
            let sql = datasets_sql::insert_governor_summary(input.place, governor);
            let values = [Value::Int(*run as i64), Value::Text(value.clone())];
            let added = registry.connection().execute(&sql, &values)?;
            report.add(&format!("collection_summary_{governor}"), added);
        }
    }
    Ok(())
}

fn files(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    datastore: &DatastoreTarget,
    existing: OnExisting,
    report: &mut LoadReport,
) -> Result<(), Error> {
    let name = Value::Text(datastore.name.clone());
    for shape in &input.export.shapes {
        let sql = datasets_sql::insert_locations(input.place, shape, existing);
        let rows = registry
            .connection()
            .execute(&sql, std::slice::from_ref(&name))?;
        report.add("dataset_location", rows);
    }
    if input.origin == Origin::Zip {
        let table = &datastore.records_table;
        let sql = datasets_sql::insert_member_records(input.place, table, existing);
        let rows = registry.connection().execute(&sql, &[])?;
        report.add(table, rows);
        return Ok(());
    }
    for shape in &input.export.shapes {
        let sql = datasets_sql::insert_file_records(
            input.place,
            shape,
            &datastore.records_table,
            existing,
        );
        let rows = registry.connection().execute(&sql, &[])?;
        report.add(&datastore.records_table, rows);
    }
    Ok(())
}

/// A table of files may name another file than a dataset has already; an export is often imported again in another mode.
pub fn check_recorded_paths(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    datastore: &DatastoreTarget,
) -> Result<(), Error> {
    if input.origin == Origin::Export {
        return Ok(());
    }
    let table = &datastore.records_table;
    let of_shape = |shape| conflicts_sql::other_path(input.place, shape, table);
    let statements = match input.origin {
        Origin::Zip => vec![conflicts_sql::other_member(input.place, table)],
        _ => input.export.shapes.iter().map(of_shape).collect(),
    };
    for sql in statements {
        let mut found = None;
        registry.connection().query(&sql, &[], |row| {
            let (id, line) = (shown_id(row.get_str(0)?), row.get_i64(1)?);
            let paths = (row.get_str(2)?.to_owned(), row.get_str(3)?.to_owned());
            found = Some((id, line, paths));
            Ok::<(), Error>(())
        })?;
        if let Some((id, line, (old, new))) = found {
            return Err(input.conflict(format!(
                "dataset {id} (line {line} of the {}) has the file {old} already, not {new}",
                input.origin.noun()
            )));
        }
    }
    Ok(())
}

fn chains(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    report: &mut LoadReport,
) -> Result<(), Error> {
    let now = registry.collection_chains()?;
    for chain in &input.export.collections {
        let is_chain = chain.collection_type == CollectionType::Chained;
        let children = now.get(&chain.name).map_or(&[][..], Vec::as_slice);
        // A chain that is as it should be is not written again, so that an import with nothing to do writes nothing.
        if is_chain && children != chain.children {
            registry.set_collection_chain(&chain.name, &chain.children)?;
            report.add("collection_chain", chain.children.len() as u64);
        }
    }
    Ok(())
}
