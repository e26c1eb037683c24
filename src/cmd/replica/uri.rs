//! Places as they are typed.
use pantry_datastore::store::Stores;
use pantry_datastore::{DatastoreError, ResourcePath};

use crate::failure::Failure;

/// The URI of a file, or of a folder if the text ends in a slash; a path is one of this machine.
///
/// # Errors
/// Texts that are no place, and parts of files.
pub fn uri(text: &str) -> Result<ResourcePath, Failure> {
    let parsed = if text.contains("://") {
        ResourcePath::parse(text)?
    } else {
        let path = ResourcePath::from_absolute(&std::path::absolute(text)?)?;
        if text.ends_with('/') {
            path.into_folder()
        } else {
            path
        }
    };
    // A store that cannot be reached now may be later.
    if let Err(error @ DatastoreError::BadPath { .. }) = Stores::from_process().find(&parsed) {
        return Err(error.into());
    }
    if !parsed.fragment().is_empty() {
        return Err(Failure::error(format!(
            "{text} is a part of a file; a copy is of a whole file"
        )));
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_uris_are_written_in_one_way() {
        let written = |text| uri(text).ok().map(|uri| uri.to_string());
        assert_eq!(written("/a/b c/").as_deref(), Some("file:///a/b%20c/"));
        assert_eq!(written("/a/b").as_deref(), Some("file:///a/b"));
        assert_eq!(written("s3://x/y/").as_deref(), Some("s3://x/y/"));
        assert_eq!(written("file:///a.zip#zip-path=b"), None);
    }
}
