//! Paths cut into pieces, and those with the same build put together.

use std::collections::{BTreeMap, BTreeSet};

use crate::ingest::folder::FolderFile;

/// What stands between pieces.
const SEPARATORS: [char; 8] = ['/', '_', '-', ',', '.', '=', '+', ' '];

/// Files of a group that are looked at.
const SAMPLE: usize = 48;

/// Different values of a piece that are kept.
const VALUES: usize = 40;

/// First words of file names that make groups of their own; of more than these the word is something that varies.
const WORDS: usize = 8;

/// A path in pieces: before each stands its separator, which is empty before the first and before digits that end a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pieces {
    pub(super) texts: Vec<String>,
    pub(super) separators: Vec<String>,
}

impl Pieces {
    pub(super) fn of(path: &str) -> Self {
        let mut found = Self {
            texts: Vec::new(),
            separators: Vec::new(),
        };
        let mut separator = String::new();
        for part in path.split_inclusive(SEPARATORS) {
            let text = part.trim_end_matches(SEPARATORS);
            let digits = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let word = &text[..text.len() - digits.len()];
            // `tract9813`, but not `v1` or `w40b`.
            if word.len() >= 3 && is_int(digits) {
                found.push(word, std::mem::take(&mut separator));
                found.push(digits, String::new());
            } else {
                found.push(text, std::mem::take(&mut separator));
            }
            separator = part[text.len()..].to_owned();
        }
        if !separator.is_empty() {
            found.push("", separator);
        }
        found
    }

    fn push(&mut self, text: &str, separator: String) {
        self.texts.push(text.to_owned());
        self.separators.push(separator);
    }

    /// Number of the first piece of the file's name.
    pub(super) fn name(&self) -> usize {
        self.separators.iter().rposition(|s| s == "/").unwrap_or(0)
    }
}

pub(super) fn is_int(text: &str) -> bool {
    !text.is_empty() && text.len() < 19 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Files whose paths are built alike.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The paths of all, so far as they are the same, by an example.
    pub(super) example: Pieces,
    /// How many there are.
    pub(super) count: u64,
    /// Some of them, spread over all.
    pub(super) sample: Vec<FolderFile>,
    /// The different values of each piece, as far as they are kept.
    pub(super) values: Vec<BTreeSet<String>>,
    /// Run and dataset type, if the paths are those of the reference's default template.
    pub(super) butler: Option<(String, String)>,
    stride: u64,
}

impl Group {
    fn new(pieces: Pieces, butler: Option<(String, String)>) -> Self {
        Self {
            values: vec![BTreeSet::new(); pieces.texts.len()],
            example: pieces,
            count: 0,
            sample: Vec::new(),
            butler,
            stride: 1,
        }
    }

    fn add(&mut self, pieces: &Pieces, file: FolderFile) {
        for (values, text) in self.values.iter_mut().zip(&pieces.texts) {
            if values.len() < VALUES && !values.contains(text) {
                values.insert(text.clone());
            }
        }
        if self.count.is_multiple_of(self.stride) {
            self.sample.push(file);
        }
        self.count += 1;
        self.thin();
    }

    /// Keep every second file of a sample that has become too large.
    fn thin(&mut self) {
        if self.sample.len() > SAMPLE {
            let mut number = 0;
            self.sample.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            self.stride *= 2;
        }
    }

    fn join(&mut self, other: Self) {
        for (mine, theirs) in self.values.iter_mut().zip(other.values) {
            mine.extend(theirs);
        }
        self.count += other.count;
        self.sample.extend(other.sample);
        self.thin();
    }

    /// The pieces that may mean something: not the extension, and of the reference's paths neither run nor dataset type.
    pub(super) fn pieces_with_meaning(&self) -> Vec<usize> {
        let len = self.example.texts.len();
        let Some((run, kind)) = &self.butler else {
            return (0..len.saturating_sub(1)).collect();
        };
        let number = |text: &str| Pieces::of(text).texts.len();
        let name = self.example.name();
        let path = self.sample.first().map_or("", |file| &file.path);
        let extension = path.rsplit('/').next().and_then(|n| n.split_once('.'));
        let extension = extension.map_or(0, |(_, extension)| number(extension));
        let folders = number(&format!("{run}/{kind}"))..name;
        let names = name + number(kind)..len.saturating_sub(extension + number(run));
        folders.chain(names).collect()
    }

    /// Whether files differ in a piece.
    pub(super) fn varies(&self, piece: usize) -> bool {
        self.values[piece].len() > 1
    }
}

/// What is the same for all files of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Build {
    butler: Option<(String, String)>,
    separators: Vec<String>,
    is_int: Vec<bool>,
    extension: String,
    /// First word of the file's name.
    word: String,
}

/// All files by their build.
#[derive(Debug, Default)]
pub(super) struct Groups {
    groups: BTreeMap<Build, Group>,
    /// Files whose paths have characters that no pattern can have.
    pub(super) odd: u64,
}

impl Groups {
    pub(super) fn add(&mut self, file: FolderFile) {
        if file.path.contains(['{', '}', '*']) {
            self.odd += 1;
            return;
        }
        let pieces = Pieces::of(&file.path);
        let butler = butler(&file.path);
        let build = Build {
            butler: butler.clone(),
            separators: pieces.separators.clone(),
            is_int: pieces.texts.iter().map(|t| is_int(t)).collect(),
            extension: pieces.texts.last().cloned().unwrap_or_default(),
            word: pieces.texts[pieces.name()].clone(),
        };
        let group = self
            .groups
            .entry(build)
            .or_insert_with(|| Group::new(pieces.clone(), butler));
        group.add(&pieces, file);
    }

    /// The groups with most files, at most so many, and the others.
    pub(super) fn largest(self, number: usize) -> (Vec<Group>, Vec<Group>) {
        let mut alike: BTreeMap<Build, Vec<Group>> = BTreeMap::new();
        for (build, group) in self.groups {
            let build = Build {
                word: String::new(),
                ..build
            };
            alike.entry(build).or_default().push(group);
        }
        let mut groups: Vec<Group> = Vec::new();
        for (_, mut same) in alike {
            if same.len() > WORDS {
                let mut one = same.swap_remove(0);
                same.into_iter().for_each(|other| one.join(other));
                same = vec![one];
            }
            groups.extend(same);
        }
        // Of groups with as many files the order of their paths counts.
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        let rest = groups.split_off(groups.len().min(number));
        (groups, rest)
    }
}

/// Run and dataset type of a path `RUN/TYPE/.../TYPE_..._RUN.ext`, in which slashes of the run become underscores.
fn butler(path: &str) -> Option<(String, String)> {
    let parts: Vec<&str> = path.split('/').collect();
    let (name, folders) = parts.split_last()?;
    let (stem, _) = name.split_once('.')?;
    let is_type = |at: &usize| {
        let (run, kind) = (folders[..*at].join("_"), folders[*at]);
        stem.starts_with(&format!("{kind}_")) && stem.ends_with(&format!("_{run}"))
    };
    let at = (1..folders.len()).find(is_type)?;
    Some((folders[..at].join("/"), folders[at].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_and_put_together_again() {
        for path in [
            "a-b/HSC-G/9813/3,4/c.fits",
            "tract9813_v1__x.fits",
            "a",
            "a/.b",
            "x40b/ab12/abc12.",
        ] {
            let pieces = Pieces::of(path);
            let whole: String = pieces
                .separators
                .iter()
                .zip(&pieces.texts)
                .map(|(s, t)| format!("{s}{t}"))
                .collect();
            assert_eq!(whole, path);
        }
        let texts = Pieces::of("tract9813/v1/x40b/Ks2").texts;
        assert_eq!(texts, ["tract", "9813", "v1", "x40b", "Ks2"]);
    }

    #[test]
    fn the_reference_s_paths_are_known() {
        let path = "HSC/runs/w_40/calexp/9/g/calexp_9_g_HSC_runs_w_40.fits";
        assert_eq!(
            butler(path),
            Some(("HSC/runs/w_40".to_owned(), "calexp".to_owned()))
        );
        assert_eq!(butler("HSC/runs/calexp/9/g/calexp_9_g_other.fits"), None);
    }
}
