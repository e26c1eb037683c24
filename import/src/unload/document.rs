//! The text of an export (`lsst/daf/butler/transfers/_yaml.py`), in the block style of PyYAML, which `import` reads fastest.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use pantry_registry::config::yaml_text;
use pantry_registry::model::universe::Universe;
use rusqlite::types::ValueRef;

use super::output::Output;
use super::selection::{Selection, Set};
use crate::{Error, Watch};

/// The format that is written.
const VERSION: &str = "1.0.2";

/// First column of a dataset's row that is a value of its data ID.
const KEYS: usize = 6;

/// What is said of the files of datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum With {
    /// That there is one.
    Nothing,
    /// Path and formatter.
    Files,
    /// Also size and checksum, which the reference's format has not.
    FileRecords,
}

/// A document that is being written, entry by entry.
#[derive(Debug)]
pub(super) struct Document {
    output: Output,
    is_empty: bool,
}

impl Document {
    /// Write the head.
    pub(super) fn begin(mut output: Output, universe: &Universe) -> Result<Self, Error> {
        output.write(&format!(
            "description: Butler Data Repository Export\nversion: {VERSION}\nuniverse_version: {}\n\
             universe_namespace: {}\ndata:",
            universe.version(),
            yaml_text(universe.namespace())
        ))?;
        Ok(Self {
            output,
            is_empty: true,
        })
    }

    /// Begin an entry of `data` with these keys and values, the latter as YAML.
    pub(super) fn entry(&mut self, fields: &[(&str, &str)]) -> Result<(), Error> {
        let mut text = String::new();
        if std::mem::take(&mut self.is_empty) {
            text.push('\n');
        }
        for (i, (key, value)) in fields.iter().enumerate() {
            let mark = if i == 0 { '-' } else { ' ' };
            let blank = if value.is_empty() { "" } else { " " };
            text.push_str(&format!("{mark} {key}:{blank}{value}\n"));
        }
        self.write(&text)
    }

    /// Lines of the entry that was begun.
    pub(super) fn write(&mut self, text: &str) -> Result<(), Error> {
        self.output.write(text)
    }

    /// There is no more.
    pub(super) fn end(mut self) -> Result<Output, Error> {
        if self.is_empty {
            self.output.write(" []\n")?;
        }
        Ok(self.output)
    }

    /// Define the type of a set: again for each run, as the reference does.
    fn dataset_type(&mut self, set: &Set) -> Result<(), Error> {
        let dataset_type = &set.dataset_type;
        self.entry(&[
            ("type", "dataset_type"),
            ("name", &yaml_text(&dataset_type.name)),
            ("dimensions", &list("  ", dataset_type.dimensions.names())),
            ("storage_class", &yaml_text(&dataset_type.storage_class)),
            ("is_calibration", &dataset_type.is_calibration.to_string()),
        ])
    }

    /// The datasets of a set, run by run, those of a run in order of path; says how many. `done` were written before.
    pub(super) fn datasets(
        &mut self,
        set: &Set,
        selection: &Selection,
        with: With,
        watch: &dyn Watch,
        done: u64,
    ) -> Result<u64, Error> {
        let columns = set.required(", s.").concat();
        let (path, join, order) = match with {
            With::Files | With::FileRecords => {
                let join = format!(" JOIN {} f ON f.seq = s.seq", set.file_table);
                (
                    ", f.path, f.formatter, f.size, f.checksum",
                    join,
                    ", f.path",
                )
            }
            // The reference's importer needs a path, though without a datastore it does not look at it.
            With::Nothing => (", '', NULL, NULL, NULL", String::new(), ""),
        };
        let sql = format!(
            "SELECT s.run, s.id{path}{columns} FROM {} s{join} ORDER BY s.run{order}{columns}",
            set.table
        );
        let mut select = selection.connection().prepare(&sql)?;
        let mut rows = select.query([])?;
        let names: Vec<&str> = set.dataset_type.dimensions.required().collect();
        let (mut run, mut count) = (None, 0);
        let mut text = String::new();
        while let Some(row) = rows.next()? {
            let own: &str = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            if run.as_deref() != Some(own) {
                self.dataset_type(set)?;
                self.entry(&[
                    ("type", "dataset"),
                    ("dataset_type", &yaml_text(&set.dataset_type.name)),
                    ("run", &yaml_text(own)),
                    ("records", ""),
                ])?;
                run = Some(own.to_owned());
            }
            text.clear();
            record(&mut text, row, &names, with)?;
            self.write(&text)?;
            count += 1;
            if (done + count).is_multiple_of(1024) {
                watch.reached(done + count);
                if watch.cancelled().load(Ordering::Relaxed) {
                    return Err(Error::Interrupted);
                }
            }
        }
        watch.reached(done + count);
        Ok(count)
    }
}

/// A sequence of names behind its key, at this indentation.
pub(super) fn list<'a>(indent: &str, names: impl Iterator<Item = &'a str>) -> String {
    let items = names.map(|name| format!("\n{indent}- {}", yaml_text(name)));
    match items.collect::<String>() {
        empty if empty.is_empty() => "[]".to_owned(),
        items => items,
    }
}

/// A dataset id of the stage as YAML.
pub(super) fn push_id(out: &mut String, id: &str) {
    out.push_str("!uuid '");
    let ends = [0, 8, 12, 16, 20, 32];
    for (i, piece) in ends.windows(2).enumerate() {
        if i > 0 {
            out.push('-');
        }
        out.push_str(id.get(piece[0]..piece[1]).unwrap_or_default());
    }
    out.push_str("'\n");
}

fn record(
    out: &mut String,
    row: &rusqlite::Row<'_>,
    names: &[&str],
    with: With,
) -> Result<(), Error> {
    let text = |i: usize| -> Result<&str, Error> {
        let text = row.get_ref(i)?.as_str();
        Ok(text.map_err(rusqlite::Error::from)?)
    };
    out.push_str("  - dataset_id:\n    - ");
    push_id(out, text(1)?);
    out.push_str("    data_id:\n");
    for (i, name) in names.iter().enumerate() {
        let mark = if i == 0 { '-' } else { ' ' };
        match row.get_ref(KEYS + i)? {
            ValueRef::Integer(v) => writeln!(out, "    {mark} {name}: {v}").unwrap_or_default(),
            _ => writeln!(out, "    {mark} {name}: {}", yaml_text(text(KEYS + i)?))
                .unwrap_or_default(),
        }
    }
    if names.is_empty() {
        out.push_str("    - {}\n");
    }
    writeln!(out, "    path: {}", yaml_text(text(2)?)).unwrap_or_default();
    if row.get_ref(3)? != ValueRef::Null {
        writeln!(out, "    formatter: {}", yaml_text(text(3)?)).unwrap_or_default();
    }
    if with == With::FileRecords {
        let size: i64 = row.get(4)?;
        writeln!(out, "    file_size: {size}").unwrap_or_default();
        if row.get_ref(5)? != ValueRef::Null {
            writeln!(out, "    checksum: {}", yaml_text(text(5)?)).unwrap_or_default();
        }
    }
    Ok(())
}
