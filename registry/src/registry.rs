//! The registry of an open repo.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::database::{Access, Connection, Value};
use crate::dataset_types::DatasetTypeOverrides;
use crate::error::RegistryError;
use crate::model::collection::Collection;
use crate::model::dimension_group::DimensionGroup;
use crate::model::universe::Universe;
use crate::schema::managers::{CollectionKey, Managers};
use crate::visibility::Visible;

/// The registry of an open repo: one connection, the universe, and the layout of the tables.
pub struct Registry {
    pub(crate) connection: Connection,
    pub(crate) universe: Arc<Universe>,
    pub(crate) managers: Managers,
    pub(crate) overrides: DatasetTypeOverrides,
    pub(crate) read_only: Option<String>,
    /// Dimension groups that were read before.
    pub(crate) known_groups: Arc<BTreeMap<i64, DimensionGroup>>,
    /// The only collections that there are for who asks; `None` for all.
    pub(crate) visible: Option<Visible>,
}

impl Registry {
    /// The connection, for statements of one's own.
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The dimension universe that the repo carries.
    pub fn universe(&self) -> &Arc<Universe> {
        &self.universe
    }

    /// The layout of the tables.
    pub fn managers(&self) -> Managers {
        self.managers
    }

    /// Why the repo must not be written although its database could be; `None` if it may be.
    pub fn read_only_reason(&self) -> Option<&str> {
        self.read_only.as_deref()
    }

    /// Whether this registry was opened for writing.
    pub fn is_writeable(&self) -> bool {
        self.connection.access() == Access::ReadWrite
    }

    /// Run `work` in a write transaction: commit if it succeeds, roll back if it fails.
    pub fn write<T, E: From<RegistryError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.connection.begin_write()?;
        let result = work(self).and_then(|value| {
            self.connection.commit()?;
            Ok(value)
        });
        if result.is_err() {
            // The first error says what is wrong; a failing rollback (a lost connection) would only hide it.
            let _ = self.connection.rollback();
        }
        result
    }

    /// Run `work` so that all its queries see the same state; it only reads.
    pub fn read<T, E: From<RegistryError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.connection.in_transaction() {
            return work(self);
        }
        self.connection.begin_read()?;
        let result = work(self);
        let ended = self.connection.rollback();
        let value = result?;
        ended?;
        Ok(value)
    }

    /// What columns that refer to a collection (`collection_id`, `run_id`, `parent`, ...) hold for this one.
    pub fn collection_key(&self, collection: &Collection) -> Value {
        match self.managers.collections {
            CollectionKey::Id => Value::Int(collection.id),
            CollectionKey::Name => Value::Text(collection.name.clone()),
        }
    }
}
