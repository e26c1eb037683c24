//! `pantry serve` of a repo that others write to: nothing is stale, and nothing fails.

use serde_json::Value;

use crate::serving::{Backend, Repos, Server, report};

fn sees_each_write(backend: Backend) {
    let repos = Repos::of(&["oracle-mini"], backend);
    let server = Server::pantry(&repos);
    let repo = repos.path("oracle-mini").to_str().unwrap().to_owned();
    let writes = report("writes.py", [&repo, &server.repo("oracle-mini")]);
    let none = Value::Array(Vec::new());
    assert_eq!(writes["differences"], none, "{:#}", writes["differences"]);
    // Each of the writes is one that the reads notice.
    assert_eq!(writes["unseen"], none);
    assert!(writes["reads"].as_u64().unwrap() > 400, "{writes}");
}

fn answers_meanwhile(backend: Backend) {
    let repos = Repos::of(&["oracle-mini"], backend);
    let server = Server::pantry(&repos);
    let repo = repos.path("oracle-mini").to_str().unwrap().to_owned();
    let url = server.repo("oracle-mini");
    let busy = report("busy.py", [repo.as_str(), &url, "1", "150"]);
    let none = Value::Array(Vec::new());
    assert_eq!(busy["differences"], none, "{:#}", busy["differences"]);
    for what in ["writes", "compared"] {
        assert!(busy[what].as_u64().unwrap() > 100, "{what}: {busy}");
    }
}

#[test]
fn each_write_is_seen_at_once_on_sqlite() {
    sees_each_write(Backend::Sqlite);
}

#[test]
fn each_write_is_seen_at_once_on_postgresql() {
    sees_each_write(Backend::Postgresql);
}

#[test]
fn answers_are_right_while_others_write_on_sqlite() {
    answers_meanwhile(Backend::Sqlite);
}

#[test]
fn answers_are_right_while_others_write_on_postgresql() {
    answers_meanwhile(Backend::Postgresql);
}
