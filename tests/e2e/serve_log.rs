//! The log of accesses, as text and as records that the reference reads.

use std::process::Command;

use pantry_testkit::{oracle, run};
use serde_json::{Value, json};

use crate::serve_rules::{Server, example};

/// Asks without a token, with one, for a file that is not there, and with a client's name for the request.
const ASK: &str = "
import json, sys, urllib.error, urllib.request
url, token = sys.argv[1:]
def ask(path, **headers):
    headers = {k.replace('_', '-'): v for k, v in headers.items()}
    try: answer = urllib.request.urlopen(urllib.request.Request(url + path, headers=headers))
    except urllib.error.HTTPError as error: answer = error
    return [answer.status, len(answer.read()), answer.headers['X-Request-Id']]
bearer = f'Bearer {token}'
print(json.dumps([
    ask('/v1/universe', X_Request_Id='first'),
    ask('/v1/universe', X_Request_Id='second', Authorization=bearer),
    ask('/v1/file/abc/x.fits?expires=1&signature=hush', X_Request_Id='third'),
    ask('/butler.json', X_Butler_Client_Request_Id='fourth'),
]))";

/// The records of accesses, as the reference reads them.
const READ: &str = "
import json, sys
from lsst.daf.butler.logging import ButlerLogRecords
records = ButlerLogRecords.from_file(sys.argv[1])
print(json.dumps([[r.levelname, r.message, r.MDC] for r in records if r.name == 'pantry.api.access']))";

#[test]
fn every_request_is_a_line() {
    let folder = example();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (records, lines) = (file("log.json"), file("log.txt"));
    let files = format!("{records},{lines}");
    let repo = format!("mini={}", file("repo"));
    let words = [
        "--log-file",
        &files,
        "serve",
        &repo,
        "--bind",
        "127.0.0.1:0",
        "--no-anonymous-read",
    ];
    let mut server = Server::with(folder, &words);
    let token = server.token(&["--name", "me"]);
    let answers = oracle::json(ASK, [server.url.as_str(), &token]);
    let status = |i: usize| (answers[i][0].as_u64().unwrap(), &answers[i][2]);
    assert_eq!(status(0), (401, &json!("first")));
    assert_eq!(status(1), (200, &json!("second")));
    assert_eq!(status(2), (403, &json!("third")));
    assert_eq!(status(3), (200, &json!("fourth")));
    // What is written when the server has ended is all there is.
    let _ = run(Command::new("kill").arg(server.child.id().to_string())).ok();
    assert!(server.child.wait().unwrap().success());
    let written = oracle::json(READ, [&records]);
    let written = written.as_array().unwrap();
    assert_eq!(written.len(), 4, "{written:?}");
    let text = std::fs::read_to_string(&lines).unwrap();
    let text: Vec<&str> = text
        .lines()
        .filter(|l| l.contains("pantry.api.access"))
        .collect();
    assert_eq!(text.len(), 4, "{text:?}");
    for (i, (path, user)) in [
        ("universe", "-"),
        ("universe", "me"),
        ("file/abc/x.fits", "-"),
    ]
    .into_iter()
    .enumerate()
    {
        let (record, answer) = (&written[i], &answers[i]);
        let context = &record[2];
        let start = format!("GET /api/butler/repo/mini/v1/{path} status={}", answer[0]);
        let message = record[1].as_str().unwrap();
        assert!(message.starts_with(&start), "{record}");
        assert_eq!(text[i], format!("pantry.api.access INFO: {message}"));
        for (name, value) in [
            ("STATUS", &answer[0].to_string()),
            ("BYTES", &answer[1].to_string()),
            ("USER", &user.to_owned()),
            ("CLIENT", &"127.0.0.1".to_owned()),
        ] {
            assert_eq!(context[name], Value::from(value.as_str()), "{record}");
        }
        assert_eq!(context["REQUEST"], answer[2], "{record}");
        assert!(
            context["MS"].as_str().unwrap().parse::<f64>().is_ok(),
            "{record}"
        );
    }
    // Signatures and secrets of tokens are written nowhere.
    let all = std::fs::read_to_string(&records).unwrap();
    assert!(!all.contains("hush") && !all.contains(&token), "{all}");
}
