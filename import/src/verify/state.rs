//! The file from which an interrupted verification goes on.
//!
//! Lines of JSON that are only ever appended: what is verified, then findings, each batch of them followed by a
//! checkpoint. What comes after the last checkpoint does not count, so a run may be killed at any moment.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::position::{Counts, Position};
use crate::Error;

/// What is verified; a state file is good for the same only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Root folder of the datastore.
    pub root: String,
    /// The database in words.
    pub database: String,
    /// Whether checksums are computed.
    pub checksums: bool,
    /// Other options that say what is looked at, in words; empty without any.
    #[serde(default)]
    pub options: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    PantryVerify(Subject),
    Finding(Finding),
    Checkpoint(Position, Counts),
}

/// An open state file.
#[derive(Debug)]
pub struct ResumeFile {
    path: PathBuf,
    out: BufWriter<File>,
}

impl ResumeFile {
    /// Open the state file, or make it. `replay` is given the findings of the run that it is of; the position is where to
    /// go on.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the file is of another verification, or no state file.
    pub fn open(
        path: &Path,
        subject: &Subject,
        mut replay: impl FnMut(&Finding) -> Result<(), Error>,
    ) -> Result<(Self, Position, Counts), Error> {
        let fail = |e| Error::io("opening state file", path, e);
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(fail)?;
        let kept = Kept::of(&file, path, subject)?;
        file.set_len(kept.bytes).map_err(fail)?;
        let mut lines = Lines::new(&file, path)?;
        while let Some((line, end)) = lines.next()?
            && end <= kept.bytes
        {
            if let Line::Finding(finding) = line {
                replay(&finding)?;
            }
        }
        drop(lines);
        let mut state = Self {
            path: path.to_owned(),
            out: BufWriter::new(file),
        };
        if kept.bytes == 0 {
            state.write(&Line::PantryVerify(subject.clone()))?;
            state.checkpoint(&Position::Start, &Counts::default())?;
        }
        Ok((state, kept.position, kept.counts))
    }

    /// Append a finding.
    pub fn finding(&mut self, finding: &Finding) -> Result<(), Error> {
        self.write(&Line::Finding(finding.clone()))
    }

    /// Append how far the verification is; from here it can go on even if this process is killed.
    pub fn checkpoint(&mut self, position: &Position, counts: &Counts) -> Result<(), Error> {
        self.write(&Line::Checkpoint(position.clone(), *counts))?;
        self.out.flush().map_err(|e| self.fail(e))
    }

    /// Remove the file: the verification is complete.
    pub fn remove(self) -> Result<(), Error> {
        std::fs::remove_file(&self.path).map_err(|e| self.fail(e))
    }

    fn write(&mut self, line: &Line) -> Result<(), Error> {
        let written = serde_json::to_writer(&mut self.out, line)
            .map_err(io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"));
        written.map_err(|e| self.fail(e))
    }

    fn fail(&self, error: io::Error) -> Error {
        Error::io("writing state file", &self.path, error)
    }
}

/// What of a state file counts.
struct Kept {
    bytes: u64,
    position: Position,
    counts: Counts,
}

impl Kept {
    fn of(file: &File, path: &Path, subject: &Subject) -> Result<Self, Error> {
        let mut kept = Self {
            bytes: 0,
            position: Position::Start,
            counts: Counts::default(),
        };
        let mut lines = Lines::new(file, path)?;
        match lines.next()? {
            Some((Line::PantryVerify(of), _)) if of == *subject => {}
            Some((Line::PantryVerify(of), _)) => {
                return Err(Error::Unsupported(format!(
                    "{} is the state of another verification ({} and {}, {} checksums{}); name another file or remove it",
                    path.display(),
                    of.root,
                    of.database,
                    if of.checksums { "with" } else { "without" },
                    of.options,
                )));
            }
            None if file.metadata().is_ok_and(|m| m.len() == 0) => return Ok(kept),
            _ => {
                return Err(Error::Unsupported(format!(
                    "{} is not the state of a verification; name another file",
                    path.display()
                )));
            }
        }
        while let Some((line, end)) = lines.next()? {
            if let Line::Checkpoint(position, counts) = line {
                (kept.position, kept.counts, kept.bytes) = (position, counts, end);
            }
        }
        Ok(kept)
    }
}

/// The lines of a state file, up to the first that is cut short.
struct Lines<'a> {
    reader: BufReader<&'a File>,
    path: &'a Path,
    text: Vec<u8>,
    end: u64,
}

impl<'a> Lines<'a> {
    fn new(file: &'a File, path: &'a Path) -> Result<Self, Error> {
        let mut lines = Self {
            reader: BufReader::new(file),
            path,
            text: Vec::new(),
            end: 0,
        };
        let start = lines.reader.seek(SeekFrom::Start(0));
        start.map_err(|e| lines.fail(e))?;
        Ok(lines)
    }

    /// The next line and the offset of its end.
    fn next(&mut self) -> Result<Option<(Line, u64)>, Error> {
        self.text.clear();
        let read = self.reader.read_until(b'\n', &mut self.text);
        self.end += read.map_err(|e| self.fail(e))? as u64;
        let line = self.text.strip_suffix(b"\n");
        let line = line.and_then(|line| serde_json::from_slice(line).ok());
        Ok(line.map(|line| (line, self.end)))
    }

    fn fail(&self, error: io::Error) -> Error {
        Error::io("reading state file", self.path, error)
    }
}
