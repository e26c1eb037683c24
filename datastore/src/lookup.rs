//! Configuration sections keyed by dataset type, dimensions, storage class or `instrument<NAME>`.
//!
//! Reference behaviour: `lsst/daf/butler/_config_support.py` (`LookupKey`, `processLookupConfigs`) and the
//! `_lookupNames` of dataset types and refs.

use std::collections::HashMap;

use crate::error::{DatastoreError, Result};

/// A value of a look-up section, as read from YAML.
#[derive(Debug, Clone, PartialEq)]
pub enum LookupValue {
    /// A string.
    Text(String),
    /// `null`, `false` or zero: no value.
    Off,
    /// A mapping, in order.
    Section(Vec<(String, LookupValue)>),
    /// Anything else, as text for the error message.
    Other(String),
}

/// Turns dimension names into all names of the group they span (required and implied, any order), or `None`
/// when the universe lacks one of them.
pub type Conform<'a> = &'a dyn Fn(&[&str]) -> Option<Vec<String>>;

/// What a dataset (or dataset type) is looked up by.
#[derive(Debug, Clone, Copy)]
pub struct LookupEntity<'a> {
    /// Name of the dataset type, component included.
    pub dataset_type: &'a str,
    /// All dimensions of the dataset type, required and implied, in any order.
    pub dimensions: &'a [&'a str],
    /// Storage class of the dataset type (of the component, if it is one).
    pub storage_class: &'a str,
    /// Storage class of the composite, for a component.
    pub parent_storage_class: Option<&'a str>,
    /// Value of `instrument` in the data ID, if it has one.
    pub instrument: Option<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum LookupName {
    Name(String),
    /// Sorted, so that equal groups are equal keys.
    Dimensions(Vec<String>),
}

type LookupKey = (LookupName, Option<(String, String)>);

/// A look-up section with its keys resolved.
#[derive(Debug, Clone)]
pub(crate) struct LookupTable {
    entries: HashMap<LookupKey, LookupValue>,
}

impl LookupTable {
    /// Resolve the keys of `section`. Mappings under ordinary keys are an error unless `allow_sections`.
    pub fn new(
        section: &[(String, LookupValue)],
        allow_sections: bool,
        conform: Conform<'_>,
    ) -> Result<Self> {
        let mut entries = HashMap::new();
        for (key, value) in section {
            match (value, data_id_override(key)) {
                (LookupValue::Section(inner), Some((dimension, wanted))) => {
                    for (name, value) in inner {
                        let data_id = Some((dimension.to_owned(), wanted.to_owned()));
                        entries.insert((LookupName::new(name, conform), data_id), value.clone());
                    }
                }
                (LookupValue::Section(_), None) if !allow_sections => {
                    let reason =
                        "a mapping is only expected under a key like instrument<NAME>".to_owned();
                    return Err(DatastoreError::BadConfig {
                        key: key.clone(),
                        reason,
                    });
                }
                _ => {
                    entries.insert((LookupName::new(key, conform), None), value.clone());
                }
            }
        }
        Ok(Self { entries })
    }

    /// Take out the entry with a plain name, for the keys that are no look-up keys (`default`, ...).
    pub fn take(&mut self, name: &str) -> Option<LookupValue> {
        self.entries
            .remove(&(LookupName::Name(name.to_owned()), None))
    }

    /// Convert every value; `convert` gets a printable form of the key.
    pub fn map<T>(self, convert: impl Fn(String, LookupValue) -> Result<T>) -> Result<Lookup<T>> {
        let mut entries = HashMap::new();
        for (key, value) in self.entries {
            let value = convert(describe(&key), value)?;
            entries.insert(key, value);
        }
        Ok(Lookup { entries })
    }
}

/// A look-up section with its values converted.
#[derive(Debug, Clone)]
pub(crate) struct Lookup<T> {
    entries: HashMap<LookupKey, T>,
}

impl<T> Lookup<T> {
    /// The entry of highest priority for `entity`.
    pub fn get(&self, entity: &LookupEntity<'_>) -> Option<&T> {
        let names = entity.names();
        let instrument = entity
            .instrument
            .map(|name| ("instrument".to_owned(), name.to_owned()));
        let overrides = instrument.iter().flat_map(|data_id| {
            names
                .iter()
                .map(move |name| (name.clone(), Some(data_id.clone())))
        });
        let plain = names.iter().map(|name| (name.clone(), None));
        overrides
            .chain(plain)
            .find_map(|key| self.entries.get(&key))
    }
}

impl LookupEntity<'_> {
    /// Dataset type, its composite, dimensions, storage class, storage class of the composite.
    fn names(&self) -> Vec<LookupName> {
        let mut names = vec![LookupName::Name(self.dataset_type.to_owned())];
        let composite = self.dataset_type.split_once('.').map(|(root, _)| root);
        names.extend(composite.map(|root| LookupName::Name(root.to_owned())));
        if !self.dimensions.is_empty() {
            let dimensions = self
                .dimensions
                .iter()
                .map(|name| (*name).to_owned())
                .collect();
            names.push(LookupName::dimensions(dimensions));
        }
        names.push(LookupName::Name(self.storage_class.to_owned()));
        let parent = self.parent_storage_class.filter(|_| composite.is_some());
        names.extend(parent.map(|name| LookupName::Name(name.to_owned())));
        names
    }
}

impl LookupName {
    /// A key with `+` names dimensions, if the universe has them all.
    fn new(key: &str, conform: Conform<'_>) -> Self {
        if !key.contains('+') {
            return Self::Name(key.to_owned());
        }
        let names: Vec<&str> = key.split('+').filter(|name| !name.is_empty()).collect();
        match conform(&names) {
            Some(dimensions) => Self::dimensions(dimensions),
            None => Self::Name(key.to_owned()),
        }
    }

    fn dimensions(mut names: Vec<String>) -> Self {
        names.sort_unstable();
        Self::Dimensions(names)
    }
}

/// `instrument<HSC>` as ("instrument", "HSC").
fn data_id_override(key: &str) -> Option<(&str, &str)> {
    let (dimension, rest) = key.split_once('<')?;
    let wanted = rest.strip_suffix('>')?;
    let is_name = !dimension.is_empty()
        && dimension
            .chars()
            .all(|c| c.is_ascii_lowercase() || c == '_');
    is_name.then_some((dimension, wanted))
}

fn describe((name, data_id): &LookupKey) -> String {
    let name = match name {
        LookupName::Name(name) => name.clone(),
        LookupName::Dimensions(names) => names.join("+"),
    };
    match data_id {
        Some((dimension, value)) => format!("{dimension}<{value}>.{name}"),
        None => name,
    }
}
