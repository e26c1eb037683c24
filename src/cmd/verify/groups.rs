//! How many datasets there are of each run and dataset type, and of how many something is wrong.
use std::collections::{BTreeMap, BTreeSet};

use pantry_import::verify::Finding;
use pantry_registry::Registry;
use uuid::Uuid;

use crate::failure::Failure;
use crate::html::Bar;

/// Datasets that are counted by run and type; the findings about others are only in the list.
const MOST: usize = 1_000_000;

/// Datasets that are looked up together.
const TOGETHER: usize = 500;

/// The datasets that findings are about.
#[derive(Default)]
pub struct Concerned {
    ids: BTreeSet<Uuid>,
}

impl Concerned {
    /// Take note of a finding.
    pub fn add(&mut self, finding: &Finding) {
        let id = finding.dataset_id.as_deref();
        let id: Option<Uuid> = id.and_then(|id| id.parse().ok());
        if self.ids.len() < MOST {
            self.ids.extend(id);
        }
    }

    /// A bar for each run and dataset type.
    ///
    /// # Errors
    /// Those of the registry.
    pub fn bars(self, registry: &mut Registry) -> Result<Vec<Bar>, Failure> {
        let mut bars: BTreeMap<(String, String), (u64, u64)> = BTreeMap::new();
        let key = registry.managers().collections;
        let connection = registry.connection();
        let statement = connection
            .statement()
            .text("SELECT c.name, t.name, count(*) FROM ");
        let statement = statement.table("dataset").text(" d JOIN ");
        let statement = statement
            .table("collection")
            .text(" c ON c.")
            .name(key.column());
        let statement = statement
            .text(" = d.")
            .name(key.run_reference())
            .text(" JOIN ");
        let statement = statement.table("dataset_type");
        let statement = statement.text(" t ON t.id = d.dataset_type_id GROUP BY c.name, t.name");
        connection.select(&statement, |row| -> Result<(), Failure> {
            let group = (row.get_str(0)?.to_owned(), row.get_str(1)?.to_owned());
            let count = u64::try_from(row.get_i64(2)?).unwrap_or(0);
            bars.insert(group, (count, 0));
            Ok(())
        })?;
        let ids: Vec<Uuid> = self.ids.into_iter().collect();
        for some in ids.chunks(TOGETHER) {
            for dataset in registry.datasets(some)? {
                let group = (dataset.run, dataset.dataset_type.name.clone());
                bars.entry(group).or_default().1 += 1;
            }
        }
        let bar = |((run, name), (total, bad))| Bar {
            label: format!("{run}: {name}"),
            total,
            bad,
        };
        Ok(bars.into_iter().map(bar).collect())
    }
}
