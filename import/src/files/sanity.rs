//! A look into files before they are ingested: whether they can be what their names say. Reads little of each.

use pantry_datastore::Found;
use pantry_datastore::store::Stores;
use rayon::prelude::*;

use super::content::{open, side_by_side};
use super::locate::LocatedFile;
use crate::Error;
use crate::structure::fault;

/// What is wrong with files that are there, in their order.
pub(super) fn unsound(
    files: &[LocatedFile],
    stores: &Stores,
) -> Result<Vec<Option<String>>, Error> {
    let look = |file: &LocatedFile| match file.found {
        Found::File { size, .. } => problem(file, size, stores),
        // That it is missing is told elsewhere.
        _ => None,
    };
    let is_away = files.iter().any(|file| file.source.is_none());
    side_by_side(is_away, || files.par_iter().map(look).collect())
}

/// What is wrong with a file; `None` if nothing is, or if its name promises nothing.
fn problem(file: &LocatedFile, size: u64, stores: &Stores) -> Option<String> {
    let content = match open(stores, &file.uri, Some(size)) {
        Ok(content) => content,
        Err(problem) => return Some(problem),
    };
    let member = file.uri.zip_member();
    let name = member.map_or_else(|| file.uri.key(), Into::into);
    match fault(&content, &name) {
        Ok(problem) => problem,
        Err(error) => Some(format!("cannot be read: {error}")),
    }
}
