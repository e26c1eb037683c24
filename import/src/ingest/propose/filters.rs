//! Which column is the filter or the band.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::{Column, Columns};
use super::dimensions::{Meaning, Value};
use super::known::Known;

/// Different values of a column that may be a filter nobody knows.
const FEW: usize = 12;

/// Longest name of a filter that nobody knows.
const SHORT: usize = 10;

/// Find the band of coadds and the filter of others, unless the visit says it.
pub(super) fn find(columns: &Columns, known: &Known<'_>, meaning: &mut Meaning) {
    if !meaning.data_id.iter().any(|(d, _)| *d == "tract") {
        return;
    }
    let taken: BTreeSet<usize> = meaning.fields().into_iter().map(|(c, _)| c).collect();
    let free = || {
        let all = columns.all.iter().enumerate();
        all.filter(|(number, column)| !taken.contains(number) && column.integers().is_none())
    };
    // What varies tells more than what is the same everywhere.
    for wanted in [true, false] {
        for (number, column) in free().filter(|(_, c)| c.varies == wanted) {
            if let Some(value) = band(columns, number, column, known) {
                meaning.data_id.push(("band", value));
                return;
            }
        }
    }
    let in_name = |column: &Column| match &column.source {
        super::columns::Source::Pieces(pieces) => pieces.iter().any(|p| *p >= columns.name),
        super::columns::Source::Card(_) => false,
    };
    let may_be = |column: &Column| {
        let values: BTreeSet<&String> = column.values.iter().collect();
        let is_short =
            |v: &&String| v.len() <= SHORT && v.starts_with(|c: char| c.is_ascii_alphabetic());
        column.varies && in_name(column) && values.len() <= FEW && values.iter().all(is_short)
    };
    if let Some((number, column)) = free().find(|(_, c)| may_be(c)) {
        let values: BTreeSet<&String> = column.values.iter().collect();
        let pairs = values.iter().map(|v| ((*v).clone(), format!("?{v}")));
        meaning.notes.push(format!(
            "QUESTION: is '{}' a filter, which the repo does not know? Then name its band, and those of the others",
            column.values[0]
        ));
        meaning
            .data_id
            .push(("band", Value::Map(number, pairs.collect())));
    }
}

/// How a column is the band: as it is, or by the names of filters, with what stands before it in the path.
fn band(columns: &Columns, number: usize, column: &Column, known: &Known<'_>) -> Option<Value> {
    let bands: BTreeSet<&str> = known
        .filters
        .iter()
        .filter_map(|f| f.band.as_deref())
        .collect();
    // A letter that is the same everywhere may be anything, unless it stands alone between slashes.
    let stands_alone = || match &column.source {
        super::columns::Source::Pieces(pieces) => pieces.iter().any(|p| {
            let next = columns.separators.get(p + 1).map(String::as_str);
            columns.separators[*p] == "/" && next == Some("/")
        }),
        super::columns::Source::Card(_) => true,
    };
    if column.values.iter().all(|v| bands.contains(v.as_str())) && (column.varies || stands_alone())
    {
        return Some(Value::Column(number));
    }
    let before = columns.text_before(column);
    for prefix in suffixes(before) {
        let mut pairs = BTreeMap::new();
        for value in &column.values {
            let name = format!("{prefix}{value}");
            let mut filters = known.filters.iter().filter(|f| f.name == name);
            let (Some(filter), None) = (filters.next(), filters.next()) else {
                break;
            };
            pairs.extend(filter.band.clone().map(|band| (value.clone(), band)));
        }
        if column.values.iter().all(|v| pairs.contains_key(v)) {
            // Filters that no file of the sample has.
            for filter in &known.filters {
                if let (Some(value), Some(band)) = (filter.name.strip_prefix(prefix), &filter.band)
                    && known
                        .filters
                        .iter()
                        .all(|f| f.name != filter.name || f.instrument == filter.instrument)
                    && !value.is_empty()
                {
                    pairs
                        .entry(value.to_owned())
                        .or_insert_with(|| band.clone());
                }
            }
            return Some(Value::Map(number, pairs.into_iter().collect()));
        }
    }
    None
}

/// A text, and what of it begins after each of its signs, the longest first, and nothing.
fn suffixes(text: &str) -> Vec<&str> {
    let mut found = vec![text];
    let signs = text
        .char_indices()
        .filter(|(_, c)| !c.is_ascii_alphanumeric());
    found.extend(signs.map(|(at, c)| &text[at + c.len_utf8()..]));
    found.push("");
    found.dedup();
    found
}
