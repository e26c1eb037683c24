//! The verbs, one file each. To add one: write `<verb>.rs` with `Args` and `run`, and name it twice below.
mod checksum;
mod completions;
mod config_dump;
pub mod create;
mod export;
mod export_calibs;
mod import;
mod ingest;
mod ingest_files;
mod ingest_zip;
mod locate;
mod move_files;
mod query_collections;
mod query_data_ids;
mod query_dataset_types;
mod query_datasets;
mod query_dimension_records;
mod replica;
mod retrieve_artifacts;
mod serve;
mod token;
mod transfer_datasets;
mod verify;
mod verify_catalogue;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

/// What the user wants done. The first line of a verb's documentation is its line in `pantry --help`.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print the configuration of a repository, or a part of it
    ConfigDump(config_dump::Args),
    /// Compute the checksums that records of files lack
    Checksum(checksum::Args),
    /// Create an empty repository
    Create(create::Args),
    /// Write datasets and what belongs to them into an export directory
    Export(export::Args),
    /// Write the datasets of calibration collections into an export directory
    ExportCalibs(export_calibs::Args),
    /// Import an export directory into a repository
    Import(import::Args),
    /// Ingest the files of a tree that a recipe recognises
    Ingest(ingest::Args),
    /// Ingest files that a table names
    IngestFiles(ingest_files::Args),
    /// Ingest zips of datasets that retrieve-artifacts made
    IngestZip(ingest_zip::Args),
    /// Say where the files of datasets are, also as lists for rclone and rsync
    Locate(locate::Args),
    /// Move the files of datasets to another folder or store
    MoveFiles(move_files::Args),
    /// List collections
    QueryCollections(query_collections::Args),
    /// List data IDs: values that dimensions have together
    QueryDataIds(query_data_ids::Args),
    /// List dataset types
    QueryDatasetTypes(query_dataset_types::Args),
    /// List datasets
    QueryDatasets(query_datasets::Args),
    /// List the records of a dimension element
    QueryDimensionRecords(query_dimension_records::Args),
    /// Note, list and forget where copies of files are
    Replica(replica::Args),
    /// Put the files of datasets into a folder
    RetrieveArtifacts(retrieve_artifacts::Args),
    /// Serve repositories over HTTP
    Serve(serve::Args),
    /// Make, list and revoke the tokens that let users into the server
    Token(token::Args),
    /// Bring datasets of one repository into another
    TransferDatasets(transfer_datasets::Args),
    /// Check that records, files and tables agree
    Verify(verify::Args),
    /// Check that the files of a catalogue fit together and into their patches
    VerifyCatalogue(verify_catalogue::Args),
}

impl Verb {
    /// Does it.
    ///
    /// # Errors
    /// Whatever ends a verb early; see [`Failure`].
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Verb::Completions(args) => completions::run(args, context),
            Verb::ConfigDump(args) => config_dump::run(args, context),
            Verb::Checksum(args) => checksum::run(args, context),
            Verb::Create(args) => create::run(args, context),
            Verb::Export(args) => export::run(args, context),
            Verb::ExportCalibs(args) => export_calibs::run(args, context),
            Verb::Import(args) => import::run(args, context),
            Verb::Ingest(args) => ingest::run(args, context),
            Verb::IngestFiles(args) => ingest_files::run(args, context),
            Verb::IngestZip(args) => ingest_zip::run(args, context),
            Verb::Locate(args) => locate::run(args, context),
            Verb::MoveFiles(args) => move_files::run(args, context),
            Verb::QueryCollections(args) => query_collections::run(args, context),
            Verb::QueryDataIds(args) => query_data_ids::run(args, context),
            Verb::QueryDatasetTypes(args) => query_dataset_types::run(args, context),
            Verb::QueryDatasets(args) => query_datasets::run(args, context),
            Verb::QueryDimensionRecords(args) => query_dimension_records::run(args, context),
            Verb::Replica(args) => replica::run(args, context),
            Verb::RetrieveArtifacts(args) => retrieve_artifacts::run(args, context),
            Verb::Serve(args) => serve::run(args, context),
            Verb::Token(args) => token::run(args, context),
            Verb::TransferDatasets(args) => transfer_datasets::run(args, context),
            Verb::Verify(args) => verify::run(args, context),
            Verb::VerifyCatalogue(args) => verify_catalogue::run(args, context),
        }
    }
}
