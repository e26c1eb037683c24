//! Patterns of paths with named fields, such as `deepCoadd/{tract:int}/{patch:int}/*.fits`.

use std::collections::BTreeMap;

/// Values of fields by name.
pub type Fields = BTreeMap<String, String>;

/// A pattern of paths relative to the root of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// These characters.
    Text(String),
    /// `{name}`: one character or more, no slash; `{name:int}`: only digits.
    Field { name: String, is_int: bool },
    /// `*`: any characters but a slash, or none.
    Any,
    /// `**/`: any folders, or none.
    Folders,
}

impl Pattern {
    /// Read a pattern; `Err` says in words what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (part, after) = next(rest)?;
            let both_vary = |one: &Part, two: &Part| {
                !matches!(one, Part::Text(_)) && matches!(two, Part::Field { .. } | Part::Any)
            };
            if parts
                .last()
                .is_some_and(|last| *last != Part::Folders && both_vary(last, &part))
            {
                return Err(format!(
                    "in '{text}' nothing stands between two parts that vary, so that where one ends is not known"
                ));
            }
            parts.push(part);
            rest = after;
        }
        match parts.is_empty() {
            true => Err("a pattern cannot be empty".to_owned()),
            false => Ok(Self { parts }),
        }
    }

    /// Names of the fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// The values of the fields if the whole path fits. A field that occurs twice has one value.
    pub fn find(&self, path: &str) -> Option<Fields> {
        let mut found = Vec::new();
        fits(&self.parts, path, &mut found).then(|| {
            found
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect()
        })
    }
}

/// The part at the beginning of a pattern, and the rest.
fn next(text: &str) -> Result<(Part, &str), String> {
    if let Some(rest) = text.strip_prefix("**/") {
        return Ok((Part::Folders, rest));
    }
    if let Some(rest) = text.strip_prefix('*') {
        return Ok((Part::Any, rest));
    }
    if let Some(rest) = text.strip_prefix('{') {
        let (field, rest) = rest
            .split_once('}')
            .ok_or_else(|| format!("'{text}' has a '{{' without '}}'"))?;
        let (name, kind) = field.split_once(':').unwrap_or((field, ""));
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !is_name || !matches!(kind, "" | "int") {
            return Err(format!(
                "'{{{field}}}' is no field; it is '{{name}}' or '{{name:int}}'"
            ));
        }
        let name = name.to_owned();
        return Ok((
            Part::Field {
                name,
                is_int: kind == "int",
            },
            rest,
        ));
    }
    let end = text.find(['*', '{']).unwrap_or(text.len());
    Ok((Part::Text(text[..end].to_owned()), &text[end..]))
}

/// Whether the parts fit the whole of `path`; a part that varies takes as much as it can.
fn fits<'a>(parts: &'a [Part], path: &'a str, found: &mut Vec<(&'a str, &'a str)>) -> bool {
    let Some((part, rest)) = parts.split_first() else {
        return path.is_empty();
    };
    match part {
        Part::Text(text) => path
            .strip_prefix(text.as_str())
            .is_some_and(|after| fits(rest, after, found)),
        Part::Folders => {
            let mut begins =
                std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1));
            begins.any(|at| fits(rest, &path[at..], found))
        }
        Part::Any => ends(path, |c| c != '/').any(|end| fits(rest, &path[end..], found)),
        Part::Field { name, is_int } => {
            let known = found
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, value)| *value);
            let may_be = |c: char| {
                if *is_int {
                    c.is_ascii_digit()
                } else {
                    c != '/'
                }
            };
            let mut candidates = ends(path, may_be);
            candidates.any(|end| {
                let value = &path[..end];
                if value.is_empty() || known.is_some_and(|known| known != value) {
                    return false;
                }
                let before = found.len();
                found.push((name, value));
                let is_found = fits(rest, &path[end..], found);
                if !is_found {
                    found.truncate(before);
                }
                is_found
            })
        }
    }
}

/// Where a run of such characters at the beginning may end, the longest first.
fn ends(path: &str, may_be: impl Fn(char) -> bool) -> impl Iterator<Item = usize> {
    let mut ends = vec![0];
    let run = path.char_indices().take_while(|(_, c)| may_be(*c));
    ends.extend(run.map(|(at, c)| at + c.len_utf8()));
    ends.into_iter().rev()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pattern: &str, path: &str) -> Option<Vec<(String, String)>> {
        Some(
            Pattern::parse(pattern)
                .unwrap()
                .find(path)?
                .into_iter()
                .collect(),
        )
    }

    fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Option<Vec<(String, String)>> {
        Some(pairs.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec())
    }

    #[test]
    fn fields_are_found() {
        let coadd = "deep/{band}/{tract:int}/{patch:int}/{name}-{tract}.fits";
        assert_eq!(
            find(coadd, "deep/g/9813/7/a-b-9813.fits"),
            pairs([
                ("band", "g"),
                ("name", "a-b"),
                ("patch", "7"),
                ("tract", "9813")
            ])
        );
        for other in [
            "deep/g/9813/7/a-9814.fits",
            "deep/g/x/7/a-x.fits",
            "deep/g/9813/7/-9813.fits",
            "deep/g/9813/7/a-9813.fits.gz",
            "deep/g/1/9813/7/a-9813.fits",
        ] {
            assert_eq!(find(coadd, other), None, "{other}");
        }
        assert_eq!(
            find("**/*_{visit:int}.fits", "a/b/x_1_22.fits"),
            pairs([("visit", "22")])
        );
        assert_eq!(
            find("**/*_{visit:int}.fits", "x_3.fits"),
            pairs([("visit", "3")])
        );
        assert_eq!(
            find("**/e\u{e9}{v}", "\u{e9}/e\u{e9}\u{e9}"),
            pairs([("v", "\u{e9}")])
        );
    }

    #[test]
    fn what_cannot_be_a_pattern_is_told() {
        for wrong in ["", "{a}{b}", "{a}*", "{", "{a b}", "{a:float}", "{}"] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_was_put_in_comes_out(values in proptest::collection::vec("[a-z0-9]{1,5}", 1..6), signs in "[-_,.=/]{6}") {
            let (mut pattern, mut path, mut expected) = (String::new(), String::new(), Fields::new());
            for (i, (value, sign)) in values.iter().zip(signs.chars()).enumerate() {
                pattern.push_str(&format!("{{f{i}}}{sign}"));
                path.push_str(&format!("{value}{sign}"));
                expected.insert(format!("f{i}"), value.clone());
            }
            let pattern = Pattern::parse(&pattern).unwrap();
            proptest::prop_assert_eq!(pattern.find(&path), Some(expected));
            proptest::prop_assert_eq!(pattern.find(&format!("{path}x")), None);
        }

        #[test]
        fn any_text_is_a_pattern_or_refused(text in "[a{}*/:int_]{0,12}", path in "[a/_1]{0,8}") {
            if let Ok(pattern) = Pattern::parse(&text) {
                let names: Vec<String> = pattern.fields().map(str::to_owned).collect();
                if let Some(found) = pattern.find(&path) {
                    proptest::prop_assert!(names.iter().all(|name| found.contains_key(name)));
                }
            }
        }
    }
}
