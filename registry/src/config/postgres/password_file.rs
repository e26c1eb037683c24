//! libpq's password file, `~/.pgpass`.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::super::secret::Secret;

/// A password file that was allowed to be read.
pub(super) struct PasswordFile {
    lines: Vec<String>,
}

/// What a password is wanted for.
pub(super) struct Wanted<'a> {
    pub host: &'a str,
    pub port: u16,
    pub database: &'a str,
    pub user: &'a str,
}

impl PasswordFile {
    /// Read a file. One that is not there is no file; one that others than the owner have a right on, or that is
    /// no plain file, is left alone with a warning, as libpq does.
    pub fn read(path: &Path, warnings: &mut Vec<String>) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        if !metadata.is_file() {
            warnings.push(format!(
                "password file \"{}\" is not a plain file",
                path.display()
            ));
            return None;
        }
        if metadata.permissions().mode() & 0o077 != 0 {
            warnings.push(format!(
                "password file \"{}\" has group or world access; permissions should be u=rw (0600) or less",
                path.display()
            ));
            return None;
        }
        match fs::read(path) {
            Ok(bytes) => {
                let lines = String::from_utf8_lossy(&bytes)
                    .lines()
                    .map(str::to_owned)
                    .collect();
                Some(Self { lines })
            }
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    warnings.push(format!(
                        "cannot read password file \"{}\": {error}",
                        path.display()
                    ));
                }
                None
            }
        }
    }

    /// The password of the first line `host:port:database:user:password` that fits.
    pub fn password(&self, wanted: &Wanted<'_>) -> Option<Secret> {
        let port = wanted.port.to_string();
        let fields = [wanted.host, &port, wanted.database, wanted.user];
        self.lines
            .iter()
            .filter(|line| !line.starts_with('#'))
            .find_map(|line| {
                fields
                    .iter()
                    .try_fold(line.trim_end_matches('\r'), |rest, field| {
                        after(rest, field)
                    })
            })
            .map(|password| Secret::new(unescape(password)))
    }
}

/// What follows a field that fits; `*` fits everything, a backslash takes the next character as it is.
fn after<'l>(line: &'l str, field: &str) -> Option<&'l str> {
    if let Some(rest) = line.strip_prefix("*:") {
        return Some(rest);
    }
    let mut wanted = field.chars();
    let mut chars = line.chars();
    loop {
        match chars.next()? {
            ':' if wanted.as_str().is_empty() => return Some(chars.as_str()),
            '\\' => {
                let escaped = chars.next()?;
                if wanted.next() != Some(escaped) {
                    return None;
                }
            }
            c => {
                if wanted.next() != Some(c) {
                    return None;
                }
            }
        }
    }
}

fn unescape(password: &str) -> String {
    let mut out = String::with_capacity(password.len());
    let mut chars = password.chars();
    while let Some(c) = chars.next() {
        match c {
            // A further field is not part of the password.
            ':' => break,
            '\\' => out.push(chars.next().unwrap_or('\\')),
            c => out.push(c),
        }
    }
    out
}
