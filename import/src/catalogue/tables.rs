//! The files of a folder or bucket that patterns recognise as tables.

use std::io;
use std::path::Path;

use futures_util::TryStreamExt;
use pantry_datastore::store::Stores;
use pantry_datastore::{ResourcePath, WalkedKind, walk};

use super::key::{Key, KeyValue};
use super::{CatalogueFile, Place};
use crate::Error;
use crate::ingest::Pattern;

/// A table of a folder: its name, and patterns of its files with fields such as `{tract}` and `{patch}`.
#[derive(Debug, Clone)]
pub struct FolderTable {
    /// Its name.
    pub name: String,
    patterns: Vec<Pattern>,
}

impl FolderTable {
    /// From `PATTERN`, `NAME=PATTERN` or `NAME`, which stands for files like `NAME_{tract}_{patch}.parq` and
    /// `NAME_{tract}.csv` in any folder; `Err` says in words what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, pattern) = match text.split_once('=') {
            Some((name, pattern)) if !name.contains(['{', '/', '*']) => (Some(name), pattern),
            _ => (None, text),
        };
        if !pattern.contains(['{', '*', '/', '.']) {
            let simple = [
                format!("**/{pattern}_{{tract:int}}_{{patch:int}}.*"),
                format!("**/{pattern}_{{tract:int}}.*"),
            ];
            let patterns = simple.iter().map(|text| Pattern::parse(text));
            return Ok(Self {
                name: name.unwrap_or(pattern).to_owned(),
                patterns: patterns.collect::<Result<_, _>>()?,
            });
        }
        Ok(Self {
            name: name.map_or_else(|| stem(pattern), str::to_owned),
            patterns: vec![Pattern::parse(pattern)?],
        })
    }

    fn find(&self, path: &str) -> Option<Key> {
        let fields = self
            .patterns
            .iter()
            .find_map(|pattern| pattern.find(path))?;
        let values = fields.into_iter();
        Some(Key::new(values.map(|(name, value)| {
            let value = KeyValue::parse(&value);
            (name, value)
        })))
    }
}

/// The letters before the first field, without folders.
fn stem(pattern: &str) -> String {
    let before = pattern
        .split(['{', '*'])
        .find(|part| !part.trim_matches('/').is_empty());
    let last = before
        .unwrap_or(pattern)
        .trim_matches('/')
        .rsplit('/')
        .next();
    let name = last
        .unwrap_or(pattern)
        .trim_end_matches(['_', '-', '.', '=']);
    if name.is_empty() {
        pattern.to_owned()
    } else {
        name.to_owned()
    }
}

/// The files of the tables below a folder, and how many others there are.
///
/// # Errors
/// A folder that cannot be listed; a file that is of two tables, a table without files.
pub fn list_folder(
    folder: &ResourcePath,
    tables: &[FolderTable],
    stores: &Stores,
) -> Result<(Vec<CatalogueFile>, u64), Error> {
    let (mut files, mut others) = (Vec::new(), 0);
    let mut add = |path: &str| {
        let found = tables.iter().enumerate();
        let mut found = found.filter_map(|(number, table)| Some((number, table.find(path)?)));
        match (found.next(), found.next()) {
            (None, _) => others += 1,
            (Some((table, key)), None) => files.push(CatalogueFile {
                table,
                key,
                name: path.to_owned(),
                uri: Place(folder.child(path)),
            }),
            (Some((a, _)), Some((b, _))) => {
                let (a, b) = (&tables[a].name, &tables[b].name);
                return Err(Error::Conflict(format!(
                    "{path} fits the patterns of two tables, {a} and {b}; narrower patterns tell them apart"
                )));
            }
        }
        Ok(())
    };
    match folder.local_path() {
        Some(root) => {
            for file in walk(&root) {
                let file = file?;
                let path = file.path.to_str().ok_or_else(|| not_text(&file.path))?;
                if matches!(file.kind, WalkedKind::File | WalkedKind::Symlink) {
                    add(path)?;
                }
            }
        }
        None => {
            let stored = stores.find(folder)?;
            let listing = stored.store.list(&stored.key, None);
            let listing = listing.ok_or_else(|| {
                Error::Unsupported(format!(
                    "{folder} cannot be listed, so its files are not known"
                ))
            })?;
            let names = stores.wait(listing.map_ok(|object| object.key).try_collect::<Vec<_>>())?;
            for name in names {
                add(name.strip_prefix(&stored.key).unwrap_or(&name))?;
            }
        }
    }
    for (number, table) in tables.iter().enumerate() {
        if files.iter().all(|file| file.table != number) {
            let name = &table.name;
            return Err(Error::Unknown(format!(
                "no file below {folder} is of the table {name}: give a pattern of their paths, such as \
                 '{name}=**/{name}_{{tract}}_{{patch}}.parq'"
            )));
        }
    }
    Ok((files, others))
}

fn not_text(path: &Path) -> Error {
    let reason = io::Error::new(io::ErrorKind::InvalidData, "its name is not UTF-8");
    Error::io("listing", path, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_named_and_found() {
        for (text, name, path, key) in [
            (
                "object",
                "object",
                "a/object_9813_4.parq",
                Some("tract=9813, patch=4"),
            ),
            ("object", "object", "object_9813.csv", Some("tract=9813")),
            ("object", "object", "forced_object_9813_4_g.csv", None),
            (
                "o=cat/{tract}/{patch}/{band}.fits",
                "o",
                "cat/1/2/g.fits",
                Some("tract=1, patch=2, band=g"),
            ),
            (
                "**/src_{tract}_{patch}.csv",
                "src",
                "x/src_1_4,5.csv",
                Some("tract=1, patch=4,5"),
            ),
            ("all.csv", "all.csv", "all.csv", Some("")),
        ] {
            let table = FolderTable::parse(text).unwrap();
            assert_eq!(table.name, name);
            let found = table.find(path).map(|key| key.to_string());
            assert_eq!(found.as_deref(), key, "{text} {path}");
        }
        assert!(FolderTable::parse("a={b}{c}").is_err());
    }
}
