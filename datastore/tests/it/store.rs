//! A datastore and a folder of sources in a temporary folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_datastore::DatastoreRoot;
use pantry_datastore::transfer::{
    FolderLock, PlaceOptions, PlaceRequest, Placer, TransferMode, TransferProgress,
};

/// `store/` is the root, `export/` holds sources.
pub struct Store {
    folder: PathBuf,
    /// Removes the folder at the end, if it is ours.
    _guard: Option<tempfile::TempDir>,
    pub root: DatastoreRoot,
}

impl Store {
    pub fn new() -> Self {
        let guard = tempfile::tempdir().expect("a temporary folder");
        let store = Self::at_folder(guard.path());
        Self {
            _guard: Some(guard),
            ..store
        }
    }

    /// In a folder that somebody else made.
    pub fn at_folder(folder: &Path) -> Self {
        let root = DatastoreRoot::new(&folder.join("store")).expect("a root");
        fs::create_dir_all(root.local("testing").expect("a folder")).expect("the root");
        Self {
            folder: folder.to_path_buf(),
            _guard: None,
            root,
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Write a source file and request it at `name` below the root.
    pub fn source(&self, name: &str, content: &[u8]) -> PlaceRequest {
        let source = self.folder().join("export").join(name);
        fs::create_dir_all(source.parent().expect("a parent")).expect("the export folder");
        fs::write(&source, content).expect("a source");
        PlaceRequest::new(source, self.at(&format!("run/{name}")))
    }

    /// A path below the root.
    pub fn at(&self, name: &str) -> PathBuf {
        self.root.local("testing").expect("a folder").join(name)
    }

    pub fn placer(&self, mode: TransferMode, checksum: bool) -> Placer {
        self.placer_with(mode, checksum, Arc::default())
    }

    pub fn placer_with(
        &self,
        mode: TransferMode,
        checksum: bool,
        progress: Arc<TransferProgress>,
    ) -> Placer {
        let lock = FolderLock::acquire(self.root.local("testing").expect("a folder"), || {
            panic!("somebody holds the lock")
        })
        .expect("a lock");
        let options = PlaceOptions {
            mode,
            checksum,
            jobs: 2,
            progress,
        };
        Placer::new(self.root.local("testing").expect("a folder"), lock, options).expect("a placer")
    }

    /// Every file below the root, relative.
    pub fn files(&self) -> Vec<String> {
        let path =
            |file: pantry_datastore::WalkedFile| file.path.to_str().expect("UTF-8").to_owned();
        pantry_datastore::walk(self.root.local("testing").expect("a folder"))
            .map(|file| path(file.expect("a file")))
            .collect()
    }
}
