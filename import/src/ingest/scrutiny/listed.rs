//! Lists of checksums into a table beside the stage's own.

use std::io::BufReader;

use pantry_datastore::ResourcePath;
use rusqlite::params;

use super::{Files, ScrutinyReport};
use crate::Error;
use crate::files::open;
use crate::ingest::lists;

/// What lists say: a row for each checksum of a file, or one without. `origin` is the place in its list.
pub(super) const LISTED: &str = "temp.listed_files";

/// Read all lists.
pub(super) fn read(
    given: &[ResourcePath],
    files: &mut Files<'_>,
    report: &mut ScrutinyReport,
) -> Result<(), Error> {
    let root = files.options.folder.clone().into_folder();
    let connection = files.stage.connection();
    connection.execute_batch(&format!(
        "BEGIN; CREATE TABLE {LISTED} (uri TEXT, algorithm TEXT, sum TEXT, size INTEGER, origin TEXT)"
    ))?;
    let beside = files.beside.iter().flatten();
    let beside = beside.map(|path| {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folder = match folder {
            "" => root.clone(),
            folder => root.child(folder).into_folder(),
        };
        (root.child(path), folder)
    });
    for (list, folder) in given
        .iter()
        .map(|l| (l.clone(), root.clone()))
        .chain(beside)
    {
        one(&list, &folder, files)?;
        report.lists += 1;
    }
    connection.execute_batch("CREATE INDEX temp.listed_uri ON listed_files (uri); COMMIT")?;
    Ok(())
}

/// Read one list, whose paths are seen from a folder.
fn one(list: &ResourcePath, folder: &ResourcePath, files: &Files<'_>) -> Result<(), Error> {
    let shown = list.local_path().unwrap_or_else(|| list.to_string().into());
    let fault = |line: u64, message: String| Error::Input {
        file: shown.clone(),
        line,
        message,
    };
    let content = open(&files.options.stores, list, None).map_err(|m| fault(0, m))?;
    let input = BufReader::with_capacity(1 << 16, content.reader());
    let insert = format!("INSERT INTO {LISTED} VALUES (?, ?, ?, ?, ?)");
    let mut insert = files.stage.connection().prepare(&insert)?;
    let mut each = |line: u64, listed: lists::Listed| -> Result<(), String> {
        let uri = match listed.path.contains("://") {
            true => ResourcePath::parse(&listed.path).map_err(|e| e.to_string())?,
            false => folder.child(&listed.path),
        };
        let (uri, size) = (
            uri.to_string(),
            listed.size.and_then(|s| i64::try_from(s).ok()),
        );
        let origin = match line {
            0 => shown.display().to_string(),
            line => format!("{}:{line}", shown.display()),
        };
        let mut sums: Vec<_> = listed
            .sums
            .iter()
            .map(|(a, sum)| (Some(a.name()), Some(sum)))
            .collect();
        if sums.is_empty() {
            sums.push((None, None));
        }
        for (algorithm, sum) in sums {
            let row = params![uri, algorithm, sum, size, origin];
            insert.execute(row).map_err(|e| e.to_string())?;
        }
        Ok(())
    };
    lists::read(&list.key(), input, &mut each).map_err(|(line, message)| fault(line, message))
}
