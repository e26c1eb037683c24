//! A look into files of this machine before they are ingested: whether they can be what their names say. Reads little of each.

use std::path::Path;

use pantry_datastore::Found;
use rayon::prelude::*;

use super::locate::LocatedFile;
use crate::file_bytes::FileBytes;
use crate::structure::fault;

/// What is wrong with files that are there, in their order.
pub(super) fn unsound(files: &[LocatedFile]) -> Vec<Option<String>> {
    let look = |file: &LocatedFile| match file.found {
        Found::File { .. } => match &file.source {
            Some(path) => problem(path),
            None => Some("not on this machine, where alone --sanity can look into it".to_owned()),
        },
        // That it is missing is told elsewhere.
        _ => None,
    };
    files.par_iter().map(look).collect()
}

/// What is wrong with a file; `None` if nothing is, or if its name promises nothing.
fn problem(path: &Path) -> Option<String> {
    let look = || fault(&FileBytes::local(path)?, &path.to_string_lossy());
    match look() {
        Ok(problem) => problem,
        Err(error) => Some(format!("cannot be read: {error}")),
    }
}
