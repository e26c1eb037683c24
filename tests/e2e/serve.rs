//! `pantry serve` with the unchanged Python client: what it gives is what the direct Butler gives.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use pantry_testkit::{fixture, oracle};

use crate::pantry::{command, pantry};

const COMPARE: &str = r#"
import json, os, sys
os.environ["BUTLER_RUBIN_ACCESS_TOKEN"] = "any"
import absent
absent.install()
from lsst.daf.butler import Butler
direct, remote = Butler.from_config(sys.argv[1]), Butler(sys.argv[2])
refs = direct.query_all_datasets("*", name="*", find_first=False, limit=None)
checks = {
    "all datasets": set(remote.query_all_datasets("*", name="*", find_first=False, limit=None)) == set(refs),
    "universe": remote.dimensions == direct.dimensions,
    "collections": sorted(remote.collections.query("*")) == sorted(direct.collections.query("*")),
    "by id": all(remote.get_dataset(ref.id) == ref for ref in refs),
    "many": set(remote.get_many_datasets([ref.id for ref in refs])) == set(refs),
    "found": all(remote.find_dataset(r.datasetType.name, r.dataId, collections=[r.run]) == r for r in refs),
    "visits": set(remote.query_dimension_records("visit")) == set(direct.query_dimension_records("visit")),
}
with remote.query() as mine, direct.query() as theirs:
    for name in ("patch", "visit"):
        checks[name] = mine.data_ids([name]).count() == theirs.data_ids([name]).count() > 0
print(json.dumps({"datasets": len(refs), "wrong": [name for name, right in checks.items() if not right]}))
"#;

/// A server, ended with this value.
struct Server(Child, String);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(repo: &Path) -> Server {
    let mut command = command();
    command.arg("serve").arg(format!("mini={}", repo.display()));
    command
        .args(["--bind", "127.0.0.1:0"])
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    said.read_line(&mut line).unwrap();
    let address = line.trim().rsplit_once(' ').unwrap().1.to_owned();
    Server(child, format!("{address}/api/butler/repo/mini"))
}

#[test]
fn the_python_client_sees_what_the_direct_butler_sees() {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path().join("repo");
    let export = fixture("hsc-mini");
    let args = [Path::new("import"), &repo, &export];
    let _ = pantry(
        args.into_iter()
            .chain([Path::new("--transfer"), Path::new("copy")]),
    )
    .ok();
    let server = serve(&repo);
    let found = oracle::json(COMPARE, [repo.to_str().unwrap(), &server.1]);
    assert_eq!(found["wrong"], serde_json::json!([]), "{found}");
    assert!(found["datasets"].as_u64().unwrap() > 50, "{found}");
}
