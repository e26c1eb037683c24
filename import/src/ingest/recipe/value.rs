//! Values that a recipe makes of fields: constants, templates, maps.

use crate::yaml::{Mapping, Node};

use super::pattern::Fields;

/// Text with fields in braces, such as `HSC/{version}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Text, and the field that follows it.
    parts: Vec<(String, Option<String>)>,
}

impl Template {
    /// Read a template; `Err` says in words what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (field, after) = after
                .split_once('}')
                .ok_or_else(|| format!("'{text}' has a '{{' without '}}'"))?;
            parts.push((before.to_owned(), Some(field.to_owned())));
            rest = after;
        }
        parts.push((rest.to_owned(), None));
        Ok(Self { parts })
    }

    /// Names of its fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|(_, field)| field.as_deref())
    }

    /// The text with the values of fields; all of them must be there.
    pub fn fill(&self, fields: &Fields) -> String {
        let mut text = String::new();
        for (before, field) in &self.parts {
            text.push_str(before);
            let value = field.as_ref().and_then(|field| fields.get(field));
            text.push_str(value.map_or("", String::as_str));
        }
        text
    }
}

/// The mappings that a value can be.
const FORMS: &str =
    "'from', a text, and 'map', a mapping; or 'column' and 'row', texts, and 'columns', a number";

/// How a value is made.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueRule {
    /// The same for all files; not text.
    Constant(Node),
    /// Text, with the type that is wanted.
    Text(Template),
    /// One text for another: `{from: "{filter}", map: {HSC-G: g}}`.
    Map {
        /// What is looked up.
        from: Template,
        /// What it becomes.
        map: Vec<(String, Node)>,
    },
    /// The number of a place in a grid: `{column: "{x}", row: "{y}", columns: 9}`.
    Grid {
        /// Column, from 0.
        column: Template,
        /// Row, from 0.
        row: Template,
        /// Columns of the grid.
        columns: i64,
    },
}

impl ValueRule {
    /// Read a value of a recipe; `Err` says in words what is wrong.
    pub fn parse(node: &Node) -> Result<Self, String> {
        match (node, node.as_str()) {
            (_, Some(text)) => Template::parse(text).map(Self::Text),
            (Node::Map(mapping), _) if mapping.get("columns").is_some() => grid(mapping),
            (Node::Map(mapping), _) => {
                let from = mapping
                    .get("from")
                    .and_then(Node::as_str)
                    .map(Template::parse);
                let (Some(from), Some(Node::Map(map)), 2) =
                    (from, mapping.get("map"), mapping.len())
                else {
                    return Err(format!("a value that is a mapping has {FORMS}"));
                };
                let pair =
                    |field: &crate::yaml::Field| Ok((text_of(&field.key)?, field.value.clone()));
                let map: Result<Vec<_>, String> = map.fields().iter().map(pair).collect();
                Ok(Self::Map {
                    from: from?,
                    map: map?,
                })
            }
            (Node::Int(_) | Node::Float(_) | Node::Bool(_), _) => Ok(Self::Constant(node.clone())),
            (other, _) => Err(format!("a value cannot be {}", other.kind())),
        }
    }

    /// Names of the fields that it is made of.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Text(template) | Self::Map { from: template, .. } => template.fields().collect(),
            Self::Grid { column, row, .. } => column.fields().chain(row.fields()).collect(),
        }
    }

    /// The value; text where it is not of another type already. `Err` says in words what is wrong.
    pub fn make(&self, fields: &Fields) -> Result<Node, String> {
        match self {
            Self::Constant(node) => Ok(node.clone()),
            Self::Text(template) => Ok(Node::Str(template.fill(fields).into())),
            Self::Map { from, map } => {
                let key = from.fill(fields);
                let found = map.iter().find(|(k, _)| *k == key);
                found
                    .map(|(_, value)| value.clone())
                    .ok_or_else(|| format!("the map has nothing for '{key}'"))
            }
            Self::Grid {
                column,
                row,
                columns,
            } => {
                let (x, y) = (column.fill(fields), row.fill(fields));
                let place = x.parse::<i64>().ok().zip(y.parse::<i64>().ok());
                let place = place.filter(|(x, y)| (0..*columns).contains(x) && *y >= 0);
                let number = place.and_then(|(x, y)| y.checked_mul(*columns)?.checked_add(x));
                let outside = || format!("column '{x}', row '{y}' is not in the grid");
                number.map(Node::Int).ok_or_else(outside)
            }
        }
    }
}

fn grid(mapping: &Mapping) -> Result<ValueRule, String> {
    let text = |key| mapping.get(key).and_then(Node::as_str);
    let columns = mapping.get("columns").and_then(Node::as_int);
    match (text("column"), text("row"), columns.filter(|c| *c > 0)) {
        (Some(column), Some(row), Some(columns)) if mapping.len() == 3 => Ok(ValueRule::Grid {
            column: Template::parse(column)?,
            row: Template::parse(row)?,
            columns,
        }),
        _ => Err(format!("a value that is a mapping has {FORMS}")),
    }
}

/// A scalar as the text that a field would have.
pub fn text_of(node: &Node) -> Result<String, String> {
    match node {
        Node::Int(v) => Ok(v.to_string()),
        Node::Float(v) => Ok(v.to_string()),
        Node::Bool(v) => Ok(if *v { "T" } else { "F" }.to_owned()),
        Node::Str(v) => Ok(v.to_string()),
        other => Err(format!("{} cannot be compared with a field", other.kind())),
    }
}
