//! A report as one page of HTML that needs nothing else: some facts, bars, and a table of findings.
use std::io::{self, Write};
use std::path::Path;

use crate::failure::Failure;
use crate::whole_file::WholeFile;

/// Findings that a page shows; the others are counted.
const SHOWN: usize = 1000;

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#222}\
h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}table{border-collapse:collapse}\
th,td{text-align:left;padding:.2em .7em;vertical-align:top;border-bottom:1px solid #ddd;overflow-wrap:anywhere}\
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
.bar{display:flex;width:18em;height:1em;background:#eee;border-radius:2px;overflow:hidden}\
.good{background:#3a7d44}.bad{background:#b3261e;min-width:2px}.well{color:#3a7d44}.ill{color:#b3261e}";

/// One bar: so many things, of which some are bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// All things.
    pub total: u64,
    /// Those that are not as they should be.
    pub bad: u64,
}

/// Bars with a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// What they are.
    pub title: String,
    /// What the numbers count: all and bad ones.
    pub units: [&'static str; 2],
    /// Them.
    pub bars: Vec<Bar>,
}

/// A page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    title: String,
    facts: Vec<(String, String)>,
    bars: Vec<Bars>,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    more: u64,
}

impl Page {
    /// A page whose findings have these columns.
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            title: title.into(),
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            ..Self::default()
        }
    }

    /// Something that is said at the top.
    pub fn fact(&mut self, name: &str, value: impl ToString) {
        self.facts.push((name.to_owned(), value.to_string()));
    }

    /// Some bars.
    pub fn bars(&mut self, bars: Bars) {
        self.bars.push(bars);
    }

    /// A finding.
    pub fn row(&mut self, values: impl IntoIterator<Item = String>) {
        match self.rows.len() < SHOWN {
            true => self.rows.push(values.into_iter().collect()),
            false => self.more += 1,
        }
    }

    /// Write the page; it appears when it is whole.
    ///
    /// # Errors
    /// From the file.
    pub fn save(&self, path: &Path) -> Result<(), Failure> {
        let file = WholeFile::new(path)?;
        let mut out = file.writer()?;
        self.write(&mut out)?;
        out.flush()?;
        drop(out);
        file.save()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let title = escaped(&self.title);
        write!(
            out,
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\n\
             <body><h1>{title}</h1>\n<table>"
        )?;
        for (name, value) in &self.facts {
            let (name, value) = (escaped(name), escaped(value));
            writeln!(out, "<tr><th>{name}</th><td>{value}</td></tr>")?;
        }
        writeln!(out, "</table>")?;
        for bars in &self.bars {
            write_bars(bars, out)?;
        }
        self.write_findings(out)?;
        writeln!(out, "</body></html>")
    }

    fn write_findings(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "<h2>Findings</h2>")?;
        if self.rows.is_empty() {
            return writeln!(out, "<p class=\"well\">Nothing wrong.</p>");
        }
        write!(out, "<table><tr>")?;
        for name in &self.columns {
            write!(out, "<th>{}</th>", escaped(name))?;
        }
        writeln!(out, "</tr>")?;
        for row in &self.rows {
            write!(out, "<tr>")?;
            for value in row {
                write!(out, "<td>{}</td>", escaped(value))?;
            }
            writeln!(out, "</tr>")?;
        }
        writeln!(out, "</table>")?;
        if self.more > 0 {
            let more = self.more;
            writeln!(
                out,
                "<p class=\"ill\">And {more} more, which the other formats of the report have.</p>"
            )?;
        }
        Ok(())
    }
}

fn write_bars(bars: &Bars, out: &mut dyn Write) -> io::Result<()> {
    let [all, bad] = bars.units.map(escaped);
    writeln!(
        out,
        "<h2>{}</h2><table><tr><th></th><th></th><th>{all}</th><th>{bad}</th></tr>",
        escaped(&bars.title)
    )?;
    for bar in &bars.bars {
        // A single bad one among millions is to be seen.
        let share = match bar.total {
            0 => 0.0,
            total => (bar.bad as f64 / total as f64 * 100.0).min(100.0),
        };
        let good = 100.0 - share;
        let ill = match bar.bad {
            0 => String::new(),
            _ => format!("<div class=\"bad\" style=\"width:{share:.2}%\"></div>"),
        };
        writeln!(
            out,
            "<tr><td>{}</td><td><div class=\"bar\"><div class=\"good\" style=\"width:{good:.2}%\"></div>{ill}</div></td>\
             <td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escaped(&bar.label),
            bar.total,
            bar.bad
        )?;
    }
    writeln!(out, "</table>")
}

/// Text as it may stand in a page, also in an attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // HTML has no place for them.
            c if c.is_control() && !matches!(c, '\n' | '\t') => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use pantry_testkit::oracle::ask;
    use serde_json::json;

    /// Python's own parser finds the texts again, and every element is closed.
    #[test]
    fn a_page_is_read_back_by_python() {
        let nasty = "a<script>&amp;\"'é\u{1}</td>";
        let mut page = Page::new(nasty, &["problem", nasty]);
        page.fact("fact", nasty);
        page.bars(Bars {
            title: nasty.to_owned(),
            units: ["datasets", "bad"],
            bars: vec![
                Bar {
                    label: nasty.to_owned(),
                    total: 8,
                    bad: 2,
                },
                Bar {
                    label: "empty".to_owned(),
                    total: 0,
                    bad: 0,
                },
            ],
        });
        page.row([nasty.to_owned(), "x".to_owned()]);
        let mut out = Vec::new();
        page.write(&mut out).unwrap();
        let program = "
import sys, json
from html.parser import HTMLParser
class Reader(HTMLParser):
    stack, texts, widths = [], [], []
    def handle_starttag(self, tag, attributes):
        if tag != 'meta': self.stack.append(tag)
        self.widths += [v for k, v in attributes if k == 'style']
    def handle_endtag(self, tag): assert self.stack.pop() == tag
    def handle_data(self, data):
        if self.stack and self.stack[-1] in ('td', 'th', 'h1', 'h2') and data.strip(): self.texts.append(data)
reader = Reader()
reader.feed(json.load(sys.stdin))
print(json.dumps([reader.stack, reader.texts, reader.widths]))";
        let seen = nasty.replace('\u{1}', "\u{fffd}");
        let expected = json!([
            [],
            [
                seen, "fact", seen, seen, "datasets", "bad", seen, "8", "2", "empty", "0", "0",
                "Findings", "problem", seen, seen, "x"
            ],
            ["width:75.00%", "width:25.00%", "width:100.00%"]
        ]);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(ask(program, &json!(text)), expected);
    }
}
