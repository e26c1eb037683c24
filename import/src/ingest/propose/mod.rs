//! Drafts a recipe from the files of a tree: which parts of their paths and which cards of their headers are dimensions of the repo.
//!
//! What cannot be known from the files and the repo is written as a value that begins with `?`, with which the recipe is refused,
//! and a comment that asks.

mod columns;
mod dimensions;
mod draft;
mod filters;
mod groups;
mod known;
mod parts;

use std::sync::atomic::Ordering;

use pantry_datastore::ResourcePath;
use pantry_datastore::store::Stores;
use pantry_registry::Registry;

use super::folder::Folder;
use crate::Error;
use crate::import::{Step, Watch};
use columns::Columns;
use draft::Draft;
use groups::Groups;
use known::Known;

/// Kinds of files that get a rule; the others are named in a comment.
const RULES: usize = 24;

/// Draft a recipe from the first `limit` files below `root`.
///
/// # Errors
/// If the tree cannot be listed, or has nothing that can be told from the rest.
pub fn propose(
    registry: &mut Registry,
    root: &ResourcePath,
    stores: &Stores,
    limit: usize,
    watch: &dyn Watch,
) -> Result<String, Error> {
    watch.begin(Step::Read, 0);
    let folder = Folder::open(root, stores)?;
    let mut groups = Groups::default();
    let mut is_all = true;
    for (number, file) in folder.files()?.enumerate() {
        if number == limit {
            is_all = false;
            break;
        }
        if watch.cancelled().load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        groups.add(file?);
        watch.reached(number as u64 + 1);
    }
    let mut known = Known::read(registry)?;

    let mut draft = Draft::new(groups.odd);
    let (kept, rest) = groups.largest(RULES);
    for group in kept {
        let columns = Columns::of(&group, &folder)?;
        let meaning = dimensions::find(&columns, &mut known)?;
        match meaning {
            Some(meaning) => draft.rule(&group, &columns, &meaning, &known),
            None => draft.left_out(&group),
        }
    }
    rest.iter().for_each(|group| draft.left_out(group));
    if !draft.has_rules() {
        return Err(Error::Unknown(format!(
            "no kind of files below {} has parts that are tracts, visits or detectors of the repo; write a recipe by hand \
             (docs/recipes has examples)",
            folder.root
        )));
    }
    Ok(draft.finish(&folder.root, is_all))
}
