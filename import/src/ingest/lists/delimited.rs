//! Lines with columns: `rclone lsf`, `rucio list-files --csv` and rucio's dumps of replicas.

use pantry_datastore::Algorithm;

use super::{Listed, algorithm};

/// What rclone writes where it has no checksum.
const NONE: [&str; 3] = ["", "ERROR", "UNSUPPORTED"];

/// Which columns of `rclone lsf` have what: its `--format` is not in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    number: usize,
    path: usize,
    size: Option<usize>,
    sum: Option<(usize, Algorithm)>,
}

/// The entry of a line; `None` if it is of another kind. The first line of `rclone lsf` decides which columns there are.
pub(super) fn entry(line: &str, columns: &mut Option<Columns>) -> Option<Listed> {
    if let Some(found) = replica(line).or_else(|| rucio(line)) {
        return Some(found);
    }
    let fields: Vec<&str> = line.split(';').collect();
    if columns.is_none() {
        *columns = guess(&fields);
    }
    let columns = columns.filter(|c| c.number == fields.len())?;
    let size = match columns.size {
        // -1 is that of folders and of files whose size nobody knows.
        Some(at) if fields[at] == "-1" => None,
        Some(at) => Some(fields[at].parse().ok()?),
        None => None,
    };
    let mut sums = Vec::new();
    if let Some((at, wanted)) = columns.sum.filter(|(at, _)| !NONE.contains(&fields[*at])) {
        let found = algorithm(fields[at], Some(wanted)).filter(|a| *a == wanted)?;
        sums.push((found, fields[at].to_ascii_lowercase()));
    }
    Some(Listed {
        path: fields[columns.path].to_owned(),
        size,
        sums,
    })
}

/// Path, size and checksum in any order; times, types and the like beside them are not told from paths.
fn guess(fields: &[&str]) -> Option<Columns> {
    let is_size =
        |text: &str| text == "-1" || (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
    let (mut size, mut sum, mut paths) = (None, None, Vec::new());
    for (at, text) in fields.iter().enumerate() {
        match algorithm(text, None) {
            // Eight digits may be a size, and are no checksum that rclone has.
            Some(found) if found != Algorithm::Adler32 && sum.is_none() => sum = Some((at, found)),
            _ if is_size(text) && size.is_none() => size = Some(at),
            _ if is_time(text) => {}
            _ => paths.push(at),
        }
    }
    match (paths.as_slice(), size.is_some() || sum.is_some()) {
        ([path], true) => Some(Columns {
            number: fields.len(),
            path: *path,
            size,
            sum,
        }),
        _ => None,
    }
}

/// `2016-06-25 18:55:41`
fn is_time(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    shape == "0000-00-00 00:00:00"
}

/// `scope:name,GUID,ad:1234abcd,size,events` of `rucio list-files --csv`; checksums may be `md5:` too. Names may have commas.
fn rucio(line: &str) -> Option<Listed> {
    let kinds = [(",ad:", Algorithm::Adler32), (",md5:", Algorithm::Md5)];
    let found = kinds
        .iter()
        .find_map(|(sign, kind)| Some((line.rsplit_once(sign)?, *kind)));
    let ((before, after), kind) = found?;
    let (did, _guid) = before.rsplit_once(',')?;
    let (_, path) = did.split_once(':')?;
    let mut rest = after.split(',').map(str::trim);
    let sum = padded(rest.next()?, kind)?;
    Some(Listed {
        path: path.to_owned(),
        size: rest.next().and_then(|size| size.parse().ok()),
        sums: vec![(kind, sum)],
    })
}

/// Tab-separated: RSE, scope, name, Adler-32, size, time, path, time, state, ... (`rucio/common/dumper`).
fn replica(line: &str) -> Option<Listed> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [_rse, _scope, _name, sum, size, _created, path, ..] = fields.as_slice() else {
        return None;
    };
    let sum = padded(sum, Algorithm::Adler32)?;
    Some(Listed {
        path: path.trim().trim_start_matches('/').to_owned(),
        size: Some(size.parse().ok()?),
        sums: vec![(Algorithm::Adler32, sum)],
    })
}

/// A checksum; Adler-32 is also written without the zeros that it begins with.
fn padded(sum: &str, kind: Algorithm) -> Option<String> {
    let sum = match kind {
        Algorithm::Adler32 if !sum.is_empty() => format!("{sum:0>8}"),
        _ => sum.to_owned(),
    };
    (algorithm(&sum, Some(kind)) == Some(kind)).then(|| sum.to_ascii_lowercase())
}
