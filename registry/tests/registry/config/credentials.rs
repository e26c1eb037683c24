//! Credentials files and explicit registry keys against the reference.

use pantry_registry::config::{ButlerConfig, ConfigError, RegistryConfig};
use serde_json::{Value as Json, json};

use super::case::{Case, Ready, run};

const REFERENCE: &str = r#"
from lsst.daf.butler import ButlerConfig, RegistryConfig
config = ButlerConfig("repo")
registry = RegistryConfig(config)
registry.replaceRoot(config.get("root", config.configDir))
url = registry.connectionString
return [url.drivername, url.username, url.password, url.host, url.port and int(url.port), url.database]
"#;

fn ours(ready: &Ready) -> Result<Json, ConfigError> {
    let environment = ready.environment();
    let config = ButlerConfig::load("repo", &[], &environment)?;
    let connection = RegistryConfig::of(&config, &environment)?.connection_string(&environment)?;
    let url = connection.url();
    let password = url.password.as_ref().map(|p| p.reveal());
    Ok(json!([
        url.drivername,
        url.username,
        password,
        url.host,
        url.port,
        url.database
    ]))
}

fn registry(name: &str, registry: &str) -> Case {
    Case::new(name).file("repo/butler.yaml", &format!("registry: {{{registry}}}\n"))
}

/// A URL and the content of `~/.lsst/db-auth.yaml`.
fn auth(url: &str, entries: &str) -> Case {
    registry(&format!("{url} with {entries}"), &format!("db: '{url}'")).file_with_mode(
        ".lsst/db-auth.yaml",
        entries,
        0o600,
    )
}

fn key_cases() -> Vec<Case> {
    vec![
        registry("nothing more", "db: 'postgresql://h/d'"),
        registry(
            "all keys",
            "db: 'postgresql://', username: u, password: p, host: h, port: 5433, database: d",
        ),
        registry(
            "url wins",
            "db: 'postgresql://a:b@c:1/e', username: u, password: p, host: h, port: 5433, database: d",
        ),
        registry(
            "number as password",
            "db: 'postgresql://u@h/d', password: 123",
        ),
        registry("number as user", "db: 'postgresql://h/d', username: 123"),
        registry("text as port", "db: 'postgresql://h/d', port: '5433'"),
        registry("word as port", "db: 'postgresql://h/d', port: x"),
        registry("empty host", "db: 'postgresql:///d', host: ''"),
        registry("empty database", "db: 'postgresql://h/'"),
        registry("no database", "db: 'postgresql://h'"),
        registry("sqlite", "db: 'sqlite:////x'"),
        registry("root", "db: 'sqlite:///<butlerRoot>/x'"),
        registry("not a url", "db: x"),
    ]
}

fn file_cases() -> Vec<Case> {
    let entry = "- {url: 'postgresql://*', username: u, password: p}\n";
    let other = "- {url: 'postgresql://*', username: other, password: other}\n";
    let url = "postgresql://h/d";
    let place = |name: &str| registry(name, "db: 'postgresql://h/d'");
    vec![
        auth(url, entry),
        place("group may read").file_with_mode(".lsst/db-auth.yaml", entry, 0o640),
        place("others may execute").file_with_mode(".lsst/db-auth.yaml", entry, 0o601),
        place("owner only reads").file_with_mode(".lsst/db-auth.yaml", entry, 0o400),
        place("by variable")
            .file_with_mode("own.yaml", other, 0o600)
            .file_with_mode(".lsst/db-auth.yaml", entry, 0o600)
            .variable("LSST_DB_AUTH", "{here}/own.yaml"),
        place("by variable in home")
            .file_with_mode("own.yaml", other, 0o600)
            .variable("LSST_DB_AUTH", "~/own.yaml"),
        place("by relative variable")
            .file_with_mode("own.yaml", other, 0o600)
            .variable("LSST_DB_AUTH", "own.yaml"),
        place("by empty variable")
            .file_with_mode(".lsst/db-auth.yaml", entry, 0o600)
            .variable("LSST_DB_AUTH", ""),
        place("variable to nothing")
            .file_with_mode(".lsst/db-auth.yaml", entry, 0o600)
            .variable("LSST_DB_AUTH", "{here}/none"),
        place("variable to a folder").variable("LSST_DB_AUTH", "{here}/repo"),
        place("json")
            .file_with_mode(".lsst/db-auth.yaml", entry, 0o644)
            .variable(
                "LSST_DB_AUTH_CREDENTIALS",
                "[{\"url\": \"postgresql://h\", \"username\": \"j\", \"password\": \"q\"}]",
            ),
        place("json empty")
            .file_with_mode(".lsst/db-auth.yaml", entry, 0o600)
            .variable("LSST_DB_AUTH_CREDENTIALS", ""),
        place("json broken").variable("LSST_DB_AUTH_CREDENTIALS", "[{"),
        place("json without match")
            .file_with_mode(".lsst/db-auth.yaml", entry, 0o600)
            .variable("LSST_DB_AUTH_CREDENTIALS", "[]"),
        auth(url, "- [\n"),
        auth(url, "- text\n"),
        auth(url, ""),
        auth(url, "- {username: u, password: p}\n"),
        auth(url, "- {url: 'h/d', password: p}\n"),
        auth(url, "- {url: 'postgresql+psycopg://h/d', password: p}\n"),
        auth(url, "- {url: 'postgresql://h/d', username: u}\n"),
        auth(url, "- {url: 'postgresql://h/d', password: 12}\n"),
        auth(
            url,
            "- {url: 'postgresql://h/d', username: 1, password: p}\n",
        ),
        auth(
            url,
            "- {url: 'postgresql://h:x/d', username: u, password: p}\n",
        ),
        auth(
            url,
            "- {url: 'postgresql://g:x/d', username: u, password: p}\n- {url: 'postgresql://h/d', username: v, password: q}\n",
        ),
        auth(url, "- {url: 'postgresql:/d', username: u, password: p}\n"),
        auth(
            url,
            "- {url: 'mysql:/d', username: u, password: p}\n- {url: 'POSTGRESQL://H', username: v, password: q}\n",
        ),
    ]
}

/// Every pattern with every URL.
fn pattern_cases() -> Vec<Case> {
    let patterns = [
        "postgresql://*",
        "postgresql://*.example.com",
        "postgresql://*.example.com/my_*",
        "postgresql://host.example.com/my_database",
        "postgresql://host.example.com:5432/my_database",
        "postgresql://user@host.example.com/my_database",
        "postgresql://h?st.example.com/my_database",
        "postgresql://host.example.com/my_databas?",
        "postgresql://host.example.com/my_[a-d]atabase",
        "postgresql://host.example.com/[!x]y*",
        "postgresql://user:x@host.example.com",
        "postgresql://@host.example.com",
        "postgresql://[::1]:5432/my_database",
        "postgresql://*/",
        "postgresql://host.example.com//my_database",
        "postgresql://host.example.com/MY_*",
        "postgresql://HOST.example.com/*",
        "sqlite://*",
        " postgresql://host.example.com",
        "postgresql://host.example.com/my_*#x",
        "postgresql://host.example.com:05432",
        "postgresql://[::1/x",
    ];
    let urls = [
        "postgresql://host.example.com/my_database",
        "postgresql://host.example.com:5432/my_database",
        "postgresql+psycopg://user@host.example.com/my_database",
        "postgresql://other@host.example.com/my_database",
        "postgresql://user:given@host.example.com/my_database",
        "postgresql://[::1]:5432/my_database",
        "postgresql://HOST.example.com/my_database",
        "postgresql://@host.example.com/my_database",
    ];
    let one = |pattern: &str, url: &str| {
        auth(
            url,
            &format!("- {{url: '{pattern}', username: found, password: secret}}\n"),
        )
    };
    patterns
        .iter()
        .flat_map(|pattern| urls.iter().map(move |url| one(pattern, url)))
        .collect()
}

#[test]
fn credentials_are_those_of_the_reference() {
    let cases: Vec<Case> = key_cases()
        .into_iter()
        .chain(file_cases())
        .chain(pattern_cases())
        .collect();
    let count = cases.len();
    let folder = tempfile::tempdir().unwrap();
    let mut accepted = 0;
    let mut wrong = Vec::new();
    for (ready, reference) in run(cases, folder.path(), REFERENCE) {
        match (ours(&ready), reference) {
            (Ok(ours), Ok(reference)) if same(&ours, &reference) => accepted += 1,
            (Err(_), Err(_)) => {}
            (ours, reference) => wrong.push(format!(
                "== {}\nreference: {reference:?}\nours: {ours:?}",
                ready.case.name
            )),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(accepted > 120, "only {accepted} of {count} were accepted");
}

/// Numbers as passwords are text in the end.
fn same(ours: &Json, reference: &Json) -> bool {
    let text = |value: &Json| {
        value
            .as_i64()
            .map_or_else(|| value.clone(), |n| Json::from(n.to_string()))
    };
    let mut reference = reference.clone();
    reference[2] = text(&reference[2]);
    *ours == reference
}

#[test]
fn a_readable_file_is_refused_by_name_and_mode() {
    let folder = tempfile::tempdir().unwrap();
    let case = registry("x", "db: 'postgresql://h/d'").file_with_mode(
        ".lsst/db-auth.yaml",
        "- {url: 'postgresql://*', password: topsecret}\n",
        0o644,
    );
    let (ready, reference) = run(vec![case], folder.path(), REFERENCE).remove(0);
    let ours = ours(&ready).unwrap_err().to_string();
    let reference = reference.unwrap_err();
    let reference = reference.split_once(": ").unwrap().1;
    assert!(ours.starts_with(reference), "{ours}\n{reference}");
    assert!(!ours.contains("topsecret"));
}
