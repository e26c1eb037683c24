//! `pantry serve` with tokens: a caller with globs of collections sees what they allow, by every way, and nothing else.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use pantry_testkit::{fixture, oracle, run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::pantry::{command, pantry};

/// The collections that the holder of a token sees, or what the client was told instead.
const NAMES: &str = "
import json, os, sys
url, os.environ['BUTLER_RUBIN_ACCESS_TOKEN'] = sys.argv[1:]
import absent
absent.install()
from lsst.daf.butler import Butler
try: print(json.dumps(sorted(Butler(url).collections.query('*'))))
except Exception as error: print(json.dumps(str(error.__cause__)))";

/// A server of the example with a state of its own, ended with this value.
pub struct Server {
    pub child: Child,
    said: Receiver<String>,
    pub url: String,
    pub folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(options: &[&str]) -> Self {
        let folder = example();
        let repo = format!("mini={}", folder.path().join("repo").display());
        let mut words = vec!["serve", repo.as_str(), "--bind", "127.0.0.1:0"];
        words.extend(options);
        Self::with(folder, &words)
    }

    /// With the example in the folder, and these words before those about the state.
    pub fn with(folder: TempDir, words: &[&str]) -> Self {
        let mut command = command();
        command.args(words).arg("--state");
        command.arg(folder.path().join("state.sqlite3"));
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, said) = channel();
        // All is read, so that the pipe never fills.
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let mut server = Self {
            child,
            said,
            url: String::new(),
            folder,
        };
        let address = loop {
            if let Some((_, address)) = server.line().split_once("serving at ") {
                break address.to_owned();
            }
        };
        server.url = format!("{address}/api/butler/repo/mini");
        server
    }

    fn line(&mut self) -> String {
        self.said.recv().unwrap()
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state.sqlite3")
    }

    pub fn token(&self, words: &[&str]) -> String {
        let mut command = command();
        command.args(["token", "create", "--repo", "mini"]);
        let ran = run(command.args(words).arg("--state").arg(self.state()));
        ran.ok().lines().next().unwrap().to_owned()
    }

    /// What the holder of a token sees, who should see just these collections.
    fn seen(&self, token: &str, collections: &[&str]) -> Value {
        let repo = self.folder.path().join("repo");
        let words = [repo.to_str().unwrap(), &self.url, token];
        let words = words.iter().chain(collections);
        let mut script = oracle::script("serve/rules.py");
        serde_json::from_str(&run(script.args(words)).ok()).unwrap()
    }
}

/// A folder with the example in `repo`.
pub fn example() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (repo, export) = (folder.path().join("repo"), fixture("hsc-mini"));
    let words = [Path::new("import"), &repo, &export];
    let copy = ["--transfer", "copy"].map(Path::new);
    let _ = pantry(words.into_iter().chain(copy)).ok();
    folder
}

#[test]
fn a_token_with_globs_shows_what_they_allow() {
    let server = Server::start(&["--no-anonymous-read"]);
    let defaults = ["HSC/defaults", "HSC/raw/all", "HSC/calib", "skymaps"];
    for (globs, collections) in [
        // A chain, and with it a CALIBRATION collection whose datasets are in RUNs that are not allowed.
        ("HSC/defaults", &defaults[..]),
        ("HSC/tagged/*", &["HSC/tagged/best-seeing"]),
        ("*/step1,sky*", &["HSC/runs/mini/step1", "skymaps"]),
    ] {
        let token = server.token(&["--collections", globs]);
        let seen = server.seen(&token, collections);
        assert_eq!(seen["wrong"], json!({}), "{globs}: {seen}");
        let count = |key: &str| seen[key].as_u64().unwrap();
        assert!(
            count("allowed") > 0 && count("hidden") > 0,
            "{globs}: {seen}"
        );
    }
    // Another who may read all comes over the same connections.
    let all = pantry_collections(&server);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let seen = server.seen(&server.token(&[]), &all);
    assert_eq!(
        (&seen["wrong"], &seen["hidden"]),
        (&json!({}), &json!(0)),
        "{seen}"
    );
}

fn pantry_collections(server: &Server) -> Vec<String> {
    let repo = server.folder.path().join("repo");
    let words = [
        "query-collections",
        repo.to_str().unwrap(),
        "--format",
        "json",
    ];
    let listed: Value = serde_json::from_str(&pantry(words).ok()).unwrap();
    let name = |row: &Value| row["name"].as_str().unwrap().to_owned();
    listed.as_array().unwrap().iter().map(name).collect()
}

#[test]
fn the_start_says_how_to_get_in() {
    let mut server = Server::start(&["--no-anonymous-read"]);
    let butler = server.line();
    assert_eq!(butler, format!("pantry:   Butler(\"{}\")", server.url));
    assert_eq!(
        server.line(),
        "pantry: users need a token; for one of 90 days:"
    );
    let export = server.line();
    let export = export.strip_prefix("pantry:   ").unwrap();
    // The line works as it stands.
    let folder = Path::new(env!("CARGO_BIN_EXE_pantry")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(
        [folder.to_owned()]
            .into_iter()
            .chain(std::env::split_paths(&path)),
    );
    let get = "import os, urllib.request as r\n\
        token = os.environ['BUTLER_RUBIN_ACCESS_TOKEN']\n\
        asked = r.Request(os.environ['URL'] + '/v1/universe', headers={'Authorization': f'Bearer {token}'})\n\
        print(r.urlopen(asked).status)";
    let mut shell = Command::new("sh");
    shell
        .args(["-euc", &format!("{export}\nexec \"$0\" -c \"$1\"")])
        .arg(oracle::python())
        .arg(get)
        .env("PATH", path.unwrap())
        .env("URL", &server.url);
    assert_eq!(run(&mut shell).ok().trim(), "200");
}

#[test]
fn anybody_on_this_machine_may_read_unless_proxies_bring_others() {
    let mut server = Server::start(&[]);
    server.line();
    let said = server.line();
    assert!(said.contains("anybody on this machine may read"), "{said}");
    server.line();
    assert_eq!(
        server.line(),
        "pantry:   export BUTLER_RUBIN_ACCESS_TOKEN=anonymous"
    );
    let mut server = Server::start(&["--trusted-proxy", "10.0.0.0/8"]);
    server.line();
    let said = server.line();
    assert!(said.contains("users need a token"), "{said}");
    let refused = pantry(["serve", "nowhere", "--user-header", "X-User"]);
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("--trusted-proxy"),
        "{}",
        refused.stderr
    );
}

#[test]
fn the_index_says_what_is_served() {
    let folder = example();
    let index = folder.path().join("index.yaml");
    let repo = folder.path().join("repo");
    let text = format!(
        "mini: {}\nremote: https://butler.example.org/x\n",
        repo.display()
    );
    std::fs::write(&index, text).unwrap();
    let index = index.to_str().unwrap().to_owned();
    // Others reach this address, and are not let in unasked.
    let words = ["serve", "--repo-index", &index, "--bind", "0.0.0.0:0"];
    let mut server = Server::with(folder, &words);
    server.url = server.url.replace("0.0.0.0", "127.0.0.1");
    let said = [server.line(), server.line()];
    assert!(said[0].ends_with("/api/butler/repo/mini\")"), "{said:?}");
    assert!(said[1].contains("users need a token"), "{said:?}");
    let refused = oracle::json(NAMES, [&server.url, "anonymous"]);
    assert!(refused.as_str().unwrap().contains("401"), "{refused}");
    let token = server.token(&["--collections", "skymaps"]);
    let seen = oracle::json(NAMES, [&server.url, token.as_str()]);
    assert_eq!(seen, json!(["skymaps"]));
}

#[test]
fn users_of_a_provider_are_let_in_by_its_tokens() {
    let made = run(&mut oracle::script("serve/jwts.py")).ok();
    let made: Value = serde_json::from_str(&made).unwrap();
    let folder = example();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (repo, keys) = (format!("mini={}", file("repo")), file("keys.json"));
    std::fs::write(&keys, made["keys"].to_string()).unwrap();
    let words = "--bind 127.0.0.1:0 --issuer https://login.example.org/ --audience pantry \
        --allow group:g_staff=mini:skymaps --jwks";
    let mut all = vec!["serve", &repo];
    all.extend(words.split_whitespace());
    all.push(&keys);
    let mut server = Server::with(folder, &all);
    server.line();
    let said = server.line();
    assert!(
        said.contains("a token of https://login.example.org/"),
        "{said}"
    );
    let seen = |token: &str| {
        let token = made["tokens"][token].as_str().unwrap();
        oracle::json(NAMES, [&server.url, token])
    };
    assert_eq!(seen("groups"), json!(["skymaps"]));
    for (token, status) in [("RS256", "403"), ("expired", "401")] {
        let said = seen(token);
        assert!(
            said.as_str().is_some_and(|said| said.contains(status)),
            "{said}"
        );
    }
    let refused = pantry(["serve", "nowhere", "--jwks", "keys.json"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("--issuer"), "{}", refused.stderr);
}
