//! The bytes of a file of this machine or of a store, read by ranges.

use std::io;

use pantry_datastore::ResourcePath;
use pantry_datastore::store::Stores;

use crate::Error;
use crate::file_bytes::FileBytes;

/// Files of a store that are looked into at the same time.
const AT_ONCE: usize = 32;

/// Open a file; `size` saves a request if it is known. `Err` says in words what is wrong.
pub(crate) fn open(
    stores: &Stores,
    uri: &ResourcePath,
    size: Option<u64>,
) -> Result<FileBytes, String> {
    let opened = match (uri.local_path(), size) {
        (None, Some(size)) if uri.zip_member().is_none() => {
            let stored = stores.find(uri).map_err(|e| e.to_string())?;
            Ok(FileBytes::stored(stored, stores.clone(), size))
        }
        _ => FileBytes::open(uri, stores),
    };
    opened.map_err(|e| format!("cannot be opened: {e}"))
}

/// Do work on many files side by side: on all processors, or on more threads where most of the time is waiting for a store.
///
/// # Errors
/// When the system has no threads left.
pub(crate) fn side_by_side<T: Send>(
    is_away: bool,
    work: impl FnOnce() -> T + Send,
) -> Result<T, Error> {
    if !is_away {
        return Ok(work());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(AT_ONCE).build();
    let pool = pool.map_err(|e| {
        Error::io(
            "starting threads for",
            "stores".as_ref(),
            io::Error::other(e),
        )
    })?;
    Ok(pool.install(work))
}
