//! A file opened for reading by ranges.

use std::fs::File;
use std::io::{self, IoSliceMut};
use std::num::NonZeroU64;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{
    Advice, CWD, FileType, Mode, OFlags, ResolveFlags, fadvise, fstat, open, openat, openat2,
};
use rustix::io::{Errno, ReadWriteFlags, pread, preadv2};

/// A regular file that is open; its size and time are those of when it was opened.
#[derive(Debug)]
pub struct OpenFile {
    file: File,
    size: u64,
    modified: SystemTime,
}

/// What was found where a file should be.
#[derive(Debug)]
pub(crate) enum Opened {
    /// A regular file.
    File(OpenFile),
    /// Something else: a folder, a device, a pipe.
    NotAFile,
    /// It is not where it may be; the real path, if the system says it.
    Elsewhere(Option<PathBuf>),
}

impl OpenFile {
    /// Bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// When it was last written.
    pub fn modified(&self) -> SystemTime {
        self.modified
    }

    /// Whether it still has the size and time that it had when it was opened, and a name.
    pub fn is_unchanged(&self) -> bool {
        let Ok(now) = self.file.metadata() else {
            return false;
        };
        let modified = now
            .modified()
            .is_ok_and(|modified| modified == self.modified);
        modified && now.len() == self.size && now.nlink() > 0
    }

    /// Read what the system has in memory, without waiting for a disk: the number of bytes read, 0 at the end of the file,
    /// `None` if waiting is needed ([`OpenFile::read`]).
    ///
    /// # Errors
    /// Those of the system.
    pub fn read_cached(&self, into: &mut [u8], offset: u64) -> io::Result<Option<usize>> {
        let mut slices = [IoSliceMut::new(into)];
        match preadv2(&self.file, &mut slices, offset, ReadWriteFlags::NOWAIT) {
            Ok(count) => Ok(Some(count)),
            // Some file systems cannot say what they have in memory.
            Err(Errno::AGAIN | Errno::INTR | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Read until `into` is full or the file ends: the number of bytes. Blocks.
    ///
    /// # Errors
    /// Those of the system.
    pub fn read(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut count = 0;
        while count < into.len() {
            match pread(&self.file, &mut into[count..], offset + count as u64) {
                Ok(0) => break,
                Ok(more) => count += more,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(count)
    }

    /// Say that the bytes from `offset` on are wanted soon, so that the disk works while others are sent.
    pub fn wanted_soon(&self, offset: u64, length: u64) {
        if let Some(length) = NonZeroU64::new(length) {
            // It is only advice.
            let _ = fadvise(&self.file, offset, Some(length), Advice::WillNeed);
        }
    }

    fn of(fd: OwnedFd) -> rustix::io::Result<Opened> {
        let found = fstat(&fd)?;
        if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
            return Ok(Opened::NotAFile);
        }
        let file = File::from(fd);
        let modified = file.metadata().and_then(|metadata| metadata.modified());
        Ok(Opened::File(Self {
            size: u64::try_from(found.st_size).unwrap_or(0),
            modified: modified.map_err(|e| Errno::from_io_error(&e).unwrap_or(Errno::IO))?,
            file,
        }))
    }
}

/// What a file is opened with: a pipe in its place must not make the server wait.
const READING: OFlags = OFlags::RDONLY
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

/// Open `inner`, seen from `folder`. The kernel refuses to leave the folder while it walks the path, be it by `..` or by
/// a link.
pub(crate) fn open_beneath(folder: &OwnedFd, inner: &Path) -> rustix::io::Result<Opened> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    match openat2(folder, inner, READING, Mode::empty(), resolve) {
        Ok(fd) => OpenFile::of(fd),
        // A kernel that cannot do this, and links that may lead to an allowed folder, are for the careful way.
        Err(Errno::XDEV | Errno::LOOP | Errno::NOSYS | Errno::AGAIN | Errno::INVAL) => {
            Ok(Opened::Elsewhere(None))
        }
        // A socket, or a device that nobody drives.
        Err(Errno::NXIO | Errno::NODEV) => Ok(Opened::NotAFile),
        Err(error) => Err(error),
    }
}

/// Open `path` wherever it leads, if the real path of what was found is allowed. What is checked is what is read: the path is
/// walked once, for a handle that cannot read yet, and the handle is asked for its path.
pub(crate) fn open_checked(
    path: &Path,
    is_allowed: impl FnOnce(&Path) -> bool,
) -> rustix::io::Result<Opened> {
    let handle = openat(CWD, path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    let itself = format!("/proc/self/fd/{}", handle.as_raw_fd());
    let Ok(real) = std::fs::read_link(&itself) else {
        return Ok(Opened::Elsewhere(None));
    };
    if !is_allowed(&real) {
        return Ok(Opened::Elsewhere(Some(real)));
    }
    match FileType::from_raw_mode(fstat(&handle)?.st_mode) {
        FileType::RegularFile => OpenFile::of(open(&itself, READING, Mode::empty())?),
        _ => Ok(Opened::NotAFile),
    }
}
