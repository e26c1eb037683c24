//! The bytes of a file of this machine or of a store, read by ranges.

use std::fs::File;
use std::io;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use pantry_datastore::ResourcePath;
use pantry_datastore::store::{Ranges, Stored, Stores};
use pantry_fits::ReadAt;

use crate::Error;

/// Bytes that are asked of a store at once: the headers of most files, so that one request is enough.
const AHEAD: u64 = 64 << 10;

/// Files of a store that are looked into at the same time.
const AT_ONCE: usize = 32;

/// Open a file; `size` saves a request if it is known. `Err` says in words what is wrong.
pub(crate) fn open(
    stores: &Stores,
    uri: &ResourcePath,
    size: Option<u64>,
) -> Result<Box<dyn ReadAt>, String> {
    if let Some(path) = uri.local_path() {
        let file = File::open(path).map_err(|e| format!("cannot be opened: {e}"))?;
        return Ok(Box::new(file));
    }
    let stored = stores.find(uri).map_err(|e| e.to_string())?;
    let len = match size {
        Some(size) => size,
        None => {
            let found = stores.wait(stored.store.stat(&stored.key));
            let found = found.map_err(|e| e.to_string())?;
            found.ok_or_else(|| "it is not there".to_owned())?.size
        }
    };
    Ok(Box::new(StoredContent {
        stores: stores.clone(),
        stored,
        len,
        last: Mutex::default(),
    }))
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

/// An object; remembers the last part that was read.
struct StoredContent {
    stores: Stores,
    stored: Stored,
    len: u64,
    last: Mutex<(u64, Bytes)>,
}

impl ReadAt for StoredContent {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(part) = part(&last, offset, buffer.len()) {
            buffer.copy_from_slice(part);
            return Ok(());
        }
        let wanted = buffer.len() as u64;
        if offset.checked_add(wanted).is_none_or(|end| end > self.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let end = self.len.min(offset + wanted.max(AHEAD));
        let ranges = Ranges::exact(std::iter::once(offset..end).collect());
        let read = self.stored.store.read(&self.stored.key, ranges);
        let read = self.stores.wait(read).map_err(io::Error::other)?;
        *last = (offset, read.into_iter().next().unwrap_or_default());
        let part = part(&last, offset, buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(part);
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.len)
    }
}

/// The bytes from `offset` on, if they are in the part that was read last.
fn part(last: &(u64, Bytes), offset: u64, len: usize) -> Option<&[u8]> {
    let from = usize::try_from(offset.checked_sub(last.0)?).ok()?;
    last.1.get(from..from.checked_add(len)?)
}
