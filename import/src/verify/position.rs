//! How far a verification got, and what it counted on the way.

use serde::{Deserialize, Serialize};

/// Everything before this is done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// Nothing is done.
    #[default]
    Start,
    /// The database, and the files below the root up to this relative path, inclusive.
    Files {
        /// Empty before the first file.
        after: String,
    },
    /// Also all files below the root, and those recorded by URI up to this URI, inclusive.
    Elsewhere {
        /// Empty before the first.
        after: String,
    },
}

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Datastore records.
    pub records: u64,
    /// Different files that have records.
    pub files: u64,
    /// Files whose checksum was computed.
    pub checksums: u64,
    /// Bytes read for that.
    pub bytes: u64,
    /// Files that are not on this machine.
    pub remote: u64,
    /// Links to folders below the root; files without a record are not searched for in them.
    pub linked_folders: u64,
    /// Files whose structure was looked at.
    #[serde(default)]
    pub structures: u64,
    /// Files that were not looked at: not in the sample, or verified lately.
    #[serde(default)]
    pub passed: u64,
    /// Copies of files that were looked at.
    #[serde(default)]
    pub copies: u64,
    /// Findings about files that are in order now.
    #[serde(default)]
    pub repaired: u64,
    /// Findings.
    pub findings: u64,
}
