//! The headers of the pages of a Parquet column, looked at before the pages are unpacked.
//!
//! A page says how large it is unpacked, and its reader takes that much memory; a header has texts whose lengths are believed in
//! the same way. A header is a struct of Thrift's compact protocol: type, unpacked and packed size are its fields 1 to 3.

use std::io;

use pantry_fits::ReadAt;
use parquet::file::metadata::ColumnChunkMetaData;

use crate::file_bytes::FileBytes;

/// Largest page that is unpacked: writers make pages of about a megabyte.
const PAGE: u64 = 128 << 20;

/// Bytes in which a header is looked for first, and the largest.
const FIRST: u64 = 1 << 10;
const LARGEST: u64 = 1 << 20;

/// Depth of structs in structs.
const DEPTH: usize = 16;

/// Look at all pages of a column.
pub(super) fn check_pages(bytes: &FileBytes, chunk: &ColumnChunkMetaData) -> Result<(), String> {
    let damaged = |what: &str| format!("column {}: {what}", chunk.column_path());
    // Some writers have 0 for no dictionary.
    let dictionary = chunk.dictionary_page_offset().filter(|at| *at > 0);
    let start = dictionary.map_or(chunk.data_page_offset(), |d| {
        d.min(chunk.data_page_offset())
    });
    let (Ok(mut at), Ok(size)) = (u64::try_from(start), u64::try_from(chunk.compressed_size()))
    else {
        return Err(damaged("its place cannot be"));
    };
    let end = at
        .checked_add(size)
        .ok_or_else(|| damaged("its place cannot be"))?;
    while at < end {
        let header = header(bytes, at, end).map_err(|e| damaged(&e.to_string()))?;
        let Some(header) = header else {
            return Err(damaged("the header of a page is damaged"));
        };
        if header.unpacked > PAGE {
            let (unpacked, packed) = (header.unpacked, header.packed);
            return Err(damaged(&format!(
                "a page of {packed} bytes claims to be {unpacked} bytes unpacked; more than {PAGE} are not read"
            )));
        }
        at = at.saturating_add(header.len).saturating_add(header.packed);
    }
    match at > end {
        true => Err(damaged("its last page is cut off")),
        false => Ok(()),
    }
}

struct Header {
    len: u64,
    unpacked: u64,
    packed: u64,
}

fn header(bytes: &FileBytes, at: u64, end: u64) -> io::Result<Option<Header>> {
    let mut size = FIRST;
    loop {
        let wanted = size.min(end - at);
        let mut buffer = vec![0; usize::try_from(wanted).unwrap_or(0)];
        bytes.read_at(at, &mut buffer)?;
        let mut compact = Compact {
            bytes: &buffer,
            at: 0,
        };
        if let Some((unpacked, packed)) = compact.page() {
            let sizes = u64::try_from(unpacked).ok().zip(u64::try_from(packed).ok());
            return Ok(sizes.map(|(unpacked, packed)| Header {
                len: compact.at as u64,
                unpacked,
                packed,
            }));
        }
        if wanted < size || size >= LARGEST {
            return Ok(None);
        }
        size *= 32;
    }
}

/// Values of Thrift's compact protocol.
struct Compact<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Compact<'_> {
    /// Unpacked and packed size of a page.
    fn page(&mut self) -> Option<(i64, i64)> {
        let (mut id, mut unpacked, mut packed) = (0, None, None);
        while let Some(kind) = self.field(&mut id)? {
            match (id, kind) {
                (2, 5) => unpacked = Some(self.integer()?),
                (3, 5) => packed = Some(self.integer()?),
                _ => self.skip(kind, 0)?,
            }
        }
        unpacked.zip(packed)
    }

    /// The type of the next field; `Some(None)` at the end of the struct.
    fn field(&mut self, id: &mut i64) -> Option<Option<u8>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        *id = match head >> 4 {
            0 => self.integer()?,
            step => id.checked_add(i64::from(step))?,
        };
        Some(Some(head & 15))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            1 | 2 => Some(()),
            3 => self.pass(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.pass(8),
            8 => {
                let size = self.varint()?;
                self.pass(usize::try_from(size).ok()?)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = match head >> 4 {
                    15 => self.varint()?,
                    few => u64::from(few),
                };
                (0..count).try_for_each(|_| match head & 15 {
                    // A truth value in a list is a byte.
                    1 | 2 => self.pass(1),
                    kind => self.skip(kind, depth + 1),
                })
            }
            12 if depth < DEPTH => {
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    self.skip(kind, depth + 1)?;
                }
                Some(())
            }
            // Maps are in no header.
            _ => None,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at)?;
        self.at += 1;
        Some(*byte)
    }

    fn pass(&mut self, count: usize) -> Option<()> {
        let end = self.at.checked_add(count)?;
        self.at = end;
        (end <= self.bytes.len()).then_some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    }

    fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by hand after the compact protocol's specification: type DATA_PAGE, 300 unpacked, 20 packed, a struct with
    /// a list and a text, the end.
    #[test]
    fn sizes_are_read_and_the_rest_is_passed_over() {
        let bytes = [
            0x15, 0x00, 0x15, 0xd8, 0x04, 0x15, 0x28, 0x2c, 0x15, 0x14, 0x29, 0x21, 0x01, 0x02,
            0x18, 0x03, b'a', b'b', b'c', 0x00, 0x00,
        ];
        let mut compact = Compact {
            bytes: &bytes,
            at: 0,
        };
        assert_eq!(compact.page(), Some((300, 20)));
        assert_eq!(compact.at, bytes.len());
        for cut in 0..bytes.len() {
            let mut compact = Compact {
                bytes: &bytes[..cut],
                at: 0,
            };
            assert_eq!(compact.page(), None, "{cut}");
        }
    }
}
