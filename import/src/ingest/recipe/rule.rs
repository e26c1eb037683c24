//! What a file is by a rule: its header is read, its fields become values.

use std::collections::HashMap;

use pantry_fits::{CardValue, Header, ReadAt, index};
use pantry_registry::model::column::ColumnType;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::universe::Universe;

use super::pattern::Fields;
use super::{HduName, HeaderRule, Named, Recipe, RecordRule, Rule};
use crate::Error;
use crate::yaml::{Field, Mapping, Node};

/// Required dimensions of dataset types by name.
pub type Dimensions = HashMap<String, Vec<String>>;

/// Gives the bytes of a file; `Err` says in words why not.
pub type OpenFile<'a> = dyn Fn() -> Result<Box<dyn ReadAt>, String> + 'a;

/// A file with what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognised {
    /// Number of the rule.
    pub rule: usize,
    /// Dataset type.
    pub dataset_type: String,
    /// Run, if the rule says it.
    pub run: Option<String>,
    /// Formatter, if the rule says it.
    pub formatter: Option<String>,
    /// Values of the required dimensions.
    pub data_id: Vec<(String, DataIdValue)>,
    /// Dimension records with their elements.
    pub records: Vec<(String, Mapping)>,
}

impl Recipe {
    /// What the file `path` below the root is; `None` if no rule knows it. It is opened if a rule wants its header.
    ///
    /// # Errors
    /// [`Error::Input`] if two rules know it, or if it is not what its rule says.
    pub fn recognise(
        &self,
        path: &str,
        open: &OpenFile<'_>,
        universe: &Universe,
        dimensions: &Dimensions,
    ) -> Result<Option<Recognised>, Error> {
        if self
            .ignore
            .iter()
            .any(|pattern| pattern.find(path).is_some())
        {
            return Ok(None);
        }
        let mut matching = self
            .rules
            .iter()
            .enumerate()
            .filter_map(|(i, rule)| Some((i, rule, rule.pattern.find(path)?)));
        let Some((number, rule, fields)) = matching.next() else {
            return Ok(None);
        };
        if let Some((_, other, _)) = matching.next() {
            return Err(self.fault(
                other.line,
                format!(
                    "{path}: the rules '{}' (line {}) and '{}' both match this file",
                    rule.name, rule.line, other.name
                ),
            ));
        }
        let fault = |(line, message): (u64, String)| self.fault(line, format!("{path}: {message}"));
        let recognised = rule.recognise(number, fields, open, universe, dimensions);
        recognised.map(Some).map_err(fault)
    }
}

impl Rule {
    fn recognise(
        &self,
        number: usize,
        mut fields: Fields,
        open: &OpenFile<'_>,
        universe: &Universe,
        dimensions: &Dimensions,
    ) -> Result<Recognised, (u64, String)> {
        if let Some(header) = &self.header {
            header.read(open, &mut fields).map_err(|m| (self.line, m))?;
        }
        let dataset_type = self.dataset_type.fill(&fields);
        let required = dimensions.get(&dataset_type).ok_or_else(|| {
            (
                self.line,
                format!("dataset type '{dataset_type}' is neither in the recipe nor in the repo"),
            )
        })?;
        let mut data_id = Vec::with_capacity(required.len());
        for dimension in required {
            let named = self.data_id.iter().find(|named| named.name == *dimension);
            let (line, node) = match (named, fields.get(dimension)) {
                (Some(named), _) => (named.line, named.make(&fields)?),
                (None, Some(text)) => (self.line, Node::Str(text.into())),
                (None, None) => {
                    let message = format!(
                        "rule '{}' has no value for '{dimension}' of dataset type '{dataset_type}'",
                        self.name
                    );
                    return Err((self.line, message));
                }
            };
            let value =
                key_value(dimension, universe.key_type(dimension), &node).map_err(|m| (line, m))?;
            data_id.push((dimension.clone(), value));
        }
        let records: Result<Vec<_>, _> = self
            .records
            .iter()
            .map(|r| r.make(&fields, universe))
            .collect();
        Ok(Recognised {
            rule: number,
            run: self.run.as_ref().map(|run| run.fill(&fields)),
            formatter: self.formatter.clone(),
            records: records?,
            dataset_type,
            data_id,
        })
    }
}

impl Named {
    fn make(&self, fields: &Fields) -> Result<Node, (u64, String)> {
        self.value
            .make(fields)
            .map_err(|m| (self.line, format!("'{}': {m}", self.name)))
    }
}

impl RecordRule {
    /// The record, with values of the types that its columns have.
    fn make(
        &self,
        fields: &Fields,
        universe: &Universe,
    ) -> Result<(String, Mapping), (u64, String)> {
        let element = universe.get(&self.element);
        let columns = element
            .map(|e| universe.record_columns(e))
            .unwrap_or_default();
        let mut record = Mapping::new(self.line);
        for named in &self.values {
            let column = columns.iter().find(|c| c.name == named.name);
            let node = named.make(fields)?;
            let node = match (column.map(|c| c.column_type), node.as_str()) {
                (Some(ColumnType::Int), Some(text)) => text.trim().parse().ok().map(Node::Int),
                (Some(ColumnType::Float), Some(text)) => text.trim().parse().ok().map(Node::Float),
                (Some(ColumnType::Bool), Some("T" | "F")) => {
                    Some(Node::Bool(node.as_str() == Some("T")))
                }
                _ => Some(node.clone()),
            };
            let value =
                node.ok_or_else(|| (named.line, format!("'{}' must be a number", named.name)))?;
            let key = Node::Str(named.name.as_str().into());
            record.push(Field {
                key,
                value,
                line: named.line,
            });
        }
        Ok((self.element.clone(), record))
    }
}

/// The value of a dimension; text is read as a number where one is wanted.
fn key_value(dimension: &str, key_type: ColumnType, node: &Node) -> Result<DataIdValue, String> {
    match (key_type, node, node.as_str()) {
        (ColumnType::Int, Node::Int(v), _) => Ok(DataIdValue::Int(*v)),
        (ColumnType::Int, _, Some(text)) => {
            let number = text.trim().parse().map(DataIdValue::Int);
            number.map_err(|_| format!("'{dimension}' is an integer, not '{text}'"))
        }
        (ColumnType::String { .. }, Node::Int(v), _) => Ok(DataIdValue::Str(v.to_string())),
        (ColumnType::String { .. }, _, Some(text)) if !text.is_empty() => {
            Ok(DataIdValue::Str(text.to_owned()))
        }
        (wanted, node, _) => Err(format!(
            "'{dimension}' must be of type {}, not {}",
            wanted.name(),
            node.kind()
        )),
    }
}

impl HeaderRule {
    /// Read the cards of a file into `fields`.
    fn read(&self, open: &OpenFile<'_>, fields: &mut Fields) -> Result<(), String> {
        let header = self.header(&*open()?)?;
        let text = |keyword: &str| match header.get(keyword) {
            None => Err(format!("the header has no {keyword}")),
            Some(value) => {
                card_text(value).ok_or_else(|| format!("{keyword} has no value that can be used"))
            }
        };
        for (keyword, wanted) in &self.equal {
            let found = text(keyword)?;
            if found != *wanted {
                return Err(format!("{keyword} is '{found}', not '{wanted}'"));
            }
        }
        for (name, keyword) in &self.fields {
            let found = text(keyword)?;
            match fields.get(name) {
                Some(known) if *known != found => {
                    return Err(format!(
                        "{keyword} is '{found}', but the path has '{known}' for '{name}'"
                    ));
                }
                _ => drop(fields.insert(name.clone(), found)),
            }
        }
        Ok(())
    }

    fn header(&self, file: &dyn ReadAt) -> Result<Header, String> {
        for hdu in index(file).map_err(|e| e.to_string())? {
            let hdu = hdu.map_err(|e| e.to_string())?;
            let is_wanted = match &self.hdu {
                HduName::Number(number) => hdu.number == *number,
                HduName::Name(name) => hdu.name.as_deref() == Some(name.as_str()),
            };
            if is_wanted {
                return Header::read(file, &hdu).map_err(|e| e.to_string());
            }
        }
        Err(match &self.hdu {
            HduName::Number(number) => format!("the file has no HDU {number}"),
            HduName::Name(name) => format!("the file has no HDU '{name}'"),
        })
    }
}

fn card_text(value: &CardValue) -> Option<String> {
    match value {
        CardValue::Text(text) => Some(text.clone()),
        CardValue::Integer(v) => Some(v.to_string()),
        CardValue::BigInteger(v) => Some(v.clone()),
        CardValue::Float(v) => Some(v.to_string()),
        CardValue::Logical(v) => Some(if *v { "T" } else { "F" }.to_owned()),
        _ => None,
    }
}
