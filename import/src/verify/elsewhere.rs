//! Files that are not on this machine against what their records say; they are listed, not asked for one by one.

use std::sync::mpsc::sync_channel;

use futures_util::StreamExt;
use pantry_datastore::store::Stores;
use pantry_datastore::{
    DatastoreError, DatastoreRoot, Found, ResourcePath, WalkedFile, WalkedKind,
};
use rayon::prelude::*;

use super::check::{Checked, FileCheck};
use super::merged::FileRecords;
use crate::Error;

/// Files of a listing that wait for whoever goes through it.
const AHEAD: usize = 4096;

impl FileCheck<'_> {
    /// Check a batch of files of other stores.
    pub(super) fn check_elsewhere(
        &self,
        stores: &Stores,
        batch: &[&FileRecords],
    ) -> Result<Vec<Checked>, Error> {
        let uris = batch.iter().map(|file| self.uri(file));
        let uris = uris.collect::<Result<Vec<ResourcePath>, DatastoreError>>()?;
        let sizes = stores.wait(stores.sizes(&uris))?;
        let found = sizes.into_par_iter().map(|size| match size {
            None => Found::Missing,
            Some(size) => Found::File {
                size,
                is_symlink: false,
            },
        });
        let checks = || {
            let files = batch.par_iter().zip(found);
            files
                .map(|(file, found)| self.check_one(file, found))
                .collect()
        };
        Ok(self.threads.install(checks))
    }
}

/// All files below a root in another store after `after`, in the order of their paths.
///
/// # Errors
/// A store that cannot list, such as a plain web server.
pub(super) fn list_after(
    root: &DatastoreRoot,
    stores: &Stores,
    after: &str,
) -> Result<impl Iterator<Item = Result<WalkedFile, DatastoreError>> + use<>, Error> {
    let stored = stores.find(root.uri())?;
    let (prefix, stores) = (root.uri().key().into_owned(), stores.clone());
    if stored.store.list(&prefix, None).is_none() {
        let message = format!(
            "{} cannot be listed, so files without a record cannot be found in it",
            root.uri()
        );
        return Err(Error::Unsupported(message));
    }
    let after = (!after.is_empty()).then(|| format!("{prefix}{after}"));
    let (sender, receiver) = sync_channel(AHEAD);
    std::thread::spawn(move || {
        let listing = async {
            let Some(mut listing) = stored.store.list(&prefix, after) else {
                return Ok(());
            };
            while let Some(object) = listing.next().await {
                let file = object.map(|object| WalkedFile {
                    path: object
                        .key
                        .strip_prefix(&prefix)
                        .unwrap_or(&object.key)
                        .into(),
                    kind: WalkedKind::File,
                });
                // Whoever goes through it has stopped.
                if sender.send(file).is_err() {
                    break;
                }
            }
            Ok(())
        };
        stores.wait(listing)
    });
    Ok(receiver.into_iter())
}
