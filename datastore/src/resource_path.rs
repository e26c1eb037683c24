//! Paths and URIs as the reference's `ResourcePath` reads, joins and writes them.
//!
//! Reference behaviour: `lsst/resources/_resourcePath.py`, `file.py`, `schemeless.py`. Not followed: `~` and
//! `$VAR` are ordinary characters here, so that a path means the same for everybody.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{DatastoreError, Result};
use crate::percent::{has_escapes, quote, unquote};
use crate::posix;

/// A parsed path or URI.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResourcePath {
    kind: Kind,
    /// Percent-encoded, except for relative paths.
    path: String,
    fragment: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Kind {
    /// No scheme: relative to something the caller knows.
    Relative,
    /// `file://host/path`; the host is normally empty.
    File { host: String },
    /// Any other scheme, such as `s3` and `https`.
    Remote(Remote),
}

/// What stands before the path of a URI that is not a file, and its query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Remote {
    /// In lower case.
    scheme: String,
    /// What is between `//` and the path: `profile@bucket`, `host:port`.
    authority: String,
    query: String,
}

impl ResourcePath {
    /// Read a path or URI as it stands in an export file or a datastore record.
    ///
    /// Absolute paths become `file` URIs, relative ones stay relative and are normalised. A `#` in the last part
    /// begins a fragment. A path that already has `%XX` escapes (upper-case hexadecimal) is taken as encoded.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = |reason: &str| DatastoreError::BadPath {
            text: text.to_owned(),
            reason: reason.to_owned(),
        };
        if text.contains(|c: char| c.is_control()) {
            return Err(bad("it contains a control character"));
        }
        if let Some(rest) = text.strip_prefix("file:") {
            let uri = Self::parse_file_uri(rest);
            return uri.ok_or_else(|| {
                bad("a file URI needs an absolute path without '..' and without '?'")
            });
        }
        let is_encoded = text.contains("://") || has_escapes(text);
        if is_encoded && has_scheme(text) {
            let without = "a URI needs '//' and a host or bucket after its scheme";
            return Self::parse_remote(text).ok_or_else(|| bad(without));
        }
        if unquote(text).starts_with("//") || (is_encoded && text.contains(['?', ';'])) {
            return Err(bad("it reads as part of a URI; write it as file:///..."));
        }
        let (path, fragment) = if is_encoded {
            text.split_once('#').unwrap_or((text, ""))
        } else {
            split_plain(text)
        };
        let path = if is_encoded {
            unquote(path)
        } else {
            path.into()
        };
        let normal = keep_slash(posix::normpath(&path), &path);
        if path.starts_with('/') {
            let kind = Kind::File {
                host: String::new(),
            };
            return Ok(Self {
                kind,
                path: quote(&normal).into_owned(),
                fragment: fragment.to_owned(),
            });
        }
        Ok(Self {
            kind: Kind::Relative,
            path: normal,
            fragment: fragment.to_owned(),
        })
    }

    /// `scheme://authority/path?query#fragment`; the path stays as it is written, `..` included.
    fn parse_remote(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let remote = Remote {
            scheme: scheme.to_ascii_lowercase(),
            authority: authority.to_owned(),
            query: query.to_owned(),
        };
        (!authority.is_empty()).then(|| Self {
            kind: Kind::Remote(remote),
            path: path.to_owned(),
            fragment: fragment.to_owned(),
        })
    }

    fn parse_file_uri(rest: &str) -> Option<Self> {
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (host, path) = match rest.strip_prefix("//") {
            Some(after) => after.split_at(after.find('/')?),
            None => ("", rest),
        };
        let kind = Kind::File {
            host: host.to_owned(),
        };
        let goes_up = unquote(path).split('/').any(|part| part == "..");
        let usable = path.starts_with('/') && !path.contains('?') && !goes_up;
        let path = keep_slash(posix::normpath(path), path);
        usable.then(|| Self {
            kind,
            path,
            fragment: fragment.to_owned(),
        })
    }

    /// The `file` URI of an absolute path of this machine; every character is taken literally.
    pub fn from_absolute(path: &Path) -> Result<Self> {
        let bad = |reason: &str| DatastoreError::BadPath {
            text: path.to_string_lossy().into_owned(),
            reason: reason.to_owned(),
        };
        let text = path.to_str().ok_or_else(|| bad("it is not UTF-8"))?;
        if !text.starts_with('/') {
            return Err(bad("it is not absolute"));
        }
        let path = quote(&posix::normpath(text)).into_owned();
        Ok(Self {
            kind: Kind::File {
                host: String::new(),
            },
            path,
            fragment: String::new(),
        })
    }

    /// Whether this names a place by itself.
    pub fn is_absolute(&self) -> bool {
        self.kind != Kind::Relative
    }

    /// Whether the name ends in a slash, which no file's does.
    pub fn is_folder(&self) -> bool {
        self.path.ends_with('/')
    }

    /// The path component: percent-encoded in URIs, plain when relative. This is what records hold for files
    /// inside a datastore.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What follows `#`, such as `unzip=NAME` for a member of a zip file; empty when there is none.
    pub fn fragment(&self) -> &str {
        &self.fragment
    }

    /// The scheme: `file`, `s3`, `https`...; `None` for relative paths.
    pub fn scheme(&self) -> Option<&str> {
        match &self.kind {
            Kind::Relative => None,
            Kind::File { .. } => Some("file"),
            Kind::Remote(remote) => Some(&remote.scheme),
        }
    }

    /// What stands between `//` and the path: `profile@bucket` of `s3`, the host of others; empty for relative paths.
    pub fn authority(&self) -> &str {
        match &self.kind {
            Kind::Relative => "",
            Kind::File { host } => host,
            Kind::Remote(remote) => &remote.authority,
        }
    }

    /// The path without escapes and without the slash that it begins with: the key of an object
    /// (`ResourcePath.relativeToPathRoot`).
    pub fn key(&self) -> Cow<'_, str> {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        match self.kind {
            Kind::Relative => path.into(),
            _ => unquote(path),
        }
    }

    /// The plain path of this URI below `folder`: unlike [`ResourcePath::relative_to`] a name with escapes stays what it is.
    /// `None` if it is elsewhere.
    pub fn below(&self, folder: &Self) -> Option<String> {
        let place = |uri: &Self| (uri.scheme().map(str::to_owned), uri.authority().to_owned());
        let key = self.key();
        let rest = key.strip_prefix(folder.key().trim_end_matches('/'))?;
        let rest = if folder.key().is_empty() {
            rest
        } else {
            rest.strip_prefix('/')?
        };
        (place(self) == place(folder) && !rest.is_empty()).then(|| rest.to_owned())
    }

    /// The file of this plain path below this folder; no character of it means anything.
    #[must_use]
    pub fn child(&self, path: &str) -> Self {
        self.join_plain(path, String::new())
    }

    /// This URI with a slash at its end.
    #[must_use]
    pub fn into_folder(mut self) -> Self {
        if !self.is_folder() {
            self.path.push('/');
        }
        self
    }

    /// This URI without its fragment: the file that a member of a zip is in.
    #[must_use]
    pub fn without_fragment(&self) -> Self {
        Self {
            fragment: String::new(),
            ..self.clone()
        }
    }

    /// The absolute path on this machine; `None` for relative paths and other schemes.
    pub fn local_path(&self) -> Option<PathBuf> {
        matches!(self.kind, Kind::File { .. }).then(|| PathBuf::from(&*unquote(&self.path)))
    }

    /// `text` seen from this folder; absolute paths and URIs stay what they are (`ResourcePath.join`).
    pub fn join(&self, text: &str) -> Result<Self> {
        let joined = Self::parse(text)?;
        if joined.is_absolute() {
            return Ok(joined);
        }
        // Only with a fragment does the reference use the parsed path; otherwise the text itself, so that
        // an escape in it is a file name.
        let plain = if joined.fragment.is_empty() {
            text.into()
        } else {
            unquote(&joined.path)
        };
        let names_folder = joined.is_folder();
        let mut full = self.join_plain(&plain, joined.fragment.clone());
        if names_folder && !full.is_folder() {
            full.path.push('/');
        }
        Ok(full)
    }

    /// A parsed relative path seen from this folder.
    pub(crate) fn join_parsed(&self, relative: &Self) -> Self {
        self.join_plain(&unquote(&relative.path), relative.fragment.clone())
    }

    fn join_plain(&self, plain: &str, fragment: String) -> Self {
        let step = if self.kind == Kind::Relative {
            plain.into()
        } else {
            quote(plain)
        };
        let mut path = keep_slash(posix::normpath(&posix::join(&self.path, &step)), &step);
        if matches!(self.kind, Kind::Remote(_)) && !path.starts_with('/') {
            path.insert(0, '/');
        }
        Self {
            kind: self.kind.clone(),
            path,
            fragment,
        }
    }

    /// This path seen from `folder`, decoded; `None` when it is not below it (`ResourcePath.relative_to`).
    ///
    /// Like the reference this decodes twice, so a file whose name has escapes comes out under another name.
    pub fn relative_to(&self, folder: &Self) -> Option<String> {
        match (&self.kind, &folder.kind) {
            (Kind::Relative, Kind::File { .. } | Kind::Remote(_)) => {
                return folder
                    .join_plain(&self.path, String::new())
                    .relative_to(folder);
            }
            (Kind::File { host: mine }, Kind::File { host: theirs })
                if mine == theirs || (is_this_machine(mine) && is_this_machine(theirs)) => {}
            (Kind::Remote(mine), Kind::Remote(theirs))
                if (&mine.scheme, &mine.authority) == (&theirs.scheme, &theirs.authority) => {}
            _ => return None,
        }
        let inside = unquote(&self.path);
        let outside = unquote(&folder.path);
        let outside = outside.trim_matches('/');
        let rest = inside.trim_matches('/').strip_prefix(outside)?;
        if rest.is_empty() {
            return Some(".".to_owned());
        }
        let rest = if outside.is_empty() {
            rest
        } else {
            rest.strip_prefix('/')?
        };
        Some(unquote(rest).into_owned())
    }

    /// The file extension with its dot, as written in [`ResourcePath::path`]; compression suffixes count with
    /// the one before (`.fits.gz`). Empty when there is none.
    pub fn extension(&self) -> &str {
        extension_of(&self.path)
    }
}

impl fmt::Display for ResourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Relative => {}
            Kind::File { host } => write!(f, "file://{host}")?,
            Kind::Remote(remote) => write!(f, "{}://{}", remote.scheme, remote.authority)?,
        }
        f.write_str(&self.path)?;
        if let Kind::Remote(remote) = &self.kind
            && !remote.query.is_empty()
        {
            write!(f, "?{}", remote.query)?;
        }
        if self.fragment.is_empty() {
            Ok(())
        } else {
            write!(f, "#{}", self.fragment)
        }
    }
}

/// File extension of the last part of a path (`ResourcePath.getExtension`).
pub(crate) fn extension_of(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let name_at = path.rfind('/').map_or(0, |slash| slash + 1);
    let name = &path[name_at..];
    let Some(last) = name.rfind('.') else {
        return "";
    };
    let is_packed = matches!(&name[last..], ".gz" | ".bz2" | ".xz" | ".fz");
    match name[..last].rfind('.') {
        Some(before) if is_packed => &name[before..],
        _ => &name[last..],
    }
}

/// In a plain path a fragment begins at the last `#` of the last part.
fn split_plain(text: &str) -> (&str, &str) {
    let name_at = text.rfind('/').map_or(0, |slash| slash + 1);
    match text[name_at..].rfind('#') {
        Some(hash) => (&text[..name_at + hash], &text[name_at + hash + 1..]),
        None => (text, ""),
    }
}

fn keep_slash(normal: String, original: &str) -> String {
    let lost = (original.ends_with('/') || original.is_empty()) && !normal.ends_with('/');
    if lost { normal + "/" } else { normal }
}

fn is_this_machine(host: &str) -> bool {
    matches!(
        host,
        "" | "localhost" | "localhost.localdomain" | "127.0.0.1"
    )
}

fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}
