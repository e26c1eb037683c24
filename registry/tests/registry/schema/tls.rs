//! Encryption, certificates and passwords: whether a connection comes about, and whether it is encrypted, is as with
//! libpq (`psql`).

use std::process::Command;

use pantry_registry::RegistryError;
use pantry_registry::config::{ConnectionString, Environment};
use pantry_registry::database::{Access, Connection};
use pantry_testkit::run;

use super::tls_server::TlsServer;

const ENCRYPTED: &str = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

/// User, host, parameters; `{}` is the folder of the certificates.
const CASES: &[(&str, &str, &str)] = &[
    ("any", "localhost", ""),
    ("any", "localhost", "sslmode=disable"),
    ("any", "localhost", "sslmode=allow"),
    ("any", "localhost", "sslmode=prefer"),
    ("any", "localhost", "sslmode=require"),
    ("any", "localhost", "sslmode=require&sslrootcert={}/ca.crt"),
    (
        "any",
        "localhost",
        "sslmode=require&sslrootcert={}/other.crt",
    ),
    (
        "any",
        "localhost",
        "sslmode=prefer&sslrootcert={}/other.crt",
    ),
    ("any", "localhost", "sslmode=verify-ca"),
    (
        "any",
        "localhost",
        "sslmode=verify-ca&sslrootcert={}/ca.crt",
    ),
    (
        "any",
        "localhost",
        "sslmode=verify-ca&sslrootcert={}/other.crt",
    ),
    (
        "any",
        "127.0.0.1",
        "sslmode=verify-ca&sslrootcert={}/ca.crt",
    ),
    (
        "any",
        "localhost",
        "sslmode=verify-full&sslrootcert={}/ca.crt",
    ),
    (
        "any",
        "127.0.0.1",
        "sslmode=verify-full&sslrootcert={}/ca.crt",
    ),
    (
        "any",
        "localhost",
        "sslmode=verify-full&sslrootcert={}/other.crt",
    ),
    ("plain", "localhost", "sslmode=disable"),
    ("plain", "localhost", "sslmode=allow"),
    ("plain", "localhost", "sslmode=prefer"),
    ("plain", "localhost", "sslmode=require"),
    ("certified", "localhost", "sslmode=require"),
    (
        "certified",
        "localhost",
        "sslmode=require&sslcert={}/client.crt&sslkey={}/client.key",
    ),
    (
        "certified",
        "localhost",
        "sslmode=require&sslcert={}/server.crt&sslkey={}/server.key",
    ),
    ("rich:secret", "localhost", "sslmode=require"),
    ("rich:wrong", "localhost", "sslmode=require"),
    ("rich:secret", "localhost", "sslmode=disable"),
    ("poor:secret", "localhost", "sslmode=disable"),
    ("poor:wrong", "localhost", "sslmode=prefer"),
    ("poor:secret", "localhost", "sslmode=prefer"),
];

/// Whether libpq's connection is encrypted; `None` if it does not come about.
fn libpq(url: &str) -> Option<bool> {
    let mut psql = Command::new("psql");
    psql.env("HOME", "/nowhere")
        .args(["-X", "-w", "-A", "-t", "-c", ENCRYPTED, "-d", url]);
    let ran = run(&mut psql);
    (ran.code == Some(0)).then(|| ran.stdout.trim() == "t")
}

fn ours(url: &str) -> Result<bool, RegistryError> {
    let environment = Environment::new("/");
    let target = ConnectionString::from_url(url)?.target(&environment)?;
    let mut connection = Connection::open(&target, None, Access::ReadOnly)?;
    let statement = connection.statement().text(ENCRYPTED);
    let rows = connection.collect(&statement, |row| row.get_bool(0))?;
    Ok(rows[0])
}

#[test]
fn servers_are_reached_as_libpq_reaches_them() {
    let server = TlsServer::start();
    connections_come_about(&server);
    the_first_host_that_answers_is_taken(&server);
    servers_of_the_wrong_kind_are_passed_over(&server);
}

fn connections_come_about(server: &TlsServer) {
    let mut outcomes = Vec::new();
    for (user, host, rest) in CASES {
        let url = server.url(user, host, rest);
        let expected = libpq(&url);
        let found = ours(&url);
        if let Err(error) = &found {
            let text = error.to_string();
            assert!(
                !text.contains("secret") && !text.contains("wrong"),
                "{text}"
            );
        }
        assert_eq!(found.as_ref().ok(), expected.as_ref(), "{url}: {found:?}");
        outcomes.push(expected);
    }
    for outcome in [None, Some(false), Some(true)] {
        let count = outcomes.iter().filter(|o| **o == outcome).count();
        assert!(count > 3, "{outcome:?} only {count} times");
    }
}

fn the_first_host_that_answers_is_taken(server: &TlsServer) {
    let port = server.port;
    // Nobody listens on port 1.
    let url = format!("postgresql://any@/postgres?host=localhost:1&host=localhost:{port}");
    assert!(ours(&url).unwrap());
    let none = ours("postgresql://any@/postgres?host=localhost:1&host=127.0.0.1:1").unwrap_err();
    let text = none.to_string();
    assert!(matches!(none, RegistryError::Connect { .. }), "{text}");
    assert!(
        text.contains("localhost:1: ") && text.contains("127.0.0.1:1: "),
        "{text}"
    );
}

fn servers_of_the_wrong_kind_are_passed_over(server: &TlsServer) {
    for (wanted, ok) in [
        ("any", true),
        ("read-write", true),
        ("primary", true),
        ("read-only", false),
        ("standby", false),
        ("prefer-standby", true),
    ] {
        let url = server.url(
            "any",
            "localhost",
            &format!("target_session_attrs={wanted}"),
        );
        assert_eq!(libpq(&url).is_some(), ok, "{wanted}");
        let found = ours(&url);
        assert_eq!(found.is_ok(), ok, "{wanted}: {found:?}");
    }
}
