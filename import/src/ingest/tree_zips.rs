//! Members of the zips of a tree, as files of it: `PATH.zip#zip-path=NAME`.

use std::path::Path;

use pantry_datastore::ResourcePath;
use pantry_datastore::zip::{ZipFiles, safe_name};

use crate::Error;

/// What stands between the path of a zip and the name of a member.
const JOINT: &str = "#zip-path=";

/// The file or member that a path of the tree means, in place of each zip its members.
pub(super) fn with_members(
    files: impl Iterator<Item = Result<String, Error>>,
    root: &Path,
    zips: Option<ZipFiles>,
) -> impl Iterator<Item = Result<String, Error>> {
    files.flat_map(move |file| match (&zips, file) {
        (Some(zips), Ok(path)) if path.to_ascii_lowercase().ends_with(".zip") => {
            members(zips, root, &path).unwrap_or_else(|error| vec![Err(error)])
        }
        (_, file) => vec![file],
    })
}

fn members(zips: &ZipFiles, root: &Path, path: &str) -> Result<Vec<Result<String, Error>>, Error> {
    let uri = ResourcePath::from_absolute(&root.join(path))?;
    let Some(archive) = zips.stores().wait(zips.archive(&uri))? else {
        return Ok(Vec::new());
    };
    let member = |name: &String| match safe_name(name) {
        true => Ok(format!("{path}{JOINT}{name}")),
        false => Err(Error::Files(format!(
            "{path} has a member '{name}', which leaves the folder that it would be unpacked in"
        ))),
    };
    Ok(archive.members().iter().map(|m| member(&m.name)).collect())
}

/// The URI of a path of the tree.
pub(super) fn uri(root: &Path, path: &str, has_members: bool) -> Result<ResourcePath, Error> {
    let absolute = |path: &str| ResourcePath::from_absolute(&root.join(path));
    match path.split_once(JOINT).filter(|_| has_members) {
        Some((zip, name)) => Ok(absolute(zip)?.member(name)?),
        None => Ok(absolute(path)?),
    }
}
