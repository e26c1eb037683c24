//! CSV and TSV: a line of names, unless they are given, then rows.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use ::csv::{ByteRecord, ReaderBuilder};
use flate2::read::MultiGzDecoder;

use super::{Block, EachBlock, Facts, Fault, MOST_ROWS, Pick, ROWS};
use crate::catalogue::columns::Column;
use crate::file_bytes::FileBytes;

/// Longest row: a file without line ends would otherwise be read into memory whole.
const LONGEST: u64 = 16 << 20;

/// Bytes read at a time.
const BUFFER: usize = 1 << 18;

pub(super) fn read(
    bytes: &FileBytes,
    delimiter: u8,
    is_gzip: bool,
    names: &[String],
    pick: &Pick<'_>,
    each: &mut EachBlock<'_>,
) -> Result<Facts, Fault> {
    let left = Rc::new(Cell::new(LONGEST));
    let last = Rc::new(Cell::new(b'\n'));
    let inner: Box<dyn Read> = match is_gzip {
        true => Box::new(MultiGzDecoder::new(bytes.reader())),
        false => Box::new(bytes.reader()),
    };
    let guarded = Guarded {
        inner,
        left: Rc::clone(&left),
        last: Rc::clone(&last),
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(names.is_empty())
        .buffer_capacity(BUFFER)
        .from_reader(guarded);
    let mut columns = match names {
        [] => head(reader.byte_headers()?)?,
        names => names.iter().map(|name| column(name)).collect(),
    };
    let picked = pick(&columns).map_err(|m| Fault::Columns(m, columns.clone()))?;
    let mut kinds = vec![Kind::Nothing; columns.len()];
    let (mut record, mut block, mut rows) = (ByteRecord::new(), Block::default(), 0);
    while reader.read_byte_record(&mut record)? {
        left.set(LONGEST);
        if record.len() != columns.len() {
            let line = record.position().map_or(0, |position| position.line());
            let (found, wanted) = (record.len(), columns.len());
            return Err(
                format!("line {line} has {found} fields, but there are {wanted} columns").into(),
            );
        }
        for (field, kind) in record.iter().zip(&mut kinds) {
            kind.widen(field);
        }
        block.ids.push(number(&record[picked.id]));
        if let Some((ra, dec)) = picked.position {
            let float = |at: usize| number(&record[at]).unwrap_or(f64::NAN);
            block.positions.push((float(ra), float(dec)));
        }
        rows += 1;
        if rows > MOST_ROWS {
            return Err("there are more rows than can be checked".into());
        }
        if block.ids.len() == ROWS {
            each(&block)?;
            block.ids.clear();
            block.positions.clear();
        }
    }
    each(&block)?;
    for (column, kind) in columns.iter_mut().zip(kinds) {
        kind.name().clone_into(&mut column.kind);
    }
    Ok(Facts {
        rows,
        columns,
        is_cut: last.get() != b'\n' && last.get() != b'\r',
    })
}

fn column(name: &str) -> Column {
    Column {
        name: name.to_owned(),
        kind: String::new(),
        unit: None,
    }
}

fn head(names: &ByteRecord) -> Result<Vec<Column>, Fault> {
    if names.is_empty() {
        return Err("it is empty: it has no line of names".into());
    }
    let name = |name: &[u8]| {
        let text = std::str::from_utf8(name).map_err(|_| "the names are not UTF-8")?;
        Ok(column(text.trim().trim_start_matches('\u{feff}')))
    };
    names.iter().map(name).collect()
}

fn number<T: std::str::FromStr>(field: &[u8]) -> Option<T> {
    std::str::from_utf8(field).ok()?.trim().parse().ok()
}

/// What all values of a column are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nothing,
    Number,
    Text,
}

impl Kind {
    fn widen(&mut self, field: &[u8]) {
        if *self == Self::Text || matches!(field, b"" | b"\\N" | b"NULL") {
            return;
        }
        *self = match number::<f64>(field) {
            Some(_) => Self::Number,
            None => Self::Text,
        };
    }

    fn name(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Number => "number",
            Self::Text => "text",
        }
    }
}

/// Counts down how much may still come before a row ends, and remembers the last byte.
struct Guarded {
    inner: Box<dyn Read>,
    left: Rc<Cell<u64>>,
    last: Rc<Cell<u8>>,
}

impl Read for Guarded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Some(byte) = buffer[..count].last() {
            self.last.set(*byte);
        }
        match self.left.get().checked_sub(count as u64) {
            Some(left) => self.left.set(left),
            None => {
                return Err(io::Error::other(format!(
                    "a row has more than {LONGEST} bytes"
                )));
            }
        }
        Ok(count)
    }
}
