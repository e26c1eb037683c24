//! The surroundings that configuration is read in: variables, home, user and working directory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Environment variables, home directory, user name and working directory of a command.
///
/// Everything in this module takes its surroundings from here, so that reading a configuration is a function of
/// its arguments and of files.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    user: Option<String>,
    current_dir: PathBuf,
}

impl Environment {
    /// The surroundings of this process.
    pub fn from_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
            .collect();
        Self {
            variables,
            home: std::env::home_dir(),
            user: whoami::username().ok(),
            current_dir: std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
        }
    }

    /// Surroundings with the given working directory (absolute) and nothing else.
    pub fn new(current_dir: impl Into<PathBuf>) -> Self {
        Self {
            current_dir: current_dir.into(),
            ..Self::default()
        }
    }

    /// The same surroundings with one variable set.
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same surroundings with another home directory.
    pub fn with_home(mut self, home: impl Into<PathBuf>) -> Self {
        self.home = Some(home.into());
        self
    }

    /// The same surroundings with another operating-system user.
    pub fn with_user(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self
    }

    /// Value of a variable, also when it is empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Value of a variable; an empty one counts as unset.
    pub fn non_empty(&self, name: &str) -> Option<&str> {
        self.variable(name).filter(|v| !v.is_empty())
    }

    /// The home directory: `HOME` where set, else what the operating system says.
    pub fn home(&self) -> Option<&Path> {
        self.variable("HOME")
            .map(Path::new)
            .or(self.home.as_deref())
    }

    /// Name of the operating-system user.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The working directory, absolute.
    pub fn current_dir(&self) -> &Path {
        &self.current_dir
    }

    /// Replace a leading `~` or `~/` by the home directory; `~name` stays as it is.
    pub fn expand_user(&self, path: &str) -> String {
        match (path.strip_prefix('~'), self.home()) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
                let home = home.to_string_lossy();
                let joined = format!("{}{rest}", home.trim_end_matches('/'));
                if joined.is_empty() {
                    "/".to_owned()
                } else {
                    joined
                }
            }
            _ => path.to_owned(),
        }
    }

    /// Replace `$NAME` and `${NAME}` by the variables' values; unknown names stay as they are
    /// (Python's `os.path.expandvars`).
    pub fn expand_variables(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let tail = &rest[at + 1..];
            let (name, used) = match tail.strip_prefix('{') {
                Some(inner) => match inner.find('}') {
                    Some(end) => (&inner[..end], end + 2),
                    None => ("", 0),
                },
                None => {
                    let end = tail
                        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                        .unwrap_or(tail.len());
                    (&tail[..end], end)
                }
            };
            match self.variable(name) {
                Some(value) if used > 0 => out.push_str(value),
                _ => out.push_str(&rest[at..at + 1 + used]),
            }
            rest = &tail[used..];
        }
        out.push_str(rest);
        out
    }
}
