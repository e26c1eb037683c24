//! The values that an options file gives, and the words they would be on the command line.
use clap::{Arg, ArgAction, Command};
use pantry_registry::config::{Config, Environment, ResourcePath, Value, entry};

use crate::rows;

/// One value of the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Preset {
    /// Null: as if it were not there.
    Nothing,
    /// Yes or no.
    Switch(bool),
    /// Text, or a number as text.
    Text(String),
    /// A list of such.
    List(Vec<Preset>),
}

impl Preset {
    /// The words that say this on the command line: for an option `--name=value`, for an argument the bare values.
    ///
    /// # Errors
    /// A message, if the value is of the wrong kind.
    pub(super) fn values(self, arg: &Arg, verb: Option<&Command>) -> Result<Vec<String>, String> {
        if super::is_switch(arg) {
            return self.switch(arg, verb);
        }
        let many = matches!(arg.get_action(), ArgAction::Append);
        let texts = match self {
            Preset::Nothing => Vec::new(),
            Preset::List(items) if many => items
                .into_iter()
                .map(Preset::text)
                .collect::<Result<_, _>>()?,
            other => vec![other.text()?],
        };
        Ok(match arg.get_long() {
            Some(long) => texts
                .into_iter()
                .map(|text| format!("--{long}={text}"))
                .collect(),
            None => texts,
        })
    }

    fn text(self) -> Result<String, String> {
        match self {
            Preset::Text(text) => Ok(text),
            Preset::Switch(true) => Ok("True".to_owned()),
            Preset::Switch(false) => Ok("False".to_owned()),
            Preset::Nothing => Err("null where a value is needed".to_owned()),
            Preset::List(_) => Err("a list where one value is needed".to_owned()),
        }
    }

    /// Off is said by the negative half of a pair, and for a lone switch by saying nothing.
    fn switch(self, arg: &Arg, verb: Option<&Command>) -> Result<Vec<String>, String> {
        let on = match self {
            Preset::Nothing => return Ok(Vec::new()),
            Preset::Switch(on) => on,
            Preset::Text(text) => match text.trim().to_lowercase().as_str() {
                "1" | "true" | "t" | "yes" | "y" | "on" => true,
                "0" | "false" | "f" | "no" | "n" | "off" => false,
                _ => return Err(format!("'{text}' is not a valid boolean")),
            },
            Preset::List(_) => return Err("a list is not a valid boolean".to_owned()),
        };
        let long = arg.get_long().unwrap_or_default();
        if on {
            return Ok(vec![format!("--{long}")]);
        }
        let negative = format!("no-{long}");
        let paired = verb.is_some_and(|v| {
            v.get_arguments()
                .any(|a| a.get_long() == Some(negative.as_str()))
        });
        Ok(if paired {
            vec![format!("--{negative}")]
        } else {
            Vec::new()
        })
    }
}

/// Reads what the file (a path or `file://` URI, YAML or JSON, includes allowed) has for this verb, in its order.
///
/// # Errors
/// A message, if there is no such file or it has nothing for the verb.
pub(super) fn read(file: &str, verb: &str) -> Result<Vec<(String, Preset)>, String> {
    let environment = Environment::from_process();
    let path = ResourcePath::parse(file, &environment).map_err(|e| e.to_string())?;
    let config = Config::read(&path, &environment).map_err(|e| e.to_string())?;
    let section =
        entry(config.mapping(), verb).ok_or_else(|| format!("it has nothing for '{verb}'"))?;
    let options = section.as_map().ok_or_else(|| {
        format!(
            "'{verb}' must be a mapping of options, not {}",
            section.kind()
        )
    })?;
    options
        .iter()
        .map(|(name, value)| {
            let name = name
                .as_str()
                .ok_or_else(|| format!("an option name of '{verb}' is not text"))?;
            let preset = preset(value).map_err(|reason| format!("{name}: {reason}"))?;
            Ok((name.to_owned(), preset))
        })
        .collect()
}

fn preset(value: &Value) -> Result<Preset, String> {
    Ok(match value {
        Value::Null => Preset::Nothing,
        Value::Bool(on) => Preset::Switch(*on),
        Value::Int(number) => Preset::Text(number.to_string()),
        Value::Float(number) => Preset::Text(rows::Value::Float(*number).to_cell().into_owned()),
        Value::Str(text) => Preset::Text(text.to_string()),
        Value::List(items) => Preset::List(items.iter().map(preset).collect::<Result<_, _>>()?),
        Value::Timestamp(_) => return Err("looks like a date to YAML: put it in quotes".to_owned()),
        Value::Map(_) => return Err("a mapping where a value is needed".to_owned()),
    })
}
