//! The file of the document: under another name until it is whole.

use std::fs::Permissions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::Error;

/// A file that is being written.
#[derive(Debug)]
pub(super) struct Output {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Output {
    /// Begin to write `path`, under a name of the kind that placing files recognises as left behind.
    pub(super) fn begin(path: &Path) -> Result<Self, Error> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let mut file = tempfile::Builder::new();
        let file = file.prefix(".pantry-export.").suffix(".tmp");
        let file = file
            .tempfile_in(folder)
            .map_err(|e| Error::io("creating a file in", folder, e))?;
        Ok(Self {
            file: BufWriter::with_capacity(1 << 18, file),
            path: path.to_owned(),
        })
    }

    pub(super) fn write(&mut self, text: &str) -> Result<(), Error> {
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|e| Error::io("writing", &self.path, e))
    }

    /// Give the file its name, whatever was there before.
    pub(super) fn publish(self) -> Result<(), Error> {
        let failed = |e| Error::io("writing", &self.path, e);
        let file = self.file.into_inner().map_err(|e| failed(e.into_error()))?;
        let permissions = Permissions::from_mode(0o644);
        file.as_file()
            .set_permissions(permissions)
            .map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&self.path).map_err(|e| failed(e.error))?;
        Ok(())
    }
}
