//! The configuration that every repo starts from, embedded in the program.

/// A default file by its name in the search path.
pub(super) fn embedded(name: &str) -> Option<&'static str> {
    Some(match name {
        "registry.yaml" => include_str!("defaults/registry.yaml"),
        "storageClasses.yaml" => include_str!("defaults/storageClasses.yaml"),
        "datastore.yaml" => include_str!("defaults/datastore.yaml"),
        "repo_transfer_formats.yaml" => include_str!("defaults/repo_transfer_formats.yaml"),
        "datastores/fileDatastore.yaml" => include_str!("defaults/datastores/fileDatastore.yaml"),
        "datastores/formatters.yaml" => include_str!("defaults/datastores/formatters.yaml"),
        "datastores/composites.yaml" => include_str!("defaults/datastores/composites.yaml"),
        "datastores/writeRecipes.yaml" => include_str!("defaults/datastores/writeRecipes.yaml"),
        _ => return None,
    })
}
