//! `pantry create`: an empty repo (`lsst/daf/butler/script/createRepo.py`).
use pantry_registry::config::Environment;

use crate::context::Context;
use crate::failure::Failure;
use crate::options_file::OptionsFile;
use crate::repo;

/// Arguments of `create`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder or `file://` URI of the new repository; created if it does not exist
    repo: String,

    #[command(flatten)]
    create: CreateArgs,

    #[command(flatten)]
    options_file: OptionsFile,
}

/// What a new repository is to be like; shared with `import`.
#[derive(Debug, Clone, clap::Args)]
pub struct CreateArgs {
    /// YAML configuration to apply on top of the defaults
    #[arg(long, value_name = "FILE")]
    pub seed_config: Option<String>,

    /// YAML file with the dimension universe
    #[arg(long, value_name = "FILE")]
    pub dimension_config: Option<String>,

    /// Write all defaults into the repository's configuration, so that they stay as they are now
    #[arg(long)]
    pub standalone: bool,

    /// Let the seed configuration set root and database
    #[arg(long = "override")]
    pub keep_seed: bool,

    /// File for the repository's configuration; by default butler.yaml in the repository
    #[arg(short = 'f', long, value_name = "FILE")]
    pub outfile: Option<String>,

    /// Database of the registry, as SQLAlchemy writes it; by default an SQLite file in the repository
    #[arg(long, value_name = "URL")]
    pub db: Option<String>,

    /// Schema of the registry's tables in a PostgreSQL database
    #[arg(long, value_name = "NAME")]
    pub namespace: Option<String>,
}

impl CreateArgs {
    /// The same for a repository with the default database, whose plan is that of any empty repository.
    pub fn without_database(&self) -> Self {
        Self {
            db: None,
            namespace: None,
            seed_config: None,
            outfile: None,
            ..self.clone()
        }
    }

    /// Create the repository.
    pub fn create(&self, repo: &str, environment: &Environment) -> Result<(), Failure> {
        repo::create(repo, self, environment)
    }
}

/// Creates.
pub fn run(args: Args, _: &Context) -> Result<(), Failure> {
    args.create.create(&args.repo, &Environment::from_process())
}
