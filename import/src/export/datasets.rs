//! Stages datasets and their files.

use std::collections::HashMap;

use pantry_registry::model::column::ColumnType;
use pantry_registry::model::dataset_id;
use pantry_registry::model::universe::Universe;
use uuid::Uuid;

use super::layout::scalar;
use super::{Export, FILE_TABLE, KNOWN_TABLE, Shape};
use crate::stage::{Cell, CellType, Stage, TableNo};
use crate::yaml::{Mapping, Node};

/// The UUID of a dataset: given, or made from the integer id of an old export; `Err` says in words what is wrong.
pub(super) fn dataset_uuid(node: &Node) -> Result<Uuid, String> {
    match node {
        Node::Uuid(id) => Ok(*id),
        Node::Int(id) => Ok(dataset_id::from_integer(&id.to_string())),
        Node::BigInt(id) => Ok(dataset_id::from_integer(id)),
        other => Err(format!(
            "a dataset id must be a UUID or an integer, not {}",
            other.kind()
        )),
    }
}

/// One shape while it is filled.
struct OpenShape {
    table: TableNo,
    /// Types of the keys, in the order of [`Shape::keys`].
    key_types: Vec<ColumnType>,
    /// For each key in the order of the file, its column among the keys.
    order: Vec<usize>,
    /// Keys in the order of the file.
    given: Vec<String>,
    last_id: Uuid,
}

/// Numbers distinct strings in order of first use.
#[derive(Default)]
struct Names {
    list: Vec<Option<String>>,
    numbers: HashMap<Option<String>, usize>,
    last: usize,
}

impl Names {
    fn number(&mut self, name: Option<&str>) -> usize {
        if self
            .list
            .get(self.last)
            .is_some_and(|n| n.as_deref() == name)
        {
            return self.last;
        }
        let name = name.map(str::to_owned);
        self.last = *self.numbers.entry(name.clone()).or_insert_with(|| {
            self.list.push(name);
            self.list.len() - 1
        });
        self.last
    }
}

/// Stages the datasets of all entries; all errors are what is wrong, in words.
pub(crate) struct DatasetStager<'a> {
    universe: &'a Universe,
    files: TableNo,
    open: Vec<OpenShape>,
    shapes: Vec<Shape>,
    last_shape: usize,
    types: Names,
    runs: Names,
    formatters: Names,
    current: (usize, usize),
    /// Last governor value seen, to spare the set a look-up for each dataset.
    last_governors: HashMap<String, (usize, usize, String)>,
}

impl<'a> DatasetStager<'a> {
    pub(crate) fn new(universe: &'a Universe, stage: &mut Stage) -> Result<Self, crate::Error> {
        let columns = [
            ("path".to_owned(), CellType::Text),
            ("formatter".to_owned(), CellType::Int),
            ("line".to_owned(), CellType::Int),
        ];
        Ok(Self {
            universe,
            files: stage.table(FILE_TABLE, &columns)?,
            open: Vec::new(),
            shapes: Vec::new(),
            last_shape: 0,
            types: Names::default(),
            runs: Names::default(),
            formatters: Names::default(),
            current: (0, 0),
            last_governors: HashMap::new(),
        })
    }

    /// An entry with datasets of this type in this run begins.
    pub(crate) fn begin(&mut self, dataset_type: &str, run: &str) {
        self.current = (
            self.types.number(Some(dataset_type)),
            self.runs.number(Some(run)),
        );
    }

    /// Stage one file with its datasets.
    pub(super) fn stage(
        &mut self,
        record: Mapping,
        stage: &mut Stage,
        export: &mut Export,
    ) -> Result<(), String> {
        let line = record.line;
        let (mut ids, mut data_ids, mut path, mut formatter) = (None, None, Node::Null, Node::Null);
        let (mut size, mut checksum) = (None, None);
        for field in record {
            match field.key.as_str() {
                Some("dataset_id") => ids = Some(field.value),
                Some("data_id") => data_ids = Some(field.value),
                Some("path") => path = field.value,
                Some("formatter") => formatter = field.value,
                Some("file_size") => size = Some(field.value),
                Some("checksum") => checksum = Some(field.value),
                _ => {}
            }
        }
        let ids = list(ids.ok_or("the record has no 'dataset_id'")?);
        let data_ids = list(data_ids.ok_or("the record has no 'data_id'")?);
        if ids.len() != data_ids.len() {
            return Err(format!(
                "the record has {} dataset ids but {} data ids",
                ids.len(),
                data_ids.len()
            ));
        }
        let name = |what: &str, node: &Node| match (node, node.as_str()) {
            (Node::Null, _) => Ok(None),
            (_, Some(text)) => Ok(Some(text.to_owned())),
            _ => Err(format!("'{what}' must be a string, not {}", node.kind())),
        };
        let path = name("path", &path)?;
        let formatter = name("formatter", &formatter)?;
        let file = self.file(path.as_deref(), formatter.as_deref(), line, stage, export)?;
        if let Some(Node::Int(size)) = size {
            let checksum = name("checksum", &checksum.unwrap_or(Node::Null))?;
            known(stage, file, checksum.as_deref(), size).map_err(|e| e.to_string())?;
        }
        for (id, data_id) in ids.iter().zip(data_ids) {
            let Node::Map(data_id) = data_id else {
                return Err(format!(
                    "a data id must be a mapping, not {}",
                    data_id.kind()
                ));
            };
            self.dataset(dataset_uuid(id)?, &data_id, file, line, stage, export)?;
        }
        Ok(())
    }

    /// Stage one file; returns its number.
    pub(crate) fn file(
        &mut self,
        path: Option<&str>,
        formatter: Option<&str>,
        line: u64,
        stage: &mut Stage,
        export: &mut Export,
    ) -> Result<i64, String> {
        let row = [
            Cell::text(path),
            int(self.formatters.number(formatter)),
            Cell::Int(i64::try_from(line).unwrap_or(i64::MAX)),
        ];
        export.files += 1;
        stage.insert(self.files, &row).map_err(|e| e.to_string())
    }

    /// Stage one dataset of a file.
    pub(crate) fn dataset(
        &mut self,
        id: Uuid,
        data_id: &Mapping,
        file: i64,
        line: u64,
        stage: &mut Stage,
        export: &mut Export,
    ) -> Result<(), String> {
        let shape = self.shape(data_id, stage)?;
        let open = &mut self.open[shape];
        let (dataset_type, run) = self.current;
        const FIXED: usize = 4;
        let mut row = vec![Cell::Null; FIXED + open.order.len()];
        row[0] = Cell::uuid(id);
        row[1] = int(dataset_type);
        row[2] = int(run);
        row[3] = Cell::Int(file);
        for (field, &column) in data_id.into_iter().zip(&open.order) {
            let value = scalar(open.key_types[column], &field.value).ok_or_else(|| {
                let wanted = open.key_types[column].name();
                let key = field.key.as_str().unwrap_or_default();
                format!(
                    "'{key}' of a data id must be of type {wanted}, but the export has {}",
                    field.value.kind()
                )
            })?;
            row[FIXED + column] = value;
        }
        let counted = &mut self.shapes[shape];
        counted.rows += 1;
        counted.descents += u64::from(id < open.last_id);
        open.last_id = id;
        stage.insert(open.table, &row).map_err(|e| e.to_string())?;
        export.datasets += 1;
        export
            .combinations
            .entry((shape, dataset_type, run))
            .or_insert(line);
        for (key, cell) in counted.keys.iter().zip(&row[FIXED..]) {
            if let Cell::Text(value) = cell
                && self.universe.get(key).is_some_and(|e| e.is_governor())
            {
                let now = (dataset_type, run, value.clone());
                if self.last_governors.get(key) != Some(&now) {
                    export
                        .governors
                        .insert((dataset_type, run, key.clone(), value.clone()));
                    self.last_governors.insert(key.clone(), now);
                }
            }
        }
        Ok(())
    }

    fn shape(&mut self, data_id: &Mapping, stage: &mut Stage) -> Result<usize, String> {
        let matches = |open: &OpenShape| {
            open.given.len() == data_id.len()
                && open
                    .given
                    .iter()
                    .zip(data_id)
                    .all(|(g, f)| f.key.as_str() == Some(g.as_str()))
        };
        if self.open.get(self.last_shape).is_some_and(matches) {
            return Ok(self.last_shape);
        }
        let given: Option<Vec<String>> = data_id
            .into_iter()
            .map(|f| f.key.as_str().map(str::to_owned))
            .collect();
        let given = given.ok_or("a dimension name in a data id is not a string")?;
        let mut keys = given.clone();
        keys.sort_unstable();
        let order: Vec<usize> = given
            .iter()
            .map(|g| keys.iter().position(|k| k == g).unwrap_or_default())
            .collect();
        let at = match self.shapes.iter().position(|s| s.keys == keys) {
            Some(at) => {
                self.open[at].given = given;
                self.open[at].order = order;
                at
            }
            None => self.new_shape(keys, given, order, stage)?,
        };
        self.last_shape = at;
        Ok(at)
    }

    fn new_shape(
        &mut self,
        keys: Vec<String>,
        given: Vec<String>,
        order: Vec<usize>,
        stage: &mut Stage,
    ) -> Result<usize, String> {
        let mut columns = vec![("id".to_owned(), CellType::Uuid)];
        columns.extend(["type", "run", "file"].map(|c| (c.to_owned(), CellType::Int)));
        let mut key_types = Vec::new();
        for key in &keys {
            let known = self.universe.get(key).filter(|e| e.is_dimension());
            if known.is_none() {
                return Err(format!("the repo's universe has no dimension '{key}'"));
            }
            let key_type = self.universe.key_type(key);
            let cell_type = if key_type == ColumnType::Int {
                CellType::Int
            } else {
                CellType::Text
            };
            columns.push((format!("k_{key}"), cell_type));
            key_types.push(key_type);
        }
        let name = format!("set_{}", self.shapes.len());
        let table = stage.table(&name, &columns).map_err(|e| e.to_string())?;
        self.open.push(OpenShape {
            table,
            key_types,
            order,
            given,
            last_id: Uuid::nil(),
        });
        self.shapes.push(Shape {
            table: name,
            keys,
            rows: 0,
            descents: 0,
        });
        Ok(self.shapes.len() - 1)
    }

    /// Hand the names and shapes over.
    pub(crate) fn finish(self, export: &mut Export) {
        export.shapes = self.shapes;
        export.types = self.types.list.into_iter().flatten().collect();
        export.runs = self.runs.list.into_iter().flatten().collect();
        export.formatters = self.formatters.list;
    }
}

/// Stage what the export says about a file beyond the reference's format.
fn known(
    stage: &mut Stage,
    file: i64,
    checksum: Option<&str>,
    size: i64,
) -> Result<(), crate::Error> {
    let columns = [
        ("checksum".to_owned(), CellType::Text),
        ("size".to_owned(), CellType::Int),
    ];
    let table = stage.table(KNOWN_TABLE, &columns)?;
    stage.insert_at(table, file, &[Cell::text(checksum), Cell::Int(size)])
}

/// A list as it is, anything else as a list of one (`ensure_iterable` of the reference).
fn list(node: Node) -> Vec<Node> {
    match node {
        Node::Seq(list) => list,
        other => vec![other],
    }
}

fn int(value: usize) -> Cell {
    Cell::Int(i64::try_from(value).unwrap_or(i64::MAX))
}
