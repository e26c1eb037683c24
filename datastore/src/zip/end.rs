//! The end of an archive, which says where its central directory is.

/// Bytes at the end of a file that hold the end records: the comment may have 65,535 bytes.
pub(super) const TAIL: u64 = END as u64 + 65_535 + (LOCATOR + END64) as u64;

const END: usize = 22;
const LOCATOR: usize = 20;
const END64: usize = 56;

/// The shortest entry of a central directory.
const ENTRY: u64 = 46;

/// Largest central directory that is read: that of some millions of members.
const LARGEST: u64 = 512 << 20;

/// Where the central directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DirectoryPlace {
    pub(super) start: u64,
    pub(super) size: u64,
    pub(super) entries: u64,
    /// Bytes before the archive, which recorded offsets do not count (a program that unpacks itself).
    pub(super) shift: u64,
}

/// Little-endian numbers in bytes; a number that is not there is 0, so lengths are checked before.
pub(super) fn number<const N: usize>(bytes: &[u8], at: usize) -> u64 {
    let bytes = bytes.get(at..at + N).unwrap_or_default();
    let digits = bytes.iter().rev();
    digits.fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Find the end records in the last bytes of a file of `size` bytes; `Err` says in words what is wrong.
pub(super) fn find(tail: &[u8], size: u64) -> Result<DirectoryPlace, String> {
    let is_end = |at: &usize| {
        tail[*at..].starts_with(b"PK\x05\x06")
            && number::<2>(tail, at + 20) == (tail.len() - at - END) as u64
    };
    let last = tail.len().checked_sub(END);
    let at = last.and_then(|last| (0..=last).rev().find(is_end));
    let at =
        at.ok_or("it has no end of a central directory: it is no zip file, or it is cut off")?;
    let begins = size - tail.len() as u64;
    let [disk, first_disk, here, entries] =
        [4, 6, 8, 10].map(|field| number::<2>(tail, at + field));
    let (length, offset) = (number::<4>(tail, at + 12), number::<4>(tail, at + 16));
    let locator = at.checked_sub(LOCATOR);
    let locator = locator.filter(|at| tail[*at..].starts_with(b"PK\x06\x07"));
    let Some(locator) = locator else {
        if disk != 0 || first_disk != 0 || here != entries {
            return Err("it is one of several parts".to_owned());
        }
        if entries == 0xFFFF || length == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
            return Err("its ZIP64 end record is missing".to_owned());
        }
        return place(begins + at as u64, length, offset, entries);
    };
    let at = locator.checked_sub(END64);
    let at = at.filter(|at| tail[*at..].starts_with(b"PK\x06\x06"));
    let at = at.ok_or("its ZIP64 end record is not before its locator")?;
    let [here, entries, length, offset] =
        [24, 32, 40, 48].map(|field| number::<8>(tail, at + field));
    let is_whole = number::<4>(tail, at + 16) == 0 && number::<4>(tail, at + 20) == 0;
    if !is_whole || here != entries || number::<4>(tail, locator + 16) > 1 {
        return Err("it is one of several parts".to_owned());
    }
    place(begins + at as u64, length, offset, entries)
}

fn place(end: u64, size: u64, offset: u64, entries: u64) -> Result<DirectoryPlace, String> {
    let start = end.checked_sub(size);
    let shift = start.and_then(|start| start.checked_sub(offset));
    let (Some(start), Some(shift)) = (start, shift) else {
        return Err(
            "its central directory would begin before the file, or after where it ends".to_owned(),
        );
    };
    if size > LARGEST || entries > size / ENTRY {
        return Err(format!(
            "a central directory of {size} bytes cannot be that of {entries} members"
        ));
    }
    Ok(DirectoryPlace {
        start,
        size,
        entries,
        shift,
    })
}
