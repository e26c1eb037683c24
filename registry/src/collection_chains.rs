//! Chains of collections: reading and setting them (`lsst/daf/butler/registry/collections/_base.py`).

use std::collections::{BTreeMap, BTreeSet};

use crate::database::Value;
use crate::error::RegistryError;
use crate::model::collection::{Collection, CollectionType};
use crate::registry::Registry;
use crate::schema::dialect::Dialect;
use crate::schema::managers::CollectionKey;

impl Registry {
    /// The direct children of every CHAINED collection in search order, by the chain's name. Chains without children
    /// are absent.
    pub fn collection_chains(&mut self) -> Result<BTreeMap<String, Vec<String>>, RegistryError> {
        let statement = match self.managers.collections {
            CollectionKey::Id => self
                .connection
                .statement()
                .text("SELECT p.name, c.name FROM ")
                .table("collection_chain")
                .text(" AS x JOIN ")
                .table("collection")
                .text(" AS p ON p.collection_id = x.parent JOIN ")
                .table("collection")
                .text(" AS c ON c.collection_id = x.child ORDER BY x.parent, x.position"),
            CollectionKey::Name => self
                .connection
                .statement()
                .text("SELECT parent, child FROM ")
                .table("collection_chain")
                .text(" ORDER BY parent, position"),
        };
        let mut chains: BTreeMap<String, Vec<String>> = BTreeMap::new();
        self.connection
            .select(&statement, |row| -> Result<(), RegistryError> {
                let (parent, child) = (row.get_str(0)?, row.get_str(1)?);
                match chains.get_mut(parent) {
                    Some(children) => children.push(child.to_owned()),
                    None => drop(chains.insert(parent.to_owned(), vec![child.to_owned()])),
                }
                Ok(())
            })?;
        chains.retain(|parent, children| {
            children.retain(|child| self.shows(child));
            self.shows(parent) && !children.is_empty()
        });
        Ok(chains)
    }

    /// The direct children of a CHAINED collection in search order.
    pub fn chain_children(&mut self, parent: &str) -> Result<Vec<String>, RegistryError> {
        let statement = self.connection.statement();
        let statement = match self.managers.collections {
            CollectionKey::Id => statement
                .text("SELECT c.name FROM ")
                .table("collection")
                .text(" AS p JOIN ")
                .table("collection_chain")
                .text(" AS x ON x.parent = p.collection_id JOIN ")
                .table("collection")
                .text(" AS c ON c.collection_id = x.child WHERE p.name = ")
                .bind(parent)
                .text(" ORDER BY x.position"),
            CollectionKey::Name => statement
                .text("SELECT child FROM ")
                .table("collection_chain")
                .text(" WHERE parent = ")
                .bind(parent)
                .text(" ORDER BY position"),
        };
        let mut children: Vec<String> = self
            .connection
            .collect(&statement, |row| Ok(row.get_str(0)?.to_owned()))?;
        children.retain(|child| self.shows(parent) && self.shows(child));
        Ok(children)
    }

    /// The CHAINED collections that have these ones as direct children, by the child's name. Ask for some hundreds at a
    /// time: each is bound to the statement.
    pub fn parent_chains(
        &mut self,
        children: &[&Collection],
    ) -> Result<BTreeMap<String, BTreeSet<String>>, RegistryError> {
        if children.is_empty() {
            return Ok(BTreeMap::new());
        }
        let keys: Vec<Value> = children.iter().map(|c| self.collection_key(c)).collect();
        let statement = self.connection.statement();
        let statement = match self.managers.collections {
            CollectionKey::Id => statement
                .text("SELECT c.name, p.name FROM ")
                .table("collection_chain")
                .text(" AS x JOIN ")
                .table("collection")
                .text(" AS p ON p.collection_id = x.parent JOIN ")
                .table("collection")
                .text(" AS c ON c.collection_id = x.child"),
            CollectionKey::Name => statement
                .text("SELECT x.child, x.parent FROM ")
                .table("collection_chain")
                .text(" AS x"),
        };
        let statement = statement.text(" WHERE x.child IN (");
        let statement = statement.bind_all(keys).text(")");
        let mut parents: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        self.connection
            .select(&statement, |row| -> Result<(), RegistryError> {
                let (child, parent) = (row.get_str(0)?.to_owned(), row.get_str(1)?.to_owned());
                parents.entry(child).or_default().insert(parent);
                Ok(())
            })?;
        parents.retain(|child, parents| {
            parents.retain(|parent| self.shows(parent));
            self.shows(child) && !parents.is_empty()
        });
        Ok(parents)
    }

    /// Make these the children of a CHAINED collection in this order, within the caller's transaction; a name that comes
    /// twice counts where it comes first. Returns the children that the chain had before.
    ///
    /// # Errors
    /// [`RegistryError::Missing`] for the chain or a child, [`RegistryError::Conflict`] if `parent` is not a chain,
    /// [`RegistryError::Invalid`] if the chain would contain itself.
    pub fn set_collection_chain(
        &mut self,
        parent: &str,
        children: &[String],
    ) -> Result<Vec<String>, RegistryError> {
        let chain = self.collection(parent)?;
        if chain.collection_type != CollectionType::Chained {
            return Err(RegistryError::Conflict {
                kind: "collection",
                name: parent.to_owned(),
                existing: format!("type {}", chain.collection_type),
                requested: format!("type {}", CollectionType::Chained),
            });
        }
        let parent_key = self.collection_key(&chain);
        self.lock_chain(&parent_key)?;
        let mut chains = self.collection_chains()?;
        check_cycle(&chains, parent, children)?;
        let mut seen = BTreeSet::new();
        let mut keys = Vec::new();
        for child in children.iter().filter(|c| seen.insert(c.as_str())) {
            let child = self.collection(child)?;
            keys.push(self.collection_key(&child));
        }
        let statement = self.connection.statement().text("DELETE FROM ");
        let statement = statement.table("collection_chain").text(" WHERE parent = ");
        self.connection.run(&statement.bind(parent_key.clone()))?;
        for (position, child) in (0i64..).zip(keys) {
            let statement = self.connection.statement().text("INSERT INTO ");
            let statement = statement.table("collection_chain");
            let statement = statement.text(" (parent, position, child) VALUES (");
            let values = [parent_key.clone(), Value::Int(position), child];
            self.connection.run(&statement.bind_all(values).text(")"))?;
        }
        Ok(chains.remove(parent).unwrap_or_default())
    }

    /// Two processes that set the same chain must do so one after the other.
    fn lock_chain(&mut self, key: &Value) -> Result<(), RegistryError> {
        if self.connection.dialect() == Dialect::Sqlite {
            return Ok(());
        }
        let statement = self.connection.statement().text("SELECT 1 FROM ");
        let statement = statement.table("collection").text(" WHERE ");
        let statement = statement.name(self.managers.collections.column());
        let statement = statement.text(" = ").bind(key.clone()).text(" FOR UPDATE");
        self.connection
            .select(&statement, |_| Ok::<(), RegistryError>(()))
    }
}

fn check_cycle(
    chains: &BTreeMap<String, Vec<String>>,
    parent: &str,
    children: &[String],
) -> Result<(), RegistryError> {
    let mut todo: Vec<&str> = children.iter().map(String::as_str).collect();
    let mut seen = BTreeSet::new();
    while let Some(name) = todo.pop() {
        if name == parent {
            return Err(RegistryError::Invalid(format!(
                "cycle in collection chaining when defining '{parent}'"
            )));
        }
        if seen.insert(name) {
            let below = chains.get(name).into_iter().flatten();
            todo.extend(below.map(String::as_str));
        }
    }
    Ok(())
}
