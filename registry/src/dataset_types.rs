//! Dataset types: reading and registering them (`lsst/daf/butler/registry/datasets/byDimensions/_manager.py`).

use std::borrow::Borrow;
use std::collections::BTreeMap;

use crate::config::{ManagerConfig, Value as ConfigValue, entry};
use crate::database::{Row, Statement, Value};
use crate::error::RegistryError;
use crate::model::dataset_type::DatasetType;
use crate::model::dimension_group::DimensionGroup;
use crate::registry::Registry;
use crate::schema::dataset_tables::{
    DATASET_TYPE_NAME_LENGTH, calibs_name, calibs_table, tags_name, tags_table,
};

/// A dataset type and where its datasets are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetTypeRecord {
    /// Generated id.
    pub id: i64,
    /// The dataset type.
    pub dataset_type: DatasetType,
    /// Number of its dimension group.
    pub dimensions_key: i64,
    /// Table of its datasets in RUN and TAGGED collections.
    pub tags_table: String,
    /// Table of its datasets in CALIBRATION collections, if it is a calibration.
    pub calibs_table: Option<String>,
}

impl Borrow<DatasetType> for DatasetTypeRecord {
    fn borrow(&self) -> &DatasetType {
        &self.dataset_type
    }
}

impl From<DatasetTypeRecord> for DatasetType {
    fn from(record: DatasetTypeRecord) -> Self {
        record.dataset_type
    }
}

/// Names and storage classes that a configuration gives to dataset types in place of those in the database
/// (`registry.managers.datasets.config.overrides`).
#[derive(Debug, Clone, Default)]
pub(crate) struct DatasetTypeOverrides {
    renames: BTreeMap<String, String>,
    storage_classes: BTreeMap<String, String>,
}

impl DatasetTypeOverrides {
    /// Read the settings of the datasets manager.
    pub(crate) fn of(managers: &[ManagerConfig]) -> Result<Self, RegistryError> {
        let mut result = Self::default();
        let settings = managers.iter().find(|m| m.name == "datasets");
        let settings = settings.and_then(|m| m.settings.as_ref());
        let overrides = settings.and_then(|s| entry(s, "overrides"));
        for (name, value) in overrides
            .and_then(ConfigValue::as_map)
            .into_iter()
            .flatten()
        {
            let fault = || {
                RegistryError::Invalid(
                    "registry.managers.datasets.config.overrides must map names to 'rename' and 'storageClass'"
                        .to_owned(),
                )
            };
            let name = name.as_str().ok_or_else(fault)?;
            let fields = value.as_map().ok_or_else(fault)?;
            let text = |key: &str| match entry(fields, key) {
                None | Some(ConfigValue::Null) => Ok(None),
                Some(value) => value.as_str().map(|s| Some(s.to_owned())).ok_or_else(fault),
            };
            if let Some(new) = text("rename")? {
                result.renames.insert(name.to_owned(), new);
            }
            if let Some(class) = text("storageClass")? {
                result.storage_classes.insert(name.to_owned(), class);
            }
        }
        Ok(result)
    }

    /// The name that clients see.
    pub(crate) fn client_name<'a>(&'a self, database_name: &'a str) -> &'a str {
        self.renames
            .get(database_name)
            .map_or(database_name, String::as_str)
    }

    /// The name in the database; `None` if a renaming hides it.
    pub(crate) fn database_name<'a>(&'a self, client_name: &'a str) -> Option<&'a str> {
        match self.renames.iter().find(|(_, new)| *new == client_name) {
            Some((old, _)) => Some(old),
            None if self.renames.contains_key(client_name) => None,
            None => Some(client_name),
        }
    }
}

/// A row of the table of dataset types.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DatasetTypeRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) storage_class: String,
    pub(crate) dimensions_key: i64,
    pub(crate) tags_table: String,
    pub(crate) calibs_table: Option<String>,
}

impl DatasetTypeRow {
    /// The columns of a row in the order in which [`DatasetTypeRow::read`] wants them.
    pub(crate) const COLUMNS: [&str; 6] = [
        "id",
        "name",
        "storage_class",
        "dimensions_key",
        "tag_association_table",
        "calibration_association_table",
    ];

    /// Read the columns from the one at `first` on.
    pub(crate) fn read(row: &Row<'_>, first: usize) -> Result<Self, RegistryError> {
        Ok(Self {
            id: row.get_i64(first)?,
            name: row.get_str(first + 1)?.to_owned(),
            storage_class: row.get_str(first + 2)?.to_owned(),
            dimensions_key: row.get_i64(first + 3)?,
            tags_table: row.get_str(first + 4)?.to_owned(),
            calibs_table: row.get_opt_str(first + 5)?.map(str::to_owned),
        })
    }
}

impl Registry {
    /// All dataset types in order of name.
    pub fn dataset_types(&mut self) -> Result<Vec<DatasetTypeRecord>, RegistryError> {
        let statement = self.select_dataset_types();
        self.collect_dataset_types(&statement)
    }

    /// The dataset type of this name.
    pub fn find_dataset_type(
        &mut self,
        name: &str,
    ) -> Result<Option<DatasetTypeRecord>, RegistryError> {
        let Some(name) = self.overrides.database_name(name).map(str::to_owned) else {
            return Ok(None);
        };
        let statement = self
            .select_dataset_types()
            .text(" WHERE name = ")
            .bind(name.as_str());
        Ok(self.collect_dataset_types(&statement)?.pop())
    }

    fn select_dataset_types(&self) -> Statement {
        let statement = self.connection.statement().text("SELECT ");
        let statement = statement.names(DatasetTypeRow::COLUMNS);
        statement.text(" FROM ").table("dataset_type")
    }

    fn collect_dataset_types(
        &mut self,
        statement: &Statement,
    ) -> Result<Vec<DatasetTypeRecord>, RegistryError> {
        let rows = self
            .connection
            .collect(statement, |row| DatasetTypeRow::read(row, 0))?;
        let mut found = self.dataset_types_of(rows)?;
        found.sort_unstable_by(|a, b| a.dataset_type.name.cmp(&b.dataset_type.name));
        Ok(found)
    }

    /// The dataset types of rows, in their order.
    pub(crate) fn dataset_types_of(
        &mut self,
        rows: Vec<DatasetTypeRow>,
    ) -> Result<Vec<DatasetTypeRecord>, RegistryError> {
        // After the types, because others may commit a type with its group between two statements.
        let groups = self.dimension_groups_with(rows.iter().map(|row| row.dimensions_key))?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let dimensions = groups.get(&row.dimensions_key).cloned().ok_or_else(|| {
                RegistryError::Corrupt(format!(
                    "dataset type '{}' has the unknown dimension group {}",
                    row.name, row.dimensions_key
                ))
            })?;
            let storage_class = match self.overrides.storage_classes.get(&row.name) {
                Some(class) => class.clone(),
                None => row.storage_class,
            };
            found.push(DatasetTypeRecord {
                id: row.id,
                dataset_type: DatasetType {
                    name: self.overrides.client_name(&row.name).to_owned(),
                    dimensions,
                    storage_class,
                    parent_storage_class: None,
                    is_calibration: row.calibs_table.is_some(),
                },
                dimensions_key: row.dimensions_key,
                tags_table: row.tags_table,
                calibs_table: row.calibs_table,
            });
        }
        Ok(found)
    }

    /// Register a dataset type unless it is there, with the tables that its dimensions need, within the caller's
    /// transaction. Returns it and whether it is new.
    ///
    /// # Errors
    /// [`RegistryError::Conflict`] if it is there with other dimensions, another storage class or another
    /// `is_calibration`; [`RegistryError::Invalid`] for a component or an impossible name.
    pub fn register_dataset_type(
        &mut self,
        dataset_type: &DatasetType,
    ) -> Result<(DatasetTypeRecord, bool), RegistryError> {
        check_name(&dataset_type.name)?;
        if let Some(found) = self.find_dataset_type(&dataset_type.name)? {
            return same(found, dataset_type).map(|record| (record, false));
        }
        let database_name = self.overrides.database_name(&dataset_type.name);
        let Some(name) = database_name.map(str::to_owned) else {
            return Err(RegistryError::Invalid(format!(
                "dataset type '{}' is renamed by the configuration, so it cannot be registered",
                dataset_type.name
            )));
        };
        if self.overrides.storage_classes.contains_key(&name) {
            return Err(RegistryError::Invalid(format!(
                "the configuration overrides the storage class of dataset type '{name}', so it cannot be registered"
            )));
        }
        self.lock_definitions()?;
        let dimensions_key =
            self.ensure_dataset_tables(&dataset_type.dimensions, dataset_type.is_calibration)?;
        let calibs = dataset_type
            .is_calibration
            .then(|| calibs_name(dimensions_key));
        let inserted = self.insert_dataset_type(&name, dataset_type, dimensions_key, calibs)?;
        let found = self.find_dataset_type(&dataset_type.name)?;
        let found = found.ok_or(RegistryError::Missing {
            kind: "dataset type",
            name,
        })?;
        same(found, dataset_type).map(|record| (record, inserted))
    }

    fn insert_dataset_type(
        &mut self,
        name: &str,
        dataset_type: &DatasetType,
        dimensions_key: i64,
        calibs: Option<String>,
    ) -> Result<bool, RegistryError> {
        let columns = [
            "id",
            "name",
            "storage_class",
            "dimensions_key",
            "tag_association_table",
            "calibration_association_table",
        ];
        let values = [
            self.connection.next_key("dataset_type", "id")?,
            Value::from(name),
            Value::from(dataset_type.storage_class.as_str()),
            Value::Int(dimensions_key),
            Value::Text(tags_name(dimensions_key)),
            calibs.map_or(Value::Null, Value::Text),
        ];
        let statement = self.connection.statement().text("INSERT INTO ");
        let statement = statement.table("dataset_type").text(" (").names(columns);
        let statement = statement.text(") VALUES (").bind_all(values);
        let statement = statement.text(") ON CONFLICT DO NOTHING");
        Ok(self.connection.run(&statement)? == 1)
    }

    /// Number a dimension group and make its table of tags, and that of calibrations if wanted, where they are missing;
    /// within the caller's transaction. Returns the number.
    pub fn ensure_dataset_tables(
        &mut self,
        group: &DimensionGroup,
        calibs: bool,
    ) -> Result<i64, RegistryError> {
        let (dimensions_key, _) = self.save_dimension_group(group)?;
        let key = self.managers.collections;
        let mut tables = vec![tags_table(group, dimensions_key, key)];
        if calibs {
            tables.push(calibs_table(group, dimensions_key, key));
        }
        for table in tables {
            self.ensure_table(&table)?;
        }
        Ok(dimensions_key)
    }
}

fn check_name(name: &str) -> Result<(), RegistryError> {
    if DatasetType::split_name(name).1.is_some() {
        return Err(RegistryError::Invalid(format!(
            "component dataset types cannot be stored in the registry: '{name}'"
        )));
    }
    if !DatasetType::is_valid_name(name) || name.len() > DATASET_TYPE_NAME_LENGTH as usize {
        return Err(RegistryError::Invalid(format!(
            "'{name}' is not a name for a dataset type: at most {DATASET_TYPE_NAME_LENGTH} letters, digits and \
             underscores, not starting with a digit"
        )));
    }
    Ok(())
}

fn same(
    found: DatasetTypeRecord,
    wanted: &DatasetType,
) -> Result<DatasetTypeRecord, RegistryError> {
    if found.dataset_type == *wanted {
        return Ok(found);
    }
    let describe = |t: &DatasetType| {
        let calibration = if t.is_calibration {
            ", a calibration"
        } else {
            ""
        };
        format!("{}, {}{calibration}", t.dimensions, t.storage_class)
    };
    Err(RegistryError::Conflict {
        kind: "dataset type",
        name: wanted.name.clone(),
        existing: describe(&found.dataset_type),
        requested: describe(wanted),
    })
}
