//! Archives as the reference writes them: the index deflated, files as they are (`retrieve_and_zip`,
//! `lsst/daf/butler/datastores/file_datastore/retrieve_artifacts.py`).

use std::io::{self, Read, Seek, SeekFrom, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// From here on sizes and places need the ZIP64 fields.
const WIDE: u64 = 0xFFFF_FFFF;

/// A member of this size, which may grow a little when it is deflated, gets room for ZIP64 sizes.
const MAYBE_WIDE: u64 = WIDE / 20 * 19;

/// Midnight of 1 January 1980: the same files make the same archive.
const DATE: u16 = 0x21;

/// A regular file that everybody may read, made on Unix.
const ATTRIBUTES: u32 = 0o100_644 << 16;

/// An archive that is being written.
#[derive(Debug)]
pub struct ZipWriter<W> {
    out: W,
    at: u64,
    directory: Vec<u8>,
    members: u64,
}

/// What the headers of a member say.
struct Header<'a> {
    name: &'a str,
    method: u16,
    crc: u32,
    compressed: u64,
    size: u64,
    is_wide: bool,
}

/// Counts and sums what passes.
struct Counted<W> {
    out: W,
    count: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.count += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write + Seek> ZipWriter<W> {
    /// Begin at the beginning of an empty file.
    pub fn new(out: W) -> Self {
        Self {
            out,
            at: 0,
            directory: Vec::new(),
            members: 0,
        }
    }

    /// Add a member of `size` bytes, as they are or deflated.
    ///
    /// # Errors
    /// Those of the file and of `from`, also when this has another number of bytes.
    pub fn add(
        &mut self,
        name: &str,
        size: u64,
        is_deflated: bool,
        from: &mut dyn Read,
    ) -> io::Result<()> {
        let mut header = Header {
            name,
            method: if is_deflated { 8 } else { 0 },
            crc: 0,
            compressed: 0,
            size: 0,
            is_wide: size > MAYBE_WIDE,
        };
        let begin = self.at;
        let local = header.local()?;
        self.out.write_all(&local)?;
        let mut crc = Crc::new();
        let mut out = Counted {
            out: &mut self.out,
            count: 0,
        };
        match is_deflated {
            false => header.size = pass(from, &mut out, &mut crc)?,
            true => {
                let mut out = DeflateEncoder::new(&mut out, Compression::default());
                header.size = pass(from, &mut out, &mut crc)?;
                out.finish()?;
            }
        }
        header.compressed = out.count;
        header.crc = crc.sum();
        if header.size != size {
            let message = format!("it has {} bytes now instead of {size}", header.size);
            return Err(io::Error::other(message));
        }
        self.at = begin + local.len() as u64 + header.compressed;
        self.out.seek(SeekFrom::Start(begin))?;
        self.out.write_all(&header.local()?)?;
        self.out.seek(SeekFrom::Start(self.at))?;
        header.central(begin, &mut self.directory)?;
        self.members += 1;
        Ok(())
    }

    /// Write the directory; nothing is added any more.
    ///
    /// # Errors
    /// Those of the file.
    pub fn finish(mut self) -> io::Result<W> {
        let size = self.directory.len() as u64;
        self.out.write_all(&self.directory)?;
        let mut end = Vec::new();
        if self.members >= 0xFFFF || size >= WIDE || self.at >= WIDE {
            end.extend(b"PK\x06\x06");
            end.extend(44_u64.to_le_bytes());
            end.extend([45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for number in [self.members, self.members, size, self.at] {
                end.extend(number.to_le_bytes());
            }
            end.extend(b"PK\x06\x07\0\0\0\0");
            end.extend((self.at + size).to_le_bytes());
            end.extend(1_u32.to_le_bytes());
        }
        end.extend(b"PK\x05\x06\0\0\0\0");
        let members = u16::try_from(self.members).unwrap_or(u16::MAX);
        end.extend(members.to_le_bytes());
        end.extend(members.to_le_bytes());
        end.extend(narrow(size).to_le_bytes());
        end.extend(narrow(self.at).to_le_bytes());
        end.extend([0, 0]);
        self.out.write_all(&end)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn pass(from: &mut dyn Read, out: &mut dyn Write, crc: &mut Crc) -> io::Result<u64> {
    let mut buffer = vec![0; 256 << 10];
    let mut size = 0;
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(size),
            Ok(count) => {
                crc.update(&buffer[..count]);
                out.write_all(&buffer[..count])?;
                size += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Header<'_> {
    /// What both headers say.
    fn common(&self, out: &mut Vec<u8>, is_wide: bool) -> io::Result<()> {
        let (version, flags): (u16, u16) = (
            if is_wide { 45 } else { 20 },
            // Names that are not ASCII are UTF-8.
            if self.name.is_ascii() { 0 } else { 1 << 11 },
        );
        for number in [version, flags, self.method, 0, DATE] {
            out.extend(number.to_le_bytes());
        }
        out.extend(self.crc.to_le_bytes());
        let sizes = match is_wide {
            true => [u32::MAX; 2],
            false => [narrow(self.compressed), narrow(self.size)],
        };
        sizes.iter().for_each(|size| out.extend(size.to_le_bytes()));
        let length = u16::try_from(self.name.len());
        let length = length.map_err(|_| io::Error::other("its name is too long for a zip"))?;
        out.extend(length.to_le_bytes());
        Ok(())
    }

    fn local(&self) -> io::Result<Vec<u8>> {
        let mut out = b"PK\x03\x04".to_vec();
        self.common(&mut out, self.is_wide)?;
        out.extend((if self.is_wide { 20_u16 } else { 0 }).to_le_bytes());
        out.extend(self.name.as_bytes());
        if self.is_wide {
            out.extend([1, 0, 16, 0]);
            out.extend(self.size.to_le_bytes());
            out.extend(self.compressed.to_le_bytes());
        }
        Ok(out)
    }

    fn central(&self, begin: u64, out: &mut Vec<u8>) -> io::Result<()> {
        let mut wide = Vec::new();
        if self.is_wide {
            wide.extend([self.size, self.compressed]);
        }
        if begin >= WIDE {
            wide.push(begin);
        }
        out.extend(b"PK\x01\x02");
        out.extend([if wide.is_empty() { 20 } else { 45 }, 3]);
        self.common(out, self.is_wide)?;
        let extra = if wide.is_empty() {
            0
        } else {
            4 + 8 * wide.len()
        };
        out.extend((extra as u16).to_le_bytes());
        // No comment, the first disk, no internal attributes.
        out.extend([0; 6]);
        out.extend(ATTRIBUTES.to_le_bytes());
        out.extend(narrow(begin).to_le_bytes());
        out.extend(self.name.as_bytes());
        if extra > 0 {
            out.extend([1, 0]);
            out.extend((extra as u16 - 4).to_le_bytes());
            wide.iter()
                .for_each(|number| out.extend(number.to_le_bytes()));
        }
        Ok(())
    }
}
