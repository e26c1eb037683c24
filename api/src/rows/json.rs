//! JSON: one array of objects, or one object per line. Keys come in column order.
use std::io::{self, Write};

use serde_json::Value as Json;

use super::{RowSink, Value, check_width};

/// Writes `[`, the objects one per line, and `]`. An empty result is `[]`.
#[derive(Debug)]
pub struct JsonSink<W> {
    objects: Objects<W>,
    any: bool,
}

impl<W: Write> JsonSink<W> {
    /// A sink for these columns.
    pub fn new(columns: &[&str], out: W) -> JsonSink<W> {
        JsonSink {
            objects: Objects::new(columns, out),
            any: false,
        }
    }
}

impl<W: Write> RowSink for JsonSink<W> {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        self.objects
            .out
            .write_all(if self.any { b",\n" } else { b"[\n" })?;
        self.any = true;
        self.objects.write(values)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.objects
            .out
            .write_all(if self.any { b"\n]\n" } else { b"[]\n" })?;
        self.objects.out.flush()
    }
}

/// Writes an object with the objects as `rows`, one per line, and as `next` the cursor of the rows after them, or null.
#[derive(Debug)]
pub struct JsonPageSink<W> {
    objects: Objects<W>,
    any: bool,
    next: Option<String>,
}

impl<W: Write> JsonPageSink<W> {
    /// A sink for these columns.
    pub fn new(columns: &[&str], out: W) -> JsonPageSink<W> {
        JsonPageSink {
            objects: Objects::new(columns, out),
            any: false,
            next: None,
        }
    }
}

impl<W: Write> RowSink for JsonPageSink<W> {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        let before: &[u8] = if self.any { b",\n" } else { b"{\"rows\":[\n" };
        self.objects.out.write_all(before)?;
        self.any = true;
        self.objects.write(values)
    }

    fn more(&mut self, cursor: &str) -> io::Result<()> {
        self.next = Some(cursor.to_owned());
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let before: &[u8] = if self.any { b"\n" } else { b"{\"rows\":[" };
        self.objects.out.write_all(before)?;
        let next = Json::from(self.next.take());
        writeln!(self.objects.out, "],\"next\":{next}}}")?;
        self.objects.out.flush()
    }
}

/// Writes one object per line. An empty result is nothing.
#[derive(Debug)]
pub struct JsonLinesSink<W> {
    objects: Objects<W>,
}

impl<W: Write> JsonLinesSink<W> {
    /// A sink for these columns.
    pub fn new(columns: &[&str], out: W) -> JsonLinesSink<W> {
        JsonLinesSink {
            objects: Objects::new(columns, out),
        }
    }
}

impl<W: Write> RowSink for JsonLinesSink<W> {
    fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        self.objects.write(values)?;
        self.objects.out.write_all(b"\n")
    }

    fn finish(&mut self) -> io::Result<()> {
        self.objects.out.flush()
    }
}

/// Writes rows as objects; the keys are quoted once.
#[derive(Debug)]
struct Objects<W> {
    keys: Vec<String>,
    out: W,
}

impl<W: Write> Objects<W> {
    fn new(columns: &[&str], out: W) -> Objects<W> {
        let quote = |(at, name): (usize, &&str)| {
            let before = if at == 0 { "{" } else { "," };
            format!("{before}{}:", Json::from(*name))
        };
        Objects {
            keys: columns.iter().enumerate().map(quote).collect(),
            out,
        }
    }

    fn write(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        check_width(self.keys.len(), values)?;
        for (key, value) in self.keys.iter().zip(values) {
            self.out.write_all(key.as_bytes())?;
            match value {
                // The two kinds that nearly every cell is of, without a tree in between.
                Value::Text(text) => serde_json::to_writer(&mut self.out, text.as_ref())?,
                Value::Int(number) => write!(self.out, "{number}")?,
                other => write!(self.out, "{}", other.to_json())?,
            }
        }
        self.out
            .write_all(if self.keys.is_empty() { b"{}" } else { b"}" })
    }
}
