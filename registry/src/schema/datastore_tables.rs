//! Tables of what datastores hold: locations, trash, and the file records of a POSIX or object store
//! (`lsst/daf/butler/registry/bridge/monolithic.py`, `.../opaque.py`, `lsst/daf/butler/datastores/fileDatastore.py`).

use super::table::{ColumnSpec, ForeignKeySpec, OnDelete, SqlType, TableSpec};

/// The usual name of the table of file records; configurations may name another (`datastore.records.table`).
pub const FILE_DATASTORE_RECORDS: &str = "file_datastore_records";

/// What `component` of a file record holds for a whole dataset; it is part of a primary key that no back end lets be
/// empty or NULL (`StoredFileInfo.to_record`, `lsst/daf/butler/datastore/stored_file_info.py`).
pub const NO_COMPONENT: &str = "__NULL_STRING__";

/// `opaque_meta`, `dataset_location` and `dataset_location_trash`.
pub fn datastore_tables() -> [TableSpec; 3] {
    let string = |length: u32| SqlType::String { length };
    let opaque = TableSpec::new(
        "opaque_meta",
        vec![ColumnSpec::key("table_name", string(128))],
    );
    let datastore = ColumnSpec::key("datastore_name", string(256));
    let dataset = ColumnSpec::key("dataset_id", SqlType::Uuid);
    let columns = vec![datastore.clone(), dataset.clone()];
    let mut location = TableSpec::new("dataset_location", columns);
    location.foreign_keys.push(ForeignKeySpec::single(
        "dataset",
        "dataset_id",
        "id",
        OnDelete::Fail,
    ));
    let trash = TableSpec::new("dataset_location_trash", vec![dataset, datastore]);
    [opaque, location, trash]
}

/// The table of file records, made when a repo is first opened for writing.
pub fn file_records_table(name: &str) -> TableSpec {
    let string = |length: u32| SqlType::String { length };
    let mut table = TableSpec::new(
        name,
        vec![
            ColumnSpec::key("dataset_id", SqlType::Uuid),
            ColumnSpec::required("path", string(256)),
            ColumnSpec::required("formatter", string(128)),
            ColumnSpec::required("storage_class", string(64)),
            ColumnSpec::key("component", string(32)),
            ColumnSpec::nullable("checksum", string(128)),
            ColumnSpec::nullable("file_size", SqlType::BigInt),
        ],
    );
    table.indexes.push(vec!["path".to_owned()]);
    table
}
