//! Where things are in the source tree.

use std::path::{Path, PathBuf};

/// The root folder of the workspace.
///
/// # Panics
/// If this crate was moved.
#[must_use]
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    match here.ancestors().nth(2) {
        Some(root) if root.join("Cargo.toml").is_file() => root.to_path_buf(),
        _ => panic!("{} is not two folders below the workspace", here.display()),
    }
}

/// The folder of an export in `fixtures/`, such as `hsc-mini` or `oracle-mini`. Read only: copy what a test changes.
///
/// # Panics
/// If there is none of that name.
#[must_use]
pub fn fixture(name: &str) -> PathBuf {
    let folder = workspace().join("fixtures").join(name);
    assert!(
        folder.join("export.yaml").is_file(),
        "fixtures/{name} has no export.yaml"
    );
    folder
}
