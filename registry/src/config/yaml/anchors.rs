//! Which values get an anchor when written: those that appear more than once as the same object.

use std::collections::HashMap;

use super::super::value::{Key, Mapping, Value};

/// Anchor numbers (from 1, in the order of second sightings), by identity.
#[derive(Default)]
pub(super) struct Anchors {
    numbers: HashMap<usize, Option<usize>>,
    last: usize,
    written: HashMap<usize, ()>,
}

/// How a value is to be written.
pub(super) enum Sighting {
    /// Only once in the document.
    Single,
    /// The first of several: with this anchor.
    Anchor(usize),
    /// A later one: only the alias.
    Alias(usize),
}

impl Anchors {
    /// Look through a whole document.
    pub fn of(root: &Value) -> Self {
        let mut anchors = Self::default();
        anchors.visit(root);
        anchors
    }

    fn visit(&mut self, value: &Value) {
        if let Some(id) = value.identity() {
            if let Some(number) = self.numbers.get_mut(&id) {
                if number.is_none() {
                    self.last += 1;
                    *number = Some(self.last);
                }
                return;
            }
            self.numbers.insert(id, None);
        }
        match value {
            Value::List(items) => items.iter().for_each(|item| self.visit(item)),
            Value::Map(mapping) => {
                for (key, value) in sorted(mapping) {
                    self.visit(key.value());
                    self.visit(value);
                }
            }
            _ => {}
        }
    }

    /// How to write this value now, in document order.
    pub fn sight(&mut self, value: &Value) -> Sighting {
        let Some(id) = value.identity() else {
            return Sighting::Single;
        };
        match self.numbers.get(&id) {
            Some(Some(number)) if self.written.insert(id, ()).is_some() => Sighting::Alias(*number),
            Some(Some(number)) => Sighting::Anchor(*number),
            _ => Sighting::Single,
        }
    }
}

/// Entries in the order they are written: sorted if all keys compare in Python, else as they are.
pub(super) fn sorted(mapping: &Mapping) -> Vec<(&Key, &Value)> {
    let mut entries: Vec<(&Key, &Value)> = mapping.iter().collect();
    if entries.iter().all(|(k, _)| k.as_str().is_some()) {
        entries.sort_by(|a, b| a.0.as_str().cmp(&b.0.as_str()));
    } else if let Some(numbers) = entries
        .iter()
        .map(|(k, _)| number(k))
        .collect::<Option<Vec<f64>>>()
    {
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by(|&a, &b| numbers[a].total_cmp(&numbers[b]));
        entries = order.into_iter().map(|i| entries[i]).collect();
    } else if let Some(texts) = entries
        .iter()
        .map(|(k, _)| date(k))
        .collect::<Option<Vec<String>>>()
    {
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by(|&a, &b| texts[a].cmp(&texts[b]));
        entries = order.into_iter().map(|i| entries[i]).collect();
    }
    entries
}

fn number(key: &Key) -> Option<f64> {
    match key.value() {
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        Value::Int(i) => Some(*i as f64),
        Value::Float(f) => Some(*f),
        _ => None,
    }
}

fn date(key: &Key) -> Option<String> {
    match key.value() {
        Value::Timestamp(t) => Some(t.to_string()),
        _ => None,
    }
}
