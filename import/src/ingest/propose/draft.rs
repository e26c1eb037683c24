//! The text of the recipe.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use pantry_datastore::ResourcePath;

use super::columns::{Column, Columns, Source};
use super::dimensions::{Meaning, Value};
use super::groups::Group;
use super::known::Known;

/// Cards that say where a file is from: it must have them.
const ORIGIN: [&str; 2] = ["INSTRUME", "TELESCOP"];

/// Cards that are named in a comment.
const CARDS: usize = 12;

/// A recipe that is being written.
#[derive(Default)]
pub(super) struct Draft {
    /// Dataset types that the repo does not have: dimensions and storage class.
    types: BTreeMap<String, (String, &'static str)>,
    rules: String,
    names: BTreeSet<String>,
    left_out: Vec<String>,
}

impl Draft {
    pub(super) fn has_rules(&self) -> bool {
        !self.rules.is_empty()
    }

    /// Note a kind of files that gets no rule.
    pub(super) fn left_out(&mut self, group: &Group) {
        let first = group.sample.first().map_or("", |file| &file.path);
        self.left_out
            .push(format!("{} file(s) like {first}", group.count));
    }

    /// Write a rule.
    pub(super) fn rule(
        &mut self,
        group: &Group,
        columns: &Columns,
        meaning: &Meaning,
        known: &Known<'_>,
    ) {
        let (names, unknown) = names(columns, meaning);
        let Some(path) = path(group, columns, &names) else {
            return self.left_out(group);
        };
        let (dataset_type, note) = self.dataset_type((group, columns), &names, meaning, known);
        let (run, run_note) = run(group, columns, &names);
        let name = self.name(group);
        let mut text = format!(
            "# {} file(s) such as {}\n",
            group.count,
            group.sample[0].path.escape_debug()
        );
        let notes = meaning.notes.iter().chain(&note).chain(&run_note);
        notes.for_each(|note| text.push_str(&format!("# {note}\n")));
        for column in unknown {
            let values: BTreeSet<&String> = columns.all[column].values.iter().collect();
            let values: Vec<&str> = values.iter().take(5).map(|v| v.as_str()).collect();
            let _ = writeln!(
                text,
                "# CHECK: {{{}}} is in no data ID; its values are {} ...",
                names[&column],
                values.join(", ")
            );
        }
        let _ = writeln!(text, "- name: {}", quoted(&name));
        let _ = writeln!(text, "  path: {}", quoted(&path));
        let _ = writeln!(text, "  dataset_type: {}", quoted(&dataset_type));
        let _ = writeln!(text, "  run: {}", quoted(&run));
        header(&mut text, columns, &names);
        text.push_str("  data_id:\n");
        for (dimension, value) in &meaning.data_id {
            let field = |column: &usize| quoted(&format!("{{{}}}", names[column]));
            let value = match value {
                Value::Constant(value) => quoted(value),
                Value::Column(column) => field(column),
                Value::Grid(x, y, nx) => {
                    format!("{{column: {}, row: {}, columns: {nx}}}", field(x), field(y))
                }
                Value::Map(column, pairs) => {
                    let pairs: Vec<String> = pairs
                        .iter()
                        .map(|(from, to)| format!("{}: {}", quoted(from), quoted(to)))
                        .collect();
                    format!("{{from: {}, map: {{{}}}}}", field(column), pairs.join(", "))
                }
            };
            let _ = writeln!(text, "    {dimension}: {value}");
        }
        self.rules.push_str(&text);
    }

    /// The dataset type: one of the repo that the path names and that has these dimensions, or a question.
    fn dataset_type(
        &mut self,
        (group, columns): (&Group, &Columns),
        names: &Names,
        meaning: &Meaning,
        known: &Known<'_>,
    ) -> (String, Option<String>) {
        let wanted: BTreeSet<&str> = meaning.data_id.iter().map(|(d, _)| *d).collect();
        let path = group.sample.first().map_or("", |file| &file.path);
        let mut fitting: Vec<&str> = known
            .dataset_types
            .iter()
            .filter(|t| t.dimensions.required().collect::<BTreeSet<_>>() == wanted)
            .map(|t| t.name.as_str())
            .collect();
        fitting.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let is_named = |name: &&&str| match &group.butler {
            Some((_, kind)) => kind == **name,
            None => path.contains(**name),
        };
        if let Some(name) = fitting.iter().find(is_named) {
            return ((*name).to_owned(), None);
        }
        let (name, note) = match &group.butler {
            Some((_, kind)) => (kind.clone(), None),
            None => {
                let mut note = "QUESTION: how is the dataset type named?".to_owned();
                if !fitting.is_empty() {
                    let _ = write!(
                        note,
                        " The repo has with these dimensions: {}",
                        fitting.join(", ")
                    );
                }
                (format!("?{}", word(group, columns, names)), Some(note))
            }
        };
        let dimensions: Vec<&str> = meaning.data_id.iter().map(|(d, _)| *d).collect();
        let dimensions = dimensions.join(", ");
        let class = match group.example.texts.last().map(String::as_str) {
            Some("parq" | "parquet") => "?ArrowAstropy",
            Some("fits" | "fz" | "gz") => "?ExposureF",
            _ => "?StructuredDataDict",
        };
        let is_other = |name: &String| {
            self.types
                .get(name)
                .is_some_and(|(others, _)| *others != dimensions)
        };
        let mut name = name;
        while is_other(&name) {
            name.push_str("_2");
        }
        self.types.insert(name.clone(), (dimensions, class));
        (name, note)
    }

    /// A name for a rule that no other one has.
    fn name(&mut self, group: &Group) -> String {
        let word = match &group.butler {
            Some((run, kind)) => format!("{kind} of {run}"),
            None => group.example.texts[group.example.name()].clone(),
        };
        let word = if word.is_empty() {
            "files".to_owned()
        } else {
            word
        };
        let mut name = word.clone();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{word} {number}");
        }
        name
    }

    /// The whole recipe.
    pub(super) fn finish(self, root: &ResourcePath, is_all: bool) -> String {
        let which = if is_all {
            "all files"
        } else {
            "the first files"
        };
        let mut text = format!(
            "# Drafted from {which} below {root}.\n\
             # Values that begin with '?' are questions: the recipe is refused until each has an answer without the '?'.\n"
        );
        if !self.types.is_empty() {
            text.push_str(
                "# QUESTION: which storage classes do these dataset types have?\ndataset_types:\n",
            );
        }
        for (name, (dimensions, class)) in &self.types {
            let (name, class) = (quoted(name), quoted(class));
            let _ = writeln!(
                text,
                "  {name}: {{dimensions: [{dimensions}], storage_class: {class}}}"
            );
        }
        text.push_str("rules:\n");
        text.push_str(&self.rules);
        if !self.left_out.is_empty() {
            text.push_str("# No rule was found for:\n");
        }
        for left_out in &self.left_out {
            let _ = writeln!(text, "#   {}", left_out.escape_debug());
        }
        text
    }
}

/// Names of fields by column.
type Names = BTreeMap<usize, String>;

/// What the names of files begin with, up to the first part that is a field, or to another sign than an underscore.
fn word(group: &Group, columns: &Columns, names: &Names) -> String {
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
fn names(columns: &Columns, meaning: &Meaning) -> (Names, Vec<usize>) {
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
fn path(group: &Group, columns: &Columns, names: &Names) -> Option<String> {
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
fn run(group: &Group, columns: &Columns, names: &Names) -> (String, Option<String>) {
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
fn header(text: &mut String, columns: &Columns, names: &Names) {
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
fn quoted(text: &str) -> String {
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
