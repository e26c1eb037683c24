//! `pantry verify`: whether a repo is whole. The reference has no such command.
mod complete;
mod groups;
mod history;
mod known;
mod output;
mod scope;
mod shown;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use pantry_datastore::DatastoreRoot;
use pantry_import::verify::{
    CopyOptions, Counts, Position, ResumeFile, Subject, VerifyOptions, verify,
};
use pantry_registry::config::Environment;

use crate::context::{self, Context};
use crate::failure::Failure;
use crate::html::{Bar, Bars, Page};
use crate::options_file::OptionsFile;
use crate::repo::Repo;
use crate::rows::{OutputFormat, Report};
use complete::Completeness;
use scope::Scope;
use shown::Shown;

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of the repository
    repo: String,

    /// Also compute the checksums of files that have one recorded; reads all of them
    #[arg(long)]
    checksums: bool,

    /// Also look into files: whether FITS and Parquet files are whole, and none is a page of HTML or XML that a server sent
    /// instead. Reads headers and footers
    #[arg(long)]
    structure: bool,

    /// Look at the database alone, and at what --complete says
    #[arg(long, conflicts_with_all = ["checksums", "structure", "resume"])]
    no_files: bool,

    /// Also look at the copies of files that Pantry's state knows of (pantry replica)
    #[arg(long, conflicts_with = "no_files")]
    replicas: bool,

    /// Put a good copy in the place of a file that is lost, or that is not what its record says
    #[arg(long, conflicts_with = "no_files")]
    repair: bool,

    #[command(flatten)]
    scope: Scope,

    #[command(flatten)]
    completeness: Completeness,

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

    /// Write the report as a page of HTML to this file, too: with a bar for each collection and dataset type
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Verifies.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let environment = Environment::from_process();
    let mut repo = Repo::open(&args.repo, false, &environment)?;
    let datastore = repo.datastore()?;
    let output = Report::new(&output::columns(), args.format, args.report.as_deref())?;
    let mut known = known::files(&args, &repo, &environment)?;
    known.extend(output.unfinished()?);
    let subject = subject(&args, &mut repo, &datastore.root);
    let name = format!("{} {}", subject.root, subject.database);
    let history = args
        .scope
        .history(&name, args.structure, args.checksums, &environment)?;
    let mut shown = Shown::new(context, output, history, args.html.is_some());
    let (start, counts) = resume(&args, &subject, &mut shown)?;
    let options = VerifyOptions {
        checksums: args.checksums,
        structure: args.structure,
        files: !args.no_files,
        sample: args.scope.sample(),
        pace: args.scope.pace(),
        until: args.scope.until(),
        jobs: args
            .jobs
            .map_or_else(context::processors, NonZeroUsize::get),
        known,
        start,
        counts,
        copies: CopyOptions {
            check: args.replicas,
            repair: args.repair,
        },
        stores: args
            .scope
            .stores(&environment, args.replicas || args.repair)?,
        cancelled: context.interrupt()?,
    };
    let mut ending =
        shown.verdict(|shown| verify(&mut repo.registry, &datastore, options, shown))?;
    if !ending.is_complete && !ending.is_time_up {
        return Err(Failure::Interrupted(stopped(&args)));
    }
    let bars = args
        .completeness
        .check(&args.repo, context, &mut |finding| {
            ending.counts.findings += 1;
            shown.verdict(|shown| shown.write(finding))
        })?;
    let words = output::summary(&ending, &args, &bars);
    let end = shown.end();
    if let Some(path) = &args.html {
        let datasets = end.concerned.bars(&mut repo.registry)?;
        page(end.page, &args.repo, &words, datasets, bars).save(path)?;
    }
    end.report.finish(&words, context)?;
    // What the time did not suffice for can go on.
    if let Some(state) = end.state.filter(|_| ending.is_complete) {
        state.remove()?;
    }
    match ending.counts.findings - ending.counts.repaired {
        0 => Ok(()),
        _ => Err(Failure::Findings),
    }
}

fn page(mut page: Page, repo: &str, words: &str, datasets: Vec<Bar>, complete: Vec<Bar>) -> Page {
    page.fact("repository", repo);
    page.fact("result", words);
    page.bars(Bars {
        title: "Datasets by collection and dataset type".to_owned(),
        units: ["datasets", "with findings"],
        bars: datasets,
    });
    if !complete.is_empty() {
        page.bars(Bars {
            title: "Completeness".to_owned(),
            units: ["expected", "missing"],
            bars: complete,
        });
    }
    page
}

/// What is verified.
fn subject(args: &Args, repo: &mut Repo, root: &DatastoreRoot) -> Subject {
    Subject {
        root: match root.path() {
            Some(path) => path.to_string_lossy().into_owned(),
            None => root.uri().to_string(),
        },
        database: repo.registry.connection().name().to_owned(),
        checksums: args.checksums,
        options: match args.structure {
            true => format!(", structure{}", args.scope.words()),
            false => args.scope.words(),
        },
    }
}

/// Where to begin: where the state file says, after its findings have been told again.
fn resume(
    args: &Args,
    subject: &Subject,
    shown: &mut Shown,
) -> Result<(Position, Counts), Failure> {
    let Some(path) = &args.resume else {
        return Ok((Position::Start, Counts::default()));
    };
    let (state, start, counts) =
        shown.verdict(|shown| ResumeFile::open(path, subject, |f| shown.write(f)))?;
    if start != Position::Start {
        tracing::info!("going on after {} records", counts.records);
    }
    shown.keep(state);
    Ok((start, counts))
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
