//! Which files of a child belong to which files of the director.

use std::collections::{BTreeMap, BTreeSet};

use super::CatalogueFile;
use super::compare::Matching;
use super::key::{Key, PARTITION};

/// The dimensions of a child beside those of the sky in each of whose values every object is expected. Files that differ in others,
/// such as visits or the number of a piece, belong together.
const EVERYWHERE: [&str; 2] = ["band", "physical_filter"];

/// The files of a child that have one part of the sky and one band.
#[derive(Debug)]
pub struct Unit {
    /// The part of the sky, in the dimensions that child and director have in common.
    pub part: Key,
    /// The band, if files have one.
    pub extra: Key,
    /// Numbers of the files.
    pub files: Vec<usize>,
}

/// A child, its files in units.
#[derive(Debug)]
pub struct Child {
    /// Number of the table.
    pub table: usize,
    /// Its units, in their order.
    pub units: Vec<Unit>,
    /// The parts of the sky of the director, in their order, each with the numbers of its files.
    pub parts: BTreeMap<Key, Vec<usize>>,
}

impl Child {
    /// Sort the files of a table into units; `files` are all files, sorted.
    pub fn of(table: usize, files: &[CatalogueFile]) -> Self {
        let mine = || {
            files
                .iter()
                .enumerate()
                .filter(move |(_, f)| f.table == table)
        };
        let director = || files.iter().enumerate().filter(|(_, f)| f.table == 0);
        let has = |of: Option<(usize, &CatalogueFile)>, name: &str| {
            of.is_some_and(|(_, file)| file.key.get(name).is_some())
        };
        let is_common = |name: &str| {
            PARTITION.contains(&name) && has(mine().next(), name) && has(director().next(), name)
        };
        let mut units: BTreeMap<(Key, Key), Vec<usize>> = BTreeMap::new();
        for (number, file) in mine() {
            let part = file.key.only(is_common);
            let extra = file.key.only(|name| EVERYWHERE.contains(&name));
            units.entry((part, extra)).or_default().push(number);
        }
        let mut parts: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (number, file) in director() {
            parts
                .entry(file.key.only(is_common))
                .or_default()
                .push(number);
        }
        let units = units
            .into_iter()
            .map(|((part, extra), files)| Unit { part, extra, files });
        Self {
            table,
            units: units.collect(),
            parts,
        }
    }

    /// What is compared: units and parts of which all files could be read.
    pub fn matching(&self, is_read: impl Fn(usize) -> bool) -> Matching {
        let mut matching = Matching::default();
        let numbers: BTreeMap<&Key, u32> = self.parts.keys().zip(0..).collect();
        let mut is_whole = Vec::new();
        for (number, files) in self.parts.values().enumerate() {
            for file in files {
                let needed = matching.part_of_file.len().max(file + 1);
                matching.part_of_file.resize(needed, 0);
                matching.part_of_file[*file] = u32::try_from(number).unwrap_or(u32::MAX);
            }
            is_whole.push(files.iter().all(|file| is_read(*file)));
        }
        matching.units_of_part = vec![Vec::new(); is_whole.len()];
        for (unit, number) in self.units.iter().zip(0..) {
            let is_unit_whole = unit.files.iter().all(|file| is_read(*file));
            let part = numbers.get(&unit.part).copied();
            let part = part.filter(|part| is_unit_whole && is_whole[*part as usize]);
            matching.part_of_unit.push(part);
            if let Some(part) = part {
                matching.units_of_part[part as usize].push(number);
            }
        }
        matching
    }

    /// Where the child has no file although the director has: parts of the sky, perhaps with a band.
    pub fn missing(&self) -> Vec<Key> {
        let extras: BTreeSet<&Key> = self.units.iter().map(|unit| &unit.extra).collect();
        let mut there: BTreeMap<&Key, BTreeSet<&Key>> = BTreeMap::new();
        for unit in &self.units {
            there.entry(&unit.part).or_default().insert(&unit.extra);
        }
        let mut missing = Vec::new();
        for part in self.parts.keys() {
            match there.get(part) {
                None => missing.push(part.clone()),
                Some(some) => missing.extend(extras.difference(some).map(|e| part.with(e))),
            }
        }
        missing
    }

    /// Parts of the sky that the director has no file for, with the files of the child.
    pub fn without_director(&self) -> BTreeMap<&Key, Vec<usize>> {
        let mut found: BTreeMap<&Key, Vec<usize>> = BTreeMap::new();
        for unit in self
            .units
            .iter()
            .filter(|u| !self.parts.contains_key(&u.part))
        {
            found.entry(&unit.part).or_default().extend(&unit.files);
        }
        found
    }
}
