//! The datasets that are written, in a temporary SQLite file.

use std::sync::atomic::Ordering;

use pantry_registry::Registry;
use pantry_registry::listing::{FileOfDataset, RowQuery};
use pantry_registry::model::column::ColumnType;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::query::execute::{QueryInputs, ResultValue, execute};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::load::quote;
use crate::stage::{Cell, CellType, Stage, TableNo};
use crate::{Error, Watch};

/// Datasets of one type that are wanted.
pub struct Wanted {
    /// Their type.
    pub dataset_type: DatasetType,
    /// The query that finds them.
    pub query: RowQuery,
    /// Whether it may find one more than once.
    pub may_repeat: bool,
}

/// The selected datasets of one type: a table of the stage with `seq`, `id`, `run` and `k_<dimension>` for each required and
/// implied dimension, and one of their files with the same `seq`, `path`,
/// `formatter`, `size` and `checksum`.
pub(super) struct Set {
    pub(super) dataset_type: DatasetType,
    pub(super) table: String,
    pub(super) file_table: String,
    rows: TableNo,
    files: TableNo,
}

impl Set {
    /// The columns of the required dimensions, quoted, each with this before it.
    pub(super) fn required(&self, prefix: &str) -> Vec<String> {
        let required = self.dataset_type.dimensions.required();
        required.map(|d| format!("{prefix}{}", key(d))).collect()
    }
}

/// Name of the column of a dimension, quoted.
pub(super) fn key(dimension: &str) -> String {
    quote(&format!("k_{dimension}"))
}

/// What is written.
pub struct Selection {
    stage: Stage,
    sets: Vec<Set>,
}

impl Selection {
    /// Nothing.
    ///
    /// # Errors
    /// A full disk.
    pub fn create() -> Result<Self, Error> {
        Ok(Self {
            stage: Stage::create()?,
            sets: Vec::new(),
        })
    }

    /// What queries find, types in order of name.
    ///
    /// # Errors
    /// Those of the queries.
    pub fn select(
        registry: &mut Registry,
        wanted: &[Wanted],
        watch: &dyn Watch,
    ) -> Result<Self, Error> {
        let mut selection = Self::create()?;
        let mut wanted: Vec<&Wanted> = wanted.iter().collect();
        wanted.sort_by(|a, b| a.dataset_type.name.cmp(&b.dataset_type.name));
        let mut found = 0;
        for wanted in wanted {
            let set = selection.begin(wanted.dataset_type.clone())?;
            let mut failed = None;
            let (tree, spec) = (&wanted.query.tree, &wanted.query.spec);
            execute(registry, tree, spec, &QueryInputs::default(), |row| {
                found += 1;
                if u64::is_multiple_of(found, 1024) {
                    watch.reached(found);
                }
                let added = match watch.cancelled().load(Ordering::Relaxed) {
                    true => Err(Error::Interrupted),
                    false => selection.add(set, row.values()),
                };
                failed = added.err();
                Ok(failed.is_none())
            })?;
            failed.map_or(Ok(()), Err)?;
            if wanted.may_repeat {
                selection.unique(set)?;
            }
        }
        watch.reached(found);
        Ok(selection)
    }

    /// Datasets of this type follow; they have the number that is returned.
    ///
    /// # Errors
    /// A full disk.
    pub fn begin(&mut self, dataset_type: DatasetType) -> Result<usize, Error> {
        let number = self.sets.len();
        let mut columns = vec![
            ("id".to_owned(), CellType::Uuid),
            ("run".to_owned(), CellType::Text),
        ];
        let universe = dataset_type.dimensions.universe();
        for dimension in dataset_type.dimensions.data_coordinate_keys() {
            let cell_type = match universe.key_type(dimension) {
                ColumnType::Int => CellType::Int,
                _ => CellType::Text,
            };
            columns.push((format!("k_{dimension}"), cell_type));
        }
        let (table, file_table) = (format!("set_{number}"), format!("file_{number}"));
        let file = [
            ("path".to_owned(), CellType::Text),
            ("formatter".to_owned(), CellType::Text),
            ("size".to_owned(), CellType::Int),
            ("checksum".to_owned(), CellType::Text),
        ];
        let rows = self.stage.table(&table, &columns)?;
        let files = self.stage.table(&file_table, &file)?;
        self.sets.push(Set {
            dataset_type,
            table,
            file_table,
            rows,
            files,
        });
        Ok(number)
    }

    /// Add a row of a query for datasets: values of the dimensions, id, run.
    ///
    /// # Errors
    /// A full disk.
    pub fn add(&self, set: usize, row: &[ResultValue]) -> Result<(), Error> {
        let keys = row.len().saturating_sub(2);
        let (keys, facts) = row.split_at(keys);
        let cells: Vec<Cell> = facts.iter().chain(keys).map(cell).collect();
        self.stage.insert(self.sets[set].rows, &cells)?;
        Ok(())
    }

    /// Keep each dataset of a set once.
    ///
    /// # Errors
    /// A full disk.
    pub fn unique(&self, set: usize) -> Result<(), Error> {
        let table = &self.sets[set].table;
        Ok(self.connection().execute_batch(&format!(
            "DELETE FROM {table} WHERE seq NOT IN (SELECT min(seq) FROM {table} GROUP BY id)"
        ))?)
    }

    /// Leave out the datasets of a set that have no file.
    pub(super) fn only_with_files(&self, set: usize) -> Result<(), Error> {
        let Set {
            table, file_table, ..
        } = &self.sets[set];
        Ok(self.connection().execute_batch(&format!(
            "DELETE FROM {table} WHERE seq NOT IN (SELECT seq FROM {file_table})"
        ))?)
    }

    /// Say that the file of a dataset is at this path.
    pub(super) fn add_file(
        &self,
        set: usize,
        seq: i64,
        path: &str,
        file: &FileOfDataset,
    ) -> Result<(), Error> {
        let row = [
            Cell::text(Some(path)),
            Cell::text(Some(&file.formatter)),
            Cell::Int(file.file_size),
            Cell::text(file.checksum.as_deref()),
        ];
        self.stage.insert_at(self.sets[set].files, seq, &row)
    }

    pub(super) fn sets(&self) -> &[Set] {
        &self.sets
    }

    /// The SQLite file.
    pub(super) fn connection(&self) -> &Connection {
        self.stage.connection()
    }

    /// The SQLite file with its tables, for those who look records up in it too.
    pub(super) fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Another table.
    pub(super) fn table(
        &mut self,
        name: &str,
        columns: &[(String, CellType)],
    ) -> Result<TableNo, Error> {
        self.stage.table(name, columns)
    }

    /// Number of datasets of one set.
    pub(super) fn rows(&self, set: &Set) -> Result<u64, Error> {
        let sql = format!("SELECT count(*) FROM {}", set.table);
        let rows: i64 = self.connection().query_row(&sql, [], |row| row.get(0))?;
        Ok(u64::try_from(rows).unwrap_or_default())
    }

    /// Number of datasets.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn datasets(&self) -> Result<u64, Error> {
        self.sets.iter().map(|set| self.rows(set)).sum()
    }

    /// Hand over the datasets, types in order of name, those of a type by data ID: the type, the run, and the values of the
    /// dimensions in the order of `DimensionGroup::data_coordinate_keys`.
    ///
    /// # Errors
    /// A file that cannot be read; those of `visit`.
    pub fn each_dataset(
        &self,
        mut visit: impl FnMut(&DatasetType, &str, &[DataIdValue]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for set in &self.sets {
            let dimensions = &set.dataset_type.dimensions;
            let columns = dimensions.data_coordinate_keys();
            let columns: String = columns.map(|d| format!(", {}", key(d))).collect();
            let order = set.required("").join(", ");
            let order = if order.is_empty() { "run" } else { &order };
            let table = &set.table;
            let sql = format!("SELECT run{columns} FROM {table} ORDER BY {order}, run");
            let mut select = self.connection().prepare(&sql)?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let run: String = row.get(0)?;
                let mut values = Vec::new();
                for i in 0..dimensions.data_coordinate_keys().count() {
                    values.push(match row.get_ref(1 + i)? {
                        ValueRef::Integer(v) => DataIdValue::Int(v),
                        _ => DataIdValue::Str(row.get(1 + i)?),
                    });
                }
                visit(&set.dataset_type, &run, &values)?;
            }
        }
        Ok(())
    }

    /// Names of the runs that datasets are in, sorted.
    pub(super) fn runs(&self) -> Result<Vec<String>, Error> {
        let parts = self
            .sets
            .iter()
            .map(|set| format!("SELECT run FROM {}", set.table));
        let parts: Vec<String> = parts.collect();
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("{} ORDER BY 1", parts.join(" UNION "));
        let mut select = self.connection().prepare(&sql)?;
        let runs = select.query_map([], |row| row.get(0))?;
        Ok(runs.collect::<Result<_, _>>()?)
    }
}

fn cell(value: &ResultValue) -> Cell {
    match value {
        ResultValue::Int(v) => Cell::Int(*v),
        ResultValue::Text(v) => Cell::Text(v.clone()),
        ResultValue::Uuid(id) => Cell::uuid(*id),
        _ => Cell::Null,
    }
}
