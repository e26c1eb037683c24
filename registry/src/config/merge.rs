//! Merging and copying of mappings, with the reference's sharing of lists.

use std::collections::HashMap;
use std::sync::Arc;

use super::value::{Mapping, Value};

/// Put every entry of `other` over `target`, mappings entry by entry (`Config.update`). Mappings are copied,
/// lists stay the same object.
pub(super) fn update(target: &mut Mapping, other: &Mapping) {
    for (key, value) in other {
        match value {
            Value::Map(incoming) => {
                let slot = target.entry(key.clone()).or_insert(Value::Null);
                if !matches!(slot, Value::Map(_)) {
                    *slot = Value::map(Mapping::new());
                }
                if let Value::Map(existing) = slot {
                    update(Arc::make_mut(existing), incoming);
                }
            }
            other => {
                target.insert(key.clone(), other.clone());
            }
        }
    }
}

/// A copy in which mappings are new and everything else is the same object.
pub(super) fn copy(mapping: &Mapping) -> Mapping {
    mapping
        .iter()
        .map(|(key, value)| {
            let value = match value {
                Value::Map(inner) => Value::map(copy(inner)),
                other => other.clone(),
            };
            (key.clone(), value)
        })
        .collect()
}

/// A copy in which lists are new too, still shared among themselves (Python's `copy.deepcopy`).
pub(super) fn deep_copy(mapping: &Mapping) -> Mapping {
    let mut seen = HashMap::new();
    mapping
        .iter()
        .map(|(k, v)| (k.clone(), deep_copy_value(v, &mut seen)))
        .collect()
}

fn deep_copy_value(value: &Value, seen: &mut HashMap<usize, Value>) -> Value {
    let Some(id) = value.identity() else {
        return value.clone();
    };
    if let Some(done) = seen.get(&id) {
        return done.clone();
    }
    let new = match value {
        Value::List(items) => Value::List(Arc::new(
            items.iter().map(|v| deep_copy_value(v, seen)).collect(),
        )),
        Value::Map(inner) => Value::map(
            inner
                .iter()
                .map(|(k, v)| (k.clone(), deep_copy_value(v, seen)))
                .collect(),
        ),
        Value::Timestamp(t) => Value::Timestamp(Arc::new((**t).clone())),
        scalar => scalar.clone(),
    };
    seen.insert(id, new.clone());
    new
}

/// Put `new` in every place that holds the list `old`, as if the list itself had been changed.
pub(super) fn replace_list(mapping: &mut Mapping, old: usize, new: &Value) {
    for value in mapping.values_mut() {
        replace_in(value, old, new);
    }
}

fn replace_in(value: &mut Value, old: usize, new: &Value) {
    if value.identity() == Some(old) {
        *value = new.clone();
        return;
    }
    if let Value::Map(inner) = value {
        replace_list(Arc::make_mut(inner), old, new);
    }
}
