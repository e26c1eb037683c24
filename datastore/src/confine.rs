//! Keeping paths inside a folder: `..`, absolute paths and symbolic links that lead elsewhere.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::error::{DatastoreError, Result};

/// A folder that named files must stay in, and other folders that the operator allowed.
#[derive(Debug)]
pub struct Confinement {
    folder: PathBuf,
    /// With all symbolic links followed.
    real: Vec<PathBuf>,
    /// Real paths of folders already looked at; exports have far fewer folders than files.
    seen: Mutex<HashMap<PathBuf, Option<PathBuf>>>,
}

impl Confinement {
    /// Confine to `folder` and to `also`; all must exist.
    pub fn new(folder: &Path, also: &[PathBuf]) -> Result<Self> {
        let folders = std::iter::once(folder).chain(also.iter().map(PathBuf::as_path));
        let real: Result<Vec<PathBuf>> = folders
            .map(|path| {
                fs::canonicalize(path)
                    .map_err(|e| DatastoreError::io("looking for folder", path, e))
            })
            .collect();
        Ok(Self {
            folder: folder.to_path_buf(),
            real: real?,
            seen: Mutex::new(HashMap::new()),
        })
    }

    /// Check an absolute, normalised file path. `text` is how it was written, for the message. When the file
    /// itself is not known to be a symbolic link, pass `is_symlink: false` and only its folder is followed.
    ///
    /// A path whose folder does not exist passes: that it is missing is for others to say.
    pub fn check(&self, text: &str, file: &Path, is_symlink: bool) -> Result<()> {
        let named_elsewhere = !file.starts_with(&self.folder) && !self.allows(file);
        if named_elsewhere {
            let is_absolute =
                text.starts_with('/') || text.contains("://") || text.starts_with("file:");
            return Err(self.escapes(
                text,
                if is_absolute {
                    "an absolute path"
                } else {
                    "'..'"
                }
                .to_owned(),
            ));
        }
        let real = if is_symlink {
            fs::canonicalize(file).ok()
        } else {
            file.parent().and_then(|parent| self.real_folder(parent))
        };
        match real {
            Some(real) if !self.allows(&real) => {
                Err(self.escapes(text, format!("a symbolic link to {}", real.display())))
            }
            _ => Ok(()),
        }
    }

    fn allows(&self, path: &Path) -> bool {
        self.real.iter().any(|folder| path.starts_with(folder))
    }

    fn real_folder(&self, folder: &Path) -> Option<PathBuf> {
        let lock = || {
            self.seen
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
        };
        if let Some(known) = lock().get(folder) {
            return known.clone();
        }
        let real = fs::canonicalize(folder).ok();
        lock().insert(folder.to_path_buf(), real.clone());
        real
    }

    fn escapes(&self, text: &str, how: String) -> DatastoreError {
        DatastoreError::Escapes {
            path: text.to_owned(),
            folder: self.folder.clone(),
            how,
        }
    }
}
