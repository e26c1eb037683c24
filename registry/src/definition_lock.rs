//! The lock of those who add dataset types, dimension groups or tables.

use crate::error::RegistryError;
use crate::registry::Registry;
use crate::schema::collection_tables::summary_name;

impl Registry {
    /// Wait until nobody else writes and keep other writers out until the transaction ends; readers go on. On SQLite a
    /// write transaction does that anyway.
    ///
    /// A table with foreign keys cannot be made on PostgreSQL without locking the tables that it refers to. Taken one
    /// by one in the middle of a transaction, such locks make two writers wait for each other for ever. So
    /// [`Registry::register_dataset_type`] takes them all first where it has to add something; whoever writes other rows
    /// before that in the same transaction calls this at its start.
    pub fn lock_definitions(&mut self) -> Result<(), RegistryError> {
        // In the order in which the reference locks them when it stores datasets.
        let mut names: Vec<String> = [
            "dimension_graph_key",
            "dimension_graph_definition",
            "collection",
            "run",
            "dataset_type",
            "dataset",
            "collection_summary_dataset_type",
        ]
        .map(str::to_owned)
        .to_vec();
        names.extend(self.universe.governors().map(|g| summary_name(&g.name)));
        let elements = self.universe.elements().iter();
        names.extend(
            elements
                .filter(|e| e.is_dimension() && e.has_own_table())
                .map(|e| e.name.clone()),
        );
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.connection.lock_tables(&names)
    }
}
