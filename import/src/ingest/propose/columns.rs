//! What varies in the files of a group: pieces of their paths and cards of their headers.

use std::collections::BTreeMap;

use pantry_fits::{CardValue, Header, index};

use super::groups::{Group, is_int};
use crate::Error;
use crate::files::side_by_side;
use crate::ingest::folder::{Folder, FolderFile};
use rayon::prelude::*;

/// Cards of the form of the file and of its pixels, which say nothing about what it is.
const FORM: [&str; 12] = [
    "SIMPLE", "BITPIX", "EXTEND", "COMMENT", "HISTORY", "CHECKSUM", "DATASUM", "PCOUNT", "GCOUNT",
    "BSCALE", "BZERO", "",
];

/// Where a value is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// These pieces of the path, which have the same value in each file.
    Pieces(Vec<usize>),
    /// A card of the primary header.
    Card(String),
}

/// The values of one source in the files of the sample.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) source: Source,
    pub(super) values: Vec<String>,
    /// Whether files differ in it, also files out of the sample.
    pub(super) varies: bool,
}

impl Column {
    /// The values as integers, if all are.
    pub(super) fn integers(&self) -> Option<Vec<i64>> {
        let values = self.values.iter();
        values.map(|v| is_int(v).then(|| v.parse().ok())?).collect()
    }

    pub(super) fn is_path(&self) -> bool {
        matches!(self.source, Source::Pieces(_))
    }
}

/// All columns of a group: pieces in the order of the path, then cards in that of the header.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) all: Vec<Column>,
    /// Cards that all files of the sample have with the same value.
    pub(super) constant_cards: Vec<(String, String)>,
    /// The text before each piece of the path up to the slash, by piece.
    pub(super) before: Vec<String>,
    /// The separator before each piece.
    pub(super) separators: Vec<String>,
    /// Number of the first piece of the file's name.
    pub(super) name: usize,
}

impl Columns {
    pub(super) fn of(group: &Group, folder: &Folder) -> Result<Self, Error> {
        let rows: Vec<Vec<String>> = group
            .sample
            .iter()
            .map(|file| super::groups::Pieces::of(&file.path).texts)
            .collect();
        let mut all: Vec<Column> = Vec::new();
        for piece in group.pieces_with_meaning() {
            let values: Vec<String> = rows.iter().map(|row| row[piece].clone()).collect();
            let varies = group.varies(piece);
            let same = all
                .iter_mut()
                .find(|c| c.values == values && c.varies == varies);
            match same.map(|c| &mut c.source) {
                Some(Source::Pieces(pieces)) if !values.iter().all(String::is_empty) => {
                    pieces.push(piece)
                }
                _ => all.push(Column {
                    source: Source::Pieces(vec![piece]),
                    values,
                    varies,
                }),
            }
        }
        let mut columns = Self {
            all,
            constant_cards: Vec::new(),
            before: before(group),
            separators: group.example.separators.clone(),
            name: group.example.name(),
        };
        let is_fits = |file: &FolderFile| {
            let name = file.path.to_ascii_lowercase();
            [".fits", ".fit", ".fts", ".fits.fz"]
                .iter()
                .any(|e| name.ends_with(e))
        };
        if group.sample.iter().all(is_fits) {
            let headers = side_by_side(folder.is_away(), || {
                let headers = group.sample.par_iter().map(|file| header(file, folder));
                headers.collect::<Option<Vec<_>>>()
            })?;
            columns.cards(&headers.unwrap_or_default());
        }
        Ok(columns)
    }

    /// Columns of the cards that all headers have.
    fn cards(&mut self, headers: &[Vec<(String, String)>]) {
        let Some((first, _)) = headers.split_first() else {
            return;
        };
        let others: Vec<BTreeMap<&str, &str>> = headers
            .iter()
            .map(|h| h.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect())
            .collect();
        for (keyword, _) in first {
            let values: Option<Vec<String>> = others
                .iter()
                .map(|h| h.get(keyword.as_str()).map(|v| (*v).to_owned()))
                .collect();
            let Some(values) = values else { continue };
            match values.iter().all(|v| *v == values[0]) {
                true => self
                    .constant_cards
                    .push((keyword.clone(), values[0].clone())),
                false => self.all.push(Column {
                    source: Source::Card(keyword.clone()),
                    values,
                    varies: true,
                }),
            }
        }
    }

    /// The text that stands before the piece of a column in its part of the path, such as `HSC-` before `G`.
    pub(super) fn text_before(&self, column: &Column) -> &str {
        match &column.source {
            Source::Pieces(pieces) => &self.before[pieces[0]],
            Source::Card(_) => "",
        }
    }
}

/// The text before each piece that is the same for all files, back to the last piece that varies or the last slash.
fn before(group: &Group) -> Vec<String> {
    let mut texts = Vec::new();
    let mut text = String::new();
    let pieces = group.example.separators.iter().zip(&group.example.texts);
    for (piece, (separator, own)) in pieces.enumerate() {
        match separator.as_str() {
            "/" => text.clear(),
            separator => text.push_str(separator),
        }
        texts.push(text.clone());
        match group.varies(piece) {
            true => text.clear(),
            false => text.push_str(own),
        }
    }
    texts
}

/// Keywords and values of a file's primary header that may mean something; `None` if it cannot be read.
fn header(file: &FolderFile, folder: &Folder) -> Option<Vec<(String, String)>> {
    let content = folder.content(file).ok()?;
    let primary = index(&*content).ok()?.next()?.ok()?;
    let header = Header::read(&*content, &primary).ok()?;
    let cards = header.cards().iter().filter_map(|card| {
        let value = match &card.value {
            CardValue::Text(text) if !text.is_empty() => text.clone(),
            CardValue::Integer(value) => value.to_string(),
            _ => return None,
        };
        let is_form = FORM.contains(&card.keyword.as_str()) || card.keyword.starts_with("NAXIS");
        (!is_form).then(|| (card.keyword.clone(), value))
    });
    Some(cards.collect())
}
