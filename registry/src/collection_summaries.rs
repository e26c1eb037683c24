//! What collections hold: dataset types and values of governor dimensions
//! (`lsst/daf/butler/registry/datasets/byDimensions/summaries.py`).

use std::collections::{BTreeMap, BTreeSet};

use crate::database::{Statement, Value};
use crate::error::RegistryError;
use crate::model::collection::Collection;
use crate::registry::Registry;
use crate::schema::collection_tables::summary_name;
use crate::schema::managers::CollectionKey;

/// What a collection may hold: a superset of what it does, as deletions do not shrink it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CollectionSummary {
    /// Names of dataset types.
    pub dataset_types: BTreeSet<String>,
    /// Values of each governor dimension that occurs.
    pub governors: BTreeMap<String, BTreeSet<String>>,
}

impl CollectionSummary {
    /// Add what another collection holds.
    pub fn update(&mut self, other: &Self) {
        self.dataset_types
            .extend(other.dataset_types.iter().cloned());
        for (governor, values) in &other.governors {
            let ours = self.governors.entry(governor.clone()).or_default();
            ours.extend(values.iter().cloned());
        }
    }
}

impl Registry {
    /// The summaries of all collections by name. Empty collections and CHAINED ones are absent; the summary of a chain is
    /// that of its children together.
    pub fn collection_summaries(
        &mut self,
    ) -> Result<BTreeMap<String, CollectionSummary>, RegistryError> {
        self.summaries_of(None)
    }

    /// As [`Registry::collection_summaries`], of these collections only. Ask for some hundreds at a time: each is bound to
    /// the statements.
    pub fn collection_summaries_of(
        &mut self,
        collections: &[&Collection],
    ) -> Result<BTreeMap<String, CollectionSummary>, RegistryError> {
        let keys: Vec<Value> = collections
            .iter()
            .map(|collection| self.collection_key(collection))
            .collect();
        match keys.is_empty() {
            true => Ok(BTreeMap::new()),
            false => self.summaries_of(Some(&keys)),
        }
    }

    fn summaries_of(
        &mut self,
        keys: Option<&[Value]>,
    ) -> Result<BTreeMap<String, CollectionSummary>, RegistryError> {
        let mut summaries: BTreeMap<String, CollectionSummary> = BTreeMap::new();
        let overrides = self.overrides.clone();
        for (collection, dataset_type) in self.dataset_type_summary(keys)? {
            let name = overrides.client_name(&dataset_type).to_owned();
            let summary = summaries.entry(collection).or_default();
            summary.dataset_types.insert(name);
        }
        let governors: Vec<String> = self.universe.governors().map(|g| g.name.clone()).collect();
        for governor in governors {
            for (collection, value) in self.governor_summary(&governor, keys)? {
                let summary = summaries.entry(collection).or_default();
                let values = summary.governors.entry(governor.clone()).or_default();
                values.insert(value);
            }
        }
        // The reference starts from dataset types: without any, a collection counts as empty.
        summaries.retain(|name, summary| !summary.dataset_types.is_empty() && self.shows(name));
        Ok(summaries)
    }

    fn dataset_type_summary(
        &mut self,
        keys: Option<&[Value]>,
    ) -> Result<Vec<(String, String)>, RegistryError> {
        let statement = self.connection.statement().text("SELECT ");
        let statement = match self.managers.collections {
            CollectionKey::Id => statement.text("c.name"),
            CollectionKey::Name => statement.text("s.collection_name"),
        };
        let statement = statement
            .text(", t.name FROM ")
            .table(&summary_name("dataset_type"))
            .text(" AS s JOIN ")
            .table("dataset_type")
            .text(" AS t ON t.id = s.dataset_type_id");
        let statement = match self.managers.collections {
            CollectionKey::Id => statement
                .text(" JOIN ")
                .table("collection")
                .text(" AS c ON c.collection_id = s.collection_id"),
            CollectionKey::Name => statement,
        };
        let statement = self.only_of(statement, keys);
        self.connection.collect(&statement, |row| {
            Ok((row.get_str(0)?.to_owned(), row.get_str(1)?.to_owned()))
        })
    }

    fn governor_summary(
        &mut self,
        governor: &str,
        keys: Option<&[Value]>,
    ) -> Result<Vec<(String, String)>, RegistryError> {
        let statement = self.connection.statement().text("SELECT ");
        let statement = match self.managers.collections {
            CollectionKey::Id => statement.text("c.name, s."),
            CollectionKey::Name => statement.text("s.collection_name, s."),
        };
        let statement = statement.name(governor).text(" FROM ");
        let statement = statement.table(&summary_name(governor)).text(" AS s");
        let statement = match self.managers.collections {
            CollectionKey::Id => statement
                .text(" JOIN ")
                .table("collection")
                .text(" AS c ON c.collection_id = s.collection_id"),
            CollectionKey::Name => statement,
        };
        let statement = self.only_of(statement, keys);
        self.connection.collect(&statement, |row| {
            Ok((row.get_str(0)?.to_owned(), row.get_str(1)?.to_owned()))
        })
    }

    /// Keep the rows of these collections.
    fn only_of(&self, statement: Statement, keys: Option<&[Value]>) -> Statement {
        let Some(keys) = keys else {
            return statement;
        };
        let key = self.managers.collections.column();
        let statement = statement.text(" WHERE s.").name(key).text(" IN (");
        statement.bind_all(keys.iter().cloned()).text(")")
    }
}
