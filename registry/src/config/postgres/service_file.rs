//! libpq's service file: named sets of connection parameters.

use std::fs;
use std::path::PathBuf;

use super::super::environment::Environment;
use super::super::error::ConfigError;

/// The parameters of a service, from `PGSERVICEFILE` or `~/.pg_service.conf`, else from
/// `PGSYSCONFDIR/pg_service.conf`.
pub(super) fn read(
    service: &str,
    environment: &Environment,
) -> Result<Vec<(String, String)>, ConfigError> {
    let own = match environment.non_empty("PGSERVICEFILE") {
        Some(file) => Some(PathBuf::from(file)),
        None => environment.home().map(|home| home.join(".pg_service.conf")),
    };
    let system = environment
        .non_empty("PGSYSCONFDIR")
        .map(|dir| PathBuf::from(dir).join("pg_service.conf"));
    for file in [own, system].into_iter().flatten() {
        let file = environment.current_dir().join(file);
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        if let Some(parameters) = section(&text, service, &file.to_string_lossy())? {
            return Ok(parameters);
        }
    }
    Err(ConfigError::postgres(
        "service",
        format!("definition of service \"{service}\" not found"),
    ))
}

fn section(
    text: &str,
    service: &str,
    file: &str,
) -> Result<Option<Vec<(String, String)>>, ConfigError> {
    let mut found: Option<Vec<(String, String)>> = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let wrong = |what: &str| {
            ConfigError::postgres(
                "service",
                format!("{what} in service file \"{file}\", line {}", number + 1),
            )
        };
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            if name.strip_suffix(']') == Some(service) {
                found = Some(Vec::new());
            }
            continue;
        }
        let Some(parameters) = &mut found else {
            continue;
        };
        let (key, value) = line.split_once('=').ok_or_else(|| wrong("syntax error"))?;
        if key == "service" {
            return Err(wrong("nested service specifications not supported"));
        }
        if !parameters.iter().any(|(known, _)| known == key) {
            parameters.push((key.to_owned(), value.to_owned()));
        }
    }
    Ok(found)
}
