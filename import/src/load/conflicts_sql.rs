//! SQL that finds staged datasets which contradict the registry, or each other.

use pantry_registry::model::element::Element;
use pantry_registry::model::universe::Universe;

use super::datasets_sql::{DatasetGroup, PLACED_TABLE, RUN_MAP, TYPE_MAP};
use super::place::{Place, quote};
use super::records_sql::nowhere;
use crate::export::{FILE_TABLE, MEMBER_TABLE, Shape};

/// A dataset of the group whose `dimension` has no record in the registry or in the stage table `staged`: the values of the
/// dimension's key, then the line.
pub fn missing_dimension(
    place: &Place,
    universe: &Universe,
    group: &DatasetGroup<'_>,
    dimension: &Element,
    staged: Option<&str>,
) -> String {
    let required = universe.required_columns(dimension);
    let columns: Vec<String> = required
        .iter()
        .map(|(_, field, _)| (*field).to_owned())
        .collect();
    let values: Vec<String> = required
        .iter()
        .map(|(d, _, _)| format!("s.{}", quote(&format!("k_{d}"))))
        .collect();
    let (joins, condition) = nowhere(place, &dimension.name, staged, &columns, &values);
    format!(
        "SELECT {}, f.line FROM {} JOIN {} f ON f.seq = s.file {joins} WHERE {} AND {condition} LIMIT 1",
        values.join(", "),
        group.from(place),
        place.stage(FILE_TABLE),
        group.is_member(),
    )
}

/// A dataset of the shape whose file is recorded under another path than it has been given now: id, line, both paths.
pub fn other_path(place: &Place, shape: &Shape, records_table: &str) -> String {
    format!(
        "SELECT CAST(s.id AS text), f.line, r.path, p.path FROM {} s JOIN {} f ON f.seq = s.file JOIN {} p ON p.seq = s.file \
         JOIN {} r ON r.dataset_id = s.id WHERE r.path <> p.path LIMIT 1",
        place.stage(&shape.table),
        place.stage(FILE_TABLE),
        place.stage(PLACED_TABLE),
        place.repo(records_table),
    )
}

/// The same for members of a zip, component by component.
pub fn other_member(place: &Place, records_table: &str) -> String {
    format!(
        "SELECT CAST(m.id AS text), CAST(0 AS bigint), r.path, m.path FROM {} m JOIN {} r ON r.dataset_id = m.id \
         AND r.component = m.component WHERE r.path <> m.path LIMIT 1",
        place.stage(MEMBER_TABLE),
        place.repo(records_table),
    )
}

/// Number of the group's datasets whose id the registry has.
pub fn count_existing(place: &Place, group: &DatasetGroup<'_>) -> String {
    format!(
        "SELECT count(*) FROM {} JOIN {} d ON d.id = s.id WHERE {}",
        group.from(place),
        place.repo("dataset"),
        group.is_member(),
    )
}

/// A dataset of the group that contradicts the registry: its id is there with another type or run or data ID, or its data ID
/// is there in its run with another id. Columns: id, line, the registry's id, type and run as text, then type and run number
/// of the export. Without a tags table only ids are compared.
pub fn conflicting_datasets(place: &Place, group: &DatasetGroup<'_>, has_tags: bool) -> String {
    let joined = |sign: &str, joint: &str, nothing: &str| {
        let terms: Vec<String> = group
            .required
            .iter()
            .map(|d| format!("x.{} {sign} s.{}", quote(d), quote(&format!("k_{d}"))))
            .collect();
        if terms.is_empty() {
            nothing.to_owned()
        } else {
            terms.join(joint)
        }
    };
    let run = place.run_column();
    let collection = place.collection_column();
    let (dataset, tags) = (place.repo("dataset"), place.repo(&group.tags_table));
    let mut cases = vec![(
        format!("JOIN {dataset} d ON d.id = s.id"),
        format!("(d.dataset_type_id <> t.id OR d.{run} <> r.id)"),
    )];
    if has_tags {
        cases.push((
            format!("JOIN {dataset} d ON d.id = s.id JOIN {tags} x ON x.dataset_id = d.id AND x.{collection} = d.{run}"),
            format!("({})", joined("<>", " OR ", "false")),
        ));
        cases.push((
            format!(
                "JOIN {tags} x ON x.dataset_type_id = t.id AND x.{collection} = r.id AND {} JOIN {dataset} d ON d.id = x.dataset_id",
                joined("=", " AND ", "true")
            ),
            "x.dataset_id <> s.id".to_owned(),
        ));
    }
    let selects: Vec<String> = cases
        .into_iter()
        .map(|(join, condition)| {
            format!(
                "SELECT CAST(s.id AS TEXT), f.line, CAST(d.id AS TEXT), y.name, c.name, s.type, s.run FROM {} \
                 JOIN {} t ON t.no = s.type JOIN {} r ON r.no = s.run JOIN {} f ON f.seq = s.file {join} \
                 JOIN {} y ON y.id = d.dataset_type_id JOIN {} c ON c.{} = d.{run} WHERE {} AND {condition}",
                group.from(place),
                place.map(TYPE_MAP),
                place.map(RUN_MAP),
                place.stage(FILE_TABLE),
                place.repo("dataset_type"),
                place.repo("collection"),
                place.collection_key(),
                group.is_member(),
            )
        })
        .collect();
    format!("{} LIMIT 1", selects.join(" UNION ALL "))
}

/// Two staged datasets with the same id: the id and both lines.
pub fn repeated_id(place: &Place, shapes: &[Shape]) -> String {
    let parts: Vec<String> = shapes
        .iter()
        .map(|s| format!("SELECT s.id, s.file FROM {} s", place.stage(&s.table)))
        .collect();
    format!(
        "SELECT CAST(a.id AS text), min(f.line), max(f.line) FROM ({}) a JOIN {} f ON f.seq = a.file GROUP BY a.id HAVING count(*) > 1 LIMIT 1",
        parts.join(" UNION ALL "),
        place.stage(FILE_TABLE)
    )
}

/// Two staged datasets of the group with the same type, run and data ID: the smallest id, the largest, and both lines.
pub fn repeated_data_id(place: &Place, group: &DatasetGroup<'_>) -> String {
    let keys = group.keys("s.");
    let comma = if group.required.is_empty() { "" } else { ", " };
    format!(
        "SELECT min(CAST(s.id AS TEXT)), max(CAST(s.id AS TEXT)), min(f.line), max(f.line) FROM {} \
         JOIN {} f ON f.seq = s.file WHERE {} GROUP BY s.type, s.run{comma}{keys} HAVING count(*) > 1 LIMIT 1",
        group.from(place),
        place.stage(FILE_TABLE),
        group.is_member(),
    )
}
