//! Where a value sits in a configuration: `.datastore.root`, or steps of keys and list positions.

use std::sync::Arc;

use super::error::ConfigError;
use super::value::{Key, Mapping, Value};

/// One step down.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// Into a mapping.
    Key(Key),
    /// Into a list.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(Key::from(key))
    }
}

/// Split `.a.b` at its first character; a key that starts with a letter or digit is a single key
/// (`Config._splitIntoKeys`). A backslash before the delimiter makes it part of a key.
pub(super) fn split(key: &str) -> Result<Vec<Step>, ConfigError> {
    let mut chars = key.chars();
    let Some(delimiter) = chars.next() else {
        return Err(ConfigError::value("", "the key is empty"));
    };
    if delimiter.is_alphanumeric() {
        return Ok(vec![Step::from(key)]);
    }
    let rest = chars.as_str();
    let escaped = format!("\\{delimiter}");
    if rest.contains(&format!("\\{escaped}")) {
        return Err(ConfigError::value(
            key,
            "escaping an escaped delimiter is not supported",
        ));
    }
    let parts = rest.replace(&escaped, "\r");
    Ok(parts
        .split(delimiter)
        .map(|part| Step::from(part.replace('\r', &delimiter.to_string()).as_str()))
        .collect())
}

/// The value one step down, as the reference looks: lists and texts by position, negative from the end; a text
/// that is no number but *is in* the list or text is there, with value null.
pub(super) fn child(value: &Value, step: &Step) -> Option<Value> {
    let position = |length: usize| -> Option<Option<usize>> {
        let index: i128 = match step {
            Step::Index(i) => *i as i128,
            Step::Key(key) => match key.value() {
                Value::Str(text) => text.trim().parse().ok()?,
                Value::Int(i) => *i,
                Value::Bool(b) => i128::from(*b),
                _ => return None,
            },
        };
        let from_start = if index < 0 {
            index + length as i128
        } else {
            index
        };
        Some(usize::try_from(from_start).ok().filter(|i| *i < length))
    };
    match value {
        Value::Map(mapping) => match step {
            Step::Key(key) => mapping.get(key).cloned(),
            Step::Index(i) => mapping
                .get(&Key::from_value(Value::Int(*i as i128))?)
                .cloned(),
        },
        Value::List(items) => match position(items.len()) {
            Some(index) => index.map(|i| items[i].clone()),
            None => {
                let Step::Key(key) = step else { return None };
                let same = |v: &Value| Key::from_value(v.clone()).is_some_and(|k| k == *key);
                items.iter().any(same).then_some(Value::Null)
            }
        },
        Value::Str(text) => match position(text.chars().count()) {
            Some(index) => text.chars().nth(index?).map(|c| Value::str(&c.to_string())),
            None => match step {
                Step::Key(key) => text.contains(key.as_str()?).then_some(Value::Null),
                Step::Index(_) => None,
            },
        },
        _ => None,
    }
}

/// Put a value at a place, making the mappings on the way.
pub(super) fn set(mapping: &mut Mapping, steps: &[Step], value: Value) -> Result<(), ConfigError> {
    let Some((last, way)) = steps.split_last() else {
        return Err(ConfigError::value("", "the key is empty"));
    };
    match way.split_first() {
        None => {
            mapping.insert(key_of(last), value);
            Ok(())
        }
        Some((first, _)) => {
            let slot = mapping
                .entry(key_of(first))
                .or_insert_with(|| Value::map(Mapping::new()));
            set_in(slot, &steps[1..], value)
        }
    }
}

fn set_in(slot: &mut Value, steps: &[Step], value: Value) -> Result<(), ConfigError> {
    let Some((first, rest)) = steps.split_first() else {
        *slot = value;
        return Ok(());
    };
    match slot {
        Value::Map(mapping) => set(Arc::make_mut(mapping), steps, value),
        Value::List(items) => {
            let Step::Index(i) = first else {
                return Err(ConfigError::value(
                    describe(steps),
                    "a list needs a position",
                ));
            };
            match Arc::make_mut(items).get_mut(*i) {
                Some(item) => set_in(item, rest, value),
                None => Err(ConfigError::value(
                    describe(steps),
                    "is beyond the end of the list",
                )),
            }
        }
        other => Err(ConfigError::value(
            describe(steps),
            format!("cannot be set inside {}", other.kind()),
        )),
    }
}

/// Take out the value at a place; nothing happens if it is not there.
pub(super) fn remove(mapping: &mut Mapping, steps: &[Step]) -> Option<Value> {
    let (first, rest) = steps.split_first()?;
    if rest.is_empty() {
        return mapping.shift_remove(&key_of(first));
    }
    remove_in(mapping.get_mut(&key_of(first))?, rest)
}

fn remove_in(slot: &mut Value, steps: &[Step]) -> Option<Value> {
    match (slot, steps) {
        (Value::Map(mapping), _) => remove(Arc::make_mut(mapping), steps),
        (Value::List(items), [Step::Index(i)]) if *i < items.len() => {
            Some(Arc::make_mut(items).remove(*i))
        }
        (Value::List(items), [Step::Index(i), rest @ ..]) => {
            remove_in(Arc::make_mut(items).get_mut(*i)?, rest)
        }
        _ => None,
    }
}

fn key_of(step: &Step) -> Key {
    match step {
        Step::Key(key) => key.clone(),
        Step::Index(i) => Key::from(i.to_string().as_str()),
    }
}

/// A place in words.
pub(super) fn describe(steps: &[Step]) -> String {
    let part = |step: &Step| match step {
        Step::Key(key) => super::python_text::display(key.value()),
        Step::Index(i) => i.to_string(),
    };
    steps.iter().map(part).collect::<Vec<_>>().join(".")
}

/// Every place in a configuration, parents before children (`Config.nameTuples`).
pub(super) fn all_places(mapping: &Mapping) -> Vec<Vec<Step>> {
    let mut places = Vec::new();
    for (key, value) in mapping {
        let place = vec![Step::Key(key.clone())];
        places.push(place.clone());
        collect(value, &place, &mut places);
    }
    places
}

fn collect(value: &Value, base: &[Step], places: &mut Vec<Vec<Step>>) {
    let mut visit = |step: Step, value: &Value| {
        let mut place = base.to_vec();
        place.push(step);
        places.push(place.clone());
        collect(value, &place, places);
    };
    match value {
        Value::Map(mapping) => mapping
            .iter()
            .for_each(|(k, v)| visit(Step::Key(k.clone()), v)),
        Value::List(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, v)| visit(Step::Index(i), v)),
        _ => {}
    }
}
