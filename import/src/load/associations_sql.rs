//! SQL that moves associations of datasets with TAGGED and CALIBRATION collections from the stage into the registry.

use super::place::{Place, list, quote};
use crate::export::{CALIB_TABLE, TAG_TABLE};

/// `FROM` the registry's datasets that the associations `g` in `table` name, with their run's row `t` of the tags table.
fn associated(place: &Place, table: &str, tags_table: &str) -> String {
    format!(
        "{} g JOIN {} c ON c.name = g.collection JOIN {} d ON d.id = g.id \
         JOIN {} t ON t.dataset_id = d.id AND t.{} = d.{}",
        place.stage(table),
        place.repo("collection"),
        place.repo("dataset"),
        place.repo(tags_table),
        place.collection_column(),
        place.run_column(),
    )
}

/// Summaries that associations need before their rows go in: dataset types, and values of one governor each.
pub fn insert_summaries(
    place: &Place,
    table: &str,
    tags_table: &str,
    governor: Option<&str>,
) -> String {
    let from = associated(place, table, tags_table);
    let (summary, column, value) = match governor {
        None => (
            "collection_summary_dataset_type".to_owned(),
            "dataset_type_id".to_owned(),
            "t.dataset_type_id".to_owned(),
        ),
        Some(governor) => (
            format!("collection_summary_{governor}"),
            quote(governor),
            format!("t.{}", quote(governor)),
        ),
    };
    format!(
        "INSERT INTO {} ({collection}, {column}) SELECT DISTINCT c.{}, {value} FROM {from} WHERE true \
         ON CONFLICT ({collection}, {column}) DO NOTHING",
        place.repo(&summary),
        place.collection_key(),
        collection = place.collection_column(),
    )
}

/// Insert the staged associations of TAGGED collections for the datasets of one tags table.
pub fn insert_associations(place: &Place, tags_table: &str, required: &[String]) -> String {
    let comma = if required.is_empty() { "" } else { ", " };
    format!(
        "INSERT INTO {} (dataset_type_id, dataset_id, {collection}{comma}{}) \
         SELECT t.dataset_type_id, d.id, c.{}{comma}{} FROM {} WHERE true ORDER BY g.seq \
         ON CONFLICT (dataset_id, {collection}) DO NOTHING",
        place.repo(tags_table),
        list("", required),
        place.collection_key(),
        list("t.", required),
        associated(place, TAG_TABLE, tags_table),
        collection = place.collection_column(),
    )
}

/// Insert the staged certifications for the datasets of one group, except those that the registry already has.
pub fn insert_certifications(
    place: &Place,
    tags_table: &str,
    calibs_table: &str,
    required: &[String],
) -> String {
    let comma = if required.is_empty() { "" } else { ", " };
    let (id_column, id_value) = place.generated_key(calibs_table);
    let columns = place.timespan_columns();
    let values = place.timespan_values("g");
    let same: Vec<String> = columns
        .iter()
        .zip(&values)
        .map(|(c, v)| format!("x.{c} = {v}"))
        .collect();
    format!(
        "INSERT INTO {calibs} ({id_column}dataset_type_id, dataset_id, {collection}{comma}{}, {}) \
         SELECT {id_value}t.dataset_type_id, d.id, c.{key}{comma}{}, {} FROM {} \
         WHERE NOT EXISTS (SELECT 1 FROM {calibs} x WHERE x.dataset_id = d.id AND x.{collection} = c.{key} AND {}) \
         ORDER BY g.seq",
        list("", required),
        columns.join(", "),
        list("t.", required),
        values.join(", "),
        associated(place, CALIB_TABLE, tags_table),
        same.join(" AND "),
        calibs = place.repo(calibs_table),
        collection = place.collection_column(),
        key = place.collection_key(),
    )
}

/// A validity range of the staged collections that overlaps another for the same data ID, which no constraint of the
/// database forbids: collection and both dataset ids.
pub fn overlapping_certifications(
    place: &Place,
    calibs_table: &str,
    required: &[String],
) -> String {
    let same: Vec<String> = required
        .iter()
        .map(|d| format!(" AND a.{0} = b.{0}", quote(d)))
        .collect();
    format!(
        "SELECT c.name, CAST(a.dataset_id AS text), CAST(b.dataset_id AS text) \
         FROM {calibs} a JOIN {calibs} b ON a.dataset_type_id = b.dataset_type_id AND a.{collection} = b.{collection}{} \
         AND a.id < b.id AND {} JOIN {} c ON c.{} = a.{collection} \
         WHERE c.name IN (SELECT collection FROM {}) LIMIT 1",
        same.concat(),
        place.timespans_overlap("a", "b"),
        place.repo("collection"),
        place.collection_key(),
        place.stage(CALIB_TABLE),
        calibs = place.repo(calibs_table),
        collection = place.collection_column(),
    )
}

/// An association whose dataset the registry does not have: collection, id, line.
pub fn unknown_member(place: &Place, table: &str) -> String {
    format!(
        "SELECT g.collection, CAST(g.id AS text), g.line FROM {} g WHERE NOT EXISTS (SELECT 1 FROM {} d WHERE d.id = g.id) \
         ORDER BY g.seq LIMIT 1",
        place.stage(table),
        place.repo("dataset"),
    )
}
