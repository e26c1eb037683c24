//! Keeping paths inside a folder: `..`, absolute paths and symbolic links that lead elsewhere.

use std::fs;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, fstat, openat, openat2};
use rustix::io::Errno;

use crate::error::{DatastoreError, Result};
use crate::inspect::{Found, absent, describe, in_pieces, look};
use crate::open_file::{OpenFile, Opened, open_beneath, open_checked};

/// A folder that named files must stay in, and other folders that the operator allowed.
#[derive(Debug)]
pub struct Confinement {
    folder: PathBuf,
    opened: OwnedFd,
    /// The folder and the allowed ones, with all symbolic links followed.
    real: Vec<PathBuf>,
}

impl Confinement {
    /// Confine to `folder` and to `also`; all must exist.
    pub fn new(folder: &Path, also: &[PathBuf]) -> Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = openat(CWD, folder, flags, Mode::empty());
        let opened = opened.map_err(|e| DatastoreError::io("opening folder", folder, e.into()))?;
        let folders = std::iter::once(folder).chain(also.iter().map(PathBuf::as_path));
        let real: Result<Vec<PathBuf>> = folders
            .map(|path| {
                fs::canonicalize(path)
                    .map_err(|e| DatastoreError::io("looking for folder", path, e))
            })
            .collect();
        Ok(Self {
            folder: folder.to_path_buf(),
            opened,
            real: real?,
        })
    }

    /// Look at many absolute, normalised paths, as [`crate::inspect`] does; those that leave the folder are
    /// [`Found::Outside`], and [`Confinement::check`] says why.
    ///
    /// The kernel refuses to leave the folder while it walks a path, so this costs little more than looking.
    pub fn inspect<P: AsRef<Path> + Sync>(&self, paths: &[P], jobs: usize) -> Result<Vec<Found>> {
        in_pieces(paths, jobs, |piece| {
            piece
                .iter()
                .map(|path| self.inspect_one(path.as_ref()))
                .collect()
        })
    }

    fn inspect_one(&self, path: &Path) -> Result<Found> {
        let fail = |e: Errno| DatastoreError::io("looking at", path, e.into());
        let Ok(inner) = path.strip_prefix(&self.folder) else {
            return self.inspect_carefully(path);
        };
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = match openat2(
            &self.opened,
            inner,
            flags,
            Mode::empty(),
            ResolveFlags::BENEATH,
        ) {
            Ok(opened) => opened,
            Err(error @ (Errno::NOENT | Errno::NOTDIR | Errno::ACCESS)) => {
                return absent(error).map_err(fail);
            }
            // A link out of the folder, an absolute link, or a kernel that cannot do this.
            Err(_) => return self.inspect_carefully(path),
        };
        match describe(&fstat(&opened).map_err(fail)?, false) {
            Found::NotAFile => self.inspect_carefully(path),
            found => Ok(found),
        }
    }

    fn inspect_carefully(&self, path: &Path) -> Result<Found> {
        if self.check("", path).is_err() {
            return Ok(Found::Outside);
        }
        look(CWD, path).map_err(|e| DatastoreError::io("looking at", path, e.into()))
    }

    /// Open one absolute, normalised path for reading. What was opened is what was checked, whatever others do to the
    /// folders meanwhile.
    ///
    /// # Errors
    /// [`DatastoreError::Escapes`] if it leads elsewhere, [`DatastoreError::Missing`], [`DatastoreError::Denied`],
    /// [`DatastoreError::NotAFile`].
    pub fn open(&self, path: &Path) -> Result<OpenFile> {
        let fail = |e: Errno| match e {
            Errno::NOTDIR | Errno::NAMETOOLONG | Errno::LOOP => DatastoreError::Missing {
                path: path.to_path_buf(),
            },
            e => DatastoreError::io("opening", path, e.into()),
        };
        let mut opened = Opened::Elsewhere(None);
        if let Ok(inner) = path.strip_prefix(&self.folder) {
            opened = open_beneath(&self.opened, inner).map_err(fail)?;
        }
        if let Opened::Elsewhere(_) = opened {
            opened = open_checked(path, |real| self.allows(real)).map_err(fail)?;
        }
        match opened {
            Opened::File(file) => Ok(file),
            Opened::NotAFile => Err(DatastoreError::NotAFile {
                path: path.to_path_buf(),
            }),
            Opened::Elsewhere(real) => {
                let how = real.map_or("a path that the system does not tell".to_owned(), |real| {
                    format!("it is {}", real.display())
                });
                Err(self.escapes(&path.to_string_lossy(), how))
            }
        }
    }

    /// Check one absolute, normalised path; `text` is how it was written, for the message. A path that leads to
    /// nothing passes, because that it is missing is for others to say.
    pub fn check(&self, text: &str, path: &Path) -> Result<()> {
        if !path.starts_with(&self.folder) && !self.allows(path) {
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
        match fs::canonicalize(path) {
            Ok(real) if !self.allows(&real) => {
                Err(self.escapes(text, format!("a symbolic link to {}", real.display())))
            }
            _ => Ok(()),
        }
    }

    /// The folder as it was given.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn allows(&self, path: &Path) -> bool {
        self.real.iter().any(|folder| path.starts_with(folder))
    }

    fn escapes(&self, text: &str, how: String) -> DatastoreError {
        DatastoreError::Escapes {
            path: text.to_owned(),
            folder: self.folder.clone(),
            how,
        }
    }
}
