//! From the YAML of a recipe to its rules.

use std::path::Path;

use super::question;
use super::value::{Template, ValueRule, text_of};
use super::{HduName, HeaderRule, Named, Pattern, Recipe, RecordRule, Rule, fault};
use crate::Error;
use crate::export::ExportedDatasetType;
use crate::yaml::{self, Field, Mapping, Node};

/// A line and what is wrong there.
type Fault = (u64, String);

impl Recipe {
    /// Read a recipe.
    ///
    /// # Errors
    /// [`Error::Input`] names the line at fault.
    pub fn read(file: &Path) -> Result<Self, Error> {
        let text = std::fs::read(file).map_err(|e| Error::io("reading the recipe", file, e))?;
        Self::parse(file, text)
    }

    /// Read the text of a recipe; `file` stands for it in messages.
    ///
    /// # Errors
    /// [`Error::Input`] names the line at fault.
    pub fn parse(file: &Path, text: Vec<u8>) -> Result<Self, Error> {
        let document = yaml::document(&file.to_string_lossy(), text)?;
        let Node::Map(document) = document else {
            return Err(fault(file, 1, "a recipe is a mapping with 'rules'"));
        };
        if let Some((line, question)) = question::open(&document) {
            return Err(fault(file, line, question));
        }
        let mut recipe = Self {
            file: file.to_owned(),
            dataset_types: Vec::new(),
            ignore: Vec::new(),
            rules: Vec::new(),
            zips: false,
        };
        recipe
            .fill(&document)
            .map_err(|(line, message)| fault(file, line, message))?;
        Ok(recipe)
    }

    fn fill(&mut self, document: &Mapping) -> Result<(), Fault> {
        let keys = ["dataset_types", "ignore", "rules", "zips"];
        known(document, &keys, "a recipe")?;
        self.zips = match document
            .field("zips")
            .map(|field| (&field.value, field.line))
        {
            None => false,
            Some((Node::Bool(zips), _)) => *zips,
            Some((_, line)) => return Err((line, "'zips' is true or false".to_owned())),
        };
        if let Some(field) = document.field("dataset_types") {
            for field in mapping(field)?.fields() {
                self.dataset_types.push(dataset_type(field)?);
            }
        }
        if let Some(field) = document.field("ignore") {
            for node in list(field)? {
                let text = node
                    .as_str()
                    .ok_or_else(|| (field.line, "a pattern is text".to_owned()))?;
                self.ignore
                    .push(Pattern::parse(text).map_err(|m| (field.line, m))?);
            }
        }
        let rules = document
            .field("rules")
            .ok_or_else(|| (1, "a recipe has a list of 'rules'".to_owned()))?;
        for node in list(rules)? {
            let Node::Map(map) = node else {
                return Err((
                    rules.line,
                    format!("a rule is a mapping, not {}", node.kind()),
                ));
            };
            self.rules.push(rule(map)?);
        }
        let names: Vec<&str> = self.rules.iter().map(|r| r.name.as_str()).collect();
        match self
            .rules
            .iter()
            .enumerate()
            .find(|(i, r)| names[..*i].contains(&r.name.as_str()))
        {
            Some((_, rule)) => Err((
                rule.line,
                format!("there is a rule '{}' already", rule.name),
            )),
            None => Ok(()),
        }
    }
}

fn rule(map: &Mapping) -> Result<Rule, Fault> {
    let keys = [
        "name",
        "path",
        "header",
        "dataset_type",
        "run",
        "formatter",
        "data_id",
        "records",
    ];
    known(map, &keys, "a rule")?;
    let mut rule = Rule {
        name: text(map, "name")?,
        line: map.line,
        pattern: Pattern::parse(&text(map, "path")?).map_err(|m| at(map, "path", m))?,
        header: None,
        dataset_type: Template::parse(&text(map, "dataset_type")?)
            .map_err(|m| at(map, "dataset_type", m))?,
        run: None,
        formatter: None,
        data_id: Vec::new(),
        records: Vec::new(),
    };
    if map.field("run").is_some() {
        rule.run = Some(Template::parse(&text(map, "run")?).map_err(|m| at(map, "run", m))?);
    }
    if map.field("formatter").is_some() {
        rule.formatter = Some(text(map, "formatter")?);
    }
    if let Some(field) = map.field("header") {
        rule.header = Some(header(mapping(field)?)?);
    }
    if let Some(field) = map.field("data_id") {
        rule.data_id = values(mapping(field)?)?;
    }
    if let Some(field) = map.field("records") {
        for field in mapping(field)?.fields() {
            let element = key(field)?;
            let values = values(mapping(field)?)?;
            rule.records.push(RecordRule {
                element,
                line: field.line,
                values,
            });
        }
    }
    Ok(rule)
}

fn header(map: &Mapping) -> Result<HeaderRule, Fault> {
    known(map, &["hdu", "fields", "equal"], "'header'")?;
    let hdu = match map.field("hdu").map(|f| (&f.value, f.line)) {
        None => HduName::Number(0),
        Some((Node::Int(number), line)) => {
            let number = usize::try_from(*number);
            HduName::Number(
                number.map_err(|_| (line, "an HDU cannot have this number".to_owned()))?,
            )
        }
        Some((node, line)) => {
            let name = node
                .as_str()
                .ok_or_else(|| (line, "an HDU is a number or a name".to_owned()))?;
            HduName::Name(name.to_owned())
        }
    };
    let pairs = |name: &str| -> Result<Vec<(String, String)>, Fault> {
        let Some(field) = map.field(name) else {
            return Ok(Vec::new());
        };
        let pair = |f: &Field| Ok((key(f)?, text_of(&f.value).map_err(|m| (f.line, m))?));
        mapping(field)?.fields().iter().map(pair).collect()
    };
    Ok(HeaderRule {
        hdu,
        fields: pairs("fields")?,
        equal: pairs("equal")?,
    })
}

fn values(map: &Mapping) -> Result<Vec<Named>, Fault> {
    let value = |field: &Field| {
        Ok(Named {
            name: key(field)?,
            line: field.line,
            value: ValueRule::parse(&field.value).map_err(|m| (field.line, m))?,
        })
    };
    map.fields().iter().map(value).collect()
}

fn dataset_type(field: &Field) -> Result<ExportedDatasetType, Fault> {
    let map = mapping(field)?;
    known(
        map,
        &["dimensions", "storage_class", "is_calibration"],
        "a dataset type",
    )?;
    let dimensions = map
        .field("dimensions")
        .ok_or_else(|| (map.line, "a dataset type has 'dimensions'".to_owned()))?;
    let name = |node: &Node| {
        node.as_str()
            .map(str::to_owned)
            .ok_or_else(|| (dimensions.line, "a dimension is a name".to_owned()))
    };
    Ok(ExportedDatasetType {
        name: key(field)?,
        dimensions: list(dimensions)?
            .iter()
            .map(name)
            .collect::<Result<_, _>>()?,
        storage_class: text(map, "storage_class")?,
        is_calibration: matches!(map.get("is_calibration"), Some(Node::Bool(true))),
        line: field.line,
    })
}

/// Keys that are not known are mistakes.
fn known(map: &Mapping, keys: &[&str], what: &str) -> Result<(), Fault> {
    for field in map.fields() {
        let name = key(field)?;
        if !keys.contains(&name.as_str()) {
            return Err((
                field.line,
                format!("{what} has no '{name}'; it has {}", keys.join(", ")),
            ));
        }
    }
    Ok(())
}

fn key(field: &Field) -> Result<String, Fault> {
    let name = field.key.as_str().map(str::to_owned);
    name.ok_or_else(|| {
        (
            field.line,
            format!("a key must be text, not {}", field.key.kind()),
        )
    })
}

fn text(map: &Mapping, key: &str) -> Result<String, Fault> {
    match map.field(key) {
        None => Err((map.line, format!("'{key}' is missing"))),
        Some(field) => {
            let text = field.value.as_str().map(str::to_owned);
            text.ok_or_else(|| {
                (
                    field.line,
                    format!("'{key}' must be text, not {}", field.value.kind()),
                )
            })
        }
    }
}

fn mapping(field: &Field) -> Result<&Mapping, Fault> {
    match &field.value {
        Node::Map(map) => Ok(map),
        other => Err((
            field.line,
            format!("a mapping is wanted here, not {}", other.kind()),
        )),
    }
}

fn list(field: &Field) -> Result<&[Node], Fault> {
    match &field.value {
        Node::Seq(list) => Ok(list),
        other => Err((
            field.line,
            format!("a list is wanted here, not {}", other.kind()),
        )),
    }
}

fn at(map: &Mapping, key: &str, message: String) -> Fault {
    (map.field(key).map_or(map.line, |f| f.line), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECIPE: &str = include_str!("../../../../docs/recipes/vista-coadds.yaml");

    proptest::proptest! {
        #[test]
        fn a_spoiled_recipe_is_read_or_refused(at in 0..RECIPE.len(), len in 0..20_usize, new in "[-a-z0-9{}:,\\[\\]\"'? \n]{0,6}") {
            let mut text = RECIPE.as_bytes().to_vec();
            text.splice(at..text.len().min(at + len), new.bytes());
            match Recipe::parse(Path::new("recipe.yaml"), text) {
                Ok(_) | Err(Error::Input { .. } | Error::Yaml(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
    }
}
