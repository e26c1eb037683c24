//! An archive whose directory was read, and the bytes of its members.

use std::ops::Range;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};

use super::end::{self, DirectoryPlace, TAIL};
use super::entry::{self, Method, ZipMember};
use super::inflate::Reading;
use super::local;
use crate::checksum::{Checksum, Hashing};
use crate::error::{DatastoreError, Result};
use crate::store::{Object, Ranges, Stored};

/// The directory of an archive that is in memory; `Err` says in words what is wrong with it.
///
/// # Errors
/// What is no zip, or one of many that could mean two things.
pub fn directory(archive: &[u8]) -> std::result::Result<Vec<ZipMember>, String> {
    let size = archive.len() as u64;
    let tail = &archive[begin_of_tail(size)..];
    let place = end::find(tail, size)?;
    let bytes = usize::try_from(place.start).ok().and_then(|start| {
        let size = usize::try_from(place.size).ok()?;
        archive.get(start..start.checked_add(size)?)
    });
    entry::parse(bytes.ok_or("its central directory is cut off")?, &place)
}

fn begin_of_tail(size: u64) -> usize {
    usize::try_from(size.saturating_sub(TAIL)).unwrap_or(usize::MAX)
}

/// An archive in some store.
#[derive(Debug)]
pub struct ZipArchive {
    stored: Stored,
    object: Object,
    members: Vec<ZipMember>,
    /// Numbers of the members by their names; of equal names the last counts, as in Python.
    by_name: Vec<usize>,
}

impl ZipArchive {
    /// Read the directory of a file that was described a moment ago.
    ///
    /// # Errors
    /// [`DatastoreError::BadZip`], and those of the store.
    pub async fn open(stored: Stored, object: Object) -> Result<Self> {
        let (size, tail_at) = (object.size, object.size.saturating_sub(TAIL));
        let tail = bytes(&stored, tail_at..size).await?;
        let place = end::find(&tail, size).map_err(|reason| bad(&stored, reason))?;
        let directory = read_directory(&stored, tail_at, tail, &place).await?;
        let members = entry::parse(&directory, &place).map_err(|reason| bad(&stored, reason))?;
        let mut by_name: Vec<usize> = (0..members.len()).collect();
        by_name.sort_by(|a, b| members[*a].name.cmp(&members[*b].name));
        Ok(Self {
            stored,
            object,
            members,
            by_name,
        })
    }

    /// The archive as its store described it.
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// All members but folders, in the order of the directory.
    pub fn members(&self) -> &[ZipMember] {
        &self.members
    }

    /// The member of a name.
    pub fn find(&self, name: &str) -> Option<&ZipMember> {
        let after = self
            .by_name
            .partition_point(|at| *self.members[*at].name <= *name);
        let member = &self.members[self.by_name[after.checked_sub(1)?]];
        (member.name == name).then_some(member)
    }

    /// The bytes of a member. Reads its local header.
    ///
    /// # Errors
    /// [`DatastoreError::BadZip`], also for members that are encrypted or compressed in another way; those of the store.
    pub async fn bytes_of(&self, member: &ZipMember) -> Result<MemberBytes> {
        let fail =
            |reason: String| bad(&self.stored, format!("member '{}': {reason}", member.name));
        let end = |length: u64| (member.header + length).min(self.object.size);
        let mut header = bytes(&self.stored, member.header..end(local::GUESS)).await?;
        let (named, before) = local::lengths(&header).map_err(fail)?;
        if named > header.len() as u64 {
            header = bytes(&self.stored, member.header..end(named)).await?;
        }
        local::check(&header, member).map_err(fail)?;
        let begin = member.header + before;
        match begin.checked_add(member.compressed) {
            Some(end) if end <= member.limit => Ok(MemberBytes {
                stored: self.stored.clone(),
                member: member.clone(),
                range: begin..end,
            }),
            _ => Err(fail("it reaches into what follows it".to_owned())),
        }
    }
}

async fn read_directory(
    stored: &Stored,
    tail_at: u64,
    tail: Bytes,
    place: &DirectoryPlace,
) -> Result<Bytes> {
    let end = place.start + place.size;
    let in_tail = place.start.checked_sub(tail_at).map(|start| start as usize);
    match in_tail {
        Some(start) => Ok(tail.slice(start..start + place.size as usize)),
        None => bytes(stored, place.start..end).await,
    }
}

async fn bytes(stored: &Stored, range: Range<u64>) -> Result<Bytes> {
    let wanted = Ranges::exact(std::iter::once(range).collect());
    let read = stored.store.read(&stored.key, wanted).await?;
    Ok(read.into_iter().next().unwrap_or_default())
}

fn bad(stored: &Stored, reason: String) -> DatastoreError {
    DatastoreError::BadZip {
        uri: stored.uri(),
        reason,
    }
}

/// The bytes of a member, wherever they are.
#[derive(Debug, Clone)]
pub struct MemberBytes {
    stored: Stored,
    member: ZipMember,
    range: Range<u64>,
}

impl MemberBytes {
    /// How many there are, once they are inflated.
    pub fn size(&self) -> u64 {
        self.member.size
    }

    /// The archive with the member in it, for messages.
    pub(super) fn uri(&self) -> String {
        format!("{}#zip-path={}", self.stored.uri(), self.member.name)
    }

    /// What is wrong with the member.
    pub(super) fn bad(&self, reason: &str) -> DatastoreError {
        bad(
            &self.stored,
            format!("member '{}': {reason}", self.member.name),
        )
    }

    /// The member.
    pub fn member(&self) -> &ZipMember {
        &self.member
    }

    /// Where in the archive they are as they are; `None` if they are compressed.
    pub fn plain(&self) -> Option<&Range<u64>> {
        (self.member.method == Method::Stored).then_some(&self.range)
    }

    /// All of them, inflated while they come. An end that is not right is an error: too few, too many, another CRC.
    pub fn stream(&self) -> BoxStream<'_, Result<Bytes>> {
        let compressed = match self.range.is_empty() {
            true => stream::empty().boxed(),
            false => self
                .stored
                .store
                .stream(&self.stored.key, self.range.clone()),
        };
        let reading = Reading::new(&self.member, compressed);
        let pieces = stream::try_unfold(reading, move |mut reading| async move {
            let piece = reading.next().await?;
            let piece = piece.map_err(|reason| {
                bad(
                    &self.stored,
                    format!("member '{}': {reason}", self.member.name),
                )
            })?;
            Ok(piece.map(|piece| (piece, reading)))
        });
        pieces.boxed()
    }

    /// Those of a range. Of a compressed member all before it are inflated too; of a stored one nothing else is read, so that
    /// only whole members are checked against their CRC.
    pub fn part(&self, range: Range<u64>) -> BoxStream<'_, Result<Bytes>> {
        if range.is_empty() || range == (0..self.size()) {
            return match range.is_empty() {
                true => stream::empty().boxed(),
                false => self.stream(),
            };
        }
        if let Some(plain) = self.plain() {
            let (start, end) = (plain.start + range.start, plain.start + range.end);
            return self
                .stored
                .store
                .stream(&self.stored.key, start..end.min(plain.end));
        }
        let begin = (0, self.stream(), range);
        let pieces = stream::try_unfold(begin, |(mut at, mut pieces, range)| async move {
            while at < range.end {
                let Some(piece) = pieces.try_next().await? else {
                    return Ok(None);
                };
                let before = at;
                at += piece.len() as u64;
                let (from, to) = (range.start.max(before), range.end.min(at));
                if from < to {
                    let wanted = (from - before) as usize..(to - before) as usize;
                    return Ok(Some((piece.slice(wanted), (at, pieces, range))));
                }
            }
            Ok(None)
        });
        pieces.boxed()
    }

    /// All of them, if they are no more than `most`.
    ///
    /// # Errors
    /// [`DatastoreError::BadZip`] for more; those of [`MemberBytes::stream`].
    pub async fn whole(&self, most: u64) -> Result<Vec<u8>> {
        if self.size() > most {
            let reason = format!(
                "member '{}' has {} bytes; {most} are read at most",
                self.member.name,
                self.size()
            );
            return Err(bad(&self.stored, reason));
        }
        let mut whole = Vec::new();
        let mut pieces = self.stream();
        while let Some(piece) = pieces.try_next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    }

    /// The checksum of all of them by the algorithm of `like`.
    ///
    /// # Errors
    /// Those of [`MemberBytes::stream`].
    pub async fn same_kind(&self, like: &Checksum) -> Result<Checksum> {
        let mut hashing = Hashing::like(like);
        let mut pieces = self.stream();
        while let Some(piece) = pieces.try_next().await? {
            hashing.update(&piece);
        }
        Ok(hashing.finish())
    }

    /// Their BLAKE3.
    ///
    /// # Errors
    /// Those of [`MemberBytes::stream`].
    pub async fn blake3(&self) -> Result<Checksum> {
        self.same_kind(&Checksum::Blake3([0; 32])).await
    }
}
