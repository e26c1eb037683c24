//! What goes wrong while an export is read.

use std::path::PathBuf;

/// Why an export could not be read; always names the file.
#[derive(Debug, thiserror::Error)]
pub enum YamlError {
    /// The file cannot be opened, read or decompressed.
    #[error("cannot read the export {}: {source}", path.display())]
    Read {
        /// The export.
        path: PathBuf,
        /// The operating system's or decompressor's reason.
        source: std::io::Error,
    },
    /// The contents are not UTF-8, not YAML, or not what an export may contain.
    #[error("{}:{line}: {message}", path.display())]
    Input {
        /// The export.
        path: PathBuf,
        /// Line, counted from 1, at or near which the fault lies.
        line: u64,
        /// What is wrong and what would be right.
        message: String,
    },
}
