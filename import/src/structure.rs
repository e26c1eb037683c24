//! A look into a file: whether it can be what its name says. Reads headers and footers, no data.

use std::io;

use pantry_fits::ReadAt;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

/// Largest Parquet footer that is read: more than tables of a hundred thousand columns have.
const FOOTER: u64 = 64 << 20;

/// Bytes in which a page of HTML or XML is recognised.
const START: u64 = 512;

/// What is wrong with a file, in words; `None` if nothing is, or if its name promises nothing.
///
/// # Errors
/// What the store says.
pub fn fault(bytes: &(impl ReadAt + ?Sized), name: &str) -> io::Result<Option<String>> {
    let start = start_of(bytes)?;
    let name = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|e| name.ends_with(e));
    if !ends(&[".html", ".htm", ".xml", ".vot"]) && is_page(&start) {
        return Ok(Some(
            "it is a page of HTML or XML, such as a server sends instead of a file".to_owned(),
        ));
    }
    if ends(&[".fits", ".fit", ".fts", ".fits.fz"]) || start.starts_with(b"SIMPLE  =") {
        let report = pantry_fits::check(bytes)?;
        return Ok(report.worst().map(ToString::to_string));
    }
    if ends(&[".parquet", ".parq"]) || start.starts_with(b"PAR1") {
        return Ok(match footer(bytes)? {
            Ok(footer) => lost_column(&footer, bytes.len()?),
            Err(fault) => Some(fault),
        });
    }
    Ok(None)
}

/// The first bytes of a file.
///
/// # Errors
/// What the store says.
pub fn start_of(bytes: &(impl ReadAt + ?Sized)) -> io::Result<Vec<u8>> {
    let size = bytes.len()?.min(START);
    let mut start = vec![0; usize::try_from(size).unwrap_or(0)];
    bytes.read_at(0, &mut start)?;
    Ok(start)
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

/// A Parquet file ends with its footer, the footer's length and a mark; `Err` says in words what is wrong with it.
fn footer(bytes: &(impl ReadAt + ?Sized)) -> io::Result<Result<ParquetMetaData, String>> {
    let len = bytes.len()?;
    let mut end = [0; 8];
    if len < 12 {
        return Ok(Err(format!("a Parquet file has more than {len} bytes")));
    }
    bytes.read_at(len - 8, &mut end)?;
    let [a, b, c, d, mark @ ..] = end;
    if mark != *b"PAR1" {
        return Ok(Err(
            "the Parquet file is truncated: it does not end with PAR1".to_owned(),
        ));
    }
    let size = u64::from(u32::from_le_bytes([a, b, c, d]));
    if size > FOOTER || size + 12 > len {
        return Ok(Err(format!("the Parquet footer cannot have {size} bytes")));
    }
    let mut text = vec![0; usize::try_from(size).unwrap_or(0)];
    bytes.read_at(len - 8 - size, &mut text)?;
    let read = ParquetMetaDataReader::decode_metadata(&text);
    Ok(read.map_err(|e| format!("the Parquet footer cannot be read: {e}")))
}

/// A column whose bytes would lie behind the file.
fn lost_column(footer: &ParquetMetaData, len: u64) -> Option<String> {
    for (number, group) in footer.row_groups().iter().enumerate() {
        for column in group.columns() {
            let offsets = [
                column.dictionary_page_offset(),
                Some(column.data_page_offset()),
            ];
            // Some writers have 0 for no dictionary.
            let start = offsets.into_iter().flatten().filter(|at| *at != 0).min();
            let end = start.and_then(|start| start.checked_add(column.compressed_size()));
            let is_inside = start.is_none_or(|at| at >= 4)
                && column.compressed_size() >= 0
                && end.is_none_or(|end| u64::try_from(end).is_ok_and(|end| end <= len));
            if !is_inside {
                let name = column.column_path();
                return Some(format!(
                    "column {name} of the Parquet row group {number} would lie outside the file's {len} bytes"
                ));
            }
        }
    }
    None
}
