//! What may be typed: the global options of the reference's `butler`, ours, and the verbs.
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, ValueEnum};

use crate::cmd::Verb;
use crate::context::Context;
use crate::failure::Failure;
use crate::log::{Log, LogOptions};
use crate::options_file;
use crate::progress::Progress;

/// A Data Butler in one binary.
///
/// Options given before the command apply to every command.
#[derive(Debug, Parser)]
#[command(
    name = "pantry",
    version,
    args_override_self = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub struct Cli {
    /// Least severe level that is logged: CRITICAL, ERROR, WARNING, INFO, VERBOSE, DEBUG or TRACE. Without a
    /// component it applies to Pantry; '.' is the root of all components. Repeatable, also comma-separated
    #[arg(long, value_name = "LEVEL|COMPONENT=LEVEL")]
    log_level: Vec<String>,

    /// Show time, label and source line in log messages
    #[arg(long)]
    long_log: bool,

    /// Also append log messages to this file, as JSON records if its name ends in '.json'. Repeatable
    #[arg(long, value_name = "FILE")]
    log_file: Vec<String>,

    /// Log to the terminal (default)
    #[arg(long, overrides_with = "no_log_tty")]
    log_tty: bool,

    /// Do not log to the terminal
    #[arg(long)]
    no_log_tty: bool,

    /// Keyword and value to add to log records. Repeatable, also comma-separated
    #[arg(long, value_name = "KEY=VALUE")]
    log_label: Vec<String>,

    /// Show how far slow operations are (default)
    #[arg(long, overrides_with = "no_progress")]
    progress: bool,

    /// Do not show how far slow operations are
    #[arg(long)]
    no_progress: bool,

    /// How log messages on the terminal look
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    log_format: LogFormat,

    /// Only results, warnings and errors: no progress, no other messages
    #[arg(long)]
    quiet: bool,

    #[command(subcommand)]
    verb: Verb,
}

/// Format of the log on the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum LogFormat {
    /// A line for people
    #[default]
    Text,
    /// One JSON object per line
    Json,
}

impl Cli {
    fn log_options(&self) -> LogOptions {
        LogOptions {
            levels: self.log_level.clone(),
            long: self.long_log,
            files: self.log_file.clone(),
            no_terminal: self.no_log_tty,
            labels: self.log_label.clone(),
            json: self.log_format == LogFormat::Json,
            quiet: self.quiet,
        }
    }

    fn progress(&self) -> Progress {
        if self.quiet || self.no_progress {
            Progress::Silent
        } else if self.log_format == LogFormat::Text && io::stderr().is_terminal() {
            Progress::Bar
        } else {
            Progress::Lines
        }
    }
}

/// The command with all its verbs, with the habits of the reference's command line: an option takes the next
/// word whatever it begins with (`--limit -5`), choices are read in any case, the last of repeated options wins.
pub fn command() -> clap::Command {
    let mut command = Cli::command();
    for name in verbs(&command) {
        command = command.mut_subcommand(name, verb_as_the_reference);
    }
    command.mut_args(as_the_reference)
}

fn verbs(command: &clap::Command) -> Vec<String> {
    let verbs = command.get_subcommands();
    verbs.map(|verb| verb.get_name().to_owned()).collect()
}

/// A verb, and the verbs below it if it has some.
fn verb_as_the_reference(mut verb: clap::Command) -> clap::Command {
    for name in verbs(&verb) {
        verb = verb.mut_subcommand(name, verb_as_the_reference);
    }
    verb.after_help("See 'pantry --help' for more options.")
        .mut_args(as_the_reference)
}

fn as_the_reference(arg: clap::Arg) -> clap::Arg {
    match arg.get_action() {
        ArgAction::Set | ArgAction::Append if !arg.is_positional() => {
            arg.allow_hyphen_values(true).ignore_case(true)
        }
        _ => arg,
    }
}

/// Runs the program with these arguments (the first is its name) and returns its exit code: 0, 1 for errors, 2
/// for usage errors.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match options_file::parse(&command(), arguments.into_iter().collect()) {
        Ok(matches) => matches,
        Err(error) => {
            // Help and version come this way too. That nobody reads them is no reason to fail.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1));
        }
    };
    let (log, outcome) = match Cli::from_arg_matches(&matches) {
        Ok(cli) => match Log::start(&cli.log_options()) {
            Ok(log) => {
                let context = Context {
                    progress: cli.progress(),
                    quiet: cli.quiet,
                };
                (log, cli.verb.run(&context))
            }
            Err(failure) => (Log::plain(), Err(failure)),
        },
        Err(error) => (Log::plain(), Err(Failure::Usage(error.to_string()))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = failure.message() {
                log.error(message);
            }
            failure.exit_code()
        }
    }
}
