//! File records (`SerializedStoredFileInfo`, `lsst/daf/butler/datastore/stored_file_info.py`).

use pantry_registry::listing::FileOfDataset;

use super::value::{push_int, push_text};

/// Append a file record; `path` is what the client is told.
pub fn push_file_record(out: &mut Vec<u8>, record: &FileOfDataset, path: &str) {
    out.extend_from_slice(b"{\"formatter\":");
    push_text(out, &record.formatter);
    out.extend_from_slice(b",\"path\":");
    push_text(out, path);
    out.extend_from_slice(b",\"storage_class\":");
    push_text(out, &record.storage_class);
    for (name, value) in [
        (b",\"component\":".as_slice(), &record.component),
        (b",\"checksum\":", &record.checksum),
    ] {
        out.extend_from_slice(name);
        match value {
            Some(value) => push_text(out, value),
            None => out.extend_from_slice(b"null"),
        }
    }
    out.extend_from_slice(b",\"file_size\":");
    push_int(out, record.file_size);
    out.push(b'}');
}
