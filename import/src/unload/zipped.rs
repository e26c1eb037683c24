//! Zips that retrieved files are members of: where they are unpacked, and what their own indexes say of the files
//! (`unpack_zips`, `lsst/daf/butler/datastores/file_datastore/retrieve_artifacts.py`).

use std::cell::RefCell;
use std::rc::Rc;

use pantry_datastore::zip::ZipFiles;
use pantry_datastore::{DatastoreError, ResourcePath};
use serde_json::Value;

use crate::Error;
use crate::ingest::{INDEX_NAME, LARGEST_INDEX, zip_name};

/// What an archive says of its members.
pub(super) struct Described {
    /// The folder below which the reference unpacks it; `None` if it has no index.
    pub(super) folder: Option<String>,
    index: Value,
}

impl Described {
    /// The record of a file as it was when the zip was made.
    pub(super) fn info(&self, member: &str) -> Option<&Value> {
        self.index.get("artifact_map")?.get(member)?.get("info")
    }
}

/// Reads the indexes of zips; keeps the last one.
pub(super) struct Zipped {
    zips: ZipFiles,
    last: RefCell<Option<(ResourcePath, Rc<Described>)>>,
}

impl Zipped {
    pub(super) fn new(zips: ZipFiles) -> Self {
        Self {
            zips,
            last: RefCell::default(),
        }
    }

    /// The archive that a URI names a member of.
    pub(super) fn describe(&self, uri: &ResourcePath) -> Result<Rc<Described>, Error> {
        let zip = uri.without_fragment();
        let mut last = self.last.borrow_mut();
        if let Some((_, known)) = last.as_ref().filter(|(known, _)| *known == zip) {
            return Ok(Rc::clone(known));
        }
        let stores = self.zips.stores();
        let archive = stores.wait(self.zips.archive(&zip))?;
        let archive = archive.ok_or_else(|| DatastoreError::Missing {
            path: zip.to_string().into(),
        })?;
        let mut described = Described {
            folder: None,
            index: Value::Null,
        };
        if let Some(member) = archive.find(INDEX_NAME) {
            let text = stores
                .wait(async { archive.bytes_of(member).await?.whole(LARGEST_INDEX).await })?;
            described.index = serde_json::from_slice(&text).unwrap_or_default();
            described.folder = Some(format!("zips/{}", &zip_name(&archive)[..4]));
        }
        let described = Rc::new(described);
        *last = Some((zip, Rc::clone(&described)));
        Ok(described)
    }
}
