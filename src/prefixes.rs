//! `--allow-prefix`: folders of this machine, and prefixes of URIs in other stores.
use std::path::PathBuf;

use pantry_datastore::ResourcePath;

use crate::failure::Failure;

/// The folders and the URIs.
///
/// # Errors
/// A URI that cannot be read.
pub fn prefixes(written: &[String]) -> Result<(Vec<PathBuf>, Vec<ResourcePath>), Failure> {
    let is_elsewhere = |text: &&String| text.contains("://") && !text.starts_with("file:");
    let (uris, folders): (Vec<_>, Vec<_>) = written.iter().partition(is_elsewhere);
    let uri = |text: &String| Ok(ResourcePath::parse(text)?.into_folder());
    let uris = uris.into_iter().map(uri).collect::<Result<_, Failure>>()?;
    Ok((folders.into_iter().map(PathBuf::from).collect(), uris))
}
