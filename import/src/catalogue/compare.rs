//! Ids of the director against those of a child, and against themselves.

use super::finding::Tally;
use super::sorter::{ById, Sorted};
use std::io;

/// What of a child belongs to what of the director.
#[derive(Debug, Default)]
pub struct Matching {
    /// Of each file of the director, the number of the part of the sky that child and director have in common.
    pub part_of_file: Vec<u32>,
    /// Of each unit of the child, the same; `None` for units that are not compared.
    pub part_of_unit: Vec<Option<u32>>,
    /// The units of each part that are compared.
    pub units_of_part: Vec<Vec<u32>>,
}

/// Ids that one unit of a child lacks, and those that it has and the director has not.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Difference {
    /// In the director only.
    pub missing: Tally,
    /// In the child only.
    pub extra: Tally,
}

/// Compare the ids of each unit of a child with those of the same part of the director.
pub fn differences(
    director: &Sorted,
    child: &Sorted,
    matching: &Matching,
    keep: usize,
) -> io::Result<Vec<Difference>> {
    let mut found = vec![Difference::default(); matching.part_of_unit.len()];
    let (mut ours, mut theirs) = (director.by_id(), child.by_id());
    let (mut files, mut units, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(id) = smaller(&mut ours, &mut theirs)? {
        ours.take(id, &mut files)?;
        theirs.take(id, &mut units)?;
        parts.clear();
        parts.extend(
            files
                .iter()
                .map(|file| matching.part_of_file[*file as usize]),
        );
        parts.sort_unstable();
        parts.dedup();
        for part in &parts {
            for unit in &matching.units_of_part[*part as usize] {
                if units.binary_search(unit).is_err() {
                    found[*unit as usize].missing.add(id, keep);
                }
            }
        }
        for unit in &units {
            if matching.part_of_unit[*unit as usize].is_some_and(|part| !parts.contains(&part)) {
                found[*unit as usize].extra.add(id, keep);
            }
        }
    }
    Ok(found)
}

fn smaller(ours: &mut ById<'_>, theirs: &mut ById<'_>) -> io::Result<Option<i64>> {
    Ok(match (ours.peek()?, theirs.peek()?) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    })
}

/// The ids that a file shares with others, and one of those.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The ids.
    pub ids: Tally,
    /// Another file that has the first of them.
    pub other: u32,
}

/// Ids that are in several files of the director, by file.
pub fn shared(director: &Sorted, files: usize, keep: usize) -> io::Result<Vec<Option<Shared>>> {
    let mut found: Vec<Option<Shared>> = vec![None; files];
    let (mut ids, mut numbers) = (director.by_id(), Vec::new());
    while let Some(id) = ids.peek()? {
        ids.take(id, &mut numbers)?;
        if numbers.len() < 2 {
            continue;
        }
        for file in &numbers {
            let other = if *file == numbers[0] {
                numbers[1]
            } else {
                numbers[0]
            };
            let shared = found[*file as usize].get_or_insert_with(|| Shared {
                ids: Tally::default(),
                other,
            });
            shared.ids.add(id, keep);
        }
    }
    Ok(found)
}
