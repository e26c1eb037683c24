//! Members of the zips of a tree, as files of it: `PATH.zip#zip-path=NAME`.

use pantry_datastore::ResourcePath;
use pantry_datastore::zip::{ZipFiles, safe_name};

use super::folder::{Folder, FolderFile};
use crate::Error;

/// What stands between the path of a zip and the name of a member.
const JOINT: &str = "#zip-path=";

/// The file or member that a path of the tree means, in place of each zip its members.
pub(super) fn with_members<'a>(
    files: impl Iterator<Item = Result<FolderFile, Error>> + 'a,
    folder: &'a Folder,
    zips: Option<ZipFiles>,
) -> impl Iterator<Item = Result<FolderFile, Error>> + 'a {
    files.flat_map(move |file| match (&zips, file) {
        (Some(zips), Ok(file)) if file.path.to_ascii_lowercase().ends_with(".zip") => {
            members(zips, folder, &file).unwrap_or_else(|error| vec![Err(error)])
        }
        (_, file) => vec![file],
    })
}

fn members(
    zips: &ZipFiles,
    folder: &Folder,
    zip: &FolderFile,
) -> Result<Vec<Result<FolderFile, Error>>, Error> {
    let path = &zip.path;
    let Some(archive) = zips.stores().wait(zips.archive(&folder.uri(path)))? else {
        return Ok(Vec::new());
    };
    let member = |name: &String| match safe_name(name) {
        true => Ok(FolderFile {
            path: format!("{path}{JOINT}{name}"),
            size: zip.size,
        }),
        false => Err(Error::Files(format!(
            "{path} has a member '{name}', which leaves the folder that it would be unpacked in"
        ))),
    };
    Ok(archive.members().iter().map(|m| member(&m.name)).collect())
}

/// Whether a path of the tree is that of a member of a zip, if zips are looked into.
pub(super) fn is_member(path: &str) -> bool {
    path.contains(JOINT)
}

/// The URI of a path of the tree.
pub(super) fn uri(folder: &Folder, path: &str, has_members: bool) -> Result<ResourcePath, Error> {
    match path.split_once(JOINT).filter(|_| has_members) {
        Some((zip, name)) => Ok(folder.uri(zip).member(name)?),
        None => Ok(folder.uri(path)),
    }
}
