//! One column of a table: whole numbers as such, everything else as packed text.
use std::borrow::Cow;
use std::cmp::Ordering;

use super::Align;
use crate::rows::Value;

/// astropy measures the dashes under the header too, before it stretches them.
const NARROWEST: usize = 3;

/// A column with the width of its widest cell, in characters.
#[derive(Debug, Clone)]
pub(super) struct Column {
    name: String,
    cells: Cells,
    width: usize,
}

#[derive(Debug, Clone)]
enum Cells {
    Ints(Vec<i64>),
    /// All texts one after the other, and where each ends.
    Texts {
        text: String,
        ends: Vec<usize>,
    },
}

impl Column {
    pub(super) fn new(name: &str) -> Column {
        let name = visible(name).into_owned();
        let width = count(&name).max(NARROWEST);
        Column {
            name,
            cells: Cells::Ints(Vec::new()),
            width,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Adds a cell. The column turns to text when the first value comes that is not a whole number.
    pub(super) fn push(&mut self, value: &Value<'_>) {
        let cell = value.to_cell();
        let cell = visible(&cell);
        self.width = self.width.max(count(&cell));
        match (&mut self.cells, value) {
            (Cells::Ints(ints), Value::Int(value)) => ints.push(*value),
            (Cells::Ints(ints), _) => {
                let mut texts = (String::new(), Vec::with_capacity(ints.len() + 1));
                ints.iter()
                    .for_each(|int| append(&mut texts.0, &mut texts.1, &int.to_string()));
                append(&mut texts.0, &mut texts.1, &cell);
                self.cells = Cells::Texts {
                    text: texts.0,
                    ends: texts.1,
                };
            }
            (Cells::Texts { text, ends }, _) => append(text, ends, &cell),
        }
    }

    /// The order of two rows by this column.
    pub(super) fn compare(&self, a: usize, b: usize) -> Ordering {
        match &self.cells {
            Cells::Ints(ints) => ints[a].cmp(&ints[b]),
            // The order of UTF-8 bytes is that of code points, which is how numpy compares.
            Cells::Texts { .. } => self.text(a).cmp(&self.text(b)),
        }
    }

    /// Appends the name, centred as Python's `str.center` does: of an odd rest the extra space goes left if the
    /// width is odd too.
    pub(super) fn header(&self, line: &mut String) {
        let pad = self.width - count(&self.name);
        let left = pad / 2 + (pad & self.width & 1);
        spaces(line, left);
        line.push_str(&self.name);
        spaces(line, pad - left);
    }

    /// Appends one cell, padded.
    pub(super) fn cell(&self, row: usize, align: Align, line: &mut String) {
        let text = self.text(row);
        let pad = self.width - count(&text);
        if align == Align::Right {
            spaces(line, pad);
        }
        line.push_str(&text);
        if align == Align::Left {
            spaces(line, pad);
        }
    }

    fn text(&self, row: usize) -> Cow<'_, str> {
        match &self.cells {
            Cells::Ints(ints) => Cow::Owned(ints[row].to_string()),
            Cells::Texts { text, ends } => {
                let start = if row == 0 { 0 } else { ends[row - 1] };
                Cow::Borrowed(&text[start..ends[row]])
            }
        }
    }
}

fn append(text: &mut String, ends: &mut Vec<usize>, cell: &str) {
    text.push_str(cell);
    ends.push(text.len());
}

fn spaces(line: &mut String, count: usize) {
    line.extend(std::iter::repeat_n(' ', count));
}

/// Length in code points, as Python counts.
fn count(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().count()
    }
}

/// Tabs and line feeds spelled out, so that a row stays a line.
fn visible(text: &str) -> Cow<'_, str> {
    if text.contains(['\t', '\n']) {
        Cow::Owned(text.replace('\t', "\\t").replace('\n', "\\n"))
    } else {
        Cow::Borrowed(text)
    }
}
