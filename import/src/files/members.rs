//! Files of an import that are members of zips: they stay in them, and have their own sizes and checksums.

use pantry_datastore::zip::ZipFiles;
use pantry_datastore::{DatastoreError, Found};
use rayon::prelude::*;

use super::FileOptions;
use super::inspect::usable;
use super::locate::LocatedFile;
use super::outcome::{Outcome, Problem};
use crate::Error;

/// After the zips were found: whether they have the members, and how large these are.
pub(super) fn look(zips: &ZipFiles, files: &mut [LocatedFile]) -> Result<(), Error> {
    let is_there =
        |file: &LocatedFile| file.is_member() && matches!(file.found, Found::File { .. });
    let uris: Vec<_> = files
        .iter()
        .filter(|file| is_there(file))
        .map(|file| &file.uri)
        .collect();
    if uris.is_empty() {
        return Ok(());
    }
    let sizes = zips.stores().wait(zips.sizes(&uris))?;
    let members = files.iter_mut().filter(|file| is_there(file));
    for (file, size) in members.zip(sizes) {
        file.found = size.map_or(Found::Missing, |size| Found::File {
            size,
            is_symlink: false,
        });
    }
    Ok(())
}

/// What the records of members will say.
pub(super) fn outcomes(
    files: &[&LocatedFile],
    options: &FileOptions,
) -> Vec<Result<Outcome, Problem>> {
    let zips = ZipFiles::new(options.stores.clone());
    let outcome = |file: &&LocatedFile| {
        let (size, _) = usable(file.found).map_err(Problem::Missing)?;
        let mut outcome = Outcome {
            size,
            checksum: None,
            is_new: false,
        };
        if options.checksum {
            let work = async { zips.member(&file.uri).await?.blake3().await };
            let checksum = zips.stores().wait(work).map_err(|error| match error {
                DatastoreError::Missing { .. } => Problem::Missing("missing".to_owned()),
                error => Problem::Failed(error.into()),
            })?;
            outcome.checksum = Some(checksum);
        }
        Ok(outcome)
    };
    files.par_iter().map(outcome).collect()
}

impl LocatedFile {
    /// Whether it is in a zip.
    pub(super) fn is_member(&self) -> bool {
        self.uri.zip_member().is_some()
    }
}
