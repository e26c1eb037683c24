//! The header before the bytes of a member.

use super::end::number;
use super::entry::{Method, ZipMember, name};

/// Bytes of it without name and extra field.
pub(super) const HEADER: u64 = 30;

/// Bytes that are read for it: most names and extra fields are in them too.
pub(super) const GUESS: u64 = HEADER + 512;

/// How long the header with its name is, and where the member's bytes begin after its start.
pub(super) fn lengths(header: &[u8]) -> Result<(u64, u64), String> {
    if header.len() < HEADER as usize || !header.starts_with(b"PK\x03\x04") {
        return Err("there is no local header where the central directory says".to_owned());
    }
    let named = HEADER + number::<2>(header, 26);
    Ok((named, named + number::<2>(header, 28)))
}

/// Check that a header and the central directory mean the same member.
pub(super) fn check(header: &[u8], member: &ZipMember) -> Result<(), String> {
    let (named, _) = lengths(header)?;
    let named = usize::try_from(named).ok();
    let text = named.and_then(|named| header.get(HEADER as usize..named));
    let text = text.ok_or("its local header is cut off")?;
    let local = name(text, number::<2>(header, 6))?;
    if local != member.name || Method::of(number::<2>(header, 8)) != member.method {
        return Err(format!(
            "its local header is that of '{local}', or of another method"
        ));
    }
    match (member.is_encrypted, member.method) {
        (true, _) => Err("it is encrypted; only plain members are read".to_owned()),
        (false, Method::Other(number)) => Err(format!(
            "it is compressed by method {number}; only stored and deflated members are read"
        )),
        (false, _) => Ok(()),
    }
}
