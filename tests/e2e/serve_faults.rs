//! `pantry serve` when its database is away or locked, when clients do not read, and when it is told to stop.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use pantry_testkit::oracle;
use pantry_testkit::postgres::OwnServer;
use serde_json::{Value, json};

use crate::http::{self, Answer, get, post};
use crate::serving::{Backend, Repos, Server};

const REPO: &str = "oracle-mini";

fn path(rest: &str) -> String {
    format!("{}/v1/{rest}", Server::path(REPO))
}

/// A short question to the registry.
fn ask(server: &Server) -> Answer {
    get(&server.address, &path("collection_info?name=runs/first"))
}

/// A query whose rows are those of two tables, each with each.
fn query() -> Value {
    let dimensions = ["detector", "physical_filter"];
    json!({
        "query": {
            "tree": {"dimensions": dimensions},
            "default_data_id": {"dataId": {}},
            "additional_query_inputs": [],
        },
        "result_spec": {
            "result_type": "data_coordinate",
            "dimensions": dimensions,
            "include_dimension_records": false,
        },
    })
}

/// Gives that query many rows: more than lie in the buffers of a connection.
fn many_rows(repos: &Repos) -> u64 {
    let code = "
import sys
from lsst.daf.butler import Butler
with Butler.from_config(sys.argv[1], writeable=True) as butler:
    name = next(iter(butler.query_data_ids(['instrument'])))['instrument']
    detectors = [{'instrument': name, 'id': 1000 + i, 'full_name': f'd{i}'} for i in range(1000)]
    filters = [{'instrument': name, 'name': f'filter{i}', 'band': 'r'} for i in range(400)]
    butler.registry.insertDimensionData('detector', *detectors)
    butler.registry.insertDimensionData('physical_filter', *filters)
    with butler.query() as query:
        print(query.data_ids(['detector', 'physical_filter']).count())
";
    let count = oracle::eval(code, [repos.path(REPO)]);
    count.trim().parse().unwrap()
}

#[track_caller]
fn assert_refused_for_now(answer: &Answer) {
    assert_eq!(answer.status, 503, "{answer:?}");
    let seconds = answer.header("retry-after").unwrap().parse::<u64>();
    assert!(seconds.unwrap() > 0, "{answer:?}");
}

#[test]
fn a_postgresql_server_goes_away_and_comes_back() {
    let state = tempfile::tempdir().unwrap();
    let postgresql = OwnServer::start(state.path());
    let repos = Repos::with(&[REPO], Some(postgresql.database()));
    let server = Server::pantry(&repos);
    let execute = |server: &Server| post(&server.address, &path("query/execute"), &query());
    let (info, rows) = (ask(&server), execute(&server));
    assert_eq!((info.status, rows.status), (200, 200), "{info:?} {rows:?}");
    for _ in 0..2 {
        postgresql.halt();
        for _ in 0..10 {
            assert_refused_for_now(&ask(&server));
            assert_refused_for_now(&execute(&server));
            assert_eq!(get(&server.address, "/healthz").status, 200);
            assert_eq!(get(&server.address, "/readyz").status, 503);
        }
        postgresql.resume();
        // Nobody has to tell the server.
        assert_eq!(ask(&server).body, info.body);
        assert_eq!(execute(&server).body, rows.body);
        assert_eq!(get(&server.address, "/readyz").status, 200);
    }
}

/// A process that has an SQLite file locked, so that nobody can read it, until it is told to let go.
struct Lock(Child);

impl Lock {
    fn of(repos: &Repos) -> Self {
        let code = "
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1] + '/gen3.sqlite3', timeout=60, isolation_level=None)
connection.execute('BEGIN EXCLUSIVE')
print('locked', flush=True)
sys.stdin.read()
";
        let mut command = oracle::code(code);
        command.arg(repos.path(REPO));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, "locked\n");
        Self(child)
    }

    fn let_go(mut self) {
        drop(self.0.stdin.take());
        assert!(self.0.wait().unwrap().success());
    }
}

#[test]
fn a_locked_sqlite_file_is_waited_for_and_then_refused() {
    let repos = Repos::of(&[REPO], Backend::Sqlite);
    let server = Server::pantry_with(&repos, &["--wait", "1"]);
    let before = ask(&server);
    assert_eq!(before.status, 200);
    let lock = Lock::of(&repos);
    // One with the connection that is there, and more at a time than there are.
    for many in [1, 4] {
        let start = Instant::now();
        let refused = || assert_refused_for_now(&ask(&server));
        std::thread::scope(|scope| (0..many).for_each(|_| drop(scope.spawn(refused))));
        assert!(start.elapsed() >= Duration::from_secs(1));
    }
    let stream = post(&server.address, &path("query/execute"), &query());
    assert_refused_for_now(&stream);
    lock.let_go();
    assert_eq!(ask(&server).body, before.body);
}

#[test]
fn a_lock_that_ends_in_time_is_only_waited_for() {
    let repos = Repos::of(&[REPO], Backend::Sqlite);
    let server = Server::pantry_with(&repos, &["--wait", "120"]);
    let before = ask(&server);
    let lock = Lock::of(&repos);
    let answers = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..3).map(|_| scope.spawn(|| ask(&server))).collect();
        // So that the requests come while it is locked; they are answered the same if they do not.
        std::thread::sleep(Duration::from_secs(1));
        lock.let_go();
        asked
            .into_iter()
            .map(|a| a.join().unwrap())
            .collect::<Vec<_>>()
    });
    for answer in answers {
        assert_eq!((answer.status, &answer.body), (200, &before.body));
    }
}

fn a_client_that_does_not_read(backend: Backend) {
    let repos = Repos::of(&[REPO], backend);
    many_rows(&repos);
    let limits = ["--connections", "1", "--max-queries", "1"];
    let times = ["--query-time", "3", "--wait", "120"];
    let server = Server::pantry_with(&repos, &[limits, times].concat());
    let request = http::request("POST", &path("query/execute"), Some(&query()));
    let mut stalled = http::connect(&server.address, &request);
    let mut first = vec![0; 100];
    stalled.read_exact(&mut first).unwrap();
    assert!(first.starts_with(b"HTTP/1.1 200 "), "{first:?}");
    // The one connection to the registry is free when the query's time is over, and so is the place for a stream.
    assert_eq!(ask(&server).status, 200);
    let small = json!({"query": query()["query"], "result_spec": {
        "result_type": "dimension_record", "element": "instrument",
    }});
    let rows = post(&server.address, &path("query/execute"), &small);
    assert_eq!(rows.status, 200, "{rows:?}");
    // Who begins to read then finds out that rows are missing: by a line, or because the answer is broken off.
    if let Some(answer) = http::rest(&mut stalled, first) {
        let text = String::from_utf8(answer.body).unwrap();
        let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(last["type"], "error", "{last}");
    }
}

#[test]
fn a_client_that_does_not_read_holds_no_connection_to_sqlite() {
    a_client_that_does_not_read(Backend::Sqlite);
}

#[test]
fn a_client_that_does_not_read_holds_no_connection_to_postgresql() {
    a_client_that_does_not_read(Backend::Postgresql);
}

#[test]
fn a_client_that_goes_away_frees_its_connection_at_once() {
    let repos = Repos::of(&[REPO], Backend::Sqlite);
    many_rows(&repos);
    let limits = ["--connections", "1", "--max-queries", "1", "--wait", "120"];
    let server = Server::pantry_with(&repos, &limits);
    for _ in 0..5 {
        let request = http::request("POST", &path("query/execute"), Some(&query()));
        let mut broken_off = http::connect(&server.address, &request);
        let mut first = vec![0; 100];
        broken_off.read_exact(&mut first).unwrap();
        drop(broken_off);
        // The time for a query is ten minutes, that to wait is less.
        assert_eq!(ask(&server).status, 200);
    }
}

#[test]
fn a_stream_is_sent_to_its_end_when_the_server_is_told_to_stop() {
    let repos = Repos::of(&[REPO], Backend::Sqlite);
    let count = many_rows(&repos);
    let server = Server::pantry_with(&repos, &["--stop-time", "300"]);
    let request = http::request("POST", &path("query/execute"), Some(&query()));
    let mut stream = http::connect(&server.address, &request);
    let mut first = vec![0; 100];
    stream.read_exact(&mut first).unwrap();
    server.terminate();
    // Nobody else is let in.
    while std::net::TcpStream::connect(server.address.trim_start_matches("http://")).is_ok() {
        std::thread::sleep(Duration::from_millis(20));
    }
    let answer = http::rest(&mut stream, first).unwrap();
    let rows = answer.body.split(|&byte| byte == b'\n');
    let rows = rows.filter(|line| !line.is_empty()).map(|line| {
        let page: Value = serde_json::from_slice(line).unwrap();
        page["rows"].as_array().unwrap().len() as u64
    });
    assert_eq!(rows.sum::<u64>(), count);
    let (code, said) = server.end();
    assert_eq!(code, Some(0), "{said}");
}
