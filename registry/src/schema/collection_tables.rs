//! Tables of collections: themselves, runs, chains, and summaries of what they hold
//! (`lsst/daf/butler/registry/collections/`, `.../datasets/byDimensions/summaries.py`).

use super::dimension_tables::add_dimension;
use super::managers::{CollectionKey, Managers};
use super::table::{ColumnSpec, ForeignKeySpec, OnDelete, SqlType, TableSpec};
use crate::model::universe::Universe;

/// Largest number of characters of a collection's name.
pub const COLLECTION_NAME_LENGTH: u32 = 64;

const NAME: SqlType = SqlType::String {
    length: COLLECTION_NAME_LENGTH,
};

impl CollectionKey {
    /// The column that identifies a collection in `collection` and `run`.
    pub fn column(self) -> &'static str {
        match self {
            Self::Id => "collection_id",
            Self::Name => "name",
        }
    }

    /// The column that refers to a collection in other tables.
    pub fn collection_reference(self) -> &'static str {
        match self {
            Self::Id => "collection_id",
            Self::Name => "collection_name",
        }
    }

    /// The column that refers to a run in `dataset`.
    pub fn run_reference(self) -> &'static str {
        match self {
            Self::Id => "run_id",
            Self::Name => "run_name",
        }
    }

    /// Type of columns in `run` and `collection_chain`.
    fn key_type(self) -> SqlType {
        match self {
            Self::Id => SqlType::BigInt,
            Self::Name => SqlType::Varchar,
        }
    }

    /// Type of columns that refer to a collection or run in other tables.
    pub fn reference_type(self) -> SqlType {
        match self {
            Self::Id => SqlType::BigInt,
            Self::Name => NAME,
        }
    }

    /// Add the column that refers to a collection and its foreign key (`addCollectionForeignKey`); a deleted collection
    /// takes the rows with it.
    pub fn add_collection(self, table: &mut TableSpec, key: bool) {
        table.add_column(ColumnSpec {
            primary_key: key,
            ..ColumnSpec::required(self.collection_reference(), self.reference_type())
        });
        table.foreign_keys.push(ForeignKeySpec::single(
            "collection",
            self.collection_reference(),
            self.column(),
            OnDelete::Cascade,
        ));
    }
}

/// `collection`, `run` and `collection_chain`.
pub fn collection_tables(key: CollectionKey) -> [TableSpec; 3] {
    let mut columns = match key {
        CollectionKey::Id => vec![
            ColumnSpec::generated("collection_id"),
            ColumnSpec::required("name", NAME),
        ],
        CollectionKey::Name => vec![ColumnSpec::key("name", NAME)],
    };
    columns.push(ColumnSpec::required("type", SqlType::SmallInt));
    columns.push(ColumnSpec::nullable("doc", SqlType::Text));
    let mut collection = TableSpec::new("collection", columns);
    if key == CollectionKey::Id {
        collection.unique.push(vec!["name".to_owned()]);
    }
    let mut run = TableSpec::new(
        "run",
        vec![
            ColumnSpec::key(key.column(), key.key_type()),
            ColumnSpec::nullable("host", SqlType::String { length: 128 }),
            ColumnSpec::nullable("timespan", SqlType::Timespan),
        ],
    );
    let to_collection = |source: &str, on_delete: OnDelete| {
        ForeignKeySpec::single("collection", source, key.column(), on_delete)
    };
    run.foreign_keys
        .push(to_collection(key.column(), OnDelete::Cascade));
    let mut chain = TableSpec::new(
        "collection_chain",
        vec![
            ColumnSpec::key("parent", key.key_type()),
            ColumnSpec::key("position", SqlType::SmallInt),
            ColumnSpec::required("child", key.key_type()),
        ],
    );
    chain.foreign_keys = vec![
        to_collection("parent", OnDelete::Cascade),
        to_collection("child", OnDelete::Fail),
    ];
    [collection, run, chain]
}

/// Name of the table of values of a governor dimension in collections.
pub fn summary_name(governor: &str) -> String {
    format!("collection_summary_{governor}")
}

/// `collection_summary_dataset_type` and one table for each governor dimension.
pub fn summary_tables(universe: &Universe, managers: Managers) -> Vec<TableSpec> {
    let mut dataset_type = TableSpec::new("collection_summary_dataset_type", Vec::new());
    managers.collections.add_collection(&mut dataset_type, true);
    dataset_type.add_column(ColumnSpec::key("dataset_type_id", SqlType::BigInt));
    dataset_type.foreign_keys.push(ForeignKeySpec::single(
        "dataset_type",
        "dataset_type_id",
        "id",
        OnDelete::Cascade,
    ));
    let mut tables = vec![dataset_type];
    for governor in universe.governors() {
        let mut table = TableSpec::new(summary_name(&governor.name), Vec::new());
        managers.collections.add_collection(&mut table, true);
        add_dimension(&mut table, universe, &governor.name, true);
        tables.push(table);
    }
    tables
}
