//! The entries of a central directory.

use super::cp437;
use super::end::{DirectoryPlace, number};

/// How the bytes of a member are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As they are.
    Stored,
    /// Compressed by deflate.
    Deflated,
    /// In a way that is not read here.
    Other(u16),
}

/// A member as the central directory describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZipMember {
    /// Its name, a path with slashes.
    pub name: String,
    /// How its bytes are kept.
    pub method: Method,
    /// Whether they are encrypted.
    pub is_encrypted: bool,
    /// CRC-32 of its bytes.
    pub crc: u32,
    /// Bytes in the archive.
    pub compressed: u64,
    /// Bytes.
    pub size: u64,
    /// Where its local header is.
    pub(super) header: u64,
    /// Where the next member or the central directory begins.
    pub(super) limit: u64,
}

/// What deflate can make of one byte at most.
const EXPANSION: u64 = 1032;

/// Bytes of a local header without name and extra field.
const LOCAL: u64 = 30;

const ENTRY: usize = 46;

/// Flags of APPNOTE 4.4.4: encrypted, patches, strongly encrypted, hidden.
const ENCRYPTED: u64 = 1 | 1 << 6 | 1 << 13;
const PATCH: u64 = 1 << 5;
const UTF8: u64 = 1 << 11;

/// The text of a name.
pub(super) fn name(bytes: &[u8], flags: u64) -> Result<String, String> {
    if flags & UTF8 == 0 {
        return Ok(cp437::decode(bytes));
    }
    let text = std::str::from_utf8(bytes);
    text.map(str::to_owned)
        .map_err(|_| format!("a name is not UTF-8: {}", String::from_utf8_lossy(bytes)))
}

impl Method {
    pub(super) fn of(number: u64) -> Self {
        match number {
            0 => Self::Stored,
            8 => Self::Deflated,
            other => Self::Other(u16::try_from(other).unwrap_or(u16::MAX)),
        }
    }
}

/// Read the directory; `Err` says in words what is wrong.
pub(super) fn parse(bytes: &[u8], place: &DirectoryPlace) -> Result<Vec<ZipMember>, String> {
    let mut members = Vec::new();
    let mut rest = bytes;
    for _ in 0..place.entries {
        let (member, length) = one(rest, place)?;
        rest = &rest[length..];
        members.push(member);
    }
    if !rest.is_empty() {
        return Err(format!(
            "{} bytes of its central directory belong to no member",
            rest.len()
        ));
    }
    check_places(&mut members, place)?;
    // Folders have no bytes of their own.
    members.retain(|member| !member.name.ends_with('/'));
    Ok(members)
}

fn one(bytes: &[u8], place: &DirectoryPlace) -> Result<(ZipMember, usize), String> {
    let cut_off = || "its central directory is cut off".to_owned();
    if bytes.len() < ENTRY || !bytes.starts_with(b"PK\x01\x02") {
        return Err(cut_off());
    }
    let lengths = [28, 30, 32].map(|at| number::<2>(bytes, at) as usize);
    let length = ENTRY + lengths.iter().sum::<usize>();
    let text = bytes.get(ENTRY..length).ok_or_else(cut_off)?;
    let (text, extra) = text.split_at(lengths[0]);
    let flags = number::<2>(bytes, 8);
    let name = name(text, flags)?;
    let mut wide = [24, 20, 42].map(|at| number::<4>(bytes, at));
    widen(&mut wide, &extra[..lengths[1]]).map_err(|what| format!("member '{name}': {what}"))?;
    let [size, compressed, header] = wide;
    let header = header.checked_add(place.shift).ok_or_else(cut_off)?;
    if flags & PATCH != 0 {
        return Err(format!("member '{name}' is a patch of another file"));
    }
    let member = ZipMember {
        method: Method::of(number::<2>(bytes, 10)),
        is_encrypted: flags & ENCRYPTED != 0,
        crc: u32::try_from(number::<4>(bytes, 16)).unwrap_or(0),
        name,
        compressed,
        size,
        header,
        limit: place.start,
    };
    check_sizes(&member)?;
    Ok((member, length))
}

/// Take the numbers that do not fit into 32 bits from the ZIP64 extra field (APPNOTE 4.5.3).
fn widen(numbers: &mut [u64; 3], mut extra: &[u8]) -> Result<(), String> {
    while extra.len() >= 4 {
        let (kind, length) = (number::<2>(extra, 0), number::<2>(extra, 2) as usize);
        let field = extra
            .get(4..4 + length)
            .ok_or("an extra field is cut off")?;
        extra = &extra[4 + length..];
        if kind != 1 {
            continue;
        }
        let mut at = 0;
        for wide in numbers.iter_mut().filter(|wide| **wide == 0xFFFF_FFFF) {
            if field.len() < at + 8 {
                return Err("its ZIP64 field is cut off".to_owned());
            }
            *wide = number::<8>(field, at);
            at += 8;
        }
        return Ok(());
    }
    Ok(())
}

/// Refuse sizes that cannot be: archives that unpack to more than they may begin so.
fn check_sizes(member: &ZipMember) -> Result<(), String> {
    let ZipMember {
        name,
        size,
        compressed,
        ..
    } = member;
    let is_possible = match member.method {
        // Encryption has 12 bytes of its own, and is not read anyway.
        _ if member.is_encrypted => true,
        Method::Stored => size == compressed,
        Method::Deflated => *size <= compressed.saturating_mul(EXPANSION),
        Method::Other(_) => true,
    };
    match is_possible {
        true => Ok(()),
        false => Err(format!(
            "member '{name}' claims to have {size} bytes, which {compressed} bytes cannot become"
        )),
    }
}

/// No two members may share bytes, nor may one reach into the directory.
fn check_places(members: &mut [ZipMember], place: &DirectoryPlace) -> Result<(), String> {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_unstable_by_key(|at| members[*at].header);
    let mut limit = place.start;
    for at in order.into_iter().rev() {
        let member = &mut members[at];
        let least = LOCAL.checked_add(member.compressed);
        let end = least.and_then(|least| member.header.checked_add(least));
        if end.is_none_or(|end| end > limit) {
            return Err(format!(
                "member '{}' reaches into what follows it; members may not overlap",
                member.name
            ));
        }
        member.limit = limit;
        limit = member.header;
    }
    Ok(())
}
