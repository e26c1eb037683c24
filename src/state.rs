//! Where Pantry's own state is: `--state`, `PANTRY_STATE`, or a file in the user's folder for such things.
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_registry::config::{ConnectionString, DatabaseTarget, DatabaseUrl, Environment};
use pantry_registry::database::postgresql_servers;
use pantry_state::{Location, PostgresqlLocation, PostgresqlServer, State};

use crate::failure::Failure;

/// The variable that `--state` overrides.
const VARIABLE: &str = "PANTRY_STATE";

/// The parameter of a PostgreSQL URL that names the schema, which is libpq's in no other way, and its default.
const SCHEMA_PARAMETER: &str = "schema";
const DEFAULT_SCHEMA: &str = "pantry";

/// The option; flatten it into the arguments of the verbs that need the state.
#[derive(Debug, Clone, clap::Args)]
pub struct StateArgs {
    /// Where Pantry keeps its own state, such as tokens: an SQLite file, or a schema of a PostgreSQL database as
    /// postgresql://user@host/database?schema=pantry. By default $PANTRY_STATE, else pantry/state.sqlite3 in
    /// $XDG_STATE_HOME or ~/.local/state
    #[arg(long, value_name = "FILE|URL")]
    state: Option<String>,
}

impl StateArgs {
    /// Opens the state; makes what is missing of it.
    ///
    /// # Errors
    /// What [`State::open`] refuses, and URLs that cannot be used.
    pub fn open(&self, environment: &Environment) -> Result<State, Failure> {
        let given = self.state.as_deref();
        let location = match given.or_else(|| environment.non_empty(VARIABLE)) {
            Some(text) => location(text, environment)?,
            None => Location::Sqlite(default_file(environment)?),
        };
        Ok(State::open(location)?)
    }

    /// Opens the state if there is one, for verbs that can do without.
    ///
    /// # Errors
    /// As [`StateArgs::open`] if the user said where it is; of the default file they are only a warning.
    pub fn open_existing(&self, environment: &Environment) -> Result<Option<Arc<State>>, Failure> {
        let is_given = self.is_given(environment);
        if !is_given && !default_path(environment).is_some_and(|path| path.exists()) {
            return Ok(None);
        }
        match self.open(environment) {
            Err(failure) if !is_given => {
                tracing::warn!(
                    "going on without: {}",
                    failure.message().unwrap_or_default()
                );
                Ok(None)
            }
            opened => opened.map(|state| Some(Arc::new(state))),
        }
    }

    /// Whether the user has said where it is.
    pub fn is_given(&self, environment: &Environment) -> bool {
        self.state.is_some() || environment.non_empty(VARIABLE).is_some()
    }

    /// The option as it is to be typed for another verb, with a space before it; empty if it was not given. Of a URL, which
    /// may have a password, only that there is one.
    pub fn words(&self) -> String {
        match self.state.as_deref() {
            None => String::new(),
            Some(url) if url.contains("://") => " --state URL".to_owned(),
            Some(file) => format!(" --state '{}'", file.replace('\'', r"'\''")),
        }
    }
}

/// A file or a URL. What a URL lacks comes from where it comes for a registry: credentials file, libpq's variables and files.
fn location(text: &str, environment: &Environment) -> Result<Location, Failure> {
    if !text.contains("://") {
        let file = environment.expand_user(text);
        return Ok(Location::Sqlite(environment.current_dir().join(file)));
    }
    let failed = |reason: &dyn std::fmt::Display| {
        Failure::error(format!("the URL of Pantry's state: {reason}"))
    };
    let mut url = DatabaseUrl::parse(text).map_err(|e| failed(&e))?;
    let schema = url.parameter(SCHEMA_PARAMETER).map(str::to_owned);
    url.query.retain(|(key, _)| key != SCHEMA_PARAMETER);
    let target = ConnectionString::with_credentials(url, environment)
        .and_then(|connection| connection.target(environment))
        .map_err(|e| failed(&e))?;
    match target {
        DatabaseTarget::Sqlite(_) if schema.is_some() => {
            Err(failed(&"an SQLite file has no schemas"))
        }
        DatabaseTarget::Sqlite(file) => Ok(Location::Sqlite(file)),
        DatabaseTarget::Postgres(settings) => {
            settings.warnings.iter().for_each(|w| tracing::warn!("{w}"));
            let servers = postgresql_servers(&settings)?;
            Ok(Location::Postgresql(Box::new(PostgresqlLocation {
                servers: servers
                    .into_iter()
                    .map(|(config, tls)| PostgresqlServer { config, tls })
                    .collect(),
                schema: schema.unwrap_or_else(|| DEFAULT_SCHEMA.to_owned()),
            })))
        }
    }
}

/// The file of the XDG base directory specification.
fn default_path(environment: &Environment) -> Option<PathBuf> {
    // The specification has relative paths ignored.
    let given = environment.non_empty("XDG_STATE_HOME").map(Path::new);
    let folder = match given.filter(|path| path.is_absolute()) {
        Some(folder) => folder.to_owned(),
        None => environment.home()?.join(".local/state"),
    };
    Some(folder.join("pantry/state.sqlite3"))
}

/// That file; its folder is made.
fn default_file(environment: &Environment) -> Result<PathBuf, Failure> {
    let file = default_path(environment);
    let Some((file, folder)) = file.as_deref().and_then(|f| Some((f, f.parent()?))) else {
        return Err(Failure::error(format!(
            "there is no home folder for Pantry's state: give --state FILE or set {VARIABLE}"
        )));
    };
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|e| Failure::error(format!("cannot make the folder {}: {e}", folder.display())))?;
    Ok(file.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(text: &str, environment: &Environment) -> Result<String, String> {
        let failed = |f: Failure| f.message().unwrap_or_default().to_owned();
        location(text, environment)
            .map(|location| location.to_string())
            .map_err(failed)
    }

    #[test]
    fn files_and_urls_are_told_apart() {
        let environment = Environment::new("/here").with_home("/home/me");
        for (text, file) in [
            ("state.db", "/here/state.db"),
            ("~/state.db", "/home/me/state.db"),
            ("/abs/state.db", "/abs/state.db"),
            ("sqlite:////abs/state.db", "/abs/state.db"),
            ("sqlite:///state.db", "/here/state.db"),
        ] {
            let there = described(text, &environment).unwrap();
            assert_eq!(there, format!("the state file {file}"), "{text}");
        }
    }

    #[test]
    fn the_schema_is_a_parameter_of_the_url_and_the_password_is_not_told() {
        let environment = Environment::new("/here").with_user("me");
        let there = described(
            "postgresql://me:hush@db.example:5433/data?schema=mine",
            &environment,
        );
        let expected = "the state in schema 'mine' of PostgreSQL database 'data'";
        assert_eq!(there.as_deref(), Ok(expected));
        let there = described(
            "postgresql+psycopg://db.example/data?sslmode=disable",
            &environment,
        );
        let expected = "the state in schema 'pantry' of PostgreSQL database 'data'";
        assert_eq!(there.as_deref(), Ok(expected));
        for wrong in [
            "mysql://host/data",
            "sqlite:///x?schema=y",
            "sqlite://",
            "postgresql://h/d?no=1",
        ] {
            let refused = described(wrong, &environment);
            assert!(refused.is_err(), "{wrong}: {refused:?}");
        }
    }

    #[test]
    fn what_a_url_lacks_comes_from_the_variables_of_libpq() {
        let environment = Environment::new("/here")
            .with_variable("PGPASSWORD", "hush")
            .with_variable("PGUSER", "them");
        let there = location("postgresql://db.example/data?sslmode=disable", &environment);
        let Ok(Location::Postgresql(there)) = there else {
            panic!("{there:?}");
        };
        let config = &there.servers[0].config;
        assert_eq!(config.get_user(), Some("them"));
        assert_eq!(config.get_password(), Some("hush".as_bytes()));
        assert!(there.servers[0].tls.is_none());
    }

    #[test]
    fn the_default_is_the_folder_of_the_specification() {
        let home = tempfile::tempdir().unwrap();
        let environment = Environment::new("/").with_home(home.path());
        let relative = environment
            .clone()
            .with_variable("XDG_STATE_HOME", "not/absolute");
        for environment in [&environment, &relative] {
            let file = default_file(environment).unwrap();
            assert_eq!(file, home.path().join(".local/state/pantry/state.sqlite3"));
            assert!(file.parent().unwrap().is_dir());
        }
        let elsewhere = home.path().join("elsewhere");
        let given = environment.with_variable("XDG_STATE_HOME", elsewhere.to_str().unwrap());
        assert_eq!(
            default_file(&given).unwrap(),
            elsewhere.join("pantry/state.sqlite3")
        );
        assert!(default_file(&Environment::new("/")).is_err());
    }
}
