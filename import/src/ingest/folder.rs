//! The files below a folder of this machine or of a store.

use std::path::PathBuf;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use pantry_datastore::store::{Object, Stored, Stores};
use pantry_datastore::{ResourcePath, WalkedKind, walk};

use pantry_fits::ReadAt;

use crate::Error;
use crate::files;

/// A folder whose files are listed.
pub(super) struct Folder {
    /// Its URI, with a slash at the end.
    pub(super) root: ResourcePath,
    stores: Stores,
    place: Place,
}

enum Place {
    Here(PathBuf),
    Away(Stored),
}

/// A file below a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FolderFile {
    /// Path below the folder.
    pub(super) path: String,
    /// Size, if the listing says it; of a member that of its zip.
    pub(super) size: Option<u64>,
}

impl Folder {
    pub(super) fn open(root: &ResourcePath, stores: &Stores) -> Result<Self, Error> {
        let place = match root.local_path() {
            Some(path) => Place::Here(path),
            None => Place::Away(stores.find(root)?),
        };
        Ok(Self {
            root: root.clone().into_folder(),
            stores: stores.clone(),
            place,
        })
    }

    /// Where it is reached.
    pub(super) fn stores(&self) -> &Stores {
        &self.stores
    }

    /// Whether it is not of this machine.
    pub(super) fn is_away(&self) -> bool {
        matches!(self.place, Place::Away(_))
    }

    /// Its files in the order of their paths. Links are not followed.
    ///
    /// # Errors
    /// If the store cannot list.
    pub(super) fn files(
        &self,
    ) -> Result<Box<dyn Iterator<Item = Result<FolderFile, Error>> + '_>, Error> {
        match &self.place {
            Place::Here(path) => Ok(Box::new(walked(path.clone()))),
            Place::Away(stored) => {
                let objects = stored.store.list(&stored.key, None);
                let objects = objects.ok_or_else(|| Error::Unsupported(format!(
                    "{} cannot be listed: its server has no listings; name the files in a table and take ingest-files",
                    self.root
                )))?;
                Ok(Box::new(Listed {
                    folder: self,
                    prefix: &stored.key,
                    objects,
                }))
            }
        }
    }

    /// The URI of a file.
    pub(super) fn uri(&self, path: &str) -> ResourcePath {
        self.root.child(path)
    }

    /// The bytes of a file; `Err` says in words what is wrong.
    pub(super) fn content(&self, file: &FolderFile) -> Result<Box<dyn ReadAt>, String> {
        let content = files::open(&self.stores, &self.uri(&file.path), file.size)?;
        Ok(Box::new(content))
    }
}

fn walked(root: PathBuf) -> impl Iterator<Item = Result<FolderFile, Error>> {
    walk(&root).filter_map(move |walked| match walked {
        Err(error) => Some(Err(error.into())),
        Ok(walked) => match (walked.kind, walked.path.to_str()) {
            (WalkedKind::Leftover | WalkedKind::Other, _) => None,
            (_, Some(path)) => Some(Ok(FolderFile {
                path: path.to_owned(),
                size: None,
            })),
            (_, None) => Some(Err(Error::Files(format!(
                "the name of {} is not UTF-8",
                root.join(&walked.path).display()
            )))),
        },
    })
}

/// The objects below a prefix, waited for one after the other: a page of them comes at once.
struct Listed<'a> {
    folder: &'a Folder,
    prefix: &'a str,
    objects: BoxStream<'a, pantry_datastore::Result<Object>>,
}

impl Iterator for Listed<'_> {
    type Item = Result<FolderFile, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = async { self.objects.next().await.transpose() };
        let object = match self.folder.stores.wait(next) {
            Ok(object) => object?,
            Err(error) => return Some(Err(error.into())),
        };
        let path = object.key.strip_prefix(self.prefix).unwrap_or_default();
        if path.is_empty() || self.folder.uri(path).key() != object.key {
            return Some(Err(Error::Files(format!(
                "the object '{}' below {} has a name that no URI can have ('//', '.' or '..' in it)",
                object.key, self.folder.root
            ))));
        }
        Some(Ok(FolderFile {
            path: path.to_owned(),
            size: Some(object.size),
        }))
    }
}
