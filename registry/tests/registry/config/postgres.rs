//! PostgreSQL settings against SQLAlchemy and libpq.

use pantry_registry::config::postgres::{HostAddress, PostgresSettings, TlsMode};
use pantry_registry::config::{ConfigError, DatabaseUrl, Environment};
use serde_json::{Value as Json, json};

use super::case::{Case, Ready, run};
use super::postgres_cases::{environment_cases, password_cases, service_cases, url, url_cases};

/// What libpq makes of a URL: its resolved options and the password it would send first.
const REFERENCE: &str = r#"
from psycopg import conninfo, pq
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import make_url
args, opts = PGDialect_psycopg().create_connect_args(make_url(arguments["url"]))
opts.pop("context", None)
conn = pq.PGconn.connect_start(conninfo.make_conninfo(*args, **opts).encode())
message = conn.error_message.decode()
if conn.status == pq.ConnStatus.BAD and not message.startswith(("connection to server", "could not translate host")):
    raise ValueError(message)
info = {o.keyword.decode(): o.val.decode() if o.val else None for o in conn.info}
out = {k: info[k] or None for k in ("host", "hostaddr", "port", "dbname", "options", "application_name", "sslmode",
    "connect_timeout", "target_session_attrs", "load_balance_hosts", "channel_binding")}
out["user"] = conn.user.decode()
out["dbname"] = conn.db.decode()
out["password"] = conn.password.decode() or None
return out
"#;

fn ours(ready: &Ready) -> Result<PostgresSettings, ConfigError> {
    let user = Environment::from_process()
        .user()
        .unwrap_or("root")
        .to_owned();
    let environment = ready.environment().with_user(&user);
    PostgresSettings::resolve(
        &DatabaseUrl::parse(&ready.text("url").expect("url"))?,
        &environment,
    )
}

/// Ours in the reference's words.
fn words(settings: &PostgresSettings, reference: &Json) -> Json {
    let (mut hosts, mut addresses, mut ports) = (Vec::new(), Vec::new(), Vec::new());
    for host in &settings.hosts {
        match &host.address {
            HostAddress::Socket(folder) => hosts.push(folder.to_string_lossy().into_owned()),
            HostAddress::Tcp { name, address } => {
                hosts.push(name.clone());
                addresses.extend(address.map(|a| a.to_string()));
            }
        }
        ports.push(host.port.to_string());
    }
    let mut hosts = hosts.join(",");
    let mut ports = ports.join(",");
    // One default host of libpq is two socket folders here; one port serves all hosts.
    if hosts == "/var/run/postgresql,/tmp" {
        hosts = String::new();
        ports = ports.split(',').next().expect("test set-up").to_owned();
    }
    let reference_ports = reference["port"].as_str().unwrap_or("5432");
    if !reference_ports.contains(',') && ports.split(',').all(|p| p == reference_ports) {
        ports = reference_ports.to_owned();
    }
    if reference_ports.split(',').any(str::is_empty) {
        let spelled: Vec<&str> = reference_ports
            .split(',')
            .map(|p| if p.is_empty() { "5432" } else { p })
            .collect();
        assert_eq!(ports, spelled.join(","));
        ports = reference_ports.to_owned();
    }
    if reference["host"].is_null() && !addresses.is_empty() {
        hosts = String::new();
    }
    let text = |text: String| (!text.is_empty()).then_some(text);
    json!({
        "host": text(hosts), "hostaddr": text(addresses.join(",")), "port": reference["port"].as_str().map(|_| ports),
        "dbname": settings.database, "user": settings.user,
        "password": settings.hosts[0].password.as_ref().map(|p| p.reveal()),
        "options": settings.options, "application_name": settings.application_name,
        "sslmode": mode(settings.tls.mode), "connect_timeout": settings.connect_timeout.map(|t| t.as_secs().to_string()),
        "target_session_attrs": session(settings), "load_balance_hosts": if settings.random_order { "random" } else { "disable" },
        "channel_binding": format!("{:?}", settings.channel_binding).to_lowercase(),
    })
}

fn session(settings: &PostgresSettings) -> String {
    let debug = format!("{:?}", settings.target_session);
    let mut out = String::new();
    for c in debug.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn mode(mode: TlsMode) -> &'static str {
    match mode {
        TlsMode::Disable => "disable",
        TlsMode::Allow => "allow",
        TlsMode::Prefer => "prefer",
        TlsMode::Require => "require",
        TlsMode::VerifyCa => "verify-ca",
        TlsMode::VerifyFull => "verify-full",
    }
}

#[test]
fn settings_are_those_of_libpq() {
    let cases: Vec<Case> = url_cases()
        .into_iter()
        .chain(environment_cases())
        .chain(service_cases())
        .chain(password_cases())
        .collect();
    let count = cases.len();
    let folder = tempfile::tempdir().unwrap();
    let mut accepted = 0;
    let mut wrong = Vec::new();
    for (ready, reference) in run(cases, folder.path(), REFERENCE) {
        match (ours(&ready), reference) {
            (Ok(ours), Ok(reference)) if words(&ours, &reference) == reference => accepted += 1,
            (Err(_), Err(_)) => {}
            (Ok(ours), Ok(reference)) => {
                wrong.push(format!(
                    "== {}\nreference: {reference}\nours:      {}",
                    ready.case.name,
                    words(&ours, &reference)
                ));
            }
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
    assert!(accepted > 60, "only {accepted} of {count} were accepted");
}

#[test]
fn an_open_password_file_is_left_alone_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let case =
        url("postgresql://u@127.0.0.1:1/d").file_with_mode(".pgpass", "*:*:*:*:open\n", 0o644);
    let (ready, _) = run(vec![case], folder.path(), "return 1").remove(0);
    let settings = ours(&ready).unwrap();
    assert_eq!(settings.hosts[0].password, None);
    assert!(
        settings.warnings[0].contains("group or world access"),
        "{:?}",
        settings.warnings
    );
}

#[test]
fn what_cannot_be_honoured_is_refused() {
    let environment = Environment::new("/").with_user("u");
    for query in [
        "requirepeer=postgres",
        "sslcrl=/x",
        "require_auth=scram-sha-256",
        "gssencmode=require",
        "replication=database",
        "sslmode=require&sslrootcert=system",
        "sslmode=verify-full",
        "sslmode=verify-ca&sslrootcert=/nowhere",
    ] {
        let url = DatabaseUrl::parse(&format!("postgresql://h/d?{query}")).unwrap();
        let error = PostgresSettings::resolve(&url, &environment).unwrap_err();
        assert!(
            matches!(error, ConfigError::Postgres { .. }),
            "{query}: {error}"
        );
    }
}
