//! ECSV: a YAML header in comments that gives the columns their types, then CSV.

use std::path::{Path, PathBuf};

use super::records::Records;
use super::{EachRow, Format, TableFault, TableValue};
use crate::yaml::{self, Mapping, Node};

/// An ECSV file.
pub struct EcsvTable {
    path: PathBuf,
    columns: Vec<String>,
    /// Types of the columns, as the header names them.
    types: Vec<String>,
    delimiter: u8,
}

impl EcsvTable {
    pub(super) fn open(path: &Path) -> Result<Self, TableFault> {
        let mut records = Records::open(path)?;
        let comments = records.comments()?;
        let (first, rest) = comments
            .split_first()
            .filter(|(first, _)| first.starts_with("%ECSV "))
            .ok_or_else(|| TableFault::at(1, "the table does not begin with '# %ECSV'"))?;
        // Line 2 of the file is line 1 of the YAML.
        let header = yaml::document(&path.to_string_lossy(), rest.join("\n").into_bytes())
            .map_err(|e| format!("its header ({first}): {e}"))?;
        let Node::Map(header) = header else {
            return Err(TableFault::at(2, "the header is no YAML mapping"));
        };
        let delimiter = match header.get("delimiter").and_then(Node::as_str) {
            None | Some(" ") => b' ',
            Some(",") => b',',
            Some(other) => {
                return Err(TableFault::at(
                    2,
                    format!("the delimiter cannot be '{other}'"),
                ));
            }
        };
        records.set_syntax(delimiter, b'#');
        let (line, columns) = records
            .next()?
            .ok_or_else(|| "the table has no line of names".to_owned())?;
        let described = described(&header)?;
        if !described.iter().map(|(name, _)| name).eq(&columns) {
            return Err(TableFault::at(
                line,
                "the names of the columns are not those of the header",
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            columns,
            types: described.into_iter().map(|(_, kind)| kind).collect(),
            delimiter,
        })
    }
}

impl Format for EcsvTable {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn rows(&mut self, wanted: &[usize], each: &mut EachRow<'_>) -> Result<(), TableFault> {
        let mut records = Records::open(&self.path)?;
        records.comments()?;
        records.set_syntax(self.delimiter, b'#');
        records.next()?;
        let mut values = Vec::with_capacity(wanted.len());
        while let Some((line, fields)) = records.next()? {
            if fields.len() != self.columns.len() {
                return Err(TableFault::fields(line, fields.len(), self.columns.len()));
            }
            values.clear();
            for &column in wanted {
                let (text, kind) = (&fields[column], &self.types[column]);
                let read = value(text, kind);
                let wrong = || {
                    let name = &self.columns[column];
                    TableFault::at(
                        line,
                        format!("column '{name}' is of type {kind}, but the row has '{text}'"),
                    )
                };
                values.push(read.ok_or_else(wrong)?);
            }
            each(line, &values).map_err(|m| TableFault::at(line, m))?;
        }
        Ok(())
    }
}

/// Names and types of the columns. Those with a `subtype` hold lists or the like.
fn described(header: &Mapping) -> Result<Vec<(String, String)>, TableFault> {
    let Some(Node::Seq(list)) = header.get("datatype") else {
        return Err(TableFault::at(2, "the header has no list 'datatype'"));
    };
    let column = |node: &Node| {
        let Node::Map(column) = node else { return None };
        let text = |key| column.get(key).and_then(Node::as_str).map(str::to_owned);
        let kind = match column.get("subtype") {
            Some(_) => "a subtype".to_owned(),
            None => text("datatype")?,
        };
        Some((text("name")?, kind))
    };
    let columns: Option<Vec<_>> = list.iter().map(column).collect();
    columns
        .ok_or_else(|| TableFault::at(2, "a column of the header has no 'name' or no 'datatype'"))
}

fn value(text: &str, kind: &str) -> Option<TableValue> {
    if text.is_empty() {
        return Some(TableValue::Missing);
    }
    match kind {
        "string" => Some(TableValue::Text(text.to_owned())),
        "bool" => match text {
            "True" => Some(TableValue::Bool(true)),
            "False" => Some(TableValue::Bool(false)),
            _ => None,
        },
        _ if kind.starts_with("int") || kind.starts_with("uint") => {
            text.parse().ok().map(TableValue::Int)
        }
        _ if kind.starts_with("float") => text.parse().ok().map(TableValue::Float),
        _ => None,
    }
}
