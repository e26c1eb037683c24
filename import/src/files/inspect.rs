//! Looks at files: there or not, how large, links or not.

use std::collections::HashSet;
use std::path::PathBuf;

use pantry_datastore::transfer::Target;
use pantry_datastore::{Found, inspect};
use pantry_registry::Registry;
use pantry_registry::database::Value;

use super::locate::{LocatedFile, locate};
use super::sanity::unsound;
use super::{FileFinding, FileOptions, FileSurvey};
use crate::Error;
use crate::plan::{Plan, PlanInput};
use crate::stage::Stage;

/// Findings that a survey keeps; the others are only counted.
const SHOWN: usize = 20;

/// The size of a file that was found, and whether its name is a symbolic link; `Err` says in words why it cannot be used.
pub fn usable(found: Found) -> Result<(u64, bool), String> {
    match found {
        Found::File { size, is_symlink } => Ok((size, is_symlink)),
        Found::Missing => Err("missing".to_owned()),
        Found::NotAFile => Err("not a file".to_owned()),
        Found::Denied => Err("unreadable: permission denied".to_owned()),
        Found::Outside => Err("outside the export's folder".to_owned()),
    }
}

/// Look at all files of the export and at the places where they would go; nothing is changed. `datastore` is its
/// name in `dataset_location`.
pub fn survey(
    registry: &mut Registry,
    stage: &Stage,
    input: &PlanInput<'_>,
    plan: &Plan,
    options: &FileOptions,
    datastore: &str,
) -> Result<FileSurvey, Error> {
    let mut absent = HashSet::new();
    if let Some(zip) = &options.zip {
        let mut survey = zip.survey(options)?;
        survey.new_records = new_records(registry, input, datastore, &absent)?;
        return Ok(survey);
    }
    let mut survey = FileSurvey {
        transfer: options.mode.name().to_owned(),
        ..FileSurvey::default()
    };
    locate(registry, stage, input, plan, options, |files| {
        let targets = match options.root.path() {
            Some(root) if options.mode.places_files() && root.is_dir() => {
                let targets = files.iter().map(|f| f.local_target().unwrap_or_default());
                inspect(root, &targets.collect::<Vec<PathBuf>>(), options.jobs)?
            }
            _ => vec![Found::Missing; files.len()],
        };
        let problems = match options.sanity {
            true => unsound(&files, &options.stores)?,
            false => vec![None; files.len()],
        };
        for ((file, target), problem) in files.iter().zip(targets).zip(problems) {
            if let Some(problem) = problem {
                survey.unsound += 1;
                note(&mut survey, file, problem);
            }
            let target = usable(target)
                .ok()
                .filter(|_| matches!(file.target, Target::Place(_)));
            let source = usable(file.found);
            if source.is_err() && target.is_none() {
                absent.insert(file.file);
            }
            count(&mut survey, file, source, target);
        }
        Ok(())
    })?;
    survey.new_records = new_records(registry, input, datastore, &absent)?;
    Ok(survey)
}

/// Number of datasets that would get a file record.
fn new_records(
    registry: &mut Registry,
    input: &PlanInput<'_>,
    datastore: &str,
    absent: &HashSet<i64>,
) -> Result<u64, Error> {
    let mut number = 0;
    for shape in &input.export.shapes {
        let sql = format!(
            "SELECT s.file FROM {} s WHERE NOT EXISTS (SELECT 1 FROM {} l WHERE l.dataset_id = s.id \
             AND l.datastore_name = CAST($1 AS text))",
            input.place.stage(&shape.table),
            input.place.repo("dataset_location"),
        );
        let name = [Value::Text(datastore.to_owned())];
        registry.connection().query(&sql, &name, |row| {
            number += u64::from(!absent.contains(&row.get_i64(0)?));
            Ok::<(), Error>(())
        })?;
    }
    Ok(number)
}

/// Keep a finding, if there are not too many.
fn note(survey: &mut FileSurvey, file: &LocatedFile, problem: String) {
    if survey.findings.len() < SHOWN {
        survey.findings.push(FileFinding {
            path: file.path.clone(),
            line: file.line,
            problem,
        });
    }
}

fn count(
    survey: &mut FileSurvey,
    file: &LocatedFile,
    source: Result<(u64, bool), String>,
    target: Option<(u64, bool)>,
) {
    match (source, target) {
        (Ok((size, is_symlink)), target) => {
            survey.present += 1;
            survey.bytes += size;
            survey.symlinks += u64::from(is_symlink);
            match target {
                Some((other, _)) if other != size => {
                    let problem = format!("its place holds a file of {other} bytes, it has {size}");
                    note(survey, file, problem);
                    survey.wrong_size += 1;
                }
                Some(_) => survey.in_place += 1,
                None => {}
            }
        }
        // A source that a `move` of an earlier run has removed.
        (Err(_), Some((size, _))) => {
            survey.in_place += 1;
            survey.bytes += size;
        }
        (Err(problem), None) => {
            note(survey, file, problem);
            survey.missing += 1;
        }
    }
}
