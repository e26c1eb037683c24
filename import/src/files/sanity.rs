//! A look into files before they are ingested: whether they can be what their names say. Reads little of each.

use std::io;

use pantry_datastore::Found;
use pantry_datastore::store::Stores;
use pantry_fits::ReadAt;
use parquet::file::metadata::ParquetMetaDataReader;
use rayon::prelude::*;

use super::content::{open, side_by_side};
use super::locate::LocatedFile;
use crate::Error;

/// Largest Parquet footer that is read: more than tables of a hundred thousand columns have.
const FOOTER: u64 = 64 << 20;

/// What is wrong with files that are there, in their order.
pub(super) fn unsound(
    files: &[LocatedFile],
    stores: &Stores,
) -> Result<Vec<Option<String>>, Error> {
    let look = |file: &LocatedFile| match file.found {
        Found::File { size, .. } => problem(file, size, stores),
        // That it is missing is told elsewhere.
        _ => None,
    };
    let is_away = files.iter().any(|file| file.source.is_none());
    side_by_side(is_away, || files.par_iter().map(look).collect())
}

/// What is wrong with a file; `None` if nothing is, or if its name promises nothing.
fn problem(file: &LocatedFile, size: u64, stores: &Stores) -> Option<String> {
    let content = match open(stores, &file.uri, Some(size)) {
        Ok(content) => content,
        Err(problem) => return Some(problem),
    };
    match look(&file.uri.key(), &*content) {
        Ok(problem) => problem,
        Err(error) => Some(format!("cannot be read: {error}")),
    }
}

fn look(name: &str, content: &dyn ReadAt) -> io::Result<Option<String>> {
    let mut start = vec![0; usize::try_from(content.len()?.min(512)).unwrap_or(0)];
    content.read_at(0, &mut start)?;
    let name = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|e| name.ends_with(e));
    if !ends(&[".html", ".htm", ".xml", ".vot"]) && is_page(&start) {
        return Ok(Some(
            "it is a page of HTML or XML, such as a server sends instead of a file".to_owned(),
        ));
    }
    if ends(&[".fits", ".fit", ".fts", ".fits.fz"]) || start.starts_with(b"SIMPLE  =") {
        let report = pantry_fits::check(content)?;
        return Ok(report.worst().map(ToString::to_string));
    }
    if ends(&[".parquet", ".parq"]) || start.starts_with(b"PAR1") {
        return footer(content);
    }
    Ok(None)
}

/// Whether the text begins as HTML or XML does.
fn is_page(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start)
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<?xml", "<error"]
        .iter()
        .any(|begin| text.starts_with(begin))
}

/// A Parquet file ends with its footer, the footer's length and a mark.
fn footer(file: &dyn ReadAt) -> io::Result<Option<String>> {
    let len = file.len()?;
    let mut end = [0; 8];
    if len < 12 {
        return Ok(Some(format!("a Parquet file has more than {len} bytes")));
    }
    file.read_at(len - 8, &mut end)?;
    let [a, b, c, d, mark @ ..] = end;
    if mark != *b"PAR1" {
        return Ok(Some(
            "the Parquet file is truncated: it does not end with PAR1".to_owned(),
        ));
    }
    let footer = u64::from(u32::from_le_bytes([a, b, c, d]));
    if footer > FOOTER || footer + 12 > len {
        return Ok(Some(format!(
            "the Parquet footer cannot have {footer} bytes"
        )));
    }
    let mut bytes = vec![0; usize::try_from(footer).unwrap_or(0)];
    file.read_at(len - 8 - footer, &mut bytes)?;
    let read = ParquetMetaDataReader::decode_metadata(&bytes);
    Ok(read
        .err()
        .map(|e| format!("the Parquet footer cannot be read: {e}")))
}
