//! Expands data IDs with the records that file templates refer to, from the registry or from the stage.

use std::collections::HashMap;
use std::rc::Rc;

use pantry_registry::Registry;
use pantry_registry::model::column::ColumnType;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::element::Element;
use pantry_registry::model::universe::Universe;
use rusqlite::types::ValueRef;

use crate::Error;
use crate::export::record_table;
use crate::load::{quote, tables};
use crate::stage::Stage;

/// A value of a record's field.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordValue {
    /// No value.
    Null,
    /// An integer.
    Int(i64),
    /// A boolean.
    Bool(bool),
    /// A floating point number.
    Float(f64),
    /// Text.
    Text(String),
}

/// Fields of one dimension record; region and timespan are left out.
#[derive(Debug, Default)]
pub struct Record {
    fields: Vec<(String, RecordValue)>,
}

impl Record {
    /// Value of a field; `None` if the element has no such field.
    pub fn get(&self, field: &str) -> Option<&RecordValue> {
        self.fields
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, value)| value)
    }
}

/// A data ID with the records of its dimensions.
pub struct Expanded {
    /// Values of required and implied dimensions.
    pub values: HashMap<String, DataIdValue>,
    /// Records by dimension.
    pub records: HashMap<String, Rc<Record>>,
}

/// Records that are kept before the cache starts over: bounds its memory.
const CACHED: usize = 50_000;

/// Looks records up, the registry's first, because those stay when both have one.
pub struct Expander<'a> {
    registry: &'a mut Registry,
    stage: &'a Stage,
    cache: HashMap<(String, Vec<DataIdValue>), Rc<Record>>,
    /// Whether the registry's table of an element has rows, and whether the stage's exists (with an index by now).
    tables: HashMap<String, (bool, bool)>,
}

impl<'a> Expander<'a> {
    /// A new expander.
    pub fn new(registry: &'a mut Registry, stage: &'a Stage) -> Self {
        Self {
            registry,
            stage,
            cache: HashMap::new(),
            tables: HashMap::new(),
        }
    }

    /// Look up the records of all dimensions of a data ID.
    pub fn expand(
        &mut self,
        dimensions: &DimensionGroup,
        required: &[DataIdValue],
    ) -> Result<Expanded, Error> {
        let universe = dimensions.universe().clone();
        let mut expanded = Expanded {
            values: dimensions
                .required()
                .map(str::to_owned)
                .zip(required.iter().cloned())
                .collect(),
            records: HashMap::new(),
        };
        for name in dimensions.lookup_order() {
            let Some(element) = universe
                .get(name)
                .filter(|e| e.is_dimension() && e.has_own_table())
            else {
                continue;
            };
            let key: Option<Vec<DataIdValue>> = element
                .required
                .iter()
                .map(|d| expanded.values.get(d).cloned())
                .collect();
            let Some(key) = key else { continue };
            let record = self.record(&universe, element, key)?;
            for implied in &element.implied {
                let value = match record.get(implied) {
                    Some(RecordValue::Int(v)) => DataIdValue::Int(*v),
                    Some(RecordValue::Text(v)) => DataIdValue::Str(v.clone()),
                    _ => continue,
                };
                expanded.values.entry(implied.clone()).or_insert(value);
            }
            expanded.records.insert(name.to_owned(), record);
        }
        Ok(expanded)
    }

    fn record(
        &mut self,
        universe: &Universe,
        element: &Element,
        key: Vec<DataIdValue>,
    ) -> Result<Rc<Record>, Error> {
        let cached = (element.name.clone(), key);
        if let Some(record) = self.cache.get(&cached) {
            return Ok(Rc::clone(record));
        }
        let (in_registry, in_stage) = self.tables(universe, element)?;
        let mut found = None;
        if in_registry {
            found = self.find_in_registry(universe, element, &cached.1)?;
        }
        if found.is_none() && in_stage {
            found = self.find_in_stage(universe, element, &cached.1)?;
        }
        let record = Rc::new(found.unwrap_or_default());
        if self.cache.len() >= CACHED {
            self.cache.clear();
        }
        self.cache.insert(cached, Rc::clone(&record));
        Ok(record)
    }

    fn tables(&mut self, universe: &Universe, element: &Element) -> Result<(bool, bool), Error> {
        if let Some(known) = self.tables.get(&element.name) {
            return Ok(*known);
        }
        let in_registry = !tables::is_empty(self.registry, &element.name)?;
        let table = record_table(&element.name);
        let in_stage = self.stage.get(&table).is_some();
        if in_stage {
            let columns: Vec<String> = universe
                .required_columns(element)
                .iter()
                .map(|(_, f, _)| quote(f))
                .collect();
            self.stage.connection().execute_batch(&format!(
                "CREATE INDEX IF NOT EXISTS {} ON {} ({})",
                quote(&format!("{table}_key")),
                quote(&table),
                columns.join(", ")
            ))?;
        }
        self.tables
            .insert(element.name.clone(), (in_registry, in_stage));
        Ok((in_registry, in_stage))
    }

    fn find_in_registry(
        &mut self,
        universe: &Universe,
        element: &Element,
        key: &[DataIdValue],
    ) -> Result<Option<Record>, Error> {
        let columns = plain_columns(universe, element);
        let connection = self.registry.connection();
        let mut statement = connection
            .statement()
            .text("SELECT ")
            .names(columns.iter().map(|(n, _)| n));
        statement = statement.text(" FROM ").table(&element.name);
        let mut joint = " WHERE ";
        for ((_, field, _), value) in universe.required_columns(element).into_iter().zip(key) {
            statement = statement.text(joint).name(field).text(" = ").bind(value);
            joint = " AND ";
        }
        let mut found = None;
        connection.select(&statement, |row| {
            let mut record = Record::default();
            for (i, (name, column_type)) in columns.iter().enumerate() {
                let value = match column_type {
                    ColumnType::Int => row.get_opt_i64(i)?.map(RecordValue::Int),
                    ColumnType::Bool => row.get_opt_bool(i)?.map(RecordValue::Bool),
                    ColumnType::Float => row.get_opt_f64(i)?.map(RecordValue::Float),
                    _ => row.get_opt_str(i)?.map(|v| RecordValue::Text(v.to_owned())),
                };
                record
                    .fields
                    .push((name.clone(), value.unwrap_or(RecordValue::Null)));
            }
            found = Some(record);
            Ok::<(), Error>(())
        })?;
        Ok(found)
    }

    fn find_in_stage(
        &self,
        universe: &Universe,
        element: &Element,
        key: &[DataIdValue],
    ) -> Result<Option<Record>, Error> {
        let columns = plain_columns(universe, element);
        let names: Vec<String> = columns.iter().map(|(n, _)| quote(n)).collect();
        let terms: Vec<String> = universe
            .required_columns(element)
            .iter()
            .map(|(_, field, _)| format!("{} = ?", quote(field)))
            .collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE {} ORDER BY seq LIMIT 1",
            names.join(", "),
            quote(&record_table(&element.name)),
            terms.join(" AND ")
        );
        let mut select = self.stage.connection().prepare_cached(&sql)?;
        let key = key.iter().map(|v| match v {
            DataIdValue::Int(v) => rusqlite::types::Value::Integer(*v),
            DataIdValue::Str(v) => rusqlite::types::Value::Text(v.clone()),
        });
        let mut rows = select.query(rusqlite::params_from_iter(key))?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let mut record = Record::default();
        for (i, (name, column_type)) in columns.iter().enumerate() {
            let value = match row.get_ref(i)? {
                ValueRef::Integer(v) if *column_type == ColumnType::Bool => {
                    RecordValue::Bool(v != 0)
                }
                ValueRef::Integer(v) => RecordValue::Int(v),
                ValueRef::Real(v) => RecordValue::Float(v),
                ValueRef::Text(v) => RecordValue::Text(String::from_utf8_lossy(v).into_owned()),
                ValueRef::Null | ValueRef::Blob(_) => RecordValue::Null,
            };
            record.fields.push((name.clone(), value));
        }
        Ok(Some(record))
    }
}

/// Columns whose values templates can use.
fn plain_columns(universe: &Universe, element: &Element) -> Vec<(String, ColumnType)> {
    universe
        .record_columns(element)
        .into_iter()
        .filter(|c| {
            !matches!(
                c.column_type,
                ColumnType::Region | ColumnType::Timespan | ColumnType::Hash { .. }
            )
        })
        .map(|c| (c.name, c.column_type))
        .collect()
}
