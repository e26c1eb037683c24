//! Names of formatter classes, and which file extensions some of them read. No class is ever loaded.

use crate::defaults;
use crate::error::{DatastoreError, Result};
use crate::lookup::{Conform, Lookup, LookupEntity, LookupTable, LookupValue};
use crate::resource_path::extension_of;

/// The formatters of a datastore by dataset type, dimensions or storage class.
///
/// Only needed where an import or ingest does not name the formatter itself. Reference behaviour:
/// `FormatterFactory.registerFormatters` in `lsst/daf/butler/_formatter.py`.
#[derive(Debug, Clone)]
pub struct FormatterNames {
    names: Lookup<String>,
}

impl FormatterNames {
    /// Read the `datastore.formatters` section (reference defaults already merged with those of `butler.yaml`).
    pub fn new(section: &[(String, LookupValue)], conform: Conform<'_>) -> Result<Self> {
        let mut table = LookupTable::new(section, true, conform)?;
        // Write parameters and recipes matter only to the classes themselves.
        table.take("default");
        table.take("write_recipes");
        Ok(Self {
            names: table.map(formatter_name)?,
        })
    }

    /// The formatters of a datastore whose `butler.yaml` says nothing about them.
    pub fn reference(conform: Conform<'_>) -> Result<Self> {
        Self::new(&defaults::formatters(), conform)
    }

    /// Full class name of the formatter for a dataset, if one is configured.
    pub fn get(&self, entity: &LookupEntity<'_>) -> Option<&str> {
        self.names.get(entity).map(String::as_str)
    }
}

fn formatter_name(key: String, value: LookupValue) -> Result<String> {
    let bad = |reason: String| {
        Err(DatastoreError::BadConfig {
            key: key.clone(),
            reason,
        })
    };
    match value {
        LookupValue::Text(name) => Ok(name),
        LookupValue::Section(inner) => {
            let unexpected = inner
                .iter()
                .find(|(name, _)| name != "formatter" && name != "parameters");
            if let Some((name, _)) = unexpected {
                return bad(format!(
                    "key '{name}' is not expected; only 'formatter' and 'parameters' are"
                ));
            }
            match inner.into_iter().find(|(name, _)| name == "formatter") {
                Some((_, LookupValue::Text(name))) => Ok(name),
                _ => bad("the key 'formatter' is missing".to_owned()),
            }
        }
        other => bad(format!("a formatter name is expected, not {other:?}")),
    }
}

/// Check that a formatter reads files with the extension of `path`, as the reference does when a file is
/// copied or linked into the datastore.
///
/// Possible only for the classes of `lsst.daf.butler` itself; for every other class the reference asks the
/// class, so here any extension passes.
pub fn check_extension(formatter: &str, path: &str) -> Result<()> {
    let Some(known) = defaults::extensions(formatter) else {
        return Ok(());
    };
    if known.iter().any(|extension| path.ends_with(extension)) {
        return Ok(());
    }
    Err(DatastoreError::BadExtension {
        path: path.to_owned(),
        extension: extension_of(path).to_owned(),
        formatter: formatter.to_owned(),
        known: known.join(", "),
    })
}
