//! Printing datasets: a table for each dataset type, or the rows of all in one machine format.
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

use pantry_api::rows::dataset_keys;
use pantry_registry::listing::{FileRecord, TypeSearch};
use uuid::Uuid;

use crate::failure::Failure;
use crate::query::Files;
use crate::rows::{Column, OutputFormat, RowSink, Value};
use crate::table::{Align, Table};

/// One dataset as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset<'a> {
    /// Its id.
    pub id: Uuid,
    /// The run that owns it.
    pub run: Cow<'a, str>,
    /// Values of its dimensions, in the order of `DimensionGroup::data_coordinate_keys`.
    pub values: Vec<Value<'a>>,
}

/// Takes the datasets of one type after the other.
pub struct Printer<'w> {
    files: Option<Files>,
    shape: Shape<'w>,
    name: String,
    keys: Vec<String>,
}

enum Shape<'w> {
    Tables {
        out: &'w mut dyn Write,
        /// By the name of the dataset type, or of a component.
        tables: BTreeMap<String, Table>,
        /// Of types that have ended.
        ended: Vec<Table>,
    },
    Rows {
        sink: Box<dyn RowSink + 'w>,
        /// The dimensions of all dataset types together.
        keys: Vec<String>,
        /// For each of them its place among those of the present type.
        places: Vec<Option<usize>>,
    },
}

impl<'w> Printer<'w> {
    /// A printer for the results of these searches.
    pub fn new(
        format: OutputFormat,
        searches: &[TypeSearch],
        files: Option<Files>,
        out: &'w mut dyn Write,
    ) -> Result<Self, Failure> {
        let shape = match format {
            OutputFormat::Table => Shape::Tables {
                out,
                tables: BTreeMap::new(),
                ended: Vec::new(),
            },
            format => {
                let keys = dataset_keys(searches)?;
                let mut columns = vec![
                    Column::text("type"),
                    Column::text("run"),
                    Column::text("id"),
                ];
                columns.extend(keys.iter().cloned());
                columns.extend(files.is_some().then_some(Column::text("uri")));
                let keys = keys.into_iter().map(|key| key.name.into_owned()).collect();
                Shape::Rows {
                    sink: format.sink(&columns, out)?,
                    keys,
                    places: Vec::new(),
                }
            }
        };
        Ok(Self {
            files,
            shape,
            name: String::new(),
            keys: Vec::new(),
        })
    }

    /// Datasets of this type follow.
    pub fn begin(&mut self, search: &TypeSearch) {
        let dataset_type = &search.dataset_type;
        self.name.clone_from(&dataset_type.name);
        let own = dataset_type.dimensions.data_coordinate_keys();
        self.keys = own.map(str::to_owned).collect();
        if let Shape::Rows { keys, places, .. } = &mut self.shape {
            let place = |key: &String| self.keys.iter().position(|own| own == key);
            *places = keys.iter().map(place).collect();
        }
    }

    /// One dataset.
    pub fn dataset(
        &mut self,
        found: &Dataset<'_>,
        file: Option<FileRecord<'_>>,
    ) -> Result<(), Failure> {
        let component = file.and_then(|file| file.component);
        let name = match component {
            None => self.name.clone(),
            Some(component) => format!("{}.{component}", self.name),
        };
        let mut row: Vec<Value<'_>> = vec![
            Value::from(name.as_str()),
            found.run.as_ref().into(),
            found.id.to_string().into(),
        ];
        match &self.shape {
            Shape::Tables { .. } => row.extend(found.values.iter().cloned()),
            Shape::Rows { places, .. } => {
                row.extend(places.iter().map(|place| match place {
                    Some(place) => found.values.get(*place).cloned().unwrap_or(Value::Null),
                    None => Value::Null,
                }));
            }
        }
        if let Some(files) = &self.files {
            row.push(files.uri(file)?);
        }
        match &mut self.shape {
            Shape::Tables { tables, .. } => match tables.get_mut(&name) {
                Some(table) => table.push(&row),
                None => {
                    let mut table = empty_table(&self.keys, self.files.is_some());
                    table.push(&row);
                    tables.insert(name.clone(), table);
                }
            },
            Shape::Rows { sink, .. } => sink.row(&row)?,
        }
        Ok(())
    }

    /// There are no more datasets of this type. Its tables wait for [`Printer::release`].
    pub fn end(&mut self) -> Result<(), Failure> {
        if let Shape::Tables { tables, ended, .. } = &mut self.shape {
            ended.extend(std::mem::take(tables).into_values());
        }
        Ok(())
    }

    /// Prints the tables of the types that have ended.
    pub fn release(&mut self) -> Result<(), Failure> {
        if let Shape::Tables { out, ended, .. } = &mut self.shape {
            for table in ended.drain(..) {
                writeln!(out)?;
                table.write_to(out)?;
            }
        }
        Ok(())
    }

    /// Brings the tables of the present type into the order of these columns.
    pub fn sort(&mut self, columns: &[usize]) {
        if let Shape::Tables { tables, .. } = &mut self.shape {
            tables.values_mut().for_each(|table| table.sort_by(columns));
        }
    }

    /// There are no more datasets. After a failure tables are not followed by a blank line.
    pub fn finish(&mut self, success: bool) -> Result<(), Failure> {
        match &mut self.shape {
            Shape::Tables { out, .. } if success => writeln!(out)?,
            Shape::Tables { .. } => {}
            Shape::Rows { sink, .. } => sink.finish()?,
        }
        Ok(())
    }
}

fn empty_table(keys: &[String], with_uri: bool) -> Table {
    let mut columns = vec!["type", "run", "id"];
    columns.extend(keys.iter().map(String::as_str));
    columns.extend(with_uri.then_some("URI"));
    Table::new(&columns, Align::Right)
}
