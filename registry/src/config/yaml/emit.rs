//! From a value to YAML text, byte for byte as `yaml.safe_dump(value, default_flow_style=False)`.

use super::super::python_text::float_repr;
use super::super::value::{Mapping, Value};
use super::analysis::Analysis;
use super::anchors::{Anchors, Sighting, sorted};
use super::scalar;

/// Lines are folded at blanks beyond this column.
pub(super) const WIDTH: usize = 80;
/// Indentation of one level.
const STEP: usize = 2;
/// Keys at least this long (with their tag) are written in the `? key` form.
const LONG_KEY: usize = 128;

/// Write a document whose root is this value.
pub(crate) fn emit(root: &Value) -> String {
    let mut emitter = Emitter {
        out: String::new(),
        column: 0,
        indent: 0,
        blank: true,
        at_indent: true,
        anchors: Anchors::of(root),
    };
    emitter.node(root, None, false);
    emitter.indent = 0;
    emitter.start_line();
    emitter.out
}

/// The writer's state. `blank`: the last character was white space; `at_indent`: only indentation and
/// indicators so far on this line.
pub(super) struct Emitter {
    pub out: String,
    pub column: usize,
    pub indent: usize,
    pub blank: bool,
    pub at_indent: bool,
    anchors: Anchors,
}

impl Emitter {
    /// Write one node; `level` is the indentation of the collection it is in.
    fn node(&mut self, value: &Value, level: Option<usize>, in_mapping: bool) {
        match self.anchors.sight(value) {
            Sighting::Alias(number) => return self.indicator(&format!("*id{number:03}"), true),
            Sighting::Anchor(number) => self.indicator(&format!("&id{number:03}"), true),
            Sighting::Single => {}
        }
        match value {
            Value::List(items) if items.is_empty() => self.indicator("[]", true),
            Value::Map(mapping) if mapping.is_empty() => self.indicator("{}", true),
            Value::List(items) => self.sequence(items, level, in_mapping),
            Value::Map(mapping) => self.mapping(mapping, level),
            scalar => self.scalar(scalar, level, false),
        }
    }

    fn sequence(&mut self, items: &[Value], level: Option<usize>, in_mapping: bool) {
        // A list directly behind its key is not indented further.
        let indentless = in_mapping && !self.at_indent;
        let own = match level {
            Some(level) if indentless => level,
            Some(level) => level + STEP,
            None => 0,
        };
        for item in items {
            self.indent = own;
            self.start_line();
            self.block_indicator("-");
            self.node(item, Some(own), false);
        }
    }

    fn mapping(&mut self, mapping: &Mapping, level: Option<usize>) {
        let own = level.map_or(0, |level| level + STEP);
        for (key, value) in sorted(mapping) {
            self.indent = own;
            self.start_line();
            if self.is_simple(key.value()) {
                match self.anchors.sight(key.value()) {
                    Sighting::Alias(number) => self.indicator(&format!("*id{number:03}"), true),
                    Sighting::Anchor(number) => {
                        self.indicator(&format!("&id{number:03}"), true);
                        self.scalar(key.value(), Some(own), true);
                    }
                    Sighting::Single => self.scalar(key.value(), Some(own), true),
                }
                self.indicator(":", false);
            } else {
                self.block_indicator("?");
                self.node(key.value(), Some(own), true);
                self.indent = own;
                self.start_line();
                self.block_indicator(":");
            }
            self.node(value, Some(own), true);
        }
    }

    /// Whether a key fits in front of its colon.
    fn is_simple(&self, key: &Value) -> bool {
        let (text, tag) = scalar_text(key);
        let text: Vec<char> = text.chars().collect();
        let analysis = Analysis::of(&text);
        text.len() + tag.len() < LONG_KEY && !analysis.empty && !analysis.multiline
    }

    fn scalar(&mut self, value: &Value, level: Option<usize>, simple_key: bool) {
        let (text, _) = scalar_text(value);
        let plain = !matches!(value, Value::Str(_)) || scalar::is_plain_text(&text);
        let text: Vec<char> = text.chars().collect();
        let analysis = Analysis::of(&text);
        self.indent = level.map_or(STEP, |level| level + STEP);
        let awkward_key = simple_key && analysis.multiline;
        if plain && analysis.plain && !(simple_key && (analysis.empty || analysis.multiline)) {
            self.plain(&text, !simple_key);
        } else if analysis.single_quoted && !awkward_key {
            self.single_quoted(&text, !simple_key);
        } else {
            self.double_quoted(&text, !simple_key);
        }
    }

    /// Write text as it is and advance the column.
    pub(super) fn put(&mut self, text: &[char]) {
        self.column += text.len();
        self.out.extend(text);
    }

    /// Write a mark, after a blank if one is needed.
    pub(super) fn indicator(&mut self, mark: &str, need_blank: bool) {
        if need_blank && !self.blank {
            self.out.push(' ');
            self.column += 1;
        }
        self.out.push_str(mark);
        self.column += mark.chars().count();
        self.blank = false;
        self.at_indent = false;
    }

    /// `-`, `?` and `:` at the start of a line: what follows may go on the same line.
    fn block_indicator(&mut self, mark: &str) {
        let at_indent = self.at_indent;
        self.indicator(mark, true);
        self.at_indent = at_indent;
    }

    /// Go to the current indentation, on a new line unless already there.
    pub(super) fn start_line(&mut self) {
        if !self.at_indent
            || self.column > self.indent
            || (self.column == self.indent && !self.blank)
        {
            self.line_break();
        }
        if self.column < self.indent {
            self.blank = true;
            self.out
                .extend(std::iter::repeat_n(' ', self.indent - self.column));
            self.column = self.indent;
        }
    }

    pub(super) fn line_break(&mut self) {
        self.out.push('\n');
        self.blank = true;
        self.at_indent = true;
        self.column = 0;
    }
}

/// Text of a scalar, and its tag as PyYAML counts it in the length of a key.
fn scalar_text(value: &Value) -> (String, &'static str) {
    match value {
        Value::Null => ("null".to_owned(), "!!null"),
        Value::Bool(b) => (b.to_string(), "!!bool"),
        Value::Int(i) => (i.to_string(), "!!int"),
        Value::Float(f) => (float_text(*f), "!!float"),
        Value::Str(text) => (text.to_string(), "!!str"),
        Value::Timestamp(t) => (t.to_string(), "!!timestamp"),
        Value::List(_) | Value::Map(_) => (String::new(), ""),
    }
}

/// A number as a YAML 1.1 scalar.
pub fn float_text(value: f64) -> String {
    let repr = float_repr(value);
    match repr.as_str() {
        "nan" => ".nan".to_owned(),
        "inf" => ".inf".to_owned(),
        "-inf" => "-.inf".to_owned(),
        // `1e17` is text in YAML 1.1.
        _ if !repr.contains('.') => repr.replacen('e', ".0e", 1),
        _ => repr,
    }
}
