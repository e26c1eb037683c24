//! Which token a server gets to see (`lsst/daf/butler/remote_butler/authentication/rubin.py`).

use pantry_registry::config::Environment;
use pantry_registry::model::glob::Glob;

/// Servers that may see the token of the Rubin Science Platform's notebooks.
const PLATFORM: [&str; 2] = ["*.lsst.cloud", "*.slac.stanford.edu"];

/// The token for the server with this host name: `BUTLER_RUBIN_ACCESS_TOKEN` for any, `ACCESS_TOKEN` for those that are known
/// to be of the platform, because it stands for its user everywhere.
pub fn token_for(host: &str, environment: &Environment) -> Option<String> {
    if let Some(token) = environment.non_empty("BUTLER_RUBIN_ACCESS_TOKEN") {
        return Some(token.to_owned());
    }
    let host = host.to_lowercase();
    let is_known = PLATFORM.iter().any(|p| Glob::new(p).matches(&host));
    let token = environment.non_empty("ACCESS_TOKEN")?;
    is_known.then(|| token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_servers_see_the_token_of_notebooks() {
        let environment = Environment::new("/").with_variable("ACCESS_TOKEN", "mine");
        assert_eq!(
            token_for("data.LSST.cloud", &environment).as_deref(),
            Some("mine")
        );
        for host in ["lsst.cloud", "lsst.cloud.example.org", "localhost"] {
            assert_eq!(token_for(host, &environment), None, "{host}");
        }
        let environment = environment.with_variable("BUTLER_RUBIN_ACCESS_TOKEN", "theirs");
        assert_eq!(
            token_for("localhost", &environment).as_deref(),
            Some("theirs")
        );
    }
}
