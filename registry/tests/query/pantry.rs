//! Pantry's engine as the comparison asks it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use pantry_registry::Registry;
use pantry_registry::config::{ButlerConfig, Environment, RegistryConfig};
use pantry_registry::database::Access;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::{
    CachedRecords, QueryInputs, ResultRow, ResultValue, any, count, execute, explain_no_results,
};
use pantry_registry::query::expression::{BindValue, Binds, IdentifierContext, where_predicate};
use pantry_registry::query::tree::{
    DatasetField, QueryTree, ResultColumn, ResultKind, ResultSpec, json,
};
use serde_json::{Map, Value, json};

use crate::answer::{Failed, Outcome, Rows};
use crate::engine::{AnyFlags, CountFlags, Engine, Question, Text};
use crate::inputs;

/// The engine over a repository.
pub fn open(repo: &Path) -> Box<dyn Engine> {
    let environment = Environment::from_process();
    let config = ButlerConfig::load(&repo.to_string_lossy(), &[], &environment)
        .expect("as the generator made it");
    let registry = RegistryConfig::of(&config, &environment).expect("as the generator made it");
    let registry = Registry::open(&registry, &environment, Access::ReadOnly)
        .expect("as the generator made it");
    Box::new(Pantry { registry })
}

struct Pantry {
    registry: Registry,
}

impl Engine for Pantry {
    fn execute(&mut self, question: &Question) -> Outcome<Rows> {
        outcome(self.rows(question))
    }

    fn count(&mut self, question: &Question) -> Outcome<u64> {
        let CountFlags { exact, discard } = question.count;
        outcome(self.read(question).and_then(|(tree, spec, inputs)| {
            count(&mut self.registry, &tree, &spec, &inputs, exact, discard)
        }))
    }

    fn any(&mut self, question: &Question) -> Outcome<bool> {
        let AnyFlags { execute, exact } = question.any;
        outcome(
            self.tree(question)
                .and_then(|(tree, inputs)| any(&mut self.registry, &tree, &inputs, execute, exact)),
        )
    }

    fn explain(&mut self, question: &Question) -> Outcome<BTreeSet<String>> {
        let messages = self
            .tree(question)
            .and_then(|(tree, inputs)| explain_no_results(&mut self.registry, &tree, &inputs));
        outcome(messages.map(|all| all.into_iter().collect()))
    }

    fn predicate(&mut self, text: &Text) -> Option<Outcome<Value>> {
        let universe = Arc::clone(self.registry.universe());
        let dimensions =
            DimensionGroup::conform(&universe, &text.dimensions).expect("as the generator made it");
        let mut binds = Binds::new();
        for (name, value) in text.bind.as_object().into_iter().flatten() {
            let literal = |v: &Value| {
                json::literal_from_json(v, &universe).expect("as the generator made it")
            };
            let value = match value {
                Value::Array(items) => BindValue::List(items.iter().map(literal).collect()),
                one => BindValue::Literal(literal(one)),
            };
            binds.insert(name, value);
        }
        let context = IdentifierContext {
            dimensions: &dimensions,
            datasets: &text.datasets,
            binds: &binds,
        };
        let predicate = where_predicate(&text.text, &context);
        Some(outcome(predicate.map(|p| json::predicate_to_json(&p))))
    }
}

fn outcome<T>(result: Result<T, QueryError>) -> Outcome<T> {
    match result {
        Ok(answer) => Outcome::Answer(answer),
        Err(error) => Outcome::Failed(Failed {
            error_type: error.error_type().map(str::to_owned),
            message: error.to_string(),
        }),
    }
}

impl Pantry {
    fn tree(&self, question: &Question) -> Result<(QueryTree, QueryInputs), QueryError> {
        let tree = json::tree_from_json(&question.tree, self.registry.universe())?;
        Ok((tree, inputs::read(question, self.registry.universe())?))
    }

    fn read(
        &self,
        question: &Question,
    ) -> Result<(QueryTree, ResultSpec, QueryInputs), QueryError> {
        let (tree, inputs) = self.tree(question)?;
        let spec = json::spec_from_json(&question.spec, self.registry.universe())?;
        Ok((tree, spec, inputs))
    }

    fn rows(&mut self, question: &Question) -> Result<Rows, QueryError> {
        let (tree, spec, inputs) = self.read(question)?;
        let universe = Arc::clone(self.registry.universe());
        let beside = |name: &&str| match spec.kind {
            // Records that are no columns.
            ResultKind::General { .. } => universe.get(name).is_some_and(|e| e.is_cached),
            _ => true,
        };
        let elements = spec.dimensions().elements().filter(beside);
        let elements: Vec<String> = elements.map(str::to_owned).collect();
        let cached = match spec.includes_dimension_records() {
            true => Some(CachedRecords::read(
                &mut self.registry,
                elements.iter().map(String::as_str),
            )?),
            false => None,
        };
        let mut rows = Vec::new();
        execute(&mut self.registry, &tree, &spec, &inputs, |row| {
            let mut values = values(&universe, &spec, row);
            if let Some(cached) = &cached {
                values.push(records(&universe, &elements, cached, row));
            }
            rows.push(values);
            Ok(true)
        })?;
        Ok(Rows {
            columns: columns(&universe, &spec),
            rows,
        })
    }
}

/// Names of the columns, as `tests/oracle/queries.py` has them.
fn columns(universe: &Universe, spec: &ResultSpec) -> Vec<String> {
    let mut names: Vec<String> = match &spec.kind {
        ResultKind::DimensionRecord { element, .. } => record_fields(universe, element)
            .into_iter()
            .map(|(name, _)| name)
            .collect(),
        ResultKind::General { .. } => {
            let columns = spec.result_columns().columns();
            columns.iter().map(ResultColumn::qualified_name).collect()
        }
        _ => {
            let keys = spec.dimensions().data_coordinate_keys();
            keys.map(str::to_owned).collect()
        }
    };
    if matches!(spec.kind, ResultKind::DatasetRef { .. }) {
        names.extend(["run".to_owned(), "id".to_owned()]);
    }
    if spec.includes_dimension_records() {
        names.push("records".to_owned());
    }
    names
}

fn values(universe: &Universe, spec: &ResultSpec, row: ResultRow<'_>) -> Vec<Value> {
    let keys = || {
        spec.dimensions()
            .data_coordinate_keys()
            .map(|d| shown(row.key(d)))
    };
    match &spec.kind {
        ResultKind::DataCoordinate { .. } => keys().collect(),
        ResultKind::DatasetRef {
            dataset_type_name, ..
        } => {
            let field =
                |field| ResultColumn::DatasetField(dataset_type_name.as_str().into(), field);
            let own = [DatasetField::Run, DatasetField::DatasetId];
            keys()
                .chain(own.map(|f| shown(row.get(&field(f)))))
                .collect()
        }
        ResultKind::DimensionRecord { element, .. } => record_fields(universe, element)
            .iter()
            .map(|(_, column)| match column {
                ResultColumn::DimensionField(_, name)
                    if name == "region" && row.get(column).is_none() =>
                {
                    pixel(universe, element, row)
                }
                _ => shown(row.get(column)),
            })
            .collect(),
        ResultKind::General { .. } => row.values().iter().map(|v| shown(Some(v))).collect(),
    }
}

/// The region of a skypix record, which no table holds.
fn pixel(universe: &Universe, element: &str, row: ResultRow<'_>) -> Value {
    let Some(ResultValue::Int(index)) = row.key(element) else {
        return Value::Null;
    };
    let pixelization = pantry_registry::skypix::SkyPixelization::of(universe, element)
        .expect("as the generator made it");
    Value::String(
        pixelization
            .pixel(*index)
            .expect("as the generator made it")
            .to_hex(),
    )
}

/// Fields of an element's records in the reference's order: required dimensions by their field names, implied ones, the rest.
fn record_fields(universe: &Universe, element: &str) -> Vec<(String, ResultColumn)> {
    let element = universe.get(element).expect("as the generator made it");
    let mut fields: Vec<(String, ResultColumn)> = universe
        .required_columns(element)
        .into_iter()
        .map(|(d, field, _)| (field.to_owned(), ResultColumn::DimensionKey(d.to_owned())))
        .collect();
    let implied = element.implied.iter();
    fields.extend(implied.map(|d| (d.clone(), ResultColumn::DimensionKey(d.clone()))));
    let field = |name: String| {
        let column = ResultColumn::DimensionField(element.name.clone(), name.clone());
        (name, column)
    };
    fields.extend(element.remainder().into_iter().map(|c| field(c.name)));
    if element.is_skypix() {
        fields.push(field("region".to_owned()));
    }
    fields
}

/// The records of a data ID by element.
fn records(
    universe: &Universe,
    elements: &[String],
    cached: &CachedRecords,
    row: ResultRow<'_>,
) -> Value {
    let mut found = Map::new();
    for name in elements {
        let element = universe.get(name).expect("as the generator made it");
        if element.is_skypix() {
            continue;
        }
        let required: Vec<DataIdValue> = element
            .required
            .iter()
            .filter_map(|d| row.key(d).and_then(ResultValue::data_id_value))
            .collect();
        let record = cached.get(name, &required);
        let mut fields = Map::new();
        for (field, column) in record_fields(universe, name) {
            let value = match record {
                Some(record) => record.iter().find(|(c, _)| *c == column).map(|(_, v)| v),
                None => row.get(&column),
            };
            fields.insert(field, shown(value));
        }
        found.insert(name.clone(), Value::Object(fields));
    }
    Value::Object(found)
}

fn shown(value: Option<&ResultValue>) -> Value {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    match value {
        None | Some(ResultValue::Null) => Value::Null,
        Some(ResultValue::Int(v)) => (*v).into(),
        Some(ResultValue::Float(v)) if v.is_finite() => (*v).into(),
        Some(ResultValue::Float(v)) => v.to_string().replace('N', "n").replace('A', "a").into(),
        Some(ResultValue::Bool(v)) => (*v).into(),
        Some(ResultValue::Text(v)) => v.as_str().into(),
        Some(ResultValue::Bytes(v)) => hex(v).into(),
        Some(ResultValue::Uuid(v)) => v.to_string().into(),
        Some(ResultValue::Time(v)) => v.0.into(),
        Some(ResultValue::Timespan(v)) => {
            let (begin, end) = v.ns();
            json!([begin, end])
        }
    }
}
