//! A member of a zip, sent as a file of its own.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use pantry_datastore::DatastoreError;
use pantry_datastore::store::{Object, Stored};
use pantry_datastore::zip::{MemberBytes, ZipFiles};

use super::content::Content;

/// The member of a zip that was opened or found.
///
/// # Errors
/// [`DatastoreError::Missing`], [`DatastoreError::BadZip`], and those of the store.
pub async fn member(zips: &ZipFiles, zip: Stored, name: &str) -> Result<Content, DatastoreError> {
    let missing = || DatastoreError::Missing {
        path: format!("{}#zip-path={name}", zip.uri()).into(),
    };
    let object = zip.store.stat(&zip.key).await?.ok_or_else(missing)?;
    let archive = zips.opened(zip.clone(), object.clone()).await?;
    let found = archive.find(name).ok_or_else(missing)?;
    let bytes = archive.bytes_of(found).await?;
    let described = describe(&object, &bytes);
    Ok(Content::Member(bytes, Arc::new(described)))
}

/// It changes when the zip does.
fn describe(zip: &Object, member: &MemberBytes) -> Object {
    let written = zip
        .modified
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let tag = match (&zip.etag, written) {
        (Some(tag), _) => Some(tag.trim_matches('"').replace("W/\"", "")),
        (None, Some(written)) => Some(format!("{:x}-{:x}", written.as_nanos(), zip.size)),
        (None, None) => None,
    };
    let about = member.member();
    Object {
        key: about.name.clone(),
        size: about.size,
        etag: tag.map(|tag| format!("\"{tag}-{:x}-{:x}\"", about.crc, about.size)),
        modified: zip.modified.or(Some(SystemTime::UNIX_EPOCH)),
    }
}
