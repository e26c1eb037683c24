//! `-@`/`--options-file`: option values of a verb from a YAML file (`lsst/daf/butler/cli/utils.py`, `yaml_presets`).
//!
//! The file has verbs at its top level and below each its options, by long or short name without dashes, and its
//! arguments by name. What is typed wins over the file, the file over the defaults.
mod presets;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, Error};
/// The option itself; flatten it into the arguments of every verb that has it in the reference.
#[derive(Debug, clap::Args)]
pub struct OptionsFile {
    /// YAML file with values for this command's options: a mapping of command names to mappings of option names
    /// to values. What is typed here wins
    #[arg(short = '@', long = "options-file", value_name = "FILE")]
    #[allow(dead_code, reason = "read from the matches before the verb is made")]
    options_file: Option<String>,
}

/// Parses the arguments, with the options file that they name worked in.
///
/// # Errors
/// Usage errors, also for a file that cannot be used; and the requests for help and version.
pub fn parse(command: &Command, arguments: Vec<OsString>) -> Result<ArgMatches, Error> {
    // The file may give what is required, so look for its name with nothing required.
    let Ok(loose) = without_required(command.clone()).try_get_matches_from(&arguments) else {
        return command.clone().try_get_matches_from(arguments);
    };
    let Some((verb, typed)) = loose.subcommand() else {
        return command.clone().try_get_matches_from(arguments);
    };
    let Some(file) = file_of(typed) else {
        return command.clone().try_get_matches_from(arguments);
    };
    let refuse = |reason: String| {
        let mut command = command.clone();
        command.build();
        let message = format!("reading options file '{file}': {reason}");
        match command.find_subcommand_mut(verb) {
            Some(verb) => verb.error(ErrorKind::InvalidValue, message),
            None => Error::raw(ErrorKind::InvalidValue, message),
        }
    };
    let presets = presets::read(file, verb).map_err(&refuse)?;
    let mut command = command.clone();
    let mut words = Vec::new();
    for (name, preset) in presets {
        let known = command
            .find_subcommand(verb)
            .and_then(|verb| find(verb, &name))
            .cloned();
        let arg =
            known.ok_or_else(|| refuse(format!("'{name}' is not a valid option for {verb}")))?;
        if typed.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine) {
            continue;
        }
        let values = preset
            .values(&arg, command.find_subcommand(verb))
            .map_err(|e| refuse(format!("{name}: {e}")))?;
        if arg.is_positional() {
            if !values.is_empty() {
                // Not `mut_arg`: that moves an argument to the end, and the place is what an argument goes by.
                command = command.mut_subcommand(verb, |verb| {
                    verb.mut_args(|other| match other.get_id() == arg.get_id() {
                        true => other.required(false).default_values(&values),
                        false => other,
                    })
                });
            }
        } else {
            words.extend(values.into_iter().map(OsString::from));
        }
    }
    let verb_at = arguments.len() - words_after_verb(&command, &arguments);
    let mut all = arguments;
    all.splice(verb_at..verb_at, words);
    command.try_get_matches_from(all)
}

/// The same command with no argument required.
fn without_required(mut command: Command) -> Command {
    let verbs: Vec<String> = command
        .get_subcommands()
        .map(|verb| verb.get_name().to_owned())
        .collect();
    for verb in verbs {
        command = command.mut_subcommand(verb, |verb| verb.mut_args(|arg| arg.required(false)));
    }
    command
}

/// The file that was named, if the verb has the option at all.
fn file_of(typed: &ArgMatches) -> Option<&str> {
    typed
        .try_get_one::<String>("options_file")
        .ok()
        .flatten()
        .map(String::as_str)
}

/// The argument that a name in the file means. The negative half of a pair (`no-find-first`) has no name there.
fn find<'c>(verb: &'c Command, name: &str) -> Option<&'c Arg> {
    verb.get_arguments().find(|arg| {
        let long = arg.get_long();
        if let Some(positive) = long.and_then(|long| long.strip_prefix("no-"))
            && verb
                .get_arguments()
                .any(|other| other.get_long() == Some(positive))
        {
            return false;
        }
        match arg.is_positional() {
            true => arg.get_id().as_str() == name,
            false => {
                long == Some(name)
                    || arg
                        .get_short()
                        .is_some_and(|short| name.chars().eq([short]))
            }
        }
    })
}

/// How many words follow the verb. A word before it may be equal to it (`--log-label import import`), so the
/// global options are parsed alone, with everything from the verb on as foreign words.
fn words_after_verb(command: &Command, arguments: &[OsString]) -> usize {
    let globals: Vec<Arg> = command.get_arguments().cloned().collect();
    let alone = Command::new("pantry")
        .args(globals)
        .args_override_self(true)
        .allow_external_subcommands(true);
    let matches = alone.try_get_matches_from(arguments).ok();
    let after = matches.as_ref().and_then(|matches| matches.subcommand());
    after.map_or(0, |(_, words)| {
        words.get_many::<OsString>("").map_or(0, Iterator::count)
    })
}

/// Whether an argument is an on/off switch.
fn is_switch(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::SetFalse)
}

#[cfg(test)]
mod tests;
