//! Cases for the PostgreSQL settings: URLs, environment and service files, password files.

use super::case::Case;

/// A URL by itself.
pub fn url(url: &str) -> Case {
    Case::new(url).argument("url", url)
}

/// URLs.
pub fn url_cases() -> Vec<Case> {
    [
        "postgresql+psycopg://",
        "postgresql+psycopg:///d",
        "postgresql+psycopg://127.0.0.1/d",
        "postgresql+psycopg://u@127.0.0.1:1/d",
        "postgresql+psycopg://u:p%40@127.0.0.1:1/d",
        "postgresql+psycopg://u@/d?host=127.0.0.1:1&host=127.0.0.2:2",
        "postgresql+psycopg:///d?host=127.0.0.1&port=1",
        "postgresql+psycopg:///d?host=127.0.0.1,127.0.0.2&port=1,2",
        "postgresql+psycopg:///d?host=127.0.0.1,127.0.0.2&port=1",
        "postgresql+psycopg:///d?host=127.0.0.1,127.0.0.2",
        "postgresql+psycopg:///d?host=127.0.0.1:1",
        "postgresql+psycopg:///d?host=127.0.0.1:&host=127.0.0.2",
        "postgresql+psycopg:///d?host=127.0.0.1:1&port=2",
        "postgresql+psycopg:///d?host=127.0.0.1&host=127.0.0.2&port=2",
        "postgresql+psycopg:///d?port=1",
        "postgresql+psycopg:///d?port=1,2",
        "postgresql+psycopg:///d?port=x",
        "postgresql+psycopg://127.0.0.1/d?port=7",
        "postgresql+psycopg://127.0.0.1:9/d?host=127.0.0.3",
        "postgresql+psycopg://127.0.0.1:9/d?host=127.0.0.3&host=127.0.0.4",
        "postgresql+psycopg:///d?host=127.0.0.1&port=0",
        "postgresql+psycopg:///d?host=127.0.0.1&port=70000",
        "postgresql+psycopg:///d?host=/some/folder",
        "postgresql+psycopg:///d?host=/some/folder,127.0.0.1&port=1,2",
        "postgresql+psycopg:///d?hostaddr=127.0.0.5",
        "postgresql+psycopg://name.invalid/d?hostaddr=127.0.0.5",
        "postgresql+psycopg:///d?host=127.0.0.1&hostaddr=127.0.0.1,127.0.0.2",
        "postgresql+psycopg://127.0.0.1/d?sslmode=require",
        "postgresql+psycopg://127.0.0.1/d?sslmode=disable",
        "postgresql+psycopg://127.0.0.1/d?sslmode=wrong",
        "postgresql+psycopg://127.0.0.1/d?options=-csearch_path%3Dx",
        "postgresql+psycopg://127.0.0.1/d?connect_timeout=7",
        "postgresql+psycopg://127.0.0.1/d?application_name=me",
        "postgresql+psycopg://127.0.0.1/d?nonsense=1",
        "postgresql+psycopg://127.0.0.1/d?target_session_attrs=read-write",
        "postgresql+psycopg://127.0.0.1/d?target_session_attrs=x",
        "postgresql+psycopg://127.0.0.1/d?target_session_attrs=prefer-standby",
        "postgresql+psycopg://127.0.0.1/d?load_balance_hosts=random",
        "postgresql+psycopg://127.0.0.1/d?channel_binding=require",
        "postgresql+psycopg://127.0.0.1/d?channel_binding=x",
        "postgresql+psycopg://127.0.0.1/d?user=v&password=w&dbname=x",
        "postgresql+psycopg://[::1]:1/d",
        "postgresql+psycopg://127.0.0.1:0/d",
        "postgresql+psycopg://127.0.0.1/d?keepalives_idle=3&sslcompression=0&gssencmode=disable",
    ]
    .into_iter()
    .map(url)
    .collect()
}

/// A URL that says nothing.
fn bare(name: &str) -> Case {
    Case::new(name).argument("url", "postgresql+psycopg://")
}

/// A URL that says a lot.
fn full(name: &str) -> Case {
    Case::new(name).argument(
        "url",
        "postgresql+psycopg://u:p@127.0.0.1:1/d?sslmode=disable",
    )
}

/// With every variable set.
fn all(case: Case) -> Case {
    let variables = [
        ("PGHOST", "127.0.0.9"),
        ("PGPORT", "9"),
        ("PGUSER", "envuser"),
        ("PGDATABASE", "envdb"),
        ("PGPASSWORD", "envpw"),
        ("PGSSLMODE", "require"),
        ("PGOPTIONS", "-c x=y"),
        ("PGAPPNAME", "envapp"),
        ("PGCONNECT_TIMEOUT", "9"),
        ("PGTARGETSESSIONATTRS", "primary"),
    ];
    variables
        .iter()
        .fold(case, |case, (name, value)| case.variable(name, value))
}

/// Variables.
pub fn environment_cases() -> Vec<Case> {
    vec![
        all(bare("environment only")),
        all(full("url before environment")),
        bare("user only").variable("PGUSER", "envuser"),
        bare("several hosts")
            .variable("PGHOST", "127.0.0.1,127.0.0.2")
            .variable("PGPORT", "1,2"),
        bare("ports do not match")
            .variable("PGHOST", "127.0.0.1,127.0.0.2")
            .variable("PGPORT", "1,2,3"),
        bare("empty variables")
            .variable("PGHOST", "")
            .variable("PGPORT", "")
            .variable("PGUSER", ""),
        bare("empty items")
            .variable("PGHOST", "127.0.0.1,127.0.0.2")
            .variable("PGPORT", ",2"),
        bare("address").variable("PGHOSTADDR", "127.0.0.6"),
    ]
}

const SERVICES: &str = "# services\n[other]\nhost=127.0.0.8\n[mine]\nhost=127.0.0.7\nport=7\nuser=serviceuser\n\
                        sslmode=allow\n[last]\nport=3\n";

/// Service files.
pub fn service_cases() -> Vec<Case> {
    vec![
        bare("service")
            .variable("PGSERVICE", "mine")
            .file(".pg_service.conf", SERVICES),
        full("url before service")
            .variable("PGSERVICE", "mine")
            .file(".pg_service.conf", SERVICES),
        all(bare("service before environment"))
            .variable("PGSERVICE", "mine")
            .file(".pg_service.conf", SERVICES),
        bare("service file")
            .variable("PGSERVICE", "mine")
            .variable("PGSERVICEFILE", "{here}/own")
            .file("own", SERVICES),
        bare("service unknown")
            .variable("PGSERVICE", "none")
            .file(".pg_service.conf", SERVICES),
        bare("service nested")
            .variable("PGSERVICE", "x")
            .file(".pg_service.conf", "[x]\nservice=y\n"),
        bare("service broken")
            .variable("PGSERVICE", "x")
            .file(".pg_service.conf", "[x]\nnonsense\n"),
        bare("service with an unknown option")
            .variable("PGSERVICE", "x")
            .file(".pg_service.conf", "[x]\nnonsense=1\n"),
        url("postgresql+psycopg://127.0.0.1/d?service=last").file(".pg_service.conf", SERVICES),
        url("postgresql+psycopg://127.0.0.1/d?sslmode=verify-ca").file(".postgresql/root.crt", ""),
    ]
}

const TARGET: &str = "postgresql+psycopg://u@127.0.0.1:1/d";

/// A URL with a password file in the home folder.
fn password_file(target: &str, text: &str) -> Case {
    Case::new(&format!("{target} with {text:?}"))
        .argument("url", target)
        .file_with_mode(".pgpass", text, 0o600)
}

/// Password files.
pub fn password_cases() -> Vec<Case> {
    let lines = [
        "127.0.0.1:1:d:u:exact\n",
        "*:*:*:*:stars\n",
        "# comment\n\n127.0.0.2:1:d:u:no\n127.0.0.1:1:d:u:yes\n*:*:*:*:later\n",
        "127.0.0.1:1:d:u:with\\:colon\\\\slash\n",
        "127.0.0.1:1:d:u:plain:colon\n",
        "127.0.0.1:1:d:u:blank end \r\n",
        "127.0.0.1:1:d:u\n",
        "127.0.0.1:1:d:\\u:escaped\n",
        "127.0.0.1:1:d:u2:no\n",
        "127.0.0.1*:1:d:u:no\n",
        "127.0.0.1:1:d:u:no end",
        "*:*:*:*:first\n127.0.0.1:1:d:u:second\n",
    ];
    let targets = [
        (
            "u@/d?host=127.0.0.1,127.0.0.2&port=1,2",
            "127.0.0.2:*:*:*:two\n127.0.0.1:*:*:*:one\n",
        ),
        ("u@/d?hostaddr=127.0.0.5", "127.0.0.5:*:*:*:address\n"),
        (
            "u@/d?host=name&hostaddr=127.0.0.5",
            "127.0.0.5:*:*:*:address\nname:*:*:*:name\n",
        ),
        ("u@/d", "localhost:5432:d:u:local\n"),
        (
            "u@/d?host=/var/run/postgresql",
            "localhost:5432:d:u:local\n",
        ),
        ("u@/d?host=/some/folder", "/some/folder:5432:d:u:socket\n"),
        ("u:given@127.0.0.1:1/d", "*:*:*:*:home\n"),
    ];
    let by_line = lines.iter().map(|text| password_file(TARGET, text));
    let by_target = targets
        .iter()
        .map(|(rest, text)| password_file(&format!("postgresql+psycopg://{rest}"), text));
    by_line
        .chain(by_target)
        .chain(password_place_cases())
        .collect()
}

/// Where password files are, and who may read them.
fn password_place_cases() -> Vec<Case> {
    let mode = |mode: u32| url(TARGET).file_with_mode(".pgpass", "*:*:*:*:home\n", mode);
    vec![
        mode(0o644),
        mode(0o610),
        mode(0o400),
        mode(0o600)
            .file_with_mode("own", "*:*:*:*:own\n", 0o600)
            .variable("PGPASSFILE", "{here}/own"),
        mode(0o600).variable("PGPASSFILE", "{here}/none"),
        mode(0o600).variable("PGPASSWORD", "env"),
        password_file(
            "postgresql+psycopg://u:given@127.0.0.1:1/d",
            "*:*:*:*:home\n",
        )
        .variable("PGPASSWORD", "env"),
        url("postgresql+psycopg://u@127.0.0.1:1/d?passfile=own").file_with_mode(
            "own",
            "*:*:*:*:own\n",
            0o600,
        ),
    ]
}
