//! Computes the checksums that the records of a repo lack.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use pantry_datastore::store::{Source, Stores};
use pantry_datastore::zip::ZipFiles;
use pantry_datastore::{Checksum, DatastoreError, DatastoreRoot, ResourcePath};
use pantry_registry::Registry;
use pantry_registry::database::Value;
use pantry_registry::listing::{FileOfDataset, files_of_datasets};
use rayon::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use crate::{Error, RepoDatastore};

/// Datasets whose files are read together, and whose records change in one transaction.
pub const TOGETHER: usize = 2000;

/// Where files are, and where their records.
pub struct Checksums {
    root: DatastoreRoot,
    table: String,
    zips: ZipFiles,
    threads: rayon::ThreadPool,
}

/// What became of the records.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChecksumReport {
    /// Files whose checksum was computed and recorded.
    pub computed: u64,
    /// Their bytes together.
    pub bytes: u64,
    /// Files whose records had one.
    pub present: u64,
    /// Files that are not what their records say, or not there: where, and what is wrong.
    pub problems: Vec<(String, String)>,
}

/// A file that some records name.
struct Lacking {
    /// Size that a record says.
    size: Option<u64>,
    /// The dataset and the component of each record.
    records: Vec<(Uuid, Option<String>)>,
}

impl Checksums {
    /// For the files of a datastore, read by so many threads.
    ///
    /// # Errors
    /// When the system has no threads left.
    pub fn new(datastore: RepoDatastore, stores: Stores, jobs: usize) -> Result<Self, Error> {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
        let fail = |e| {
            Error::io(
                "starting threads for",
                Path::new("files"),
                io::Error::other(e),
            )
        };
        Ok(Self {
            root: datastore.root,
            table: datastore.target.records_table,
            zips: ZipFiles::new(stores),
            threads: threads.map_err(fail)?,
        })
    }

    /// Compute and record the checksums that the files of some datasets lack, at most [`TOGETHER`].
    ///
    /// # Errors
    /// Those of the registry. A file that cannot be read is a problem of the report.
    pub fn datasets(
        &self,
        registry: &mut Registry,
        ids: &[Uuid],
        report: &mut ChecksumReport,
    ) -> Result<(), Error> {
        let mut lacking: BTreeMap<String, Lacking> = BTreeMap::new();
        for record in files_of_datasets(registry, &self.table, ids)? {
            if record.checksum.is_some() {
                report.present += 1;
                continue;
            }
            let file = lacking
                .entry(record.path.clone())
                .or_insert_with(|| Lacking {
                    size: u64::try_from(record.file_size).ok(),
                    records: Vec::new(),
                });
            let FileOfDataset {
                dataset_id,
                component,
                ..
            } = record;
            file.records.push((dataset_id, component));
        }
        let found = self.threads.install(|| {
            let files = lacking.par_iter();
            files
                .map(|(path, file)| (path, file, self.read(path)))
                .collect::<Vec<_>>()
        });
        registry.write(|registry| {
            for (path, file, read) in found {
                match read {
                    Err(error) => report.problems.push((path.clone(), error.to_string())),
                    Ok((_, size)) if file.size.is_some_and(|recorded| recorded != size) => {
                        let recorded = file.size.unwrap_or(0);
                        let problem = format!("{size} bytes, its record says {recorded}");
                        report.problems.push((path.clone(), problem));
                    }
                    Ok((checksum, size)) => {
                        self.record(registry, path, file, &checksum)?;
                        report.computed += 1;
                        report.bytes += size;
                    }
                }
            }
            Ok(())
        })
    }

    fn read(&self, path: &str) -> Result<(Checksum, u64), DatastoreError> {
        let uri: ResourcePath = self.root.locate(path)?.uri().clone();
        let is_member = uri.zip_member().is_some();
        if let Some(path) = uri.local_path().filter(|_| !is_member) {
            return Checksum::blake3_of(&path);
        }
        self.zips.stores().wait(async {
            let source = Source::find(&self.zips, &uri).await?;
            Ok((source.blake3().await?, source.size()))
        })
    }

    fn record(
        &self,
        registry: &mut Registry,
        path: &str,
        file: &Lacking,
        checksum: &Checksum,
    ) -> Result<(), Error> {
        let connection = registry.connection();
        for (id, component) in &file.records {
            let update = connection.statement().text("UPDATE ").table(&self.table);
            let update = update
                .text(" SET checksum = ")
                .bind(Value::Text(checksum.to_string()));
            let update = update.text(" WHERE dataset_id = ").bind(Value::Uuid(*id));
            let update = update
                .text(" AND path = ")
                .bind(Value::Text(path.to_owned()));
            let update = match component {
                Some(name) => update
                    .text(" AND component = ")
                    .bind(Value::Text(name.clone())),
                None => update,
            };
            // Somebody may have recorded one meanwhile, or put another file there.
            connection.run(&update.text(" AND checksum IS NULL"))?;
        }
        Ok(())
    }
}
