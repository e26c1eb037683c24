//! Columns of files, and whether two files have the same.

use std::collections::{BTreeMap, BTreeSet};

/// A column: its name and type in words that all formats share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// `int64`, `float64`, `text`...; of tables of text `number`, `text` or nothing for a column without values.
    pub kind: String,
    /// Its unit, if the file says one.
    pub unit: Option<String>,
}

impl Column {
    /// Whether values of both are the same kind of thing.
    fn agrees(&self, other: &Self) -> bool {
        let is_numeric = |kind: &str| kind.starts_with("int") || kind.starts_with("float");
        match (self.kind.as_str(), other.kind.as_str()) {
            (a, b) if a == b => true,
            ("", _) | (_, "") => true,
            ("number", kind) | (kind, "number") => is_numeric(kind),
            _ => false,
        }
    }
}

/// What most files have: the names that most have, and of each column the type that most of those have. `schemas` come in the
/// order of files, each with the number of files that have it; of equals what came first is right.
pub fn usual(schemas: &[(&[Column], usize)]) -> Option<Vec<Column>> {
    let names =
        |columns: &'_ [Column]| -> Vec<String> { columns.iter().map(|c| c.name.clone()).collect() };
    let mut votes: BTreeMap<Vec<String>, (usize, usize)> = BTreeMap::new();
    for (number, (columns, count)) in schemas.iter().enumerate() {
        votes
            .entry(names(columns))
            .or_insert((0, usize::MAX - number))
            .0 += count;
    }
    let (most, _) = votes.into_iter().max_by_key(|(_, votes)| *votes)?;
    let fitting: Vec<_> = schemas
        .iter()
        .filter(|(columns, _)| names(columns) == most)
        .collect();
    let mut right = fitting.first()?.0.to_vec();
    for (at, column) in right.iter_mut().enumerate() {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for (columns, count) in &fitting {
            *kinds.entry(&columns[at].kind).or_default() += count;
        }
        kinds.remove("");
        let most = kinds.into_iter().max_by_key(|(_, count)| *count);
        column.kind = most.map(|(kind, _)| kind.to_owned()).unwrap_or_default();
    }
    Some(right)
}

/// How columns differ from those that are expected, in words; `None` if they do not. The order counts, since programs that
/// load tables of text go by it.
pub fn difference(expected: &[Column], found: &[Column]) -> Option<String> {
    let names = |columns: &'_ [Column]| -> BTreeSet<String> {
        columns.iter().map(|c| c.name.clone()).collect()
    };
    let (wanted, there) = (names(expected), names(found));
    let mut words = Vec::new();
    for (what, some) in [
        (
            "without",
            wanted.difference(&there).cloned().collect::<Vec<_>>(),
        ),
        ("with", there.difference(&wanted).cloned().collect()),
    ] {
        if !some.is_empty() {
            words.push(format!("{what} {}", listed(&some)));
        }
    }
    for column in expected {
        let other = found.iter().find(|c| c.name == column.name);
        if let Some(other) = other.filter(|other| !column.agrees(other)) {
            words.push(format!(
                "{} is {}, not {}",
                column.name, other.kind, column.kind
            ));
        }
    }
    if words.is_empty() && expected.len() != found.len() {
        words.push(format!("{} columns, not {}", found.len(), expected.len()));
    }
    let is_moved = expected.iter().zip(found).any(|(a, b)| a.name != b.name);
    if words.is_empty() && is_moved {
        words.push("in another order".to_owned());
    }
    (!words.is_empty()).then(|| words.join("; "))
}

/// Names, not all if there are many.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut text = names[..names.len().min(SHOWN)].join(", ");
    if names.len() > SHOWN {
        text += &format!(" and {} more", names.len() - SHOWN);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(text: &str) -> Vec<Column> {
        let column = |word: &str| {
            let (name, kind) = word.split_once(':').unwrap();
            Column {
                name: name.to_owned(),
                kind: kind.to_owned(),
                unit: None,
            }
        };
        text.split_whitespace().map(column).collect()
    }

    #[test]
    fn the_most_have_the_right_columns() {
        let schemas = [
            (columns("a:text"), 3),
            (columns("a:number b:"), 2),
            (columns("a:text b:text"), 1),
            (columns("a:text b:number"), 2),
        ];
        let counted: Vec<(&[Column], usize)> =
            schemas.iter().map(|(c, n)| (c.as_slice(), *n)).collect();
        assert_eq!(usual(&counted), Some(columns("a:text b:number")));
        assert_eq!(usual(&counted[..2]), Some(columns("a:text")));
        assert_eq!(usual(&[]), None);
    }

    #[test]
    fn differences_are_told_in_words() {
        let expected = columns("id:int64 ra:float64 flag:bool");
        for (found, words) in [
            ("id:int64 ra:float64 flag:bool", None),
            ("id:number ra:number flag:", None),
            ("id:int64 flag:bool", Some("without ra")),
            (
                "id:int64 ra:float32 flag:bool x:text",
                Some("with x; ra is float32, not float64"),
            ),
            ("ra:float64 id:int64 flag:bool", Some("in another order")),
            (
                "id:int64 ra:float64 flag:bool flag:bool",
                Some("4 columns, not 3"),
            ),
            (
                "id:number ra:number flag:number",
                Some("flag is number, not bool"),
            ),
        ] {
            assert_eq!(
                difference(&expected, &columns(found)).as_deref(),
                words,
                "{found}"
            );
        }
    }
}
