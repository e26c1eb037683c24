//! Transfer modes: their names, and what `auto` becomes.

use std::fmt;
use std::str::FromStr;

/// How a file gets into the datastore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferMode {
    /// `None` of the reference's API: the file is below the root already.
    InPlace,
    /// In place, link or split, depending on where the files are.
    Auto,
    /// A hard link, or a symbolic one where that is impossible.
    Link,
    /// A symbolic link to the file's real absolute path.
    Symlink,
    /// A hard link.
    Hardlink,
    /// A copy with the mode bits of the source.
    Copy,
    /// The file itself; its source name goes after the records are committed.
    Move,
    /// A symbolic link with a relative target.
    Relsymlink,
    /// The file stays where it is and is recorded by its URI.
    Direct,
    /// In place below the root, direct elsewhere. Not a name of the command line.
    Split,
}

impl TransferMode {
    /// The names the command line takes, in the order of the reference's help.
    pub const NAMES: [&'static str; 8] = [
        "auto",
        "link",
        "symlink",
        "hardlink",
        "copy",
        "move",
        "relsymlink",
        "direct",
    ];

    /// The mode's name in messages; that of the command line where there is one.
    pub fn name(self) -> &'static str {
        match self {
            Self::InPlace => "in place",
            Self::Auto => "auto",
            Self::Link => "link",
            Self::Symlink => "symlink",
            Self::Hardlink => "hardlink",
            Self::Copy => "copy",
            Self::Move => "move",
            Self::Relsymlink => "relsymlink",
            Self::Direct => "direct",
            Self::Split => "split",
        }
    }

    /// Replace `auto` once it is known how many files are inside and outside the root
    /// (`FileDatastore._overrideTransferMode`). Going to [`TransferMode::Split`] deserves a warning: the files
    /// outside must stay where they are.
    #[must_use]
    pub fn resolve(self, inside: u64, outside: u64) -> Self {
        match (self, inside, outside) {
            (Self::Auto, _, 0) => Self::InPlace,
            // The transfer default of local files.
            (Self::Auto, 0, _) => Self::Link,
            (Self::Auto, _, _) => Self::Split,
            (mode, _, _) => mode,
        }
    }

    /// Whether files get a new place, named by a template.
    pub fn places_files(self) -> bool {
        !matches!(self, Self::InPlace | Self::Direct | Self::Split)
    }

    /// Whether files are linked, which only files of this machine can be.
    pub fn makes_links(self) -> bool {
        matches!(
            self,
            Self::Link | Self::Symlink | Self::Hardlink | Self::Relsymlink
        )
    }

    /// Whether bytes may pass through our hands, so that a checksum costs little.
    pub fn copies_bytes(self) -> bool {
        matches!(self, Self::Copy | Self::Move)
    }
}

impl fmt::Display for TransferMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for TransferMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        use TransferMode as M;
        [
            M::Auto,
            M::Link,
            M::Symlink,
            M::Hardlink,
            M::Copy,
            M::Move,
            M::Relsymlink,
            M::Direct,
        ]
        .into_iter()
        .find(|mode| mode.name() == text)
        .ok_or_else(|| {
            format!(
                "'{text}' is no transfer mode; take one of {}",
                Self::NAMES.join(", ")
            )
        })
    }
}
