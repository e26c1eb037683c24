//! Flags of the verbs that ingest: lists of checksums, and files that are the same.
use clap::ValueEnum;
use pantry_datastore::ResourcePath;
use pantry_import::ingest::{Duplicates, Scrutiny};

use crate::failure::Failure;

/// What is looked at in the bytes of files.
#[derive(Debug, clap::Args)]
pub struct ScrutinyArgs {
    /// List of checksums or sizes that the files must have: of sha256sum and its like, b3sum, rclone or rucio; its paths are
    /// seen from the root of the files. Repeatable
    #[arg(long, value_name = "FILE")]
    checksums: Vec<String>,

    /// What to do about files whose bytes another one has, or one of a dataset of the same type in the repository; all but
    /// ignore read the files whose sizes are equal
    #[arg(long, value_enum, default_value_t)]
    duplicates: DuplicatePolicy,
}

/// `--duplicates`.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum DuplicatePolicy {
    #[default]
    Ignore,
    Warn,
    Skip,
    Refuse,
}

impl ScrutinyArgs {
    /// What the flags ask for; `beside` says whether lists that are found in a tree count.
    pub fn scrutiny(&self, beside: bool) -> Result<Scrutiny, Failure> {
        let list = |text: &String| match text.contains("://") {
            true => Ok(ResourcePath::parse(text)?),
            false => Ok(ResourcePath::from_absolute(&std::path::absolute(text)?)?),
        };
        Ok(Scrutiny {
            lists: self
                .checksums
                .iter()
                .map(list)
                .collect::<Result<_, Failure>>()?,
            beside,
            duplicates: match self.duplicates {
                DuplicatePolicy::Ignore => Duplicates::Ignore,
                DuplicatePolicy::Warn => Duplicates::Warn,
                DuplicatePolicy::Skip => Duplicates::Skip,
                DuplicatePolicy::Refuse => Duplicates::Refuse,
            },
        })
    }
}
