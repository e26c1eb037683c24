//! SQL that moves datasets, their files and their associations from the stage into the registry.

use pantry_registry::model::element::Element;
use pantry_registry::model::universe::Universe;

use super::place::{Place, list, quote};
use super::records_sql::nowhere;
use crate::export::{CALIB_TABLE, FILE_TABLE, Shape, TAG_TABLE};

/// Dataset types as `no` (index into [`crate::export::Export::types`]), `id`, `storage_class`, `formatter` (for files whose
/// formatter the export does not name).
pub const TYPE_MAP: &str = "import_type";
/// Runs as `no` (index into [`crate::export::Export::runs`]), `id`.
pub const RUN_MAP: &str = "import_run";
/// Formatters as `no` (index into [`crate::export::Export::formatters`]), `name` (NULL if the export names none).
pub const FORMATTER_MAP: &str = "import_formatter";
/// Placed files as `path`, `size`, `checksum`; `seq` is that of the stage's file table.
pub const PLACED_TABLE: &str = "placed";

/// What `file_datastore_records.component` holds for whole datasets (`lsst/daf/butler/datastore/stored_file_info.py`).
const NO_COMPONENT: &str = "__NULL_STRING__";

/// What an insert does about rows that the registry has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnExisting {
    /// They stay as they are.
    Skip,
    /// The database refuses the statement; where nothing is expected to be there PostgreSQL is faster so.
    Refuse,
}

impl OnExisting {
    /// The clause for rows whose key is `columns`.
    pub fn clause(self, columns: &str) -> String {
        match self {
            OnExisting::Skip => format!("ON CONFLICT ({columns}) DO NOTHING"),
            OnExisting::Refuse => String::new(),
        }
    }
}

/// The datasets of a shape whose types share one dimension group.
#[derive(Debug, Clone)]
pub struct DatasetGroup<'a> {
    /// The shape.
    pub shape: &'a Shape,
    /// Required dimensions of the group, in its order.
    pub required: Vec<String>,
    /// The group's tags table.
    pub tags_table: String,
    /// Type numbers of the group among the shape's; empty means all.
    pub types: Vec<usize>,
}

impl DatasetGroup<'_> {
    /// `FROM` the datasets of the group as `s`.
    pub fn from(&self, place: &Place) -> String {
        format!("{} s", place.stage(&self.shape.table))
    }

    /// Condition that picks the group's types out of the shape.
    pub fn is_member(&self) -> String {
        if self.types.is_empty() {
            return "true".to_owned();
        }
        let numbers: Vec<String> = self.types.iter().map(usize::to_string).collect();
        format!("s.type IN ({})", numbers.join(", "))
    }

    fn keys(&self, prefix: &str) -> String {
        list(prefix, self.required.iter().map(|d| format!("k_{d}")))
    }

    /// Order in which ids are inserted: as staged when they ascend anyway, sorted when not, so that the index grows at
    /// its end.
    fn order(&self) -> &'static str {
        if self.shape.descents * 10 > self.shape.rows {
            "s.id"
        } else {
            "s.seq"
        }
    }
}

/// Insert rows of `dataset`. Parameter 1: ingest date.
pub fn insert_datasets(place: &Place, group: &DatasetGroup<'_>, existing: OnExisting) -> String {
    format!(
        "INSERT INTO {} (id, dataset_type_id, ingest_date, {}) SELECT s.id, t.id, {}, r.id FROM {} \
         JOIN {} t ON t.no = s.type JOIN {} r ON r.no = s.run WHERE {} ORDER BY {} {}",
        place.repo("dataset"),
        place.run_column(),
        place.ingest_date(),
        group.from(place),
        place.map(TYPE_MAP),
        place.map(RUN_MAP),
        group.is_member(),
        group.order(),
        existing.clause("id"),
    )
}

/// Insert the datasets of a group into the tags table, for their runs.
pub fn insert_tags(place: &Place, group: &DatasetGroup<'_>, existing: OnExisting) -> String {
    let dimensions = list("", &group.required);
    let comma = if group.required.is_empty() { "" } else { ", " };
    format!(
        "INSERT INTO {} (dataset_type_id, dataset_id, {collection}{comma}{dimensions}) \
         SELECT t.id, s.id, r.id{comma}{} FROM {} JOIN {} t ON t.no = s.type JOIN {} r ON r.no = s.run WHERE {} \
         ORDER BY {} {}",
        place.repo(&group.tags_table),
        group.keys("s."),
        group.from(place),
        place.map(TYPE_MAP),
        place.map(RUN_MAP),
        group.is_member(),
        group.order(),
        existing.clause(&format!("dataset_id, {}", place.collection_column())),
        collection = place.collection_column(),
    )
}

/// Insert rows of `dataset_location`. Parameter 1: datastore name.
pub fn insert_locations(place: &Place, shape: &Shape, existing: OnExisting) -> String {
    format!(
        "INSERT INTO {} (datastore_name, dataset_id) SELECT CAST($1 AS text), s.id FROM {} s JOIN {} p ON p.seq = s.file WHERE true \
         ORDER BY s.seq {}",
        place.repo("dataset_location"),
        place.stage(&shape.table),
        place.stage(PLACED_TABLE),
        existing.clause("datastore_name, dataset_id"),
    )
}

/// Insert rows of the datastore's record table for placed files.
pub fn insert_file_records(
    place: &Place,
    shape: &Shape,
    records_table: &str,
    existing: OnExisting,
) -> String {
    format!(
        "INSERT INTO {} (dataset_id, path, formatter, storage_class, component, checksum, file_size) \
         SELECT s.id, p.path, coalesce(m.name, t.formatter), t.storage_class, '{NO_COMPONENT}', p.checksum, p.size FROM {} s \
         JOIN {} f ON f.seq = s.file JOIN {} p ON p.seq = s.file JOIN {} t ON t.no = s.type \
         JOIN {} m ON m.no = f.formatter WHERE true ORDER BY s.seq {}",
        place.repo(records_table),
        place.stage(&shape.table),
        place.stage(FILE_TABLE),
        place.stage(PLACED_TABLE),
        place.map(TYPE_MAP),
        place.map(FORMATTER_MAP),
        existing.clause("dataset_id, component"),
    )
}

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

/// Note that a run holds a dataset type. Parameters: run number, type number.
pub fn insert_type_summary(place: &Place) -> String {
    let collection = place.collection_column();
    format!(
        "INSERT INTO {} ({collection}, dataset_type_id) SELECT r.id, t.id FROM {} r JOIN {} t ON t.no = CAST($2 AS bigint) \
         WHERE r.no = CAST($1 AS bigint) ON CONFLICT ({collection}, dataset_type_id) DO NOTHING",
        place.repo("collection_summary_dataset_type"),
        place.map(RUN_MAP),
        place.map(TYPE_MAP),
    )
}

/// Note that a run holds data IDs with a governor's value. Parameters: run number, value.
pub fn insert_governor_summary(place: &Place, governor: &str) -> String {
    let collection = place.collection_column();
    let column = quote(governor);
    format!(
        "INSERT INTO {} ({collection}, {column}) SELECT r.id, CAST($2 AS text) FROM {} r WHERE r.no = CAST($1 AS bigint) \
         ON CONFLICT ({collection}, {column}) DO NOTHING",
        place.repo(&format!("collection_summary_{governor}")),
        place.map(RUN_MAP),
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
