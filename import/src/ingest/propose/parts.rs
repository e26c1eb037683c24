//! Parts of a rule: the names of its fields, the pattern of its paths, its run and its header.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::columns::{Column, Columns, Source};
use super::dimensions::Meaning;
use super::groups::Group;

/// Cards that say where a file is from: it must have them.
const ORIGIN: [&str; 2] = ["INSTRUME", "TELESCOP"];

/// Cards that are named in a comment.
const CARDS: usize = 12;

/// Names of fields by column.
pub(super) type Names = BTreeMap<usize, String>;

/// What the names of files begin with, up to the first part that is a field, or to another sign than an underscore.
pub(super) fn word(group: &Group, columns: &Columns, names: &Names) -> String {
    let is_field = |piece: &usize| {
        names
            .keys()
            .any(|number| match &columns.all[*number].source {
                Source::Pieces(pieces) => pieces.contains(piece),
                Source::Card(_) => false,
            })
    };
    let mut word = String::new();
    for piece in columns.name..group.example.texts.len().saturating_sub(1) {
        let separator = group.example.separators[piece].as_str();
        let goes_on = piece == columns.name || matches!(separator, "_" | "");
        if is_field(&piece) || !goes_on {
            break;
        }
        if piece > columns.name {
            word.push_str(separator);
        }
        word.push_str(&group.example.texts[piece]);
    }
    match word.is_empty() {
        true => "dataset_type".to_owned(),
        false => word,
    }
}

/// Names of fields by column, and the columns of the path that vary and are in no data ID.
pub(super) fn names(columns: &Columns, meaning: &Meaning) -> (Names, Vec<usize>) {
    let mut names = Names::new();
    for (column, name) in meaning.fields() {
        names.insert(column, name.to_owned());
    }
    let mut unknown = Vec::new();
    for (number, column) in columns.all.iter().enumerate() {
        if column.is_path() && column.varies && !names.contains_key(&number) {
            unknown.push(number);
            names.insert(number, format!("part{}", unknown.len()));
        }
    }
    (names, unknown)
}

/// The pattern of the paths; `None` if two parts that vary would stand beside each other.
pub(super) fn path(group: &Group, columns: &Columns, names: &Names) -> Option<String> {
    let mut fields: BTreeMap<usize, (&str, bool)> = BTreeMap::new();
    for (number, name) in names {
        if let Source::Pieces(pieces) = &columns.all[*number].source {
            let is_int = columns.all[*number].integers().is_some();
            fields.extend(pieces.iter().map(|p| (*p, (name.as_str(), is_int))));
        }
    }
    let mut text = String::new();
    let mut seen = BTreeSet::new();
    for (piece, own) in group.example.texts.iter().enumerate() {
        let separator = &group.example.separators[piece];
        let follows = piece
            .checked_sub(1)
            .is_some_and(|p| fields.contains_key(&p));
        text.push_str(separator);
        match fields.get(&piece) {
            Some(_) if separator.is_empty() && follows => return None,
            Some((name, true)) if seen.insert(*name) => text.push_str(&format!("{{{name}:int}}")),
            Some((name, _)) => text.push_str(&format!("{{{name}}}")),
            None => text.push_str(own),
        }
    }
    Some(text)
}

/// The run: that of the reference's path, or a question with the folders in it that vary and mean nothing else.
pub(super) fn run(group: &Group, columns: &Columns, names: &Names) -> (String, Option<String>) {
    if let Some((run, _)) = &group.butler {
        return (run.clone(), None);
    }
    let mut run = "?ingested".to_owned();
    for (number, name) in names.iter().filter(|(_, name)| name.starts_with("part")) {
        if let Source::Pieces(pieces) = &columns.all[*number].source
            && pieces.iter().any(|p| *p < columns.name)
        {
            let _ = write!(run, "/{{{name}}}");
        }
    }
    (
        run,
        Some("QUESTION: which run do the datasets go into?".to_owned()),
    )
}

/// The cards that must be there: where the file is from, and those that have the values of fields.
pub(super) fn header(text: &mut String, columns: &Columns, names: &Names) {
    let equal: Vec<String> = columns
        .constant_cards
        .iter()
        .filter(|(keyword, _)| ORIGIN.contains(&keyword.as_str()))
        .map(|(keyword, value)| format!("{}: {}", quoted(keyword), quoted(value)))
        .collect();
    let mut fields: BTreeMap<&str, &str> = BTreeMap::new();
    let card = |column: &Column| match &column.source {
        Source::Card(keyword) => Some(keyword.clone()),
        Source::Pieces(_) => None,
    };
    let keywords: Vec<(usize, String)> = columns
        .all
        .iter()
        .enumerate()
        .filter_map(|(number, column)| Some((number, card(column)?)))
        .collect();
    for (number, keyword) in &keywords {
        let same = names.iter().find(|(n, _)| {
            *n == number
                || (columns.all[**n].varies
                    && columns.all[**n].values == columns.all[*number].values)
        });
        if let Some((_, name)) = same {
            fields.entry(name).or_insert(keyword);
        }
    }
    let others: Vec<&str> = keywords
        .iter()
        .map(|(_, keyword)| keyword.as_str())
        .filter(|keyword| !fields.values().any(|k| k == keyword))
        .take(CARDS)
        .collect();
    if !others.is_empty() {
        let _ = writeln!(
            text,
            "  # Other cards of all files that vary: {}",
            others.join(", ")
        );
    }
    if equal.is_empty() && fields.is_empty() {
        return;
    }
    text.push_str("  header:\n    hdu: 0\n");
    if !fields.is_empty() {
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, keyword)| format!("{name}: {}", quoted(keyword)))
            .collect();
        let _ = writeln!(text, "    fields: {{{}}}", fields.join(", "));
    }
    if !equal.is_empty() {
        let _ = writeln!(text, "    equal: {{{}}}", equal.join(", "));
    }
}

/// A text as YAML has it; plain where it is a word.
pub(super) fn quoted(text: &str) -> String {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
        );
    match is_word {
        true => text.to_owned(),
        false => serde_json::Value::from(text).to_string(),
    }
}
