//! Prints files: rows with all that is known of them, or a list of paths.
use std::collections::HashSet;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use pantry_datastore::{DatastoreRoot, ResourcePath};
use pantry_registry::listing::FileOfDataset;
use uuid::Uuid;

use super::list::{Program, below};
use crate::failure::Failure;
use crate::replicas::Replicas;
use crate::rows::{Column, Kind, OutputFormat, RowSink, Value};

/// One dataset.
pub struct Dataset {
    /// Its id.
    pub id: Uuid,
    /// The name of its type.
    pub dataset_type: String,
    /// The run that owns it.
    pub run: String,
    /// Its data ID as text.
    pub data_id: String,
}

/// Takes datasets with their files.
pub struct Printer<'w> {
    datastore: DatastoreRoot,
    shape: Shape<'w>,
    without_file: u64,
}

enum Shape<'w> {
    Rows {
        sink: Box<dyn RowSink + 'w>,
        columns: usize,
        replicas: Option<Arc<Replicas>>,
    },
    List {
        program: Program,
        root: ResourcePath,
        out: &'w mut dyn Write,
        last: String,
        /// Zips that were said.
        zips: HashSet<String>,
        elsewhere: u64,
    },
}

impl<'w> Printer<'w> {
    /// A row for each file and each copy of it, and for each dataset without one. People do not get what is too wide for a
    /// table.
    pub fn rows(
        format: OutputFormat,
        datastore: DatastoreRoot,
        replicas: Option<Arc<Replicas>>,
        out: &'w mut dyn Write,
    ) -> Result<Self, Failure> {
        let mut columns: Vec<Column> = ["id", "type", "run", "data_id", "component", "uri"]
            .map(Column::text)
            .into();
        if format != OutputFormat::Table || replicas.is_some() {
            columns.push(Column::new("copy", Kind::Int));
        }
        if format != OutputFormat::Table {
            columns.push(Column::new("size", Kind::Int));
            columns.push(Column::text("checksum"));
        }
        Ok(Self {
            datastore,
            shape: Shape::Rows {
                sink: format.sink(&columns, out)?,
                columns: columns.len(),
                replicas,
            },
            without_file: 0,
        })
    }

    /// A line for each file: its path below a folder.
    pub fn list(
        program: Program,
        datastore: &DatastoreRoot,
        root: Option<&Path>,
        out: &'w mut dyn Write,
    ) -> Result<Self, Failure> {
        let root = match root {
            Some(root) => ResourcePath::from_absolute(&std::path::absolute(root)?)?,
            None => datastore.uri().clone(),
        };
        Ok(Self {
            datastore: datastore.clone(),
            shape: Shape::List {
                program,
                root,
                out,
                last: String::new(),
                zips: HashSet::new(),
                elsewhere: 0,
            },
            without_file: 0,
        })
    }

    /// A dataset and its files.
    pub fn dataset(&mut self, dataset: &Dataset, files: &[FileOfDataset]) -> Result<(), Failure> {
        self.without_file += u64::from(files.is_empty());
        match &mut self.shape {
            Shape::Rows { sink, columns, .. } if files.is_empty() => {
                Ok(sink.row(&row(dataset, None)[..*columns])?)
            }
            Shape::Rows {
                sink,
                columns,
                replicas,
            } => {
                for file in files {
                    let location = self.datastore.locate(&file.path)?;
                    let uri = location.uri().to_string();
                    let copies = match replicas {
                        Some(replicas) => replicas.of(location.uri())?,
                        None => Vec::new(),
                    };
                    for (number, uri) in std::iter::once(uri).chain(copies).enumerate() {
                        sink.row(&row(dataset, Some((file, uri, number)))[..*columns])?;
                    }
                }
                Ok(())
            }
            Shape::List {
                program,
                root,
                out,
                last,
                zips,
                elsewhere,
            } => {
                for file in files {
                    let location = self.datastore.locate(&file.path)?;
                    let Some(path) = below(&location, root) else {
                        *elsewhere += 1;
                        continue;
                    };
                    // Datasets that share a file mostly follow each other, those of a zip need not.
                    let is_zip = location.uri().zip_member().is_some();
                    if *last != path && (!is_zip || zips.insert(path.clone())) {
                        writeln!(out, "{}", program.line(&path)?)?;
                        *last = path;
                    }
                }
                Ok(())
            }
        }
    }

    /// There are no more. A list that lacks files is a failure, as whoever reads it would not know.
    pub fn finish(self) -> Result<(), Failure> {
        if self.without_file > 0 {
            tracing::warn!("datasets without a file: {}", self.without_file);
        }
        match self.shape {
            Shape::Rows { mut sink, .. } => Ok(sink.finish()?),
            Shape::List {
                root, elsewhere, ..
            } if elsewhere > 0 => Err(Failure::error(format!(
                "files that are not below {root} and therefore not in the list: {elsewhere}"
            ))),
            Shape::List { .. } => Ok(()),
        }
    }
}

/// The values of a file at a URI, the number of a copy or 0.
fn row<'d>(
    dataset: &'d Dataset,
    file: Option<(&'d FileOfDataset, String, usize)>,
) -> Vec<Value<'d>> {
    let text = |text: Option<&'d str>| text.map_or(Value::Null, Value::from);
    let mut row = vec![
        dataset.id.to_string().into(),
        dataset.dataset_type.as_str().into(),
        dataset.run.as_str().into(),
        dataset.data_id.as_str().into(),
    ];
    match file {
        Some((file, uri, number)) => row.extend([
            text(file.component.as_deref()),
            uri.into(),
            i64::try_from(number).map_or(Value::Null, Value::Int),
            match file.file_size {
                size @ 0.. => Value::Int(size),
                _ => Value::Null,
            },
            text(file.checksum.as_deref()),
        ]),
        None => row.resize(row.len() + 5, Value::Null),
    }
    row
}
