//! Whether a repo that exists is what options for a new one ask for.
//!
//! `import` takes `create`'s options so that one command makes and fills a repo, and may be given again after an interruption;
//! given again it must not pretend that a repo somewhere else was meant.
use pantry_registry::config::{DatabaseUrl, Environment, repo_config};
use pantry_registry::dimension_config;
use pantry_registry::model::universe::Universe;

use crate::cmd::create::CreateArgs;
use crate::failure::Failure;
use crate::repo::{self, Repo};

/// Refuse options that contradict the repo: another database, another schema, another universe. The others have done what they
/// can do when the repo was made.
pub fn check(
    repo: &Repo,
    name: &str,
    args: &CreateArgs,
    environment: &Environment,
) -> Result<(), Failure> {
    if let Some(seed) = repo::seed(args, environment)? {
        let asked = repo_config(Some(&seed), &repo::config_options(name, args), environment)?;
        for key in [".registry.db", ".registry.namespace"] {
            let asked = asked.config.text(key)?;
            let has = repo.config.config().text(key)?;
            if seed.get(key).is_some() && asked != has {
                return Err(contradiction(name, key, asked, has));
            }
        }
    }
    if let Some(file) = &args.dimension_config {
        let text = dimension_config(Some(file), environment)?;
        let asked = Universe::from_json(&text).map_err(|e| Failure::error(e.to_string()))?;
        let has = repo.registry.universe();
        if (asked.namespace(), asked.version()) != (has.namespace(), has.version()) {
            return Err(Failure::error(format!(
                "{name} exists with universe {} {}, {file} has {} {}; nothing was changed",
                has.namespace(),
                has.version(),
                asked.namespace(),
                asked.version(),
            )));
        }
    }
    Ok(())
}

fn contradiction(name: &str, key: &str, asked: Option<String>, has: Option<String>) -> Failure {
    let shown = |value: Option<String>| match value {
        // Without the password.
        Some(text) => DatabaseUrl::parse(&text).map_or(text, |url| url.to_string()),
        None => "(none)".to_owned(),
    };
    Failure::error(format!(
        "{name} exists with {} {}, but {} is asked for; nothing was changed",
        key.trim_start_matches('.'),
        shown(has),
        shown(asked),
    ))
}
