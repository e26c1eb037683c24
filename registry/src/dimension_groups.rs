//! Dimension groups as the database numbers them (`_DimensionGroupStorage`,
//! `lsst/daf/butler/registry/dimensions/static.py`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::database::Value;
use crate::error::RegistryError;
use crate::model::dimension_group::DimensionGroup;
use crate::registry::Registry;

impl Registry {
    /// All dimension groups that the repo uses, by their number; 0 is the one without dimensions.
    pub fn dimension_groups(&mut self) -> Result<BTreeMap<i64, DimensionGroup>, RegistryError> {
        let statement = self
            .connection
            .statement()
            .text("SELECT dimension_graph_id, dimension_name FROM ")
            .table("dimension_graph_definition");
        let mut names: BTreeMap<i64, Vec<String>> = BTreeMap::from([(0, Vec::new())]);
        self.connection
            .select(&statement, |row| -> Result<(), RegistryError> {
                let group = names.entry(row.get_i64(0)?).or_default();
                group.push(row.get_str(1)?.to_owned());
                Ok(())
            })?;
        names
            .into_iter()
            .map(|(key, names)| {
                let group = DimensionGroup::conform(&self.universe, names).map_err(|e| {
                    RegistryError::Corrupt(format!("dimension group {key} is unusable: {e}"))
                })?;
                Ok((key, group))
            })
            .collect()
    }

    /// All dimension groups that these numbers need. A group never changes, so those that were read before are only read
    /// again for a number that is not among them.
    pub(crate) fn dimension_groups_with(
        &mut self,
        mut keys: impl Iterator<Item = i64>,
    ) -> Result<Arc<BTreeMap<i64, DimensionGroup>>, RegistryError> {
        if keys.all(|key| self.known_groups.contains_key(&key)) {
            return Ok(Arc::clone(&self.known_groups));
        }
        let groups = Arc::new(self.dimension_groups()?);
        // Who may write could see a group that a transaction of his own takes back.
        if !self.is_writeable() {
            self.known_groups = Arc::clone(&groups);
        }
        Ok(groups)
    }

    /// The number of a dimension group, giving it one if it has none, within the caller's transaction. Returns the number
    /// and whether it is new; a new one has no tables yet, see [`Registry::register_dataset_type`].
    pub fn save_dimension_group(
        &mut self,
        group: &DimensionGroup,
    ) -> Result<(i64, bool), RegistryError> {
        if let Some(key) = self.find_dimension_group(group)? {
            return Ok((key, false));
        }
        // No unique constraint keeps two processes from giving the same group two numbers.
        self.lock_definitions()?;
        if let Some(key) = self.find_dimension_group(group)? {
            return Ok((key, false));
        }
        let key = self
            .connection
            .insert_generated("dimension_graph_key", "id", &[])?;
        for name in group.required() {
            let statement = self.connection.statement().text("INSERT INTO ");
            let statement = statement.table("dimension_graph_definition");
            let statement = statement.text(" (dimension_graph_id, dimension_name) VALUES (");
            let values = [Value::Int(key), Value::from(name)];
            self.connection.run(&statement.bind_all(values).text(")"))?;
        }
        Ok((key, true))
    }

    fn find_dimension_group(
        &mut self,
        group: &DimensionGroup,
    ) -> Result<Option<i64>, RegistryError> {
        let groups = self.dimension_groups()?;
        Ok(groups
            .into_iter()
            .find(|(_, found)| found == group)
            .map(|(key, _)| key))
    }
}
