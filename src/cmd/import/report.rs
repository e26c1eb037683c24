//! What an import did, printed.
use std::io::{self, Write};
use std::path::Path;

use pantry_import::ingest::ScrutinyReport;
use pantry_import::{ImportReport, Origin};

use super::file_args::{FileArgs, ReportFormat};
use crate::context::Context;
use crate::failure::Failure;

/// How a report is printed.
pub struct ReportStyle<'a> {
    /// For people or for programs.
    pub format: ReportFormat,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// Where missing files are listed.
    pub missing: &'a Path,
}

/// Print the report of a verb that has these flags.
pub fn show(
    args: &FileArgs,
    report: &ImportReport,
    origin: Origin,
    context: &Context,
) -> Result<(), Failure> {
    let style = ReportStyle {
        format: args.format,
        dry_run: args.dry_run,
        missing: &args.missing_report,
    };
    show_report(&style, report, origin, context)
}

/// Print the report: for people unless they want quiet, for programs as JSON.
pub fn show_report(
    style: &ReportStyle<'_>,
    report: &ImportReport,
    origin: Origin,
    context: &Context,
) -> Result<(), Failure> {
    let mut out = context.stdout();
    if style.format == ReportFormat::Json {
        serde_json::to_writer(&mut out, report)?;
        writeln!(out)?;
    } else if !context.quiet {
        text(style, report, origin, &mut out)?;
    }
    out.flush()?;
    Ok(())
}

fn text(
    style: &ReportStyle<'_>,
    report: &ImportReport,
    origin: Origin,
    out: &mut impl Write,
) -> io::Result<()> {
    let verb = if style.dry_run { "to add" } else { "added" };
    if report.load.rows.is_empty() {
        writeln!(
            out,
            "nothing to do: the repository has everything in the {}",
            origin.noun()
        )?;
    }
    for (table, rows) in &report.load.rows {
        writeln!(out, "{rows:>10} rows {verb} to {table}")?;
    }
    if report.plan.existing_datasets > 0 {
        writeln!(
            out,
            "{:>10} datasets were there already",
            report.plan.existing_datasets
        )?;
    }
    if report.plan.kept_records > 0 {
        writeln!(
            out,
            "{:>10} dimension records differ and stay as they are",
            report.plan.kept_records
        )?;
    }
    if let Some(scrutiny) = &report.scrutiny {
        checksums(scrutiny, out)?;
    }
    if let Some(survey) = &report.survey {
        writeln!(out, "files, transfer {}:", survey.transfer)?;
        writeln!(
            out,
            "{:>10} present, {} bytes",
            survey.present, survey.bytes
        )?;
        writeln!(out, "{:>10} missing", survey.missing)?;
        writeln!(out, "{:>10} of the wrong size", survey.wrong_size)?;
        if survey.unsound > 0 {
            writeln!(out, "{:>10} not sound", survey.unsound)?;
        }
        writeln!(out, "{:>10} symbolic links", survey.symlinks)?;
        writeln!(out, "{:>10} in place already", survey.in_place)?;
        for finding in &survey.findings {
            writeln!(
                out,
                "  line {}: {}: {}",
                finding.line, finding.path, finding.problem
            )?;
        }
    } else if report.files_recorded > 0 {
        writeln!(
            out,
            "{:>10} files, of which {} with {} bytes were put in their place",
            report.files_recorded, report.files_placed, report.bytes_placed
        )?;
    }
    if report.files_skipped > 0 {
        writeln!(
            out,
            "{:>10} missing files, listed in {}",
            report.files_skipped,
            style.missing.display()
        )?;
    }
    Ok(())
}

/// How files compare with lists of checksums and with each other.
fn checksums(found: &ScrutinyReport, out: &mut impl Write) -> io::Result<()> {
    if found.lists > 0 {
        writeln!(out, "{:>10} lists of checksums", found.lists)?;
        writeln!(out, "{:>10} files are what they say", found.compared)?;
        writeln!(out, "{:>10} files are not named by them", found.unlisted)?;
        writeln!(out, "{:>10} files are not what they say", found.differing)?;
        writeln!(out, "{:>10} files that they name are missing", found.absent)?;
    }
    if found.duplicates > 0 {
        let duplicates = found.duplicates;
        writeln!(out, "{duplicates:>10} files have the bytes of another one")?;
    }
    for finding in &found.findings {
        writeln!(out, "  {finding}")?;
    }
    Ok(())
}
