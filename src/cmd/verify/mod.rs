//! `pantry verify`: whether a repo is whole. The reference has no such command.
mod known;
mod output;
mod shown;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use pantry_datastore::DatastoreRoot;
use pantry_datastore::store::Stores;
use pantry_import::verify::{Counts, Position, ResumeFile, Subject, VerifyOptions, verify};
use pantry_registry::config::Environment;

use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::repo::Repo;
use crate::rows::OutputFormat;
use output::Output;
use shown::Shown;

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of the repository
    repo: String,

    /// Also compute the checksums of files that have one recorded; reads all of them
    #[arg(long)]
    checksums: bool,

    /// Threads that look at files; by default one per processor
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// State file: an interrupted verification goes on where it stopped. Removed when it is complete
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,

    /// How the findings are written
    #[arg(long, value_enum, default_value_t)]
    format: OutputFormat,

    /// File for the findings, written when the verification is complete; by default standard output
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Verifies.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let environment = Environment::from_process();
    let mut repo = Repo::open(&args.repo, false, &environment)?;
    let datastore = repo.datastore()?;
    let output = Output::new(args.format, args.report.as_deref())?;
    let mut known = known::files(&args, &repo, &environment)?;
    known.extend(output.unfinished()?);
    let mut shown = Shown::new(context, output);
    let (start, counts) = resume(&args, &mut repo, &datastore.root, &mut shown)?;
    let options = VerifyOptions {
        checksums: args.checksums,
        jobs: jobs(args.jobs),
        known,
        start,
        counts,
        stores: Stores::from_process(),
        cancelled: context.interrupt()?,
    };
    let ending = shown.verdict(|shown| verify(&mut repo.registry, &datastore, options, shown))?;
    let (output, state) = shown.end();
    if !ending.is_complete {
        return Err(Failure::Interrupted(stopped(&args)));
    }
    output.finish(&ending.counts, args.checksums, context)?;
    if let Some(state) = state {
        state.remove()?;
    }
    match ending.counts.findings {
        0 => Ok(()),
        _ => Err(Failure::Findings),
    }
}

/// Where to begin: where the state file says, after its findings have been told again.
fn resume(
    args: &Args,
    repo: &mut Repo,
    root: &DatastoreRoot,
    shown: &mut Shown,
) -> Result<(Position, Counts), Failure> {
    let Some(path) = &args.resume else {
        return Ok((Position::Start, Counts::default()));
    };
    let subject = Subject {
        root: match root.path() {
            Some(path) => path.to_string_lossy().into_owned(),
            None => root.uri().to_string(),
        },
        database: repo.registry.connection().name().to_owned(),
        checksums: args.checksums,
    };
    let (state, start, counts) =
        shown.verdict(|shown| ResumeFile::open(path, &subject, |f| shown.write(f)))?;
    if start != Position::Start {
        tracing::info!("going on after {} records", counts.records);
    }
    shown.keep(state);
    Ok((start, counts))
}

fn jobs(asked: Option<NonZeroUsize>) -> usize {
    let processors = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    asked.map_or_else(processors, NonZeroUsize::get)
}

fn stopped(args: &Args) -> String {
    match &args.resume {
        Some(path) => format!(
            "interrupted; run the same command again to go on (--resume {})",
            path.display()
        ),
        None => "interrupted; nothing was kept. With --resume FILE a verification can be interrupted and go on later"
            .to_owned(),
    }
}
