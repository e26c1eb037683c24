//! VOTable 1.4 (IVOA Recommendation, 2019-10-21) with one table in the serialisation TABLEDATA, written row by row.

mod meaning;

use std::fmt::Write as _;
use std::io::{self, Write};

use self::meaning::meaning;
use super::{Column, Kind, RowSink, Value, check_width};

/// The element that times refer to: TAI where it was observed, as far as the registry knows.
const TIME_SYSTEM: &str = "tai";

/// Writes the table's description with the first row.
pub struct VoTableSink<W: Write> {
    name: String,
    columns: Vec<Column>,
    out: W,
    has_begun: bool,
    next: Option<String>,
    row: String,
}

impl<W: Write> VoTableSink<W> {
    /// A sink for these columns of a table of this name.
    pub fn new(name: &str, columns: &[Column], out: W) -> Self {
        Self {
            name: name.to_owned(),
            columns: columns.to_vec(),
            out,
            has_begun: false,
            next: None,
            row: String::new(),
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.has_begun, true) {
            return Ok(());
        }
        let mut text = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <VOTABLE version=\"1.4\" xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xsi:schemaLocation=\"http://www.ivoa.net/xml/VOTable/v1.3 http://www.ivoa.net/xml/VOTable/VOTable-1.4.xsd\">\n\
             <RESOURCE type=\"results\">\n<INFO name=\"QUERY_STATUS\" value=\"OK\"/>\n",
        );
        if self.columns.iter().any(|c| c.kind == Kind::Time) {
            text += "<TIMESYS ID=\"tai\" timescale=\"TAI\" refposition=\"UNKNOWN\"/>\n";
        }
        text += "<TABLE name=\"";
        push_escaped(&mut text, &self.name);
        text += "\">\n";
        for column in &self.columns {
            push_field(&mut text, column);
        }
        text += "<DATA>\n<TABLEDATA>\n";
        self.out.write_all(text.as_bytes())
    }
}

impl<W: Write> RowSink for VoTableSink<W> {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        check_width(self.columns.len(), values)?;
        self.begin()?;
        self.row.clear();
        self.row += "<TR>";
        for value in values {
            push_cell(&mut self.row, value);
        }
        self.row += "</TR>\n";
        self.out.write_all(self.row.as_bytes())
    }

    fn more(&mut self, cursor: &str) -> io::Result<()> {
        self.next = Some(cursor.to_owned());
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.begin()?;
        let mut end = String::from("</TABLEDATA>\n</DATA>\n</TABLE>\n");
        if let Some(next) = &self.next {
            end += "<INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\"/>\n<INFO name=\"next\" value=\"";
            push_escaped(&mut end, next);
            end += "\"/>\n";
        }
        end += "</RESOURCE>\n</VOTABLE>\n";
        self.out.write_all(end.as_bytes())?;
        self.out.flush()
    }
}

fn push_field(text: &mut String, column: &Column) {
    *text += "<FIELD name=\"";
    push_escaped(text, &column.name);
    *text += "\" ";
    *text += match column.kind {
        Kind::Bool => "datatype=\"boolean\"",
        Kind::Int => "datatype=\"long\"",
        Kind::Float => "datatype=\"double\"",
        // Names need not be ASCII, and `char` is until version 1.5.
        Kind::Text | Kind::Texts => "datatype=\"unicodeChar\" arraysize=\"*\"",
        Kind::Bytes => "datatype=\"char\" arraysize=\"*\"",
        Kind::Time => "datatype=\"char\" arraysize=\"*\" xtype=\"timestamp\"",
    };
    if column.kind == Kind::Time {
        // Writing to a string cannot fail.
        let _ = write!(text, " ref=\"{TIME_SYSTEM}\"");
    }
    let meaning = meaning(&column.name);
    for (name, value) in [("ucd", meaning.ucd), ("unit", meaning.unit)] {
        if let Some(value) = value {
            let _ = write!(text, " {name}=\"{value}\"");
        }
    }
    let description = match column.kind {
        Kind::Bytes => Some("bytes in hexadecimal"),
        Kind::Texts => Some("a JSON array of texts"),
        _ => None,
    };
    match description {
        Some(description) => {
            let _ = writeln!(text, "><DESCRIPTION>{description}</DESCRIPTION></FIELD>");
        }
        None => *text += "/>\n",
    }
}

fn push_cell(row: &mut String, value: &Value<'_>) {
    match value {
        // An empty cell of any type is no value (section 6 of the standard).
        Value::Null => *row += "<TD/>",
        Value::Float(number) if number.is_infinite() => {
            *row += if *number > 0.0 {
                "<TD>+Inf</TD>"
            } else {
                "<TD>-Inf</TD>"
            };
        }
        Value::Float(number) if number.is_nan() => *row += "<TD>NaN</TD>",
        other => {
            *row += "<TD>";
            push_escaped(row, &other.to_csv());
            *row += "</TD>";
        }
    }
}

/// Text of an element or attribute, in XML and HTML. What XML 1.0 cannot have at all becomes a replacement character.
pub fn push_escaped(text: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '&' => *text += "&amp;",
            '<' => *text += "&lt;",
            '>' => *text += "&gt;",
            '"' => *text += "&quot;",
            // As they are, they would become spaces or line feeds.
            '\t' => *text += "&#9;",
            '\n' => *text += "&#10;",
            '\r' => *text += "&#13;",
            c if c.is_ascii_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                text.push('\u{fffd}')
            }
            c => text.push(c),
        }
    }
}
