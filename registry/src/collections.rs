//! Collections: reading and registering them (`lsst/daf/butler/registry/collections/_base.py`).

use crate::database::{Row, Statement, Value};
use crate::error::RegistryError;
use crate::model::collection::{Collection, CollectionType};
use crate::model::timespan::Timespan;
use crate::registry::Registry;
use crate::schema::collection_tables::COLLECTION_NAME_LENGTH;
use crate::schema::dialect::Dialect;
use crate::schema::managers::CollectionKey;

impl Registry {
    /// All collections in order of name.
    pub fn collections(&mut self) -> Result<Vec<Collection>, RegistryError> {
        let statement = self.select_collections().text(" ORDER BY name");
        self.collect_collections(&statement)
    }

    /// The collections of these names that exist.
    pub fn collections_named(
        &mut self,
        names: &[String],
    ) -> Result<Vec<Collection>, RegistryError> {
        let names = names.iter().map(|n| Value::Text(n.clone()));
        let statement = self.select_collections().text(" WHERE name IN (");
        let statement = statement.bind_all(names).text(")");
        self.collect_collections(&statement)
    }

    /// The collection of this name.
    pub fn find_collection(&mut self, name: &str) -> Result<Option<Collection>, RegistryError> {
        let statement = self.select_collections().text(" WHERE name = ").bind(name);
        Ok(self.collect_collections(&statement)?.pop())
    }

    /// The collection of this name.
    ///
    /// # Errors
    /// [`RegistryError::Missing`].
    pub fn collection(&mut self, name: &str) -> Result<Collection, RegistryError> {
        self.find_collection(name)?
            .ok_or_else(|| RegistryError::Missing {
                kind: "collection",
                name: name.to_owned(),
            })
    }

    /// On which host a run was made and when, if that is recorded.
    pub fn run_details(
        &mut self,
        run: &Collection,
    ) -> Result<(Option<String>, Option<Timespan>), RegistryError> {
        let key = self.collection_key(run);
        let statement = self.connection.statement();
        let timespan = statement.dialect().timespan_columns("timespan");
        let columns = std::iter::once("host".to_owned()).chain(timespan);
        let statement = statement.text("SELECT ").names(columns).text(" FROM ");
        let statement = statement.table("run").text(" WHERE ");
        let statement = statement.name(self.managers.collections.column());
        let statement = statement.text(" = ").bind(key);
        let mut found = self.connection.collect(&statement, |row| {
            let host = row.get_opt_str(0)?.map(str::to_owned);
            Ok((host, row.get_opt_timespan(1)?))
        })?;
        Ok(found.pop().unwrap_or_default())
    }

    fn select_collections(&self) -> Statement {
        let id = match self.managers.collections {
            CollectionKey::Id => "collection_id",
            CollectionKey::Name => "0",
        };
        let select = format!("SELECT {id}, name, type, doc FROM ");
        let statement = self.connection.statement();
        statement.text(&select).table("collection")
    }

    fn collect_collections(
        &mut self,
        statement: &Statement,
    ) -> Result<Vec<Collection>, RegistryError> {
        let mut found = self.connection.collect(statement, read_collection)?;
        // The servers of PostgreSQL sort by their own locale; everybody else here sorts by code point.
        found.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        found.retain(|collection| self.shows(&collection.name));
        Ok(found)
    }

    /// Make a collection unless it is there, within the caller's transaction. Returns it and whether it is new; the
    /// documentation of one that was there stays.
    ///
    /// # Errors
    /// [`RegistryError::Conflict`] if it is there with another type.
    pub fn register_collection(
        &mut self,
        name: &str,
        collection_type: CollectionType,
        doc: Option<&str>,
    ) -> Result<(Collection, bool), RegistryError> {
        if let Some(found) = self.find_collection(name)? {
            return check_type(found, collection_type).map(|c| (c, false));
        }
        let length = name.chars().count();
        if name.is_empty() || length > COLLECTION_NAME_LENGTH as usize {
            return Err(RegistryError::Invalid(format!(
                "a collection's name has 1 to {COLLECTION_NAME_LENGTH} characters, '{name}' has {length}"
            )));
        }
        let inserted = self.insert_collection(name, collection_type, doc)?;
        let found = self.collection(name)?;
        let collection = check_type(found, collection_type)?;
        if inserted && collection_type == CollectionType::Run {
            let key = self.collection_key(&collection);
            let statement = self.connection.statement().text("INSERT INTO ");
            let statement = statement.table("run").text(" (");
            let statement = statement.name(self.managers.collections.column());
            let statement = statement.text(") VALUES (").bind(key).text(")");
            self.connection.run(&statement)?;
        }
        Ok((collection, inserted))
    }

    /// Another process may be registering the same name; then its row is the one.
    fn insert_collection(
        &mut self,
        name: &str,
        collection_type: CollectionType,
        doc: Option<&str>,
    ) -> Result<bool, RegistryError> {
        let statement = self.connection.statement().text("INSERT INTO ");
        let statement = statement.table("collection").text(" (");
        let generated = self.managers.collections == CollectionKey::Id
            && self.connection.dialect() == Dialect::Postgresql;
        let statement = if generated {
            let sequence = self.connection.table(&crate::schema::ddl::sequence_name(
                "collection",
                "collection_id",
                Dialect::Postgresql,
            ));
            statement
                .text("collection_id, name, type, doc) VALUES (nextval(")
                .bind(sequence.as_str())
                .text("::text::regclass), ")
        } else {
            statement.text("name, type, doc) VALUES (")
        };
        let statement = statement.bind(name).text(", ");
        let statement = statement.bind(collection_type.code()).text(", ");
        let statement = statement.bind(doc).text(") ON CONFLICT DO NOTHING");
        Ok(self.connection.run(&statement)? == 1)
    }

    /// Set or remove the documentation of a collection, within the caller's transaction.
    pub fn set_collection_doc(
        &mut self,
        collection: &Collection,
        doc: Option<&str>,
    ) -> Result<(), RegistryError> {
        let statement = self.connection.statement().text("UPDATE ");
        let statement = statement.table("collection").text(" SET doc = ").bind(doc);
        let statement = statement.text(" WHERE name = ");
        let statement = statement.bind(collection.name.as_str());
        self.connection.run(&statement).map(|_| ())
    }
}

fn read_collection(row: &Row<'_>) -> Result<Collection, RegistryError> {
    let code = row.get_i64(2)?;
    let name = row.get_str(1)?.to_owned();
    let collection_type = CollectionType::from_code(code).ok_or_else(|| {
        RegistryError::Corrupt(format!("collection '{name}' has the unknown type {code}"))
    })?;
    Ok(Collection {
        id: row.get_i64(0)?,
        name,
        collection_type,
        doc: row.get_opt_str(3)?.map(str::to_owned),
    })
}

fn check_type(found: Collection, wanted: CollectionType) -> Result<Collection, RegistryError> {
    if found.collection_type == wanted {
        return Ok(found);
    }
    Err(RegistryError::Conflict {
        kind: "collection",
        name: found.name,
        existing: format!("type {}", found.collection_type),
        requested: format!("type {wanted}"),
    })
}
