//! What earlier runs found sound, in Pantry's own state.
use chrono::{DateTime, Utc};
use pantry_state::{Looked, State, StateError, VerifiedRepo};

use crate::failure::Failure;

/// Files that were found sound.
pub struct History {
    state: State,
    repo: VerifiedRepo,
    looked: Looked,
    since: Option<DateTime<Utc>>,
}

impl History {
    /// Of a repo, named by its datastore's root and its database. Files that were found sound before `since`, or by less than is
    /// looked at now, count as not looked at; without it, all do.
    ///
    /// # Errors
    /// Those of the state.
    pub fn new(
        state: State,
        repo: &str,
        structure: bool,
        checksum: bool,
        since: Option<DateTime<Utc>>,
    ) -> Result<Self, Failure> {
        let repo = state.verified_repo(repo)?;
        Ok(Self {
            state,
            repo,
            looked: Looked {
                structure,
                checksum,
            },
            since,
        })
    }

    /// Which of the files need not be looked at.
    ///
    /// # Errors
    /// Those of the state.
    pub fn known(&self, keys: &[&str]) -> Result<Vec<bool>, StateError> {
        match self.since {
            Some(since) => self
                .state
                .verified_since(self.repo, keys, self.looked, since),
            None => Ok(vec![false; keys.len()]),
        }
    }

    /// Remember files that were found sound now.
    ///
    /// # Errors
    /// Those of the state.
    pub fn remember(&self, keys: &[&str]) -> Result<(), StateError> {
        self.state
            .remember_verified(self.repo, keys, self.looked, Utc::now())
    }
}
