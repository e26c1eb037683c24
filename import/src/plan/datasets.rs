//! Datasets: which dimension group and tables they belong to, which the repo has, which conflict.

use pantry_registry::Registry;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::element::Element;
use pantry_registry::model::universe::Universe;

use super::{Plan, PlanInput};
use crate::Error;
use crate::export::record_table;
use crate::load::conflicts_sql;
use crate::load::datasets_sql::DatasetGroup;
use crate::load::{shown_id, tables};

/// Datasets of one shape whose types share a dimension group.
#[derive(Debug, Clone)]
pub struct DatasetKind {
    /// Index into [`crate::export::Export::shapes`].
    pub shape: usize,
    /// Numbers of the types, indices into [`crate::export::Export::types`].
    pub types: Vec<usize>,
    /// One of the types.
    pub example: DatasetType,
    /// Line of the first dataset.
    pub line: u64,
}

impl DatasetKind {
    /// The same for the SQL, once the name of the tags table is known.
    pub fn group<'a>(&self, input: &PlanInput<'a>, tags_table: &str) -> DatasetGroup<'a> {
        let in_shape = input
            .export
            .combinations
            .keys()
            .filter(|(s, _, _)| *s == self.shape);
        let mut all: Vec<usize> = in_shape.map(|(_, t, _)| *t).collect();
        all.dedup();
        let is_whole = all.iter().all(|t| self.types.contains(t));
        DatasetGroup {
            shape: &input.export.shapes[self.shape],
            required: self
                .example
                .dimensions
                .required()
                .map(str::to_owned)
                .collect(),
            tags_table: tags_table.to_owned(),
            types: if is_whole {
                Vec::new()
            } else {
                self.types.clone()
            },
        }
    }
}

pub(super) fn plan(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    plan: &mut Plan,
) -> Result<(), Error> {
    plan.kinds = kinds(input, plan)?;
    let universe = registry.universe().clone();
    for kind in &plan.kinds {
        for dimension in leaves(&universe, &kind.example) {
            missing_dimension(registry, input, &universe, kind, dimension)?;
        }
    }
    if !tables::is_empty(registry, "dataset")? {
        crate::load::fill_maps(registry, input, plan)?;
        for kind in plan.kinds.clone() {
            existing(registry, input, &kind, plan)?;
        }
    }
    Ok(())
}

fn kinds(input: &PlanInput<'_>, plan: &Plan) -> Result<Vec<DatasetKind>, Error> {
    let mut kinds: Vec<DatasetKind> = Vec::new();
    for (&(shape, number, _), &line) in &input.export.combinations {
        let name = &input.export.types[number];
        let Some(planned) = plan.dataset_types.iter().find(|t| t.name == *name) else {
            return Err(input.fault(line, format!("dataset type '{name}' is not defined")));
        };
        let definition = &planned.definition;
        let keys = &input.export.shapes[shape].keys;
        if let Some(lacking) = definition
            .dimensions
            .required()
            .find(|d| !keys.iter().any(|k| k == d))
        {
            return Err(input.fault(
                line,
                format!("a data id of a '{name}' dataset has no value for '{lacking}'"),
            ));
        }
        let same = |k: &&mut DatasetKind| {
            k.shape == shape && k.example.dimensions == definition.dimensions
        };
        match kinds.iter_mut().find(same) {
            Some(kind) if kind.types.contains(&number) => {}
            Some(kind) => kind.types.push(number),
            None => kinds.push(DatasetKind {
                shape,
                types: vec![number],
                example: definition.clone(),
                line,
            }),
        }
    }
    Ok(kinds)
}

/// Required dimensions with records that no other required dimension depends on: if these exist, all do.
fn leaves<'a>(universe: &'a Universe, dataset_type: &DatasetType) -> Vec<&'a Element> {
    let required: Vec<&Element> = dataset_type
        .dimensions
        .required()
        .filter_map(|d| universe.get(d))
        .collect();
    required
        .iter()
        .filter(|d| {
            d.has_own_table()
                && !required
                    .iter()
                    .any(|other| other.name != d.name && other.required.contains(&d.name))
        })
        .copied()
        .collect()
}

fn missing_dimension(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    universe: &Universe,
    kind: &DatasetKind,
    dimension: &Element,
) -> Result<(), Error> {
    let staged =
        input.export.records.contains_key(&dimension.name) && !input.skips(&dimension.name);
    let stage = staged.then(|| record_table(&dimension.name));
    let sql = conflicts_sql::missing_dimension(
        input.place,
        universe,
        &kind.group(input, ""),
        dimension,
        stage.as_deref(),
    );
    let keys = universe.required_columns(dimension);
    let mut found = None;
    registry.connection().query(&sql, &[], |row| {
        let mut pairs = Vec::new();
        for (i, (_, field, _)) in keys.iter().enumerate() {
            pairs.push(format!("{field}={}", super::key_text(row, i)?));
        }
        found = Some((pairs.join(", "), row.get_i64(keys.len())?));
        Ok::<(), Error>(())
    })?;
    match found {
        None => Ok(()),
        Some((values, line)) => Err(input.fault(
            u64::try_from(line).unwrap_or(0),
            format!(
                "a dataset needs the {} record ({values}), which is neither in the {} nor in the repo",
                dimension.name,
                input.origin.noun()
            ),
        )),
    }
}

fn existing(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    kind: &DatasetKind,
    plan: &mut Plan,
) -> Result<(), Error> {
    let sql = conflicts_sql::count_existing(input.place, &kind.group(input, ""));
    registry.connection().query(&sql, &[], |row| {
        plan.existing_datasets += u64::try_from(row.get_i64(0)?).unwrap_or(0);
        Ok::<(), Error>(())
    })?;
    let tags_table = tables::tags_table(registry, &kind.example.dimensions)?;
    let sql = conflicts_sql::conflicting_datasets(
        input.place,
        &kind.group(input, tags_table.as_deref().unwrap_or_default()),
        tags_table.is_some(),
    );
    let mut conflict = None;
    registry.connection().query(&sql, &[], |row| {
        conflict = Some((
            shown_id(row.get_str(0)?),
            row.get_i64(1)?,
            shown_id(row.get_str(2)?),
            row.get_str(3)?.to_owned(),
            row.get_str(4)?.to_owned(),
            row.get_i64(5)?,
            row.get_i64(6)?,
        ));
        Ok::<(), Error>(())
    })?;
    let Some((id, line, old_id, old_type, old_run, number, run)) = conflict else {
        return Ok(());
    };
    let name = |list: &[String], i: i64| {
        usize::try_from(i)
            .ok()
            .and_then(|i| list.get(i).cloned())
            .unwrap_or_default()
    };
    Err(input.conflict(format!(
        "dataset {id} of type '{}' in run '{}' (line {line} of the {}) contradicts the repo's dataset {old_id} of type \
         '{old_type}' in run '{old_run}': the type, the run, the data ID or the id differs",
        name(&input.export.types, number),
        name(&input.export.runs, run),
        input.origin.noun(),
    )))
}
