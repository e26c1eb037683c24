//! The unchanged Python client with `pantry serve`: every method that it implements gives what the direct Butler gives, and
//! the requests that it makes, and others like them, are answered as the reference's server answers them.

use serde_json::Value;

use crate::serving::{Backend, Repos, Server, report};

/// Random requests for each path, besides those of the client. `PANTRY_SERVE_REQUESTS` asks for more, and
/// `PANTRY_SERVE_SEED` for others.
const REQUESTS: &str = "20";

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn serves(fixtures: &[&str], backend: Backend) {
    let repos = Repos::of(fixtures, backend);
    let (ours, reference) = (Server::pantry(&repos), Server::reference(&repos));
    for label in repos.labels() {
        let (url, reference_url) = (ours.repo(label), reference.repo(label));
        let repo = repos.path(label).to_str().unwrap().to_owned();
        let requests = format!("{repo}/requests.jsonl");
        let client = report("client.py", [&repo, &url, &reference_url, &requests]);
        for (what, value) in client.as_object().unwrap() {
            if let Some([first, ..]) = value.as_array().map(Vec::as_slice) {
                println!("{label}: {what}: {first:#}");
            }
        }
        println!(
            "{label}: {} calls, {} values",
            client["calls"], client["values"]
        );
        for what in ["differences", "not_called", "implemented_now"] {
            assert_eq!(client[what], Value::Array(Vec::new()), "{label}: {what}");
        }
        assert!(client["values"].as_u64().unwrap() > 1000, "{label}");
        assert!(client["unimplemented"].as_u64().unwrap() > 30, "{label}");
        let count = setting("PANTRY_SERVE_REQUESTS", REQUESTS);
        let seed = setting("PANTRY_SERVE_SEED", "1");
        let replay = report(
            "replay.py",
            [&reference_url, &url, &requests, &seed, &count],
        );
        println!("{label}: {:#}", replay["paths"]);
        for (path, counts) in replay["paths"].as_object().unwrap() {
            assert!(counts["good"].as_u64().unwrap() > 0, "{label}: {path}");
        }
        let differences = replay["differences"].as_array().unwrap();
        assert!(
            differences.is_empty(),
            "{label}: {:#}",
            replay["differences"]
        );
    }
}

#[test]
fn the_python_client_and_its_requests_on_sqlite() {
    serves(&["oracle-mini", "hsc-mini"], Backend::Sqlite);
}

#[test]
fn the_python_client_and_its_requests_on_postgresql() {
    serves(&["oracle-mini"], Backend::Postgresql);
}
