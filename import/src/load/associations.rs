//! Tagged collections and validity ranges.

use pantry_registry::Registry;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::dimension_group::DimensionGroup;

use super::{LoadReport, associations_sql, shown_id, tables};
use crate::Error;
use crate::export::{CALIB_TABLE, TAG_TABLE};
use crate::plan::PlanInput;

/// Load the associations of all collections; their datasets must be in the registry by now.
pub fn load(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    report: &mut LoadReport,
) -> Result<(), Error> {
    let export = input.export;
    // All types of the repo: associations may name datasets that only the repo has.
    let types = registry.dataset_types()?;
    let types: Vec<DatasetType> = types.into_iter().map(|t| t.dataset_type).collect();
    if !export.tagged.is_empty() {
        check_members(registry, input, TAG_TABLE)?;
        for group in groups(&types, |_| true) {
            tagged(registry, input, &group, report)?;
        }
    }
    if !export.calibrations.is_empty() {
        check_members(registry, input, CALIB_TABLE)?;
        check_types(registry, input)?;
        for group in groups(&types, |t| t.is_calibration) {
            calibrations(registry, input, &group, report)?;
        }
    }
    Ok(())
}

/// Distinct dimension groups of the wanted dataset types.
fn groups(types: &[DatasetType], wanted: impl Fn(&DatasetType) -> bool) -> Vec<DimensionGroup> {
    let mut groups: Vec<DimensionGroup> = Vec::new();
    for dataset_type in types.iter().filter(|t| wanted(t)) {
        if !groups.contains(&dataset_type.dimensions) {
            groups.push(dataset_type.dimensions.clone());
        }
    }
    groups
}

fn check_members(registry: &mut Registry, input: &PlanInput<'_>, table: &str) -> Result<(), Error> {
    let mut unknown = None;
    registry.connection().query(
        &associations_sql::unknown_member(input.place, table),
        &[],
        |row| {
            unknown = Some((
                row.get_str(0)?.to_owned(),
                shown_id(row.get_str(1)?),
                row.get_i64(2)?,
            ));
            Ok::<(), Error>(())
        },
    )?;
    match unknown {
        None => Ok(()),
        Some((collection, id, line)) => Err(input.fault(
            u64::try_from(line).unwrap_or(0),
            format!("collection '{collection}' holds dataset {id}, which is neither in the export nor in the repo"),
        )),
    }
}

/// Only datasets of calibration types have validity ranges.
fn check_types(registry: &mut Registry, input: &PlanInput<'_>) -> Result<(), Error> {
    let sql = format!(
        "SELECT g.collection, CAST(g.id AS text), g.line, y.name FROM {} g JOIN {} d ON d.id = g.id \
         JOIN {} y ON y.id = d.dataset_type_id WHERE y.calibration_association_table IS NULL ORDER BY g.seq LIMIT 1",
        input.place.stage(CALIB_TABLE),
        input.place.repo("dataset"),
        input.place.repo("dataset_type"),
    );
    let mut found = None;
    registry.connection().query(&sql, &[], |row| {
        let message = format!(
            "collection '{}' has a validity range for dataset {} of type '{}', which is not a calibration type",
            row.get_str(0)?,
            shown_id(row.get_str(1)?),
            row.get_str(3)?
        );
        found = Some((row.get_i64(2)?, message));
        Ok::<(), Error>(())
    })?;
    match found {
        None => Ok(()),
        Some((line, message)) => Err(input.fault(u64::try_from(line).unwrap_or(0), message)),
    }
}

fn summaries(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    group: &DimensionGroup,
    stage_table: &str,
    tags_table: &str,
    report: &mut LoadReport,
) -> Result<(), Error> {
    let mut kinds: Vec<Option<&str>> = vec![None];
    kinds.extend(group.governors().map(Some));
    for governor in kinds {
        let sql =
            associations_sql::insert_summaries(input.place, stage_table, tags_table, governor);
        let rows = registry.connection().execute(&sql, &[])?;
        let table = governor.map_or("collection_summary_dataset_type".to_owned(), |g| {
            format!("collection_summary_{g}")
        });
        report.add(&table, rows);
    }
    Ok(())
}

fn tagged(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    group: &DimensionGroup,
    report: &mut LoadReport,
) -> Result<(), Error> {
    let Some(tags_table) = tables::tags_table(registry, group)? else {
        return Ok(());
    };
    summaries(registry, input, group, TAG_TABLE, &tags_table, report)?;
    let required: Vec<String> = group.required().map(str::to_owned).collect();
    let sql = associations_sql::insert_associations(input.place, &tags_table, &required);
    let rows = registry.connection().execute(&sql, &[])?;
    report.add(&tags_table, rows);
    Ok(())
}

fn calibrations(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    group: &DimensionGroup,
    report: &mut LoadReport,
) -> Result<(), Error> {
    let Some(tags_table) = tables::tags_table(registry, group)? else {
        return Ok(());
    };
    let Some(calibs_table) = tables::calibs_table(registry, group)? else {
        return Ok(());
    };
    summaries(registry, input, group, CALIB_TABLE, &tags_table, report)?;
    let required: Vec<String> = group.required().map(str::to_owned).collect();
    let sql =
        associations_sql::insert_certifications(input.place, &tags_table, &calibs_table, &required);
    let rows = registry.connection().execute(&sql, &[])?;
    report.add(&calibs_table, rows);
    let mut overlap = None;
    let sql = associations_sql::overlapping_certifications(input.place, &calibs_table, &required);
    registry.connection().query(&sql, &[], |row| {
        overlap = Some((
            row.get_str(0)?.to_owned(),
            shown_id(row.get_str(1)?),
            shown_id(row.get_str(2)?),
        ));
        Ok::<(), Error>(())
    })?;
    match overlap {
        None => Ok(()),
        Some((collection, one, other)) => Err(input.conflict(format!(
            "the validity ranges of datasets {one} and {other} in '{collection}' overlap although their data ID is the same"
        ))),
    }
}
