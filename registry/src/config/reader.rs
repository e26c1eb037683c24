//! Reading one YAML or JSON source, with `!include` of others.

use std::fs;
use std::io::ErrorKind;

use super::defaults;
use super::environment::Environment;
use super::error::ConfigError;
use super::json;
use super::resource_path::ResourcePath;
use super::value::Value;
use super::yaml::{self, ComposeError};

/// Files may include files this deep.
pub(super) const MAX_INCLUDES: usize = 16;

/// Where YAML text comes from, and so what its `!include` are relative to.
#[derive(Clone)]
enum Source {
    File(ResourcePath),
    /// A file of the embedded defaults, by name.
    Embedded(String),
    /// Text given directly: includes are relative to the working directory.
    Text,
}

/// Read a `.yaml` or `.json` file.
pub(super) fn read_file(
    file: &ResourcePath,
    environment: &Environment,
) -> Result<Value, ConfigError> {
    match file.extension().as_str() {
        ".yaml" => read_yaml_file(file, environment, 0),
        ".json" => {
            let bytes = bytes_of(file)?;
            json::read(&bytes).map_err(|error| ConfigError::Syntax {
                file: file.to_string(),
                line: error.line(),
                reason: error.to_string(),
            })
        }
        _ if file.to_path().exists() => Err(ConfigError::Extension {
            path: file.to_string(),
        }),
        _ => Err(not_found(file)),
    }
}

/// Read a file of the embedded defaults; `None` if there is none of that name.
pub(super) fn read_embedded(
    name: &str,
    environment: &Environment,
) -> Option<Result<Value, ConfigError>> {
    let text = defaults::embedded(name)?;
    Some(parse(
        text,
        &Source::Embedded(name.to_owned()),
        environment,
        0,
    ))
}

/// Read YAML text.
pub(super) fn read_text(text: &str, environment: &Environment) -> Result<Value, ConfigError> {
    parse(text, &Source::Text, environment, 0)
}

fn read_yaml_file(
    file: &ResourcePath,
    environment: &Environment,
    depth: usize,
) -> Result<Value, ConfigError> {
    let bytes = bytes_of(file)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| ConfigError::Syntax {
        file: file.to_string(),
        line: bytes[..error.valid_up_to()]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
            + 1,
        reason: "the file is not UTF-8".to_owned(),
    })?;
    parse(text, &Source::File(file.clone()), environment, depth)
}

fn parse(
    text: &str,
    source: &Source,
    environment: &Environment,
    depth: usize,
) -> Result<Value, ConfigError> {
    let mut include = |name: &str| included(name, source, environment, depth + 1);
    yaml::compose(text, &mut include).map_err(|error| match error {
        ComposeError::Include(inner) => inner,
        ComposeError::Syntax { line, reason } => ConfigError::Syntax {
            file: source.name(),
            line,
            reason,
        },
    })
}

fn included(
    name: &str,
    source: &Source,
    environment: &Environment,
    depth: usize,
) -> Result<Value, ConfigError> {
    if depth > MAX_INCLUDES {
        return Err(ConfigError::value(
            "!include",
            format!("files include each other more than {MAX_INCLUDES} deep"),
        ));
    }
    let wanted = ResourcePath::parse_relative(name, environment)?;
    if wanted.is_absolute() {
        return read_yaml_file(&wanted, environment, depth);
    }
    match source {
        Source::File(file) => read_yaml_file(&file.sibling(name), environment, depth),
        Source::Text => {
            read_yaml_file(&ResourcePath::parse(name, environment)?, environment, depth)
        }
        Source::Embedded(own) => {
            let folder = own
                .rsplit_once('/')
                .map(|(folder, _)| format!("{folder}/"))
                .unwrap_or_default();
            let name = format!("{folder}{name}");
            match defaults::embedded(&name) {
                Some(text) => parse(text, &Source::Embedded(name), environment, depth),
                None => Err(ConfigError::value(
                    "!include",
                    format!("no default file {name}"),
                )),
            }
        }
    }
}

impl Source {
    fn name(&self) -> String {
        match self {
            Self::File(file) => file.to_string(),
            Self::Embedded(name) => format!("default {name}"),
            Self::Text => "configuration text".to_owned(),
        }
    }
}

fn bytes_of(file: &ResourcePath) -> Result<Vec<u8>, ConfigError> {
    fs::read(file.to_path()).map_err(|source| match source.kind() {
        ErrorKind::NotFound => not_found(file),
        _ => ConfigError::Io {
            action: "read",
            path: file.to_path(),
            source,
        },
    })
}

fn not_found(file: &ResourcePath) -> ConfigError {
    ConfigError::NotFound {
        what: "configuration".to_owned(),
        path: file.to_string(),
        hint: String::new(),
    }
}
