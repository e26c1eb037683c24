//! The text of the recipe.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use pantry_datastore::ResourcePath;

use super::columns::Columns;
use super::dimensions::{Meaning, Value};
use super::groups::Group;
use super::known::Known;
use super::parts::{Names, header, names, path, quoted, run, word};

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
    /// An empty one; so many files have paths that no pattern can have.
    pub(super) fn new(odd: u64) -> Self {
        let mut draft = Self::default();
        if odd > 0 {
            let what = "file(s) with '{', '}' or '*' in their paths, which no pattern can have";
            draft.left_out.push(format!("{odd} {what}"));
        }
        draft
    }

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
                Value::Unsure(column) => quoted(&format!("?{{{}}}", names[column])),
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
