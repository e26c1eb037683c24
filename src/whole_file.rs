//! A file that appears under its name when it is whole.
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file that is being written.
#[derive(Debug)]
pub struct WholeFile {
    path: PathBuf,
    file: NamedTempFile,
}

impl WholeFile {
    /// Begin to write, under another name in the same folder.
    ///
    /// # Errors
    /// A folder that is not there or cannot be written.
    pub fn new(path: &Path) -> Result<Self, Failure> {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let file = tempfile::Builder::new()
            .prefix(".pantry-report.")
            .suffix(".tmp")
            .tempfile_in(folder)
            .map_err(|e| failed(path, &e))?;
        let path = path.to_owned();
        Ok(Self { path, file })
    }

    /// Where it is while it is written.
    ///
    /// # Errors
    /// A current folder that is gone.
    pub fn unfinished(&self) -> io::Result<PathBuf> {
        std::path::absolute(self.file.path())
    }

    /// What is written to it; flush it before the file is saved.
    ///
    /// # Errors
    /// When the system has no more open files for us.
    pub fn writer(&self) -> io::Result<BufWriter<File>> {
        Ok(BufWriter::new(self.file.reopen()?))
    }

    /// Give it its name, readable like any new file.
    ///
    /// # Errors
    /// A full disk, a name that is a folder.
    pub fn save(self) -> Result<(), Failure> {
        let Self { path, file } = self;
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        let open: &File = file.as_file();
        open.set_permissions(mode).map_err(|e| failed(&path, &e))?;
        open.sync_all().map_err(|e| failed(&path, &e))?;
        file.persist(&path).map_err(|e| failed(&path, &e.error))?;
        Ok(())
    }
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::error(format!("cannot write {}: {error}", path.display()))
}
