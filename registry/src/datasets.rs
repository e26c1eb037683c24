//! Datasets by their ids (`ByDimensionsDatasetRecordStorageManagerUUID.get_dataset_refs`,
//! `lsst/daf/butler/registry/datasets/byDimensions/_manager.py`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use crate::database::{Statement, Value};
use crate::dataset_types::{DatasetTypeRecord, DatasetTypeRow};
use crate::error::RegistryError;
use crate::model::column::ColumnType;
use crate::model::data_coordinate::{DataCoordinate, DataIdValue};
use crate::model::dataset_ref::DatasetRef;
use crate::model::dataset_type::DatasetType;
use crate::registry::Registry;
use crate::schema::managers::CollectionKey;

/// Ids that go into one statement.
const IDS: usize = 500;

/// What the row of a dataset says.
struct DatasetRow {
    type_id: i64,
    run: Value,
    run_name: String,
}

/// A dataset type for all its datasets.
struct SharedType {
    record: DatasetTypeRecord,
    dataset_type: Arc<DatasetType>,
}

/// Datasets without their data IDs.
struct DatasetRows {
    by_id: HashMap<Uuid, DatasetRow>,
    types: HashMap<i64, SharedType>,
}

impl DatasetRows {
    fn get(&self, id: &Uuid) -> Option<(&DatasetRow, &SharedType)> {
        let row = self.by_id.get(id)?;
        Some((row, self.types.get(&row.type_id)?))
    }
}

impl Registry {
    /// The dataset of an id: two statements, and a third where its type has a dimension group that this registry has not
    /// met. They need no common snapshot, because nothing of a dataset changes but that it is there.
    pub fn find_dataset(&mut self, id: Uuid) -> Result<Option<DatasetRef>, RegistryError> {
        Ok(self.datasets(&[id])?.pop())
    }

    /// The datasets of these ids that exist, each once, in the order of the ids.
    pub fn datasets(&mut self, ids: &[Uuid]) -> Result<Vec<DatasetRef>, RegistryError> {
        let mut found = Vec::with_capacity(ids.len());
        let mut seen = HashSet::with_capacity(ids.len());
        let ids: Vec<Uuid> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
        for piece in ids.chunks(IDS) {
            let rows = self.dataset_rows(piece)?;
            let mut by_table: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
            for id in piece {
                if let Some((_, shared)) = rows.get(id) {
                    let ids = by_table.entry(&shared.record.tags_table).or_default();
                    ids.push(*id);
                }
            }
            let mut refs = HashMap::with_capacity(piece.len());
            for ids in by_table.values() {
                self.read_data_ids(ids, &rows, &mut refs)?;
            }
            found.extend(piece.iter().filter_map(|id| refs.remove(id)));
        }
        Ok(found)
    }

    fn dataset_rows(&mut self, ids: &[Uuid]) -> Result<DatasetRows, RegistryError> {
        let key = self.managers.collections;
        let statement = self.select_datasets(ids);
        let mut by_id = HashMap::with_capacity(ids.len());
        let mut types: Vec<DatasetTypeRow> = Vec::new();
        self.connection
            .select(&statement, |row| -> Result<(), RegistryError> {
                let type_id = row.get_i64(3)?;
                if types.iter().all(|t| t.id != type_id) {
                    types.push(DatasetTypeRow::read(row, 3)?);
                }
                let run = match key {
                    CollectionKey::Id => Value::Int(row.get_i64(1)?),
                    CollectionKey::Name => Value::Text(row.get_str(1)?.to_owned()),
                };
                let found = DatasetRow {
                    type_id,
                    run,
                    run_name: row.get_str(2)?.to_owned(),
                };
                by_id.insert(row.get_uuid(0)?, found);
                Ok(())
            })?;
        let types = self.dataset_types_of(types)?.into_iter().map(|record| {
            let dataset_type = Arc::new(record.dataset_type.clone());
            (
                record.id,
                SharedType {
                    record,
                    dataset_type,
                },
            )
        });
        let types = types.collect();
        let mut rows = DatasetRows { by_id, types };
        self.hide(&mut rows)?;
        Ok(rows)
    }

    /// Remove the rows of datasets that are in no collection that is shown.
    fn hide(&mut self, rows: &mut DatasetRows) -> Result<(), RegistryError> {
        let mut elsewhere: HashMap<&str, Vec<Uuid>> = HashMap::new();
        for (id, row) in &rows.by_id {
            if self.shows(&row.run_name) {
                continue;
            }
            let record = rows.types.get(&row.type_id).map(|shared| &shared.record);
            let tables = record.map(|r| [Some(&r.tags_table), r.calibs_table.as_ref()]);
            for table in tables.into_iter().flatten().flatten() {
                elsewhere.entry(table).or_default().push(*id);
            }
        }
        if !elsewhere.is_empty() {
            let shown = self.associated_with_shown(&elsewhere)?;
            rows.by_id
                .retain(|id, row| self.shows(&row.run_name) || shown.contains(id));
        }
        Ok(())
    }

    /// Those of datasets that there are for who asks.
    pub(crate) fn shown_datasets(&mut self, ids: &[Uuid]) -> Result<HashSet<Uuid>, RegistryError> {
        let mut shown = HashSet::with_capacity(ids.len());
        for piece in ids.chunks(IDS) {
            shown.extend(self.dataset_rows(piece)?.by_id.into_keys());
        }
        Ok(shown)
    }

    /// Id, run, name of the run, and the dataset type of datasets.
    fn select_datasets(&self, ids: &[Uuid]) -> Statement {
        let key = self.managers.collections;
        let run = key.run_reference();
        let statement = self.connection.statement();
        let mut statement = statement.text("SELECT d.id, d.").name(run);
        statement = match key {
            CollectionKey::Id => statement.text(", c.name"),
            CollectionKey::Name => statement.text(", d.").name(run),
        };
        for column in DatasetTypeRow::COLUMNS {
            statement = statement.text(", t.").name(column);
        }
        statement = statement
            .text(" FROM ")
            .table("dataset")
            .text(" AS d JOIN ")
            .table("dataset_type")
            .text(" AS t ON t.id = d.dataset_type_id");
        if key == CollectionKey::Id {
            statement = statement.text(" JOIN ").table("collection");
            statement = statement.text(" AS c ON c.collection_id = d.").name(run);
        }
        let ids = ids.iter().map(|id| Value::Uuid(*id));
        statement.text(" WHERE d.id IN (").bind_all(ids).text(")")
    }

    /// Read the data IDs of datasets whose types have the same table of tags, as their runs have them.
    fn read_data_ids(
        &mut self,
        ids: &[Uuid],
        rows: &DatasetRows,
        refs: &mut HashMap<Uuid, DatasetRef>,
    ) -> Result<(), RegistryError> {
        let Some((_, first)) = ids.first().and_then(|id| rows.get(id)) else {
            return Ok(());
        };
        let key = self.managers.collections;
        let dimensions = &first.dataset_type.dimensions;
        let universe = dimensions.universe();
        let kinds: Vec<ColumnType> = dimensions
            .required()
            .map(|d| universe.key_type(d))
            .collect();
        let columns = ["dataset_id", key.collection_reference()];
        let columns = columns.into_iter().chain(dimensions.required());
        let statement = self.connection.statement().text("SELECT ").names(columns);
        let statement = statement.text(" FROM ").table(&first.record.tags_table);
        let bound = ids.iter().map(|id| Value::Uuid(*id));
        let statement = statement.text(" WHERE dataset_id IN (");
        let statement = statement.bind_all(bound).text(")");
        self.connection
            .select(&statement, |row| -> Result<(), RegistryError> {
                let id = row.get_uuid(0)?;
                let Some((dataset, shared)) = rows.get(&id) else {
                    return Ok(());
                };
                let is_run = match &dataset.run {
                    Value::Text(name) => row.get_str(1)? == name,
                    run => *run == Value::Int(row.get_i64(1)?),
                };
                if !is_run {
                    return Ok(());
                }
                let mut values = Vec::with_capacity(kinds.len());
                for (i, kind) in kinds.iter().enumerate() {
                    values.push(match kind {
                        ColumnType::Int => DataIdValue::Int(row.get_i64(i + 2)?),
                        _ => DataIdValue::Str(row.get_str(i + 2)?.to_owned()),
                    });
                }
                let data_id = DataCoordinate::new(dimensions.clone(), values)
                    .map_err(|e| RegistryError::Corrupt(e.to_string()))?;
                let found = DatasetRef {
                    id,
                    dataset_type: Arc::clone(&shared.dataset_type),
                    data_id,
                    run: dataset.run_name.clone(),
                };
                refs.insert(id, found);
                Ok(())
            })
    }
}
