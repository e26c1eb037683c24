//! What one run has created, kept outside the repository so that it can be taken back; memory stays small.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::error::{DatastoreError, Result};

const FILE: u8 = b'f';
const FOLDER: u8 = b'd';

/// A list of created files and folders in an unnamed temporary file.
#[derive(Debug)]
pub(super) struct Journal {
    written: BufWriter<File>,
}

impl Journal {
    pub fn new() -> Result<Self> {
        let file = tempfile::tempfile().map_err(|e| in_journal("opening", e))?;
        Ok(Self {
            written: BufWriter::new(file),
        })
    }

    pub fn add_file(&mut self, path: &Path) -> Result<()> {
        self.add(FILE, path)
    }

    pub fn add_folder(&mut self, path: &Path) -> Result<()> {
        self.add(FOLDER, path)
    }

    fn add(&mut self, kind: u8, path: &Path) -> Result<()> {
        // Paths cannot contain NUL.
        let parts = [&[kind], path.as_os_str().as_bytes(), &[0]];
        parts
            .iter()
            .try_for_each(|part| self.written.write_all(part))
            .map_err(|e| in_journal("writing", e))
    }

    /// Remove every file listed, then the folders that are empty by then, newest first. Goes on after a failure
    /// and reports the first. Returns how many files were removed.
    pub fn take_back(&mut self) -> Result<u64> {
        self.written.flush().map_err(|e| in_journal("writing", e))?;
        let file = self.written.get_mut();
        file.rewind().map_err(|e| in_journal("reading", e))?;
        let mut removed = 0;
        let mut folders = Vec::new();
        let mut first_failure = None;
        for entry in BufReader::new(&mut *file).split(0) {
            let entry = entry.map_err(|e| in_journal("reading", e))?;
            let Some((kind, path)) = entry.split_first() else {
                continue;
            };
            let path = PathBuf::from(OsString::from_vec(path.to_vec()));
            if *kind == FOLDER {
                folders.push(path);
                continue;
            }
            match fs::remove_file(&path) {
                Ok(()) => removed += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    first_failure.get_or_insert(DatastoreError::io("removing", &path, error));
                }
            }
        }
        for folder in folders.iter().rev() {
            // One that is not empty by now is used by somebody else.
            let _ = fs::remove_dir(folder);
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .map_err(|e| in_journal("clearing", e))?;
        first_failure.map_or(Ok(removed), Err)
    }
}

fn in_journal(doing: &'static str, error: io::Error) -> DatastoreError {
    DatastoreError::io(
        doing,
        &std::env::temp_dir().join("(list of placed files)"),
        error,
    )
}
