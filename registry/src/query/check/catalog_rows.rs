//! One statement for all that a query must know of collections and dataset types: a round trip to a server costs more than
//! the few rows that come back.

use std::collections::BTreeMap;

use crate::database::{Row, Statement, Value};
use crate::dataset_types::DatasetTypeRow;
use crate::error::RegistryError;
use crate::model::collection::CollectionType;
use crate::registry::Registry;
use crate::schema::collection_tables::summary_name;
use crate::schema::managers::CollectionKey;

/// What a row is about.
const DATASET_TYPE: i64 = 0;
const COLLECTION: i64 = 1;
const CHILD: i64 = 2;
const HELD_TYPE: i64 = 3;
/// And those after it, one for each governor dimension.
const HELD_GOVERNOR: i64 = 4;

/// What was found.
#[derive(Default)]
pub(super) struct CatalogRows {
    /// The dataset types of the given names.
    pub dataset_types: Vec<DatasetTypeRow>,
    /// Collections of the given names and below: key, name, type.
    pub collections: Vec<(String, String, CollectionType)>,
    /// The children of chains by position, all as keys.
    pub children: BTreeMap<String, BTreeMap<i64, String>>,
    /// Keys of collections, and the given dataset types that they may hold, by their names in the database.
    pub held_types: Vec<(String, String)>,
    /// Keys of collections, a governor dimension, and a value of it that they may hold.
    pub held_governors: Vec<(String, String, String)>,
}

impl CatalogRows {
    /// Read what there is of these collections, with all below chains, and these dataset types (names in the database).
    pub(super) fn read(
        registry: &mut Registry,
        collections: &[String],
        dataset_types: &[String],
    ) -> Result<Self, RegistryError> {
        let mut found = Self::default();
        let governors: Vec<String> = registry
            .universe()
            .governors()
            .map(|g| g.name.clone())
            .collect();
        let statement = statement(registry, collections, dataset_types, &governors);
        registry
            .connection()
            .select(&statement, |row| found.add(row, &governors))?;
        // The rest hangs on these.
        found
            .collections
            .retain(|(_, name, _)| registry.shows(name));
        Ok(found)
    }

    fn add(&mut self, row: &Row<'_>, governors: &[String]) -> Result<(), RegistryError> {
        let text = |i| row.get_str(i).map(str::to_owned);
        match row.get_i64(0)? {
            DATASET_TYPE => self.dataset_types.push(DatasetTypeRow {
                id: row.get_i64(7)?,
                name: text(2)?,
                storage_class: text(3)?,
                dimensions_key: row.get_i64(6)?,
                tags_table: text(4)?,
                calibs_table: row.get_opt_str(5)?.map(str::to_owned),
            }),
            COLLECTION => {
                let code = row.get_i64(6)?;
                let collection_type = CollectionType::from_code(code).ok_or_else(|| {
                    RegistryError::Corrupt(format!("a collection has the unknown type {code}"))
                })?;
                self.collections.push((text(1)?, text(2)?, collection_type));
            }
            CHILD => {
                let children = self.children.entry(text(1)?).or_default();
                children.insert(row.get_i64(6)?, text(2)?);
            }
            HELD_TYPE => self.held_types.push((text(1)?, text(2)?)),
            other => {
                let governor = usize::try_from(other - HELD_GOVERNOR).ok();
                if let Some(governor) = governor.and_then(|i| governors.get(i)) {
                    self.held_governors
                        .push((text(1)?, governor.clone(), text(2)?));
                }
            }
        }
        Ok(())
    }
}

/// Columns: what the row is about, key of a collection, four texts, two numbers.
fn statement(
    registry: &mut Registry,
    collections: &[String],
    dataset_types: &[String],
    governors: &[String],
) -> Statement {
    let (key, summary_key) = match registry.managers().collections {
        CollectionKey::Id => ("collection_id", "collection_id"),
        CollectionKey::Name => ("name", "collection_name"),
    };
    let texts =
        |names: &[String]| -> Vec<Value> { names.iter().map(|n| Value::Text(n.clone())).collect() };
    let head = |about: i64, alias: &str, key: &str| {
        format!(" UNION ALL SELECT {about}, CAST({alias}.{key} AS text), ")
    };
    let of_type = |statement: Statement| {
        let types = texts(dataset_types);
        match types.is_empty() {
            true => statement.text("1 = 0"),
            false => statement.text("t.name IN (").bind_all(types).text(")"),
        }
    };
    let mut statement = registry
        .connection()
        .statement()
        .text("WITH RECURSIVE found(k) AS (SELECT ")
        .name(key)
        .text(" FROM ")
        .table("collection");
    statement = match collections.is_empty() {
        true => statement.text(" WHERE 1 = 0"),
        false => statement
            .text(" WHERE name IN (")
            .bind_all(texts(collections))
            .text(")"),
    };
    statement = statement
        .text(" UNION SELECT x.child FROM ")
        .table("collection_chain")
        .text(" AS x JOIN found ON x.parent = found.k)")
        .text(&format!(
            " SELECT {DATASET_TYPE} AS about, CAST(NULL AS text) AS k, t.name AS a, t.storage_class AS b, \
             t.tag_association_table AS c, t.calibration_association_table AS d, t.dimensions_key AS m, t.id AS n FROM "
        ))
        .table("dataset_type")
        .text(" AS t WHERE ");
    statement = of_type(statement)
        .text(&head(COLLECTION, "c", key))
        .text("c.name, NULL, NULL, NULL, c.type, 0 FROM found JOIN ")
        .table("collection")
        .text(&format!(" AS c ON c.{key} = found.k"))
        .text(&head(CHILD, "x", "parent"))
        .text("CAST(x.child AS text), NULL, NULL, NULL, x.position, 0 FROM found JOIN ")
        .table("collection_chain")
        .text(" AS x ON x.parent = found.k")
        .text(&head(HELD_TYPE, "s", summary_key))
        .text("t.name, NULL, NULL, NULL, 0, 0 FROM found JOIN ")
        .table(&summary_name("dataset_type"))
        .text(&format!(" AS s ON s.{summary_key} = found.k JOIN "))
        .table("dataset_type")
        .text(" AS t ON t.id = s.dataset_type_id WHERE ");
    statement = of_type(statement);
    for (about, governor) in (HELD_GOVERNOR..).zip(governors) {
        statement = statement
            .text(&head(about, "s", summary_key))
            .text("s.")
            .name(governor)
            .text(", NULL, NULL, NULL, 0, 0 FROM found JOIN ")
            .table(&summary_name(governor))
            .text(&format!(" AS s ON s.{summary_key} = found.k"));
    }
    statement
}
