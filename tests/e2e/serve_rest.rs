//! The REST of `pantry serve` from outside: as pandas and astropy read it by address, and as schemathesis tries to break it.

use pantry_testkit::{oracle, run};
use serde_json::{Value, json};

use crate::http;
use crate::serving::{Backend, Repos, Server};

/// A server of the repo `hsc-mini`.
struct Rest {
    server: Server,
    _repos: Repos,
}

impl Rest {
    fn new() -> Self {
        let repos = Repos::of(&["hsc-mini"], Backend::Sqlite);
        Self {
            server: Server::pantry(&repos),
            _repos: repos,
        }
    }

    fn repo(&self) -> String {
        format!("{}/api/v1/repos/hsc-mini", self.server.address)
    }

    /// The rows of a table.
    fn rows(&self, path: &str) -> Vec<Value> {
        let path = format!("/api/v1/repos/hsc-mini/{path}");
        let mut page = http::get(&self.server.address, &path).json();
        match page["rows"].take() {
            Value::Array(rows) => rows,
            other => panic!("{path}: {other}"),
        }
    }
}

#[test]
fn pandas_and_astropy_read_tables_by_their_address() {
    let rest = Rest::new();
    let paths = [
        "datasets?type=calexp",
        "dimension-records/visit",
        "data-ids?dimensions=visit,detector",
    ];
    let args = std::iter::once(rest.repo()).chain(paths.map(str::to_owned));
    let read = run(oracle::script("rest_urls.py").args(args)).ok();
    let read: Vec<Value> = serde_json::from_str(&read).unwrap();
    assert_eq!(read.len(), paths.len());
    for (path, read) in paths.iter().zip(&read) {
        let rows = rest.rows(path);
        let columns: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
        let first = match columns.iter().any(|name| *name == "id") {
            true => "id",
            false => columns[0],
        };
        let text = |row: &Value| match &row[first] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let texts: Vec<String> = rows.iter().map(text).collect();
        for program in ["parquet", "csv", "jsonl", "votable", "ascii"] {
            let found = &read[program];
            assert_eq!(found["columns"], json!(columns), "{path} {program}");
            assert_eq!(found["rows"], json!(texts), "{path} {program}");
        }
    }
}

#[test]
fn schemathesis_finds_nothing() {
    let rest = Rest::new();
    let rows = rest.rows("datasets?type=calexp&limit=1");
    let id = rows[0]["id"].as_str().unwrap();
    let ran =
        run(oracle::script("rest_schema.py").args([rest.server.address.as_str(), "hsc-mini", id]));
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    // It still answers.
    let answered = rest.rows("datasets?type=calexp&limit=1");
    assert_eq!(answered, rows, "{}", ran.stdout);
}
