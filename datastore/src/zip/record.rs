//! Names of members: which may be unpacked, and how records write them.

use std::path::PathBuf;

use crate::error::{DatastoreError, Result};
use crate::location::{DatastoreRoot, Location};
use crate::percent::{quote, unquote};
use crate::resource_path::ResourcePath;

/// Whether a name stays below the folder that it is unpacked in, on every system.
pub fn safe_name(name: &str) -> bool {
    let is_drive = name.as_bytes().get(1) == Some(&b':');
    let part = |part: &str| !matches!(part, "" | "." | "..");
    !is_drive && !name.contains(|c: char| c == '\\' || c.is_control()) && name.split('/').all(part)
}

/// The member of a zip that a fragment names: `zip-path=NAME`, as it is or percent-encoded (`FormatterV2.read`,
/// `lsst/daf/butler/_formatter.py`).
pub fn member_name(fragment: &str) -> Option<String> {
    if fragment.is_empty() {
        return None;
    }
    let text = unquote(fragment);
    let name = text.strip_prefix("zip-path=")?;
    (!name.is_empty()).then(|| name.to_owned())
}

impl DatastoreRoot {
    /// The location of a member of a zip at `zip`, as the reference writes it: the name as it is
    /// (`FileDatastore.ingest_zip`), and percent-encoded only where it would be read back as another one.
    ///
    /// # Errors
    /// [`DatastoreError::BadPath`] if no record can say it.
    pub fn member(&self, zip: &Location, name: &str) -> Result<Location> {
        let made = texts(zip.record(), name).into_iter().find_map(|text| {
            let made = self.locate(&text).ok()?;
            is_member(made.uri(), zip.uri(), name).then_some(made)
        });
        made.ok_or_else(|| not_readable(zip.record(), name))
    }
}

/// How a member may be written.
fn texts(zip: &str, name: &str) -> [String; 2] {
    let encoded = quote(name).replace('/', "%2F");
    [name, &encoded].map(|name| format!("{zip}#zip-path={name}"))
}

fn is_member(uri: &ResourcePath, zip: &ResourcePath, name: &str) -> bool {
    uri.without_fragment() == *zip && uri.zip_member().as_deref() == Some(name)
}

fn not_readable(zip: &str, name: &str) -> DatastoreError {
    DatastoreError::BadPath {
        text: format!("{zip}#zip-path={name}"),
        reason: "a record cannot name this member so that it is read back; rename the zip"
            .to_owned(),
    }
}

impl ResourcePath {
    /// The URI of a member of the zip at this absolute one.
    ///
    /// # Errors
    /// [`DatastoreError::BadPath`] if no URI can say it.
    pub fn member(&self, name: &str) -> Result<Self> {
        let zip = self.without_fragment();
        let made = texts(&zip.to_string(), name).into_iter().find_map(|text| {
            let made = Self::parse(&text).ok()?;
            is_member(&made, &zip, name).then_some(made)
        });
        made.ok_or_else(|| not_readable(&zip.to_string(), name))
    }

    /// As [`ResourcePath::join`], for text that people wrote: after `#zip-path=` it may have slashes, of which the reference
    /// makes sense in URIs only.
    ///
    /// # Errors
    /// Those of [`ResourcePath::join`].
    pub fn join_member(&self, text: &str) -> Result<Self> {
        match text.split_once("#zip-path=") {
            Some((zip, name)) => self.join(zip)?.member(&unquote(name)),
            None => self.join(text),
        }
    }

    /// The path of a file of this machine; `None` for members of zips too.
    pub fn local_file(&self) -> Option<PathBuf> {
        self.local_path().filter(|_| self.zip_member().is_none())
    }

    /// The member of a zip that the fragment names ([`member_name`]).
    pub fn zip_member(&self) -> Option<String> {
        member_name(self.fragment())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_leave_the_folder_are_not_safe() {
        for name in ["a", "a/b.fits", "..a/b..", "ü c"] {
            assert!(safe_name(name), "{name}");
        }
        for name in [
            "", "/a", "../a", "a/../b", "a//b", "a/", "C:a", "..\\a", "a\0b", "./a",
        ] {
            assert!(!safe_name(name), "{name}");
        }
    }

    // Expected: `str(ResourcePath(record).unquoted_fragment)` of lsst.resources for these records.
    #[test]
    fn names_are_encoded_only_where_they_must_be() {
        let root = DatastoreRoot::new("/r".as_ref()).unwrap();
        let inside = root.locate("zips/u.zip").unwrap();
        let outside = root.locate("file:///x/u.zip").unwrap();
        for (zip, name, record) in [
            (&inside, "a b+é.fits", "zips/u.zip#zip-path=a b+é.fits"),
            (&inside, "d/a.fits", "zips/u.zip#zip-path=d%2Fa.fits"),
            (&outside, "d/a.fits", "file:///x/u.zip#zip-path=d/a.fits"),
            (&inside, "a%20b", "zips/u.zip#zip-path=a%2520b"),
            (&inside, "a#b", "zips/u.zip#zip-path=a%23b"),
        ] {
            assert_eq!(root.member(zip, name).unwrap().record(), record);
        }
    }

    proptest! {
        #[test]
        fn every_name_is_read_back(name in "[ -~é]{1,12}") {
            let root = DatastoreRoot::new("/r".as_ref()).unwrap();
            for zip in ["zips/u.zip", "file:///x%20y/u.zip", "s3://p@b/u.zip"] {
                let zip = root.locate(zip).unwrap();
                let made = root.member(&zip, &name).unwrap();
                let again = root.locate(made.record()).unwrap();
                prop_assert_eq!(again.uri().zip_member(), Some(name.clone()));
                prop_assert_eq!(again.uri().without_fragment(), zip.uri().clone());
            }
        }
    }
}
