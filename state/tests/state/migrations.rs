//! Making the tables: once, also when many try, and never below a newer program.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use chrono::Utc;
use pantry_state::{
    Location, NewToken, PostgresqlLocation, PostgresqlServer, Role, State, StateError,
};
use tempfile::tempdir;

use crate::place::Place;

const COUNT: &str = "SELECT count(*) FROM __diesel_schema_migrations";

/// How many steps there are.
fn steps() -> usize {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/state");
    std::fs::read_dir(folder).unwrap().count()
}

/// Set for a process that only opens the state which is there, tells so, and ends.
const OPEN: &str = "PANTRY_STATE_TEST_OPEN";

/// Opens what the variable names; nothing when the tests run.
#[test]
fn opens_in_a_process_of_its_own() {
    let Ok(what) = std::env::var(OPEN) else {
        return;
    };
    let location = match what.strip_prefix("sqlite:") {
        Some(path) => Location::Sqlite(path.into()),
        None => Location::Postgresql(Box::new(PostgresqlLocation {
            servers: vec![PostgresqlServer {
                config: what.parse().unwrap(),
                tls: None,
            }],
            schema: crate::place::SCHEMA.to_owned(),
        })),
    };
    State::open(location).unwrap().tokens().unwrap();
}

#[test]
fn many_processes_open_a_new_state_at_once() {
    for place in Place::both() {
        let what = match &place {
            Place::Sqlite(folder) => format!("sqlite:{}", Place::file(folder).display()),
            Place::Postgresql(database) => database.libpq_url(),
        };
        let open = || {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "migrations::opens_in_a_process_of_its_own"])
                .env(OPEN, &what)
                .output()
                .unwrap()
        };
        std::thread::scope(|scope| {
            let openers: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            for opener in openers {
                let output = opener.join().unwrap();
                let said = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success(), "{said}");
                assert!(said.contains("1 passed"), "{said}");
            }
        });
        assert_eq!(place.sql(COUNT).trim(), steps().to_string());
    }
}

#[test]
fn a_state_of_a_newer_program_is_left_alone() {
    for place in Place::both() {
        place.open();
        place.sql(
            "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('99991231000000', '9999-12-31 00:00:00')",
        );
        let error = State::open(place.location()).unwrap_err();
        assert!(
            matches!(&error, StateError::TooNew { found, .. } if found == "99991231000000"),
            "{error}"
        );
        assert_eq!(place.sql(COUNT).trim(), (steps() + 1).to_string());
    }
}

#[test]
fn a_file_is_for_its_owner_alone() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("state.sqlite3");
    let state = State::open(Location::Sqlite(path.clone())).unwrap();
    state.create_token(&any(), Utc::now()).unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{mode:o}");
}

#[test]
fn a_role_without_the_right_to_make_schemas_uses_one_that_is_there() {
    let place = Place::Postgresql(pantry_testkit::postgres::Database::new());
    let Place::Postgresql(database) = &place else {
        return;
    };
    let role = format!("r_{}", database.name());
    database.sql(&format!(
        "CREATE ROLE {role} LOGIN; CREATE SCHEMA given AUTHORIZATION {role}"
    ));
    let location = |schema: &str| {
        let mut config: tokio_postgres::Config = database.libpq_url().parse().unwrap();
        config.user(&role);
        Location::Postgresql(Box::new(PostgresqlLocation {
            servers: vec![PostgresqlServer { config, tls: None }],
            schema: schema.to_owned(),
        }))
    };
    let given = State::open(location("given")).map(|state| state.tokens().unwrap());
    let refused = State::open(location("own")).map(drop);
    database.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
    assert_eq!(given.unwrap(), []);
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, StateError::Migrate { reason, .. } if reason.contains("permission denied")),
        "{refused}"
    );
}

#[test]
fn what_cannot_be_opened_is_named() {
    let folder = tempdir().unwrap();
    let missing = folder.path().join("no/such/folder/state.sqlite3");
    let text = folder.path().join("text");
    std::fs::write(
        &text,
        "no database, but long enough to be looked at: ".repeat(40),
    )
    .unwrap();
    for path in [missing, text] {
        let error = State::open(Location::Sqlite(path.clone()))
            .unwrap_err()
            .to_string();
        assert!(error.contains(path.to_str().unwrap()), "{error}");
    }
    let mut config = tokio_postgres::Config::new();
    config
        .host_path(folder.path())
        .user("nobody")
        .dbname("none")
        .password("hush");
    let nowhere = Location::Postgresql(Box::new(PostgresqlLocation {
        servers: vec![PostgresqlServer { config, tls: None }],
        schema: "pantry".to_owned(),
    }));
    let error = State::open(nowhere).unwrap_err();
    assert!(matches!(error, StateError::Connect { .. }), "{error}");
    let error = error.to_string();
    assert!(
        error.contains("'none'") && !error.contains("hush"),
        "{error}"
    );
}

fn any() -> NewToken {
    NewToken {
        name: None,
        repos: vec!["*".to_owned()],
        collections: None,
        role: Role::Read,
        expires: None,
    }
}
