//! Local locations as the reference reads them: paths, `file://` URIs, `~`, variables.

use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::error::ConfigError;
use super::percent::{quote, unquote};

/// A local path, absolute or still relative, and whether it is known to be a folder
/// (`lsst.resources.ResourcePath` for schemeless and `file` URIs).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePath {
    path: String,
    dir_like: bool,
}

impl ResourcePath {
    /// Read a path or URI; a relative one is taken from the working directory.
    ///
    /// # Errors
    /// [`ConfigError::Remote`] for any other scheme than `file`.
    pub fn parse(text: &str, environment: &Environment) -> Result<Self, ConfigError> {
        let mut parsed = Self::parse_relative(text, environment)?;
        if !parsed.is_absolute() {
            let dir = environment.current_dir().to_string_lossy();
            parsed.path = normalise(&format!("{dir}/{}", parsed.path));
        }
        Ok(parsed)
    }

    /// Read a path or URI, leaving a relative path relative.
    ///
    /// # Errors
    /// [`ConfigError::Remote`] for any other scheme than `file`.
    pub fn parse_relative(text: &str, environment: &Environment) -> Result<Self, ConfigError> {
        if let Some(rest) = text.strip_prefix("file:") {
            return Ok(Self::from_file_uri(rest, environment));
        }
        if text.contains("://") {
            return Err(ConfigError::Remote {
                uri: text.to_owned(),
            });
        }
        // A `#` in the last part starts a fragment; a path with `%XX` counts as already encoded.
        let slash = text.rfind('/').map_or(0, |i| i + 1);
        let path = match text[slash..].rfind('#') {
            Some(hash) => &text[..slash + hash],
            None => text,
        };
        let path = if has_escape(path) {
            let end = path.find(['?', '#']).unwrap_or(path.len());
            unquote(&path[..end])
        } else {
            path.to_owned()
        };
        let expanded = environment.expand_variables(&environment.expand_user(&path));
        let dir_like = expanded.is_empty() || expanded.ends_with('/');
        Ok(Self {
            path: normalise(&expanded),
            dir_like,
        })
    }

    fn from_file_uri(rest: &str, environment: &Environment) -> Self {
        let end = rest.find(['?', '#']).unwrap_or(rest.len());
        let rest = &rest[..end];
        // `file://host/path`: the host is not looked at.
        let path = match rest.strip_prefix("//") {
            Some(authority) => authority.find('/').map_or("", |i| &authority[i..]),
            None => rest,
        };
        let path = unquote(path);
        let dir_like = path.is_empty() || path.ends_with('/');
        let path = if path.starts_with('/') {
            path
        } else {
            normalise(&format!(
                "{}/{path}",
                environment.current_dir().to_string_lossy()
            ))
        };
        Self {
            path: strip_slash(path),
            dir_like,
        }
    }

    /// A folder that is known to be one.
    pub fn folder(path: &Path) -> Self {
        Self {
            path: normalise(&path.to_string_lossy()),
            dir_like: true,
        }
    }

    /// The path on this machine.
    pub fn to_path(&self) -> PathBuf {
        PathBuf::from(&self.path)
    }

    /// The path as text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// Whether the path starts at the root of the file system.
    pub fn is_absolute(&self) -> bool {
        self.path.starts_with('/')
    }

    /// Whether it is written as a folder or is one on disk.
    pub fn is_dir(&self) -> bool {
        self.dir_like || Path::new(&self.path).is_dir()
    }

    /// The same location, known to be a folder.
    pub fn as_folder(mut self) -> Self {
        self.dir_like = true;
        self
    }

    /// Another location seen from this folder.
    pub fn join(&self, other: &ResourcePath) -> Self {
        if other.is_absolute() {
            return other.clone();
        }
        Self {
            path: normalise(&format!("{}/{}", self.path, other.path)),
            dir_like: other.dir_like,
        }
    }

    /// The folder that this is in; a folder is its own.
    pub fn dirname(&self) -> Self {
        if self.dir_like {
            return self.clone();
        }
        let parent = match self.path.rsplit_once('/') {
            Some(("", _)) => "/",
            Some((parent, _)) => parent,
            None => ".",
        };
        Self {
            path: parent.to_owned(),
            dir_like: true,
        }
    }

    /// A file beside this one, or in this folder.
    pub fn sibling(&self, file: &str) -> Self {
        let file = Self {
            path: normalise(file),
            dir_like: false,
        };
        self.dirname().join(&file)
    }

    /// Last extension with its point; two for compressed files (`.yaml.gz`).
    pub fn extension(&self) -> String {
        let name = self
            .path
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or("");
        let parts: Vec<&str> = name.split('.').skip(1).collect();
        match parts.as_slice() {
            [] => String::new(),
            [.., before, last @ ("gz" | "bz2" | "xz" | "fz")] => format!(".{before}.{last}"),
            [.., last] => format!(".{last}"),
        }
    }

    /// The location as a `file://` URI, percent-encoded.
    pub fn url(&self) -> String {
        let slash = if self.dir_like && !self.path.ends_with('/') {
            "/"
        } else {
            ""
        };
        format!("file://{}{slash}", quote(&self.path, "/"))
    }
}

impl std::fmt::Display for ResourcePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.path)
    }
}

fn has_escape(text: &str) -> bool {
    let upper_hex = |b: u8| b.is_ascii_digit() || (b'A'..=b'F').contains(&b);
    text.as_bytes()
        .windows(3)
        .any(|w| w[0] == b'%' && upper_hex(w[1]) && upper_hex(w[2]))
}

fn strip_slash(path: String) -> String {
    match path.trim_end_matches('/') {
        "" if path.starts_with('/') => "/".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

/// Python's `os.path.normpath`: resolves `.` and `..` in the text alone; an empty path is `.`.
pub(super) fn normalise(path: &str) -> String {
    let lead = match path.bytes().take_while(|b| *b == b'/').count() {
        0 => "",
        // Exactly two slashes may mean something else to POSIX and are kept.
        2 => "//",
        _ => "/",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            ".." if !lead.is_empty() => {}
            part => parts.push(part),
        }
    }
    let joined = format!("{lead}{}", parts.join("/"));
    if joined.is_empty() {
        ".".to_owned()
    } else {
        joined
    }
}
