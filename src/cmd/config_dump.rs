//! `pantry config-dump`: the complete configuration of a repo, or a part (`lsst/daf/butler/script/configDump.py`).
use std::fs;
use std::io::Write;

use clap::ValueEnum;
use pantry_registry::config::{ButlerConfig, ConfigFormat, Environment};
use pantry_registry::model::glob::split_commas;

use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;

/// Arguments of `config-dump`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder, configuration file or label of an existing repository
    repo: String,

    /// Only the part under this key, such as '.datastore.root'; the first character separates the levels
    #[arg(short, long, value_name = "KEY")]
    subset: Option<String>,

    /// Further folder to search for configuration defaults. Repeatable, also comma-separated
    #[arg(short = 'p', long, value_name = "FOLDER")]
    searchpath: Vec<String>,

    /// File to write to; '-' is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    file: String,

    /// How the configuration is written
    #[arg(long, value_enum, default_value_t)]
    format: DumpFormat,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// Format of the dump.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum DumpFormat {
    /// As the reference writes it
    #[default]
    Yaml,
    /// One line of JSON
    Json,
}

/// Prints the configuration.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let search = split_commas(&args.searchpath).values;
    let complete = ButlerConfig::load(&args.repo, &search, &Environment::from_process())?;
    let format = match args.format {
        DumpFormat::Yaml => ConfigFormat::Yaml,
        DumpFormat::Json => ConfigFormat::Json,
    };
    let mut text = match &args.subset {
        Some(key) => complete.config().dump_subset(key, format)?,
        None => complete.config().dump(format)?,
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    if args.file != "-" {
        return fs::write(&args.file, text)
            .map_err(|e| Failure::error(format!("cannot write {}: {e}", args.file)));
    }
    let mut out = context.stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
