//! Links to files that need no login and expire.
//!
//! `/api/butler/repo/LABEL/v1/file/FILE/NAME?id=UUID[&component=C]&expires=SECONDS&signature=HEX`. NAME is the file's name, so
//! that a client sees its extension. FILE stands for the file's path without showing it: links to one file are the same up to
//! their query whatever dataset they are of, as the reference's client needs it to copy a file of several datasets only once
//! (`RemoteButler.retrieveArtifacts`).

use std::time::{SystemTime, UNIX_EPOCH};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use uuid::Uuid;

use super::file_store::Artifact;
use super::link_keys::LinkKeys;

/// What may stand in a path or query as it is (RFC 3986, 2.3).
pub const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Bytes of FILE.
const FILE_BYTES: usize = 16;

/// A link before it is signed, or after its signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLink {
    /// The repo.
    pub label: String,
    /// Stands for the file's path.
    file: String,
    /// The file's name.
    pub name: String,
    /// The dataset.
    pub id: Uuid,
    /// The component that is in the file.
    pub component: Option<String>,
    /// Seconds since 1970 after which the link is not valid.
    pub expires: u64,
}

/// The query of a link.
#[derive(Debug, Clone, Deserialize)]
pub struct LinkQuery {
    id: String,
    component: Option<String>,
    expires: u64,
    signature: String,
}

/// Why a link is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Nobody who has a key has signed it.
    #[error("this link is not valid; ask the Butler server for a new one")]
    Signature,
    /// It was valid.
    #[error("this link has expired; ask the Butler server for a new one")]
    Expired,
}

impl FileLink {
    /// A link to a file of a dataset.
    pub fn new(
        keys: &LinkKeys,
        label: &str,
        artifact: &Artifact,
        id: Uuid,
        component: Option<&str>,
        expires: u64,
    ) -> Self {
        let uri = artifact.uri.to_string();
        let hash = keys.sign(&[b"path", label.as_bytes(), uri.as_bytes()]);
        Self {
            label: label.to_owned(),
            file: hex(&hash.as_ref()[..FILE_BYTES]),
            name: artifact.name.clone(),
            id,
            component: component.map(str::to_owned),
            expires,
        }
    }

    /// Read a link that came back: the parts of its path, and its query. `now` in seconds since 1970.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn verify(
        keys: &LinkKeys,
        [label, file, name]: [&str; 3],
        query: LinkQuery,
        now: u64,
    ) -> Result<Self, LinkError> {
        let link = Self {
            label: label.to_owned(),
            file: file.to_owned(),
            name: name.to_owned(),
            id: query.id.parse().map_err(|_| LinkError::Signature)?,
            component: query.component,
            expires: query.expires,
        };
        let signature = unhex(&query.signature).ok_or(LinkError::Signature)?;
        if !link.with_fields(|fields| keys.verify(fields, &signature)) {
            return Err(LinkError::Signature);
        }
        match now < link.expires {
            true => Ok(link),
            false => Err(LinkError::Expired),
        }
    }

    /// Path and query, signed.
    pub fn path_and_query(&self, keys: &LinkKeys) -> String {
        let signature = self.with_fields(|fields| keys.sign(fields));
        let encode = |text| utf8_percent_encode(text, UNRESERVED);
        let component = self
            .component
            .as_deref()
            .map_or(String::new(), |component| {
                format!("&component={}", encode(component))
            });
        format!(
            "/api/butler/repo/{}/v1/file/{}/{}?id={}{component}&expires={}&signature={}",
            encode(&self.label),
            self.file,
            encode(&self.name),
            self.id,
            self.expires,
            hex(signature.as_ref())
        )
    }

    fn with_fields<T>(&self, then: impl FnOnce(&[&[u8]]) -> T) -> T {
        let component = self.component.as_deref();
        then(&[
            b"link",
            self.label.as_bytes(),
            self.file.as_bytes(),
            self.name.as_bytes(),
            self.id.as_bytes(),
            if component.is_some() { b"1" } else { b"0" },
            component.unwrap_or_default().as_bytes(),
            &self.expires.to_be_bytes(),
        ])
    }
}

/// Seconds since 1970.
pub fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // A string takes everything.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use pantry_datastore::ResourcePath;

    use axum::extract::Query;
    use axum::http::Uri;
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn artifact(name: &str) -> Artifact {
        Artifact {
            uri: ResourcePath::from_absolute(&Path::new("/secret/place").join(name)).unwrap(),
            name: name.to_owned(),
            client_path: name.to_owned(),
            fragment: String::new(),
        }
    }

    /// Parse a link as the router does.
    fn parts(link: &str) -> ([String; 3], LinkQuery) {
        let uri: Uri = link.parse().unwrap();
        let query = Query::<LinkQuery>::try_from_uri(&uri).unwrap().0;
        let decoded = |part: &str| percent_decode_str(part).decode_utf8().unwrap().into_owned();
        let path: Vec<String> = uri.path().split('/').map(decoded).collect();
        assert_eq!(path[1..4], ["api", "butler", "repo"]);
        assert_eq!(path[5..7], ["v1", "file"]);
        assert_eq!(path.len(), 9);
        ([path[4].clone(), path[7].clone(), path[8].clone()], query)
    }

    fn verify(keys: &LinkKeys, link: &str, now: u64) -> Result<FileLink, LinkError> {
        let (path, query) = parts(link);
        FileLink::verify(keys, path.each_ref().map(String::as_str), query, now)
    }

    #[test]
    fn a_link_is_valid_until_it_expires() {
        let keys = LinkKeys::random().unwrap();
        let link = FileLink::new(&keys, "hsc", &artifact("a.fits"), Uuid::now_v7(), None, NOW);
        let text = link.path_and_query(&keys);
        assert_eq!(verify(&keys, &text, NOW - 1), Ok(link));
        assert_eq!(verify(&keys, &text, NOW), Err(LinkError::Expired));
        let others = LinkKeys::random().unwrap();
        assert_eq!(verify(&others, &text, NOW - 1), Err(LinkError::Signature));
    }

    #[test]
    fn no_part_can_be_changed() {
        let keys = LinkKeys::random().unwrap();
        let id = Uuid::now_v7();
        let link = FileLink::new(&keys, "hsc", &artifact("a.fits"), id, Some("wcs"), NOW);
        let text = link.path_and_query(&keys);
        let signature = text.split("signature=").nth(1).unwrap();
        for (from, to) in [
            ("repo/hsc/", "repo/hsd/"),
            ("a.fits", "b.fits"),
            ("component=wcs", "component=psf"),
            ("component=wcs&", ""),
            ("component=wcs", "component="),
            (&*format!("expires={NOW}"), &*format!("expires={}", NOW + 9)),
            (&*id.to_string(), &*Uuid::now_v7().to_string()),
            (&*link.file, &*"0".repeat(32)),
            (signature, "00"),
            (signature, ""),
            (signature, "zz"),
            (signature, "é"),
        ] {
            assert!(text.contains(from), "{from}");
            let changed = text.replace(from, to).replace('é', "%C3%A9");
            let refused = verify(&keys, &changed, NOW - 1);
            assert_eq!(refused, Err(LinkError::Signature), "{from} -> {to}");
        }
    }

    #[test]
    fn datasets_of_one_file_have_links_that_differ_in_the_query_only() {
        let keys = LinkKeys::random().unwrap();
        let link = |name, id| {
            let link = FileLink::new(&keys, "hsc", &artifact(name), id, None, NOW);
            let text = link.path_and_query(&keys);
            text.split('?').next().unwrap().to_owned()
        };
        let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
        assert_eq!(link("a.fits", one), link("a.fits", two));
        assert_ne!(link("a.fits", one), link("b.fits", one));
        assert!(link("a.fits", one).ends_with("/a.fits"));
        assert!(!link("a.fits", one).contains("secret"));
    }

    proptest! {
        #[test]
        fn any_name_comes_back(name in "[^/]{1,20}", label in "[-A-Za-z0-9_.]{1,9}", component in "\\PC{0,9}") {
            let keys = LinkKeys::random().unwrap();
            let id = Uuid::now_v7();
            let link = FileLink::new(&keys, &label, &artifact(&name), id, Some(&component), NOW);
            prop_assert_eq!(verify(&keys, &link.path_and_query(&keys), 0), Ok(link));
        }
    }
}
