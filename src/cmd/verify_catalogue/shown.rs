//! What a verification tells, passed on: to the report, the page, the file of row counts and the progress display.
use std::fs::File;
use std::io::BufWriter;

use pantry_import::Error;
use pantry_import::catalogue::{CatalogueFile, CatalogueWatch, Finding, Key, Sky};

use super::Args;
use super::sky::SkyMap;
use crate::context::Context;
use crate::failure::Failure;
use crate::html::Page;
use crate::progress::{Progress, Task, Unit};
use crate::rows::{Column, CsvSink, Kind, Report, RowSink, Value};
use crate::whole_file::WholeFile;

const COLUMNS: [&str; 8] = [
    "problem", "table", "data_id", "file", "count", "expected", "found", "ids",
];

/// Columns of the report, in every format.
pub fn columns() -> [Column; 8] {
    COLUMNS.map(|name| match name {
        "count" => Column::new(name, Kind::Int),
        _ => Column::text(name),
    })
}

/// Takes the findings.
pub struct Shown {
    progress: Progress,
    task: Option<Task>,
    report: Report,
    page: Page,
    sky: SkyMap,
    counts: Option<(WholeFile, CsvSink<BufWriter<File>>)>,
    names: Vec<String>,
    /// Why something could not be written or looked up; the library only hears that it has to end.
    failed: Option<Failure>,
}

impl Shown {
    /// Findings go to `report`.
    pub fn new(
        context: &Context,
        report: Report,
        sky: SkyMap,
        args: &Args,
    ) -> Result<Self, Failure> {
        let counts = match &args.row_counts {
            None => None,
            Some(path) => {
                let file = WholeFile::new(path)?;
                let sink = CsvSink::new(&["table", "data_id", "file", "rows"], file.writer()?);
                Some((file, sink))
            }
        };
        Ok(Self {
            progress: context.progress,
            task: None,
            report,
            page: Page::new(format!("Catalogue {}", args.source), &COLUMNS),
            sky,
            counts,
            names: std::iter::once(&args.director)
                .chain(&args.child)
                .cloned()
                .collect(),
            failed: None,
        })
    }

    /// Do work that tells this; a reason of ours is the one that counts.
    pub fn verdict<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let result = work(self);
        match (self.failed.take(), result) {
            (Some(failure), _) => Err(failure),
            (None, Err(Error::Interrupted)) => Err(Failure::Interrupted(
                "interrupted; no list was written".to_owned(),
            )),
            (None, result) => Ok(result?),
        }
    }

    /// The work is done.
    pub fn end(self) -> Result<(Report, Page), Failure> {
        if let Some((file, mut sink)) = self.counts {
            sink.finish()?;
            drop(sink);
            file.save()?;
        }
        Ok((self.report, self.page))
    }

    fn keep<T>(&mut self, result: Result<T, Failure>) -> Result<T, Error> {
        result.map_err(|failure| {
            self.failed = Some(failure);
            Error::Interrupted
        })
    }
}

fn row(finding: &Finding) -> [Value<'static>; 8] {
    let ids: Vec<String> = finding.sample.iter().map(ToString::to_string).collect();
    let count = finding
        .count
        .map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    [
        Value::from(finding.problem.name()),
        Value::from(finding.table.clone()),
        Value::from(finding.data_id.clone()),
        Value::from(finding.file.clone()),
        Value::from(count),
        Value::from(finding.expected.clone()),
        Value::from(finding.found.clone()),
        Value::from((!ids.is_empty()).then(|| ids.join(" "))),
    ]
}

impl CatalogueWatch for Shown {
    fn footprints(&mut self, keys: &[&Key]) -> Result<Vec<Sky>, Error> {
        let found = keys.iter().map(|key| self.sky.footprint(key));
        let found: Result<Vec<Sky>, Failure> = found.collect();
        self.keep(found)
    }

    fn file(&mut self, file: &CatalogueFile, rows: Option<u64>) -> Result<(), Error> {
        let Some((_, sink)) = &mut self.counts else {
            return Ok(());
        };
        let rows = rows.map(|rows| i64::try_from(rows).unwrap_or(i64::MAX));
        let written = sink.row(&[
            Value::from(self.names[file.table].as_str()),
            Value::from(file.key.to_string()),
            Value::from(file.name.as_str()),
            Value::from(rows),
        ]);
        self.keep(written.map_err(Failure::from))
    }

    fn finding(&mut self, finding: &Finding) -> Result<(), Error> {
        let row = row(finding);
        self.page.row(row.iter().map(|value| match value {
            Value::Null => String::new(),
            Value::Text(text) => text.to_string(),
            other => other.to_json().to_string(),
        }));
        let written = self.report.row(&row);
        self.keep(written.map_err(Failure::from))
    }

    fn step(&mut self, name: &'static str, total: Option<u64>) {
        // The step before must end before the next begins, or two would be shown.
        self.task.take();
        self.task = Some(self.progress.start(name, Unit::Count("files"), total));
    }

    fn advance(&mut self, count: u64) {
        if let Some(task) = &self.task {
            task.advance(count);
        }
    }
}
