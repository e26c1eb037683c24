//! The files of a repo: what its records name, and nothing else.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use pantry_datastore::store::Stored;
use pantry_datastore::zip::{ZipFiles, member_name};
use pantry_datastore::{Confinement, DatastoreError, DatastoreRoot, OpenFile, ResourcePath};
use pantry_import::RepoDatastore;
use pantry_registry::listing::{FileOfDataset, files_of_datasets};
use pantry_registry::{Registry, RegistryError};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use uuid::Uuid;

use crate::refusal::Refusal;
use crate::settings::FileSettings;

/// What a fragment may not have in it (RFC 3986, 3.5); what is percent-encoded in the record stays so.
const FRAGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Ids that are bound to one statement.
const IDS: usize = 500;

/// What was found at the place that a record names.
pub enum Opened {
    /// A file of this machine.
    File(OpenFile),
    /// A file of another store, which nobody has asked for yet.
    Elsewhere(Stored),
}

/// The file datastore of a repo, as the server reads it.
pub struct FileStore {
    root: DatastoreRoot,
    table: String,
    allowed: Vec<PathBuf>,
    allowed_uris: Vec<ResourcePath>,
    zips: ZipFiles,
    pass_on: bool,
    confinement: RwLock<Option<Arc<Confinement>>>,
}

/// A file, as a record names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Where it is.
    pub uri: ResourcePath,
    /// The last part of its path.
    pub name: String,
    /// Its path as clients are told it: below the root, or without the root of the file system if it is elsewhere, so that
    /// it is always relative (`make_datastore_path_relative` in `lsst/daf/butler/datastore/stored_file_info.py`).
    pub client_path: String,
    /// A place in it, such as the member of a zip file; empty if the whole file is meant.
    pub fragment: String,
}

impl Artifact {
    /// The member of a zip that the fragment names.
    pub fn member(&self) -> Option<String> {
        member_name(&self.fragment)
    }

    /// What stands at the end of an address of the file: empty, or the place in it after a `#`.
    pub fn url_fragment(&self) -> String {
        match self.fragment.as_str() {
            "" => String::new(),
            fragment => format!("#{}", utf8_percent_encode(fragment, FRAGMENT)),
        }
    }
}

impl FileStore {
    /// The files of a datastore below its root and in the folders that the operator allowed.
    ///
    /// # Errors
    /// A folder that is not there; the root may be missing as long as nothing is read.
    pub fn new(datastore: &RepoDatastore, settings: &FileSettings) -> Result<Self, DatastoreError> {
        for folder in &settings.allowed {
            Confinement::new(folder, &[])?;
        }
        Ok(Self {
            root: datastore.root.clone(),
            table: datastore.target.records_table.clone(),
            allowed: settings.allowed.clone(),
            allowed_uris: settings.allowed_uris.clone(),
            zips: ZipFiles::new(settings.stores.clone()),
            pass_on: settings.pass_on,
            confinement: RwLock::default(),
        })
    }

    /// The zips that files are members of.
    pub fn zips(&self) -> &ZipFiles {
        &self.zips
    }

    /// Whether clients are never sent to another store.
    pub fn passes_on(&self) -> bool {
        self.pass_on
    }

    /// The records of the files of some datasets, those of one dataset in the order of their components.
    ///
    /// # Errors
    /// Those of the registry.
    pub fn records(
        &self,
        registry: &mut Registry,
        ids: &[Uuid],
    ) -> Result<Vec<FileOfDataset>, RegistryError> {
        let mut records = Vec::with_capacity(ids.len());
        for ids in ids.chunks(IDS) {
            match files_of_datasets(registry, &self.table, ids) {
                Ok(more) => records.extend(more),
                // The table is made when a repo is first opened for writing (`Butler.from_config`).
                Err(error) => match registry.connection().table_names() {
                    Ok(names) if !names.contains(&self.table) => return Ok(Vec::new()),
                    _ => return Err(error),
                },
            }
        }
        Ok(records)
    }

    /// Where the file of a record is.
    ///
    /// # Errors
    /// [`Refusal::Fault`] for records that name no file of this machine.
    pub fn artifact(&self, record: &str) -> Result<Artifact, Refusal> {
        let fail = |reason: String| Refusal::Fault(format!("file record '{record}': {reason}"));
        let location = self.root.locate(record).map_err(|e| fail(e.to_string()))?;
        let key = location.uri().key().into_owned();
        let name = key.rsplit('/').next().filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| fail("it has no name".to_owned()))?;
        let fragment = location.uri().fragment().to_owned();
        let client_path = if location.is_in_store() {
            record.to_owned()
        } else {
            let hash = if fragment.is_empty() { "" } else { "#" };
            format!("{key}{hash}{fragment}")
        };
        Ok(Artifact {
            name: name.to_owned(),
            client_path,
            fragment,
            uri: location.uri().without_fragment(),
        })
    }

    /// Open a file. Blocks.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if there is no file, [`Refusal::Forbidden`] if it is not in a folder that may be served. Neither
    /// says where it was looked for; the log does.
    pub fn open(&self, artifact: &Artifact) -> Result<Opened, Refusal> {
        let Some(path) = artifact.uri.local_path() else {
            return self.find(&artifact.uri).map_err(|error| refusal(&error));
        };
        let opened = match self.confinement()?.open(&path) {
            // The folder may have been mounted or put in place since it was looked at.
            Err(DatastoreError::Missing { .. } | DatastoreError::Io { .. }) => {
                self.forget_confinement();
                self.confinement()?.open(&path)
            }
            opened => opened,
        };
        match opened {
            Ok(opened) => Ok(Opened::File(opened)),
            Err(error) if self.zips.stores().copies_of(&artifact.uri).is_empty() => {
                Err(refusal(&error))
            }
            // That there is a copy, and where, is the operator's word.
            Err(error) => {
                tracing::warn!("looking for a copy: {error}");
                let found = self.zips.stores().find_any(&artifact.uri);
                Ok(Opened::Elsewhere(found.map_err(|e| refusal(&e))?))
            }
        }
    }

    /// A file in another store, if it is below the root or an allowed prefix.
    fn find(&self, uri: &ResourcePath) -> Result<Opened, DatastoreError> {
        let mut prefixes = self.allowed_uris.iter().chain([self.root.uri()]);
        if prefixes.any(|prefix| uri.relative_to(prefix).is_some()) {
            return Ok(Opened::Elsewhere(self.zips.stores().find_any(uri)?));
        }
        Err(DatastoreError::Escapes {
            path: uri.to_string(),
            folder: self.root.uri().to_string().into(),
            how: "it is in another store".to_owned(),
        })
    }

    fn confinement(&self) -> Result<Arc<Confinement>, Refusal> {
        let known = self.confinement.read();
        if let Some(known) = known.unwrap_or_else(PoisonError::into_inner).as_ref() {
            return Ok(Arc::clone(known));
        }
        let made = match (self.root.path(), self.allowed.split_first()) {
            (Some(root), _) => Confinement::new(root, &self.allowed),
            (None, Some((first, others))) => Confinement::new(first, others),
            (None, None) => {
                let root = self.root.local("reading a file of this machine");
                root.and_then(|root| Confinement::new(root, &[]))
            }
        };
        let made = Arc::new(made.map_err(|error| refusal(&error))?);
        let mut known = self.confinement.write();
        let known = known.as_mut().map_err(|e| Refusal::Fault(e.to_string()))?;
        **known = Some(Arc::clone(&made));
        Ok(made)
    }

    fn forget_confinement(&self) {
        *self
            .confinement
            .write()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }
}

pub(super) fn refusal(error: &DatastoreError) -> Refusal {
    tracing::warn!("a file cannot be sent: {error}");
    match error {
        DatastoreError::Missing { .. } | DatastoreError::NotAFile { .. } => {
            Refusal::NotFound("The file of this dataset is not in its place.".to_owned())
        }
        DatastoreError::Escapes { .. } => Refusal::Forbidden(
            "The file of this dataset is in a folder that this server does not serve.".to_owned(),
        ),
        other => Refusal::Fault(other.to_string()),
    }
}
