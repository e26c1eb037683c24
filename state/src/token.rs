//! API tokens: who may do what in which repositories.

use chrono::{DateTime, Utc};

use crate::error::StateError;
use crate::secret::is_id;

/// What a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reading.
    Read,
    /// Reading and writing.
    Write,
}

impl Role {
    /// The name in the database and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Read => "read",
            Role::Write => "write",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Role::Read, Role::Write]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Whom it is for; unique among live tokens, without control characters, not of the form of an id.
    pub name: Option<String>,
    /// Globs of the labels of repositories; at least one.
    pub repos: Vec<String>,
    /// Globs of the collections that may be read; `None` for all.
    pub collections: Option<Vec<String>>,
    /// What it allows there.
    pub role: Role,
    /// First moment at which it is no longer valid.
    pub expires: Option<DateTime<Utc>>,
}

/// A token, without its secret. Times are UTC and in whole seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its public id: the part of the token after `pantry_`, 16 hexadecimal digits.
    pub id: String,
    /// Whom it was given to.
    pub name: Option<String>,
    /// Globs of the labels of repositories.
    pub repos: Vec<String>,
    /// Globs of the collections that may be read; `None` for all.
    pub collections: Option<Vec<String>>,
    /// What it allows there.
    pub role: Role,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// First moment at which it is no longer valid.
    pub expires: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked: Option<DateTime<Utc>>,
    /// When it was last used, ten minutes at most too early.
    pub last_used: Option<DateTime<Utc>>,
}

impl Token {
    /// Its name, or else its id: the user in logs and limits.
    pub fn user(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// Whether it is no longer valid because of its age.
    pub fn has_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

impl NewToken {
    /// Refuses what no token may have.
    pub(crate) fn check(&self, now: DateTime<Utc>) -> Result<(), StateError> {
        let refuse = |reason: String| Err(StateError::Invalid(reason));
        let unusable = |text: &str| text.trim().is_empty() || text.chars().any(char::is_control);
        if let Some(name) = &self.name {
            if unusable(name) {
                return refuse(format!(
                    "a token cannot have the name {name:?}: give some text in one line"
                ));
            }
            if is_id(name) {
                return refuse(format!(
                    "a token cannot have the name '{name}': it looks like the id of a token"
                ));
            }
        }
        if self.repos.is_empty() {
            return refuse("a token needs a repository: give a label, or '*' for all".to_owned());
        }
        if self.collections.as_ref().is_some_and(Vec::is_empty) {
            return refuse("a token that may read no collection is of no use".to_owned());
        }
        let globs = self.repos.iter().chain(self.collections.iter().flatten());
        if let Some(glob) = globs.into_iter().find(|glob| unusable(glob)) {
            return refuse(format!(
                "{glob:?} is no label, collection or glob pattern of these"
            ));
        }
        match self.expires {
            Some(expires) if expires <= now => refuse(format!(
                "the token would never be valid: it expires at {}",
                expires.format("%Y-%m-%dT%H:%M:%SZ")
            )),
            _ => Ok(()),
        }
    }
}
