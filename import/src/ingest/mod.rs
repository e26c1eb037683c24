//! Files that no export describes: a table names them with their data IDs, or a recipe recognises them.

mod data_id;
mod folder;
pub mod lists;
mod named;
mod propose;
pub mod recipe;
mod scrutiny;
mod stager;
mod table;
mod tree;
mod tree_reader;
mod tree_zips;
mod zip;

pub(crate) use zip::{INDEX_NAME, LARGEST_INDEX, file_name, zip_name};
pub use zip::{ZipOptions, ingest_zip};

pub use named::{IngestOptions, ingest_files};
pub use propose::propose;
pub use recipe::Pattern;
pub use scrutiny::{Duplicates, Scrutiny, ScrutinyReport};
pub use table::{TableFault, TableFile, TableValue};
pub use tree::{TreeCount, TreeOptions, TreeReport, ingest_tree};

use std::io::Write;

use pantry_registry::Registry;
use pantry_registry::model::dataset_type::DatasetType;

use crate::Error;
use crate::export::Export;
use crate::files::FileOptions;
use crate::import::{ImportOptions, ImportReport, Watch, import_staged};
use crate::load;
use crate::stage::Stage;

/// Where files are ingested, and how; what the files are comes from a table or from a tree.
pub struct Ingest<'a> {
    /// The repo's registry.
    pub registry: &'a mut Registry,
    /// What is ingested, and how.
    pub options: &'a ImportOptions,
    /// How files get into the datastore.
    pub files: FileOptions,
    /// What is looked at in files before anything is changed.
    pub scrutiny: Scrutiny,
    /// Where missing files are listed.
    pub missing: &'a mut (dyn Write + Send),
    /// Who is told how far it is.
    pub watch: &'a dyn Watch,
}

impl Ingest<'_> {
    /// Go on with what is in the stage now. `beside` are the lists of checksums that were found in a tree.
    fn staged(
        self,
        stage: Stage,
        mut export: Export,
        beside: Option<Vec<String>>,
    ) -> Result<ImportReport, Error> {
        let files = scrutiny::Files {
            stage: &stage,
            export: &mut export,
            options: &self.files,
            beside,
        };
        let found = self
            .scrutiny
            .look(self.registry, files, self.options, self.watch)?;
        let report = import_staged(
            self.registry,
            stage,
            &export,
            self.options,
            Some(self.files),
            self.missing,
            self.watch,
        )?;
        Ok(ImportReport {
            scrutiny: found,
            ..report
        })
    }
}

/// Files that nobody names a formatter for need one in the configuration.
fn check_formatter(files: &FileOptions, dataset_type: &DatasetType) -> Result<(), Error> {
    match load::default_formatter(&files.formatters, dataset_type) {
        Some(_) => Ok(()),
        None => Err(Error::Unknown(format!(
            "the repo's configuration has no formatter for dataset type '{}' of storage class {}; name one",
            dataset_type.name, dataset_type.storage_class
        ))),
    }
}
