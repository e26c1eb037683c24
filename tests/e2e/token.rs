//! `pantry token`: made, handed to the Python client, listed, revoked.
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use pantry_testkit::postgres::Database;
use pantry_testkit::{Ran, oracle, run};
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::pantry::{command, pantry};

/// Runs `pantry token` with this state.
fn token(state: &str, words: &[&str]) -> Ran {
    run(command().arg("token").args(words).args(["--state", state]))
}

/// The two lines of `create`: the token itself, after a look at the other.
fn created(ran: Ran) -> String {
    let lines: Vec<String> = ran.ok().lines().map(str::to_owned).collect();
    let [token, export] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    assert_eq!(export, &format!("export BUTLER_RUBIN_ACCESS_TOKEN={token}"));
    token.clone()
}

fn list(state: &str, words: &[&str]) -> Value {
    let words = [&["list", "--format", "json"], words].concat();
    serde_json::from_str(&token(state, &words).ok()).unwrap()
}

fn lives(state: &str) {
    let words = "create --repo survey*,test --repo main --role write --collections HSC/* --expires 2099-12-31 --name me";
    let secret = created(token(state, &words.split(' ').collect::<Vec<_>>()));
    let other = created(token(
        state,
        &["create", "--repo", "*", "--expires", "never"],
    ));
    let listed = list(state, &[]);
    // Two tokens of one second come in any order.
    let mut listed = listed.as_array().unwrap().clone();
    listed.sort_by_key(|token| token["name"].is_null());
    let id = listed[0]["id"].as_str().unwrap().to_owned();
    let expected = json!({
        "id": id, "name": "me", "status": "valid", "role": "write",
        "repos": ["survey*", "test", "main"], "collections": ["HSC/*"],
        "created": listed[0]["created"], "expires": "2100-01-01T00:00:00Z", "last_used": null, "revoked": null,
    });
    assert_eq!(listed[0], expected);
    assert_eq!(listed[1]["role"], "read");
    assert_eq!(
        (&listed[1]["expires"], &listed[1]["collections"]),
        (&Value::Null, &Value::Null)
    );
    for format in ["table", "json", "jsonl", "csv"] {
        let text = token(state, &["list", "--format", format]).ok();
        assert!(text.contains(&id), "{text}");
        for secret in [&secret, &other] {
            let random = secret.rsplit_once('_').unwrap().1;
            assert!(!text.contains(random), "{text}");
        }
    }
    let taken = token(state, &["create", "--repo", "*", "--name", "me"]);
    assert_eq!(taken.code, Some(1));
    assert!(taken.stderr.contains("'me'"), "{}", taken.stderr);
    assert_eq!(token(state, &["revoke", "me"]).ok(), "");
    let again = token(state, &["revoke", &id]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(1), ""));
    assert!(again.stderr.contains("revoked already"), "{}", again.stderr);
    assert_eq!(list(state, &[]).as_array().unwrap().len(), 1);
    let all = list(state, &["--all"]);
    let revoked = all
        .as_array()
        .unwrap()
        .iter()
        .find(|token| token["id"] == id.as_str());
    assert_eq!(revoked.unwrap()["status"], "revoked");
}

#[test]
fn tokens_live_in_a_file() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("my state.sqlite3");
    lives(file.to_str().unwrap());
    let mode = file.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{mode:o}");
}

#[test]
fn tokens_live_in_a_schema_of_postgresql() {
    let database = Database::new();
    lives(&format!("{}&schema=mine", database.url()));
    assert_eq!(database.sql("SELECT count(*) FROM mine.token").trim(), "2");
}

#[test]
fn the_python_client_takes_the_token_from_the_line_that_is_shown() {
    let folder = tempdir().unwrap();
    let state = folder.path().join("state.sqlite3");
    let ran = token(state.to_str().unwrap(), &["create", "--repo", "*"]);
    let secret = created(ran);
    let code = "import sys\n\
        from lsst.daf.butler.remote_butler.authentication.rubin import RubinAuthenticationProvider as P\n\
        print(P.create_from_environment('http://localhost:8000').get_server_headers()['Authorization'])";
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-euc", "eval \"$1\"; exec \"$2\" -c \"$3\"", "sh"])
        .arg(format!("export BUTLER_RUBIN_ACCESS_TOKEN={secret}"))
        .arg(oracle::python())
        .arg(code);
    assert_eq!(run(&mut shell).ok().trim(), format!("Bearer {secret}"));
}

#[test]
fn the_variable_names_the_state_and_the_home_folder_has_the_default() {
    let folder = tempdir().unwrap();
    let home = folder.path().join("home");
    let create = |variable: Option<&Path>| {
        let mut command = command();
        command
            .args(["token", "create", "--repo", "*"])
            .env("HOME", &home)
            .env_remove("XDG_STATE_HOME")
            .env_remove("PANTRY_STATE");
        variable.map(|file| command.env("PANTRY_STATE", file));
        created(run(&mut command));
    };
    let named = folder.path().join("named.sqlite3");
    create(Some(&named));
    assert!(named.is_file() && !home.exists());
    create(None);
    let default = home.join(".local/state/pantry/state.sqlite3");
    assert!(default.is_file());
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(default.parent().unwrap()), 0o700);
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    for words in [
        &["token"][..],
        &["token", "create"],
        &["token", "create", "--repo", "*", "--expires", "soon"],
        &["token", "create", "--repo", "*", "--expires", "2000-01-01"],
        &["token", "create", "--repo", "*", "--role", "owner"],
        &["token", "revoke"],
    ] {
        let ran = pantry(words);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{words:?}");
    }
    // The role is read in any case, as all choices are.
    let folder = tempdir().unwrap();
    let state = folder.path().join("s").to_str().unwrap().to_owned();
    created(token(&state, &["create", "--repo", "*", "--role", "WRITE"]));
    assert_eq!(list(&state, &[])[0]["role"], "write");
}
