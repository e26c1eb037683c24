//! What the repo knows: values of dimensions, looked up when they are asked for.

use std::collections::HashMap;

use pantry_registry::Registry;
use pantry_registry::database::Value;
use pantry_registry::model::dataset_type::DatasetType;

use crate::Error;

/// Answers that are kept.
const CACHED: usize = 100_000;

/// A filter of an instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) instrument: String,
    pub(super) name: String,
    pub(super) band: Option<String>,
}

/// The repo.
pub(super) struct Known<'a> {
    registry: &'a mut Registry,
    /// Names of sky maps, and columns of their grids of patches.
    pub(super) skymaps: Vec<(String, i64)>,
    pub(super) instruments: Vec<String>,
    pub(super) filters: Vec<Filter>,
    pub(super) dataset_types: Vec<DatasetType>,
    answers: HashMap<String, Option<i64>>,
}

impl<'a> Known<'a> {
    pub(super) fn read(registry: &'a mut Registry) -> Result<Self, Error> {
        let types = registry.dataset_types()?.into_iter();
        let mut known = Self {
            dataset_types: types.map(|t| t.dataset_type).collect(),
            registry,
            skymaps: Vec::new(),
            instruments: Vec::new(),
            filters: Vec::new(),
            answers: HashMap::new(),
        };
        for row in known.rows("skymap", &["name", "patch_nx_max"])? {
            if let [Some(name), columns] = row.as_slice() {
                let columns = columns.as_ref().and_then(|c| c.parse().ok());
                known.skymaps.push((name.clone(), columns.unwrap_or(0)));
            }
        }
        let instruments = known.rows("instrument", &["name"])?;
        known.instruments = instruments.into_iter().flatten().flatten().collect();
        for row in known.rows("physical_filter", &["instrument", "name", "band"])? {
            if let [Some(instrument), Some(name), band] = row.as_slice() {
                known.filters.push(Filter {
                    instrument: instrument.clone(),
                    name: name.clone(),
                    band: band.clone(),
                });
            }
        }
        Ok(known)
    }

    /// All records of a small element, in their order, as text.
    fn rows(&mut self, element: &str, columns: &[&str]) -> Result<Vec<Vec<Option<String>>>, Error> {
        if self.registry.universe().get(element).is_none() {
            return Ok(Vec::new());
        }
        let connection = self.registry.connection();
        let statement = connection.statement().text("SELECT ").names(columns);
        let statement = statement.text(" FROM ").table(element);
        let statement = statement.text(" ORDER BY ").names(columns);
        let mut rows = Vec::new();
        connection.select(&statement, |row| {
            let mut values = Vec::with_capacity(columns.len());
            for (at, column) in columns.iter().enumerate() {
                values.push(match *column {
                    "patch_nx_max" => row.get_opt_i64(at)?.map(|v| v.to_string()),
                    _ => row.get_opt_str(at)?.map(str::to_owned),
                });
            }
            rows.push(values);
            Ok::<(), Error>(())
        })?;
        Ok(rows)
    }

    /// The id of a record with these values; `None` if there is none. `governor` is the instrument or sky map.
    pub(super) fn id(
        &mut self,
        element: &str,
        governor: &str,
        values: &[(&str, i64)],
    ) -> Result<Option<i64>, Error> {
        let asked = format!("{element} {governor} {values:?}");
        if let Some(known) = self.answers.get(&asked) {
            return Ok(*known);
        }
        let universe = self.registry.universe();
        let is_there = universe.get(element).is_some_and(|e| e.has_own_table());
        let mut found = None;
        if is_there {
            let column = match element {
                "tract" | "patch" => "skymap",
                _ => "instrument",
            };
            let connection = self.registry.connection();
            let statement = connection.statement().text("SELECT ").name("id");
            let statement = statement.text(" FROM ").table(element).text(" WHERE ");
            let statement = statement.name(column).text(" = ");
            let mut statement = statement.bind(Value::Text(governor.to_owned()));
            for (name, value) in values {
                statement = statement.text(" AND ").name(name).text(" = ");
                statement = statement.bind(Value::Int(*value));
            }
            connection.select(&statement.text(" LIMIT 1"), |row| {
                found = Some(row.get_i64(0)?);
                Ok::<(), Error>(())
            })?;
        }
        if self.answers.len() == CACHED {
            self.answers.clear();
        }
        self.answers.insert(asked, found);
        Ok(found)
    }
}
