//! Which dimension records datasets need (`DirectButler._extract_all_dimension_records_from_data_ids`,
//! `lsst/daf/butler/direct_butler/_direct_butler.py`): those of all elements of their dimensions; those that come with such a
//! record, as the definition of a visit; and those that these refer to.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use pantry_registry::Registry;
use pantry_registry::listing::RowQuery;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::element::Element;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::execute::{QueryInputs, ResultValue, execute};
use pantry_registry::query::lookup::{DimensionRecord, find_records};
use pantry_registry::query::tree::QueryTree;
use rusqlite::types::ValueRef;

use super::selection::{Selection, key};
use crate::load::quote;
use crate::{Error, Watch};

/// Keys that are read together.
const BATCH: usize = 2000;

/// Takes keys, and says whether it wants more.
type VisitKeys<'a> = dyn FnMut(&[Vec<DataIdValue>]) -> Result<bool, Error> + 'a;

/// The keys of the records that are written: those that the data IDs of datasets hold, and those in tables of the stage.
pub(super) struct Needed {
    universe: Arc<Universe>,
    /// Elements with a table of further keys.
    further: BTreeSet<String>,
}

impl Needed {
    /// Only what the data IDs of datasets hold.
    pub(super) fn of_data_ids(universe: &Arc<Universe>) -> Self {
        Self {
            universe: Arc::clone(universe),
            further: BTreeSet::new(),
        }
    }

    /// Find out; `elements` are those all of whose records are wanted.
    pub(super) fn find(
        registry: &mut Registry,
        selection: &Selection,
        elements: &[String],
        watch: &dyn Watch,
    ) -> Result<Self, Error> {
        let universe = Arc::clone(registry.universe());
        let mut needed = Self::of_data_ids(&universe);
        let mut with_records = BTreeSet::new();
        let populated = universe
            .elements()
            .iter()
            .filter(|e| e.populated_by.is_some());
        let asked: BTreeSet<&str> = populated
            .flat_map(|e| [Some(e.name.as_str()), e.populated_by.as_deref()])
            .flatten()
            .collect();
        for element in asked.into_iter().filter_map(|name| universe.get(name)) {
            if needed.has_record(registry, selection, element)? {
                with_records.insert(element.name.as_str());
            }
        }
        for element in universe.elements() {
            let source = element.populated_by.as_deref();
            let source = source.filter(|s| with_records.contains(s) && *s != element.name);
            if let Some(source) = source.and_then(|name| universe.get(name))
                && !with_records.contains(element.name.as_str())
            {
                needed.populated(registry, selection, source, element, watch)?;
            }
        }
        // What depends on others comes first, so that the others are known when it is their turn.
        for element in universe.elements().iter().rev() {
            if needed.further.contains(&element.name) {
                needed.referred(registry, selection, element, watch)?;
            }
        }
        for element in elements.iter().filter_map(|name| universe.get(name)) {
            needed.all(registry, selection, element)?;
        }
        Ok(needed)
    }

    /// Whether a record of an element comes with the data ID of a dataset.
    fn has_record(
        &self,
        registry: &mut Registry,
        selection: &Selection,
        element: &Element,
    ) -> Result<bool, Error> {
        let mut found = false;
        self.each_batch(selection, element, &mut |keys| {
            let records = find_records(registry, element, &element.required, keys)?;
            found = !records.is_empty();
            Ok(!found)
        })?;
        Ok(found)
    }

    /// The records that the data IDs of datasets or further keys mean, in order of their keys, in batches.
    pub(super) fn each_record(
        &self,
        registry: &mut Registry,
        selection: &Selection,
        element: &Element,
        visit: &mut dyn FnMut(&DimensionRecord) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.each_batch(selection, element, &mut |keys| {
            let records = find_records(registry, element, &element.required, keys)?;
            records.iter().try_for_each(&mut *visit)?;
            Ok(true)
        })
    }

    /// The values of a dimension without records of its own, sorted.
    pub(super) fn each_key(
        &self,
        selection: &Selection,
        dimension: &str,
        visit: &mut dyn FnMut(&str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Some(element) = self.universe.get(dimension) else {
            return Ok(());
        };
        self.each_batch(selection, element, &mut |keys| {
            for key in keys.iter().flatten() {
                visit(&key.to_string())?;
            }
            Ok(true)
        })
    }

    /// Note the keys of the records of `element` that belong to the records of `source`.
    fn populated(
        &mut self,
        registry: &mut Registry,
        selection: &Selection,
        source: &Element,
        element: &Element,
        watch: &dyn Watch,
    ) -> Result<(), Error> {
        self.further(selection, element)?;
        self.each_batch(selection, source, &mut |keys| {
            check(watch)?;
            for record in find_records(registry, element, &source.required, keys)? {
                self.note_key(selection, element, |d| value(element, &record, d))?;
            }
            Ok(true)
        })
    }

    /// Note the keys of the records that the further records of an element refer to.
    fn referred(
        &mut self,
        registry: &mut Registry,
        selection: &Selection,
        element: &Element,
        watch: &dyn Watch,
    ) -> Result<(), Error> {
        let universe = Arc::clone(&self.universe);
        let others = element.required.iter().chain(&element.implied);
        let others = others.filter(|name| **name != element.name);
        let others = others.filter_map(|name| universe.get(name));
        let others: Vec<&Element> = others.filter(|e| e.has_own_table()).collect();
        for other in &others {
            self.further(selection, other)?;
        }
        let width = element.required.len();
        let sql = format!(
            "SELECT * FROM {} ORDER BY {}",
            further(element),
            order(width)
        );
        batches(selection, &sql, width, &mut |keys| {
            check(watch)?;
            for record in find_records(registry, element, &element.required, keys)? {
                for other in &others {
                    self.note_key(selection, other, |d| value(element, &record, d))?;
                }
            }
            Ok(true)
        })
    }

    /// Note the keys of all records of an element.
    fn all(
        &mut self,
        registry: &mut Registry,
        selection: &Selection,
        element: &Element,
    ) -> Result<(), Error> {
        self.further(selection, element)?;
        let tree = QueryTree::identity(&self.universe);
        let query = RowQuery::dimension_records(tree, &element.name)?;
        let mut failed = None;
        let inputs = QueryInputs::default();
        execute(registry, &query.tree, &query.spec, &inputs, |row| {
            let key = |d: &str| row.key(d).and_then(ResultValue::data_id_value);
            failed = self.note_key(selection, element, key).err();
            Ok(failed.is_none())
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// Make the table of further keys of an element.
    fn further(&mut self, selection: &Selection, element: &Element) -> Result<(), Error> {
        if self.further.insert(element.name.clone()) {
            let keys: Vec<String> = element.required.iter().map(|d| key(d)).collect();
            let keys = keys.join(", ");
            selection.connection().execute_batch(&format!(
                "CREATE TABLE {} ({keys}, PRIMARY KEY ({keys})) WITHOUT ROWID",
                further(element)
            ))?;
        }
        Ok(())
    }

    fn note_key(
        &self,
        selection: &Selection,
        element: &Element,
        value: impl Fn(&str) -> Option<DataIdValue>,
    ) -> Result<(), Error> {
        let values: Option<Vec<DataIdValue>> = element.required.iter().map(|d| value(d)).collect();
        let Some(values) = values else {
            return Ok(());
        };
        let marks = vec!["?"; values.len()].join(", ");
        let table = further(element);
        let sql = format!("INSERT OR IGNORE INTO {table} VALUES ({marks})");
        let values = values.into_iter().map(|value| match value {
            DataIdValue::Int(v) => rusqlite::types::Value::Integer(v),
            DataIdValue::Str(v) => rusqlite::types::Value::Text(v),
        });
        let mut insert = selection.connection().prepare_cached(&sql)?;
        insert.execute(rusqlite::params_from_iter(values))?;
        Ok(())
    }

    /// Hand the keys of an element over, sorted, until `visit` says `false`.
    fn each_batch(
        &self,
        selection: &Selection,
        element: &Element,
        visit: &mut VisitKeys<'_>,
    ) -> Result<(), Error> {
        let columns: Vec<String> = element.required.iter().map(|d| key(d)).collect();
        let columns = columns.join(", ");
        let mut parts: Vec<String> = Vec::new();
        for set in selection.sets() {
            if set
                .dataset_type
                .dimensions
                .elements()
                .any(|e| e == element.name)
            {
                parts.push(format!("SELECT DISTINCT {columns} FROM {}", set.table));
            }
        }
        if self.further.contains(&element.name) {
            parts.push(format!("SELECT {columns} FROM {}", further(element)));
        }
        if parts.is_empty() {
            return Ok(());
        }
        let width = element.required.len();
        let sql = format!("{} ORDER BY {}", parts.join(" UNION "), order(width));
        batches(selection, &sql, width, visit)
    }
}

/// Name of the table of further keys of an element, quoted.
fn further(element: &Element) -> String {
    quote(&format!("further_{}", element.name))
}

/// The first columns, to sort by.
fn order(columns: usize) -> String {
    let order = (1..=columns).map(|n| n.to_string());
    order.collect::<Vec<_>>().join(", ")
}

/// The value that a record of an element has of a dimension that the element requires or implies.
fn value(element: &Element, record: &DimensionRecord, dimension: &str) -> Option<DataIdValue> {
    let required = element.required.iter().position(|d| d == dimension);
    let implied = || record.fields.iter().position(|(name, _)| name == dimension);
    let (_, value) = record.fields.get(required.or_else(implied)?)?;
    value.data_id_value()
}

fn check(watch: &dyn Watch) -> Result<(), Error> {
    match watch.cancelled().load(Ordering::Relaxed) {
        true => Err(Error::Interrupted),
        false => Ok(()),
    }
}

fn batches(
    selection: &Selection,
    sql: &str,
    width: usize,
    visit: &mut VisitKeys<'_>,
) -> Result<(), Error> {
    let mut select = selection.connection().prepare(sql)?;
    let mut rows = select.query([])?;
    let mut batch: Vec<Vec<DataIdValue>> = Vec::with_capacity(BATCH);
    while let Some(row) = rows.next()? {
        let mut key = Vec::with_capacity(width);
        for i in 0..width {
            key.push(match row.get_ref(i)? {
                ValueRef::Integer(v) => DataIdValue::Int(v),
                other => {
                    let text = other.as_str().map_err(rusqlite::Error::from)?;
                    DataIdValue::Str(text.to_owned())
                }
            });
        }
        batch.push(key);
        if batch.len() == BATCH {
            if !visit(&batch)? {
                return Ok(());
            }
            batch.clear();
        }
    }
    if !batch.is_empty() {
        visit(&batch)?;
    }
    Ok(())
}
