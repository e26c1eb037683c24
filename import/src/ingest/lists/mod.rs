//! Lists of checksums and sizes: those of `sha256sum` and its like (also with `--tag`), `b3sum`, rclone (`hashsum`, `lsf`,
//! `lsjson`) and rucio (`list-files --csv`, dumps of replicas).

mod delimited;
mod json;
mod sums;

use std::io::{BufRead, Read};

use pantry_datastore::Algorithm;

/// Longest line: a path of 4096 bytes, every one escaped, and some numbers.
const LINE: u64 = 64 << 10;

/// What a list says of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Path as the list has it.
    pub path: String,
    /// Bytes.
    pub size: Option<u64>,
    /// Checksums in lower-case hexadecimal digits; none if the program that made the list could not compute it.
    pub sums: Vec<(Algorithm, String)>,
}

/// Takes the line of an entry, if lists of this kind have lines, and the entry; what is wrong in words ends the reading.
pub type EachListed<'a> = dyn FnMut(u64, Listed) -> Result<(), String> + 'a;

/// A line, 0 if there is none, and what is wrong there.
pub type ListFault = (u64, String);

/// Read a list. `name` is that of its file: it tells checksums of equal length from each other, and what file the checksum
/// is of that stands alone.
///
/// # Errors
/// The line that cannot be understood, or what `each` says.
pub fn read(
    name: &str,
    mut input: impl BufRead,
    each: &mut EachListed<'_>,
) -> Result<(), ListFault> {
    let start = input
        .fill_buf()
        .map_err(|e| (0, format!("cannot be read: {e}")))?;
    let first = start.iter().find(|b| !b.is_ascii_whitespace());
    if first == Some(&b'[') {
        return json::read(input, each);
    }
    let hint = hint(name);
    let mut columns = None;
    let mut number = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        number += 1;
        let read = input.by_ref().take(LINE).read_until(b'\n', &mut line);
        let read = read.map_err(|e| (number, format!("cannot be read: {e}")))?;
        if read == 0 {
            return Ok(());
        }
        if read as u64 == LINE {
            return Err((
                number,
                "the line is too long for a list of checksums".to_owned(),
            ));
        }
        let text =
            std::str::from_utf8(&line).map_err(|_| (number, "the line is not UTF-8".to_owned()))?;
        let text = text.trim_end_matches(['\n', '\r']);
        if text.trim().is_empty() || text.starts_with(['#', ';']) {
            continue;
        }
        let fault = |message| (number, message);
        let found = sums::entry(text, hint)
            .or_else(|| delimited::entry(text, &mut columns))
            .or_else(|| alone(text, name, hint));
        let found = found.ok_or_else(|| {
            fault("this is no line of a list of checksums that is known (docs/operator.md names them)".to_owned())
        })?;
        // Folders have no bytes.
        if !found.path.ends_with('/') {
            each(number, found).map_err(fault)?;
        }
    }
}

/// Whether a file of a tree is a list of checksums by its name: `SHA256SUMS`, `md5sum.txt`, `tract.b3`.
pub fn is_list(name: &str) -> bool {
    hint(name).is_some()
}

/// The algorithm that the name of a list says.
fn hint(name: &str) -> Option<Algorithm> {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    let name = name.strip_suffix(".txt").unwrap_or(&name);
    let (is_ending, word) = match name.rsplit_once('.') {
        Some((_, ending)) => (true, ending),
        None => (false, name),
    };
    let bare = word.trim_end_matches('s').strip_suffix("sum");
    let word = match bare {
        Some(bare) => bare,
        None if is_ending => word,
        None => return None,
    };
    match word {
        "b2" | "blake2" => Some(Algorithm::Blake2b),
        "b3" => Some(Algorithm::Blake3),
        other => Algorithm::named(other).filter(|a| *a != Algorithm::Adler32 || is_ending),
    }
}

/// The algorithm of a checksum by the number of its digits; `hint` where several have as many.
fn algorithm(sum: &str, hint: Option<Algorithm>) -> Option<Algorithm> {
    if !sum.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let fits = |a: &Algorithm| a.digits() == sum.len();
    hint.filter(fits)
        .or_else(|| Algorithm::ALL.into_iter().find(fits))
}

/// A checksum alone in a list that is named like its file: `image.fits.md5`.
fn alone(text: &str, name: &str, hint: Option<Algorithm>) -> Option<Listed> {
    let sum = text.trim();
    let algorithm = algorithm(sum, hint).filter(|a| Some(*a) == hint)?;
    let (path, _) = name.rsplit('/').next()?.rsplit_once('.')?;
    Some(Listed {
        path: path.to_owned(),
        size: None,
        sums: vec![(algorithm, sum.to_ascii_lowercase())],
    })
}

#[cfg(test)]
mod tests;
