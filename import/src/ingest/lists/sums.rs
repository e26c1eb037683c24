//! Lines of `sha256sum` and its like, in both of their forms, and of `rclone hashsum`, which writes the first.

use pantry_datastore::Algorithm;

use super::{Listed, algorithm};

/// What rclone writes where it has no checksum.
const NONE: [&str; 2] = ["ERROR", "UNSUPPORTED"];

/// The entry of a line; `None` if it is of another kind.
pub(super) fn entry(line: &str, hint: Option<Algorithm>) -> Option<Listed> {
    // A name with a line break or a backslash is escaped, and a backslash before the line says so.
    let (is_escaped, text) = match line.strip_prefix('\\') {
        Some(text) => (true, text),
        None => (false, line),
    };
    let (path, sum) = tagged(text).or_else(|| untagged(text, hint))?;
    let path = match is_escaped {
        true => unescaped(path)?,
        false => path.to_owned(),
    };
    Some(Listed {
        path,
        size: None,
        sums: sum
            .map(|(a, sum)| (a, sum.to_ascii_lowercase()))
            .into_iter()
            .collect(),
    })
}

type Found<'a> = (&'a str, Option<(Algorithm, &'a str)>);

/// `SHA256 (path) = 1234...`
fn tagged(line: &str) -> Option<Found<'_>> {
    let (name, rest) = line.split_once(" (")?;
    let (path, sum) = rest.rsplit_once(") = ")?;
    // `b2sum --tag` says BLAKE2b.
    let named = Algorithm::named(name)?;
    let is_sum = algorithm(sum, Some(named)) == Some(named);
    (is_sum && !path.is_empty()).then_some((path, Some((named, sum))))
}

/// `1234...  path`, or `1234... *path` of a file that was read as binary.
fn untagged(line: &str, hint: Option<Algorithm>) -> Option<Found<'_>> {
    let padded = line.trim_start_matches(' ');
    let (sum, rest) = padded.split_once([' ', '\t'])?;
    let path = rest.strip_prefix([' ', '*', '\t']).unwrap_or(rest);
    if path.is_empty() {
        return None;
    }
    if NONE.contains(&sum) {
        return Some((path, None));
    }
    let algorithm = algorithm(sum, hint)?;
    Some((path, Some((algorithm, sum))))
}

fn unescaped(path: &str) -> Option<String> {
    let mut plain = String::with_capacity(path.len());
    let mut rest = path.chars();
    while let Some(c) = rest.next() {
        plain.push(match c {
            '\\' => match rest.next()? {
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                _ => return None,
            },
            other => other,
        });
    }
    Some(plain)
}
