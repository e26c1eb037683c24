//! SQL that moves datasets and their files from the stage into the registry.

use super::place::{Place, list, quote};
use crate::export::{FILE_TABLE, MEMBER_TABLE, Shape};

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

    /// Its columns of the data ID, each with `prefix`.
    pub(super) fn keys(&self, prefix: &str) -> String {
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

/// Insert rows of the datastore's record table for members of a zip.
pub fn insert_member_records(place: &Place, records_table: &str, existing: OnExisting) -> String {
    let columns = "path, formatter, storage_class, component, checksum";
    format!(
        "INSERT INTO {} (dataset_id, {columns}, file_size) SELECT id, {columns}, size FROM {} WHERE true ORDER BY seq {}",
        place.repo(records_table),
        place.stage(MEMBER_TABLE),
        existing.clause("dataset_id, component"),
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
