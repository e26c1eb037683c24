//! The query verbs with the address of a Butler server, ours or the reference's: they print what they print of the repo itself.

use std::path::Path;
use std::process::Command;

use pantry_testkit::{Ran, oracle, run};

use crate::pantry::command;
use crate::serving::{Backend, Repos, Server};

/// Command lines with REPO in the place of the repo, and a plus for a space within a word.
const LINES: &[&str] = &[
    "query-collections REPO",
    "query-collections REPO --chains table -t",
    "query-collections REPO --chains inverse-table",
    "query-collections REPO --chains inverse-tree runs/*",
    "query-collections REPO --chains flatten chain/all",
    "query-collections REPO --chains no-children --collection-type run --format json",
    "query-collections REPO no/such",
    "query-dataset-types REPO",
    "query-dataset-types REPO -v *a* no_such",
    "query-dataset-types REPO --collections runs/second --format csv -v",
    "query-datasets REPO",
    "query-datasets REPO --format jsonl --limit 0",
    "query-datasets REPO bands,catalog --collections runs/* --limit 3",
    "query-datasets REPO catalog --collections chain/all --find-first --order-by -patch",
    "query-datasets REPO gain --collections calib/certified",
    "query-datasets REPO header --where instrument='Cam'+AND+detector=:d+AND+exposure.obs_id!='x' --bind d=1",
    "query-datasets REPO bands --collections no/such",
    "query-datasets REPO bands --where instrument='nobody'",
    "query-datasets REPO no_such",
    "query-datasets REPO bands --where nonsense",
    "query-datasets REPO bands --order-by nonsense",
    "query-data-ids REPO visit detector",
    "query-data-ids REPO --datasets header",
    "query-data-ids REPO patch visit --where instrument='Cam'+AND+skymap='tiny' --format csv",
    "query-data-ids REPO detector --order-by -detector.full_name --limit -2",
    "query-data-ids REPO instrument --datasets no_such --collections runs/first",
    "query-data-ids REPO",
    "query-data-ids REPO band --where instrument='nobody'",
    "query-dimension-records REPO instrument",
    "query-dimension-records REPO visit --format json",
    "query-dimension-records REPO visit_detector_region --format csv",
    "query-dimension-records REPO detector --datasets gain --collections calib/*",
    "query-dimension-records REPO patch --where tract=0+AND+skymap='tiny' --order-by -patch",
    "query-dimension-records REPO exposure --limit 1 --format jsonl",
    "query-dimension-records REPO no_such",
    "query-dimension-records REPO detector --where visit=11",
];

fn ask(line: &str, repo: &str, index: &Path) -> Ran {
    let words = line.split(' ').map(|word| match word {
        "REPO" => repo.to_owned(),
        word => word.replace('+', " "),
    });
    let mut command: Command = command();
    command.env("DAF_BUTLER_REPOSITORY_INDEX", index);
    command.env("BUTLER_RUBIN_ACCESS_TOKEN", "anything");
    run(command.args(words))
}

#[track_caller]
fn assert_same(line: &str, direct: &Ran, remote: &Ran) {
    assert_eq!(direct.code, remote.code, "{line}\n{direct}\n{remote}");
    assert_eq!(direct.stdout, remote.stdout, "{line}\n{remote}");
}

fn asks(backend: Backend) {
    let repos = Repos::of(&["oracle-mini"], backend);
    let repo = repos.path("oracle-mini");
    let (ours, reference) = (Server::pantry(&repos), Server::reference(&repos));
    let index = repo.parent().unwrap().join("index.yaml");
    let url = ours.repo("oracle-mini");
    std::fs::write(&index, format!("mine: {url}\nfile: {url}/butler.yaml\n")).unwrap();
    let mut answered = 0;
    for line in LINES {
        let direct = ask(line, repo.to_str().unwrap(), &index);
        let remote = ask(line, &url, &index);
        assert_same(line, &direct, &remote);
        answered += usize::from(direct.code == Some(0));
        assert_eq!(direct.stderr, remote.stderr, "{line}");
        assert_same(
            line,
            &direct,
            &ask(line, &reference.repo("oracle-mini"), &index),
        );
    }
    // The others are refused.
    assert!(answered > 25, "{answered}");
    for label in ["mine", "file", &format!("{url}/")] {
        let line = LINES[0];
        let direct = ask(line, repo.to_str().unwrap(), &index);
        assert_same(line, &direct, &ask(line, label, &index));
    }
}

#[test]
fn a_server_of_an_sqlite_repo_is_asked_as_the_repo_is() {
    asks(Backend::Sqlite);
}

#[test]
fn a_server_of_a_postgresql_repo_is_asked_as_the_repo_is() {
    asks(Backend::Postgresql);
}

#[test]
fn links_of_a_server_lead_to_the_files() {
    let repos = Repos::of(&["oracle-mini"], Backend::Sqlite);
    let server = Server::pantry(&repos);
    let line = "query-datasets REPO * --show-uri --format json --limit 0";
    let nowhere = Path::new("/nowhere");
    let direct = ask(line, repos.path("oracle-mini").to_str().unwrap(), nowhere).ok();
    let remote = ask(line, &server.repo("oracle-mini"), nowhere).ok();
    // Each file by its id and component, as Python reads it from its address.
    let read = "
import json, sys
from lsst.resources import ResourcePath
import hashlib
rows = json.load(sys.stdin)
found = [[r['type'], r['id'], hashlib.sha256(ResourcePath(r['uri']).read()).hexdigest()] for r in rows if r['uri']]
json.dump(sorted(found), sys.stdout)
";
    let content = |rows: &str| oracle::ask(read, &serde_json::from_str(rows).unwrap());
    let found = content(&remote);
    assert_eq!(found, content(&direct));
    assert!(found.as_array().unwrap().len() > 15, "{found}");
}

#[test]
fn what_is_wrong_with_a_server_is_told() {
    let nowhere = Path::new("/nowhere");
    let repos = Repos::of(&["oracle-mini"], Backend::Sqlite);
    let server = Server::pantry(&repos);
    let address = &server.address;
    for (url, told) in [
        (
            "http://127.0.0.1:1/repo".to_owned(),
            "cannot ask the Butler server at http://127.0.0.1:1/repo",
        ),
        (format!("{address}/api/butler/repo/other"), "404"),
        (format!("{address}/healthz"), "404"),
    ] {
        let ran = ask("query-collections REPO", &url, nowhere);
        assert_eq!(ran.code, Some(1), "{ran}");
        assert!(ran.stderr.contains(told), "{ran}");
        assert_eq!(ran.stderr.lines().count(), 1, "{ran}");
    }
}
