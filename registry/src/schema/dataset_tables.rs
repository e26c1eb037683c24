//! Tables of dataset types and datasets, and those of each dimension group: tags and calibrations
//! (`lsst/daf/butler/registry/datasets/byDimensions/tables.py`).

use super::collection_tables::summary_name;
use super::dimension_tables::add_dimension;
use super::managers::{CollectionKey, IngestDate, Managers};
use super::table::{ColumnSpec, ForeignKeySpec, OnDelete, SqlType, TableSpec};
use crate::model::dimension_group::DimensionGroup;

/// Largest number of characters of a dataset type's name.
pub const DATASET_TYPE_NAME_LENGTH: u32 = 128;

/// Name of the table that says which datasets of a dimension group are in which RUN and TAGGED collections.
pub fn tags_name(dimensions_key: i64) -> String {
    format!("dataset_tags_{dimensions_key:08}")
}

/// Name of the table that says which datasets of a dimension group are in which CALIBRATION collections, and when.
pub fn calibs_name(dimensions_key: i64) -> String {
    format!("dataset_calibs_{dimensions_key:08}")
}

/// `dataset_type` and `dataset`.
pub fn dataset_tables(managers: Managers) -> [TableSpec; 2] {
    let string = |length: u32| SqlType::String { length };
    let mut dataset_type = TableSpec::new(
        "dataset_type",
        vec![
            ColumnSpec::generated("id"),
            ColumnSpec::required("name", string(DATASET_TYPE_NAME_LENGTH)),
            ColumnSpec::required("storage_class", string(64)),
            ColumnSpec::required("dimensions_key", SqlType::BigInt),
            ColumnSpec::required("tag_association_table", string(128)),
            ColumnSpec::nullable("calibration_association_table", string(128)),
        ],
    );
    dataset_type.unique.push(vec!["name".to_owned()]);
    let ingest_date = match managers.ingest_date {
        IngestDate::Timestamp => SqlType::Timestamp,
        IngestDate::TaiNs => SqlType::BigInt,
    };
    let key = managers.collections;
    let mut dataset = TableSpec::new(
        "dataset",
        vec![
            ColumnSpec::key("id", SqlType::Uuid),
            ColumnSpec::required("dataset_type_id", SqlType::BigInt),
            ColumnSpec::required("ingest_date", ingest_date),
            ColumnSpec::required(key.run_reference(), key.reference_type()),
        ],
    );
    dataset.foreign_keys = vec![
        to_dataset_type(),
        ForeignKeySpec::single("run", key.run_reference(), key.column(), OnDelete::Cascade),
    ];
    [dataset_type, dataset]
}

fn to_dataset_type() -> ForeignKeySpec {
    ForeignKeySpec::single("dataset_type", "dataset_type_id", "id", OnDelete::Fail)
}

fn to_dataset(on_delete: OnDelete) -> ForeignKeySpec {
    ForeignKeySpec::single("dataset", "dataset_id", "id", on_delete)
}

/// The table of tags of a dimension group.
pub fn tags_table(group: &DimensionGroup, dimensions_key: i64, key: CollectionKey) -> TableSpec {
    let mut table = TableSpec::new(
        tags_name(dimensions_key),
        vec![
            ColumnSpec::required("dataset_type_id", SqlType::BigInt),
            ColumnSpec::key("dataset_id", SqlType::Uuid),
        ],
    );
    table.foreign_keys = vec![to_dataset_type(), to_dataset(OnDelete::Cascade)];
    let data_id = add_collection_and_dimensions(&mut table, group, key, true);
    let unique = ["dataset_type_id", key.collection_reference()].map(str::to_owned);
    table
        .unique
        .push(unique.into_iter().chain(data_id).collect());
    table
}

/// The table of validity ranges of a dimension group. Nothing in it forbids overlapping ranges, on either back end.
pub fn calibs_table(group: &DimensionGroup, dimensions_key: i64, key: CollectionKey) -> TableSpec {
    let mut table = TableSpec::new(
        calibs_name(dimensions_key),
        vec![
            ColumnSpec::generated("id"),
            ColumnSpec::required("dataset_type_id", SqlType::BigInt),
            ColumnSpec::required("dataset_id", SqlType::Uuid),
        ],
    );
    table.foreign_keys = vec![to_dataset_type(), to_dataset(OnDelete::Cascade)];
    let data_id = add_collection_and_dimensions(&mut table, group, key, false);
    table.add_column(ColumnSpec::required("timespan", SqlType::Timespan));
    let first = ["dataset_type_id", key.collection_reference()].map(str::to_owned);
    let last = ["timespan".to_owned()];
    table
        .indexes
        .push(first.into_iter().chain(data_id).chain(last).collect());
    table
}

/// Add the collection and the required dimensions, with the foreign keys that tie rows to the collection summaries.
/// Returns the names of the dimensions.
fn add_collection_and_dimensions(
    table: &mut TableSpec,
    group: &DimensionGroup,
    key: CollectionKey,
    collection_is_key: bool,
) -> Vec<String> {
    let collection = key.collection_reference();
    key.add_collection(table, collection_is_key);
    let to_summary = |table: &mut TableSpec, summary: String, column: &str| {
        let columns = vec![collection.to_owned(), column.to_owned()];
        table.foreign_keys.push(ForeignKeySpec {
            table: summary,
            source: columns.clone(),
            target: columns,
            on_delete: OnDelete::Fail,
        });
    };
    to_summary(table, summary_name("dataset_type"), "dataset_type_id");
    let universe = group.universe();
    let mut names = Vec::new();
    for dimension in group.required() {
        add_dimension(table, universe, dimension, false);
        if universe.get(dimension).is_some_and(|e| e.is_governor()) {
            to_summary(table, summary_name(dimension), dimension);
        }
        names.push(dimension.to_owned());
    }
    names
}
