//! `pantry serve` and requests that nobody should send: it serves no file that its registry does not name, and does not fail.

use std::path::Path;

use pantry_testkit::oracle;
use serde_json::{Value, json};

use crate::fuzz_requests::{Dice, Request, Spoiler};
use crate::http::{self, Answer, get, post};
use crate::serving::{Backend, Repos, Server};

const REPO: &str = "oracle-mini";

/// Stands in files that the registry does not name.
const SECRET: &str = "nobody-may-read-this";

/// What no answer may have in it: files beside those of the registry, and of the machine.
const FOREIGN: &[&str] = &[SECRET, "SQLite format 3", "root:x:0:0:"];

/// Requests for each kind. `PANTRY_FUZZ_REQUESTS` asks for more, and `PANTRY_FUZZ_SEED` for others.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// A repo with files in and around it that the registry does not name.
fn repo_with_secrets() -> Repos {
    let repos = Repos::of(&[REPO], Backend::Sqlite);
    let repo = repos.path(REPO);
    let config = repo.join("butler.yaml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("# {SECRET}\n{text}")).unwrap();
    let places = [
        "../secret",
        "secret",
        "runs/first/secret",
        "runs/first/bands/g/secret.json",
    ];
    for place in places {
        std::fs::write(repo.join(place), SECRET).unwrap();
    }
    repos
}

/// All that the server knows, with a link to the file of each.
struct Known {
    words: Vec<String>,
    ids: Vec<String>,
    links: Vec<String>,
}

impl Known {
    fn of(server: &Server) -> Self {
        let root = Server::path(REPO);
        let everything = json!({
            "collections": ["*"], "name": ["*"], "find_first": false, "data_id": {}, "default_data_id": {}, "where": "",
            "bind": {}, "limit": null, "with_dimension_records": false,
        });
        let answer = post(
            &server.address,
            &format!("{root}/v1/query/all_datasets"),
            &everything,
        );
        let mut known = Self {
            words: ["Cam", "detector", "instrument", "g", "chain/all"]
                .map(str::to_owned)
                .to_vec(),
            ids: Vec::new(),
            links: Vec::new(),
        };
        for line in answer
            .body
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            let page: Value = serde_json::from_slice(line).unwrap();
            for row in page["rows"].as_array().unwrap_or_else(|| panic!("{page}")) {
                known.words.push(row["run"].as_str().unwrap().to_owned());
                known
                    .words
                    .push(row["datasetType"]["name"].as_str().unwrap().to_owned());
                known.ids.push(row["id"].as_str().unwrap().to_owned());
            }
        }
        for id in &known.ids {
            let file = get(&server.address, &format!("{root}/v1/get_file/{id}")).json();
            let url = file["artifact"]["file_info"][0]["url"].as_str();
            known.links.extend(
                url.and_then(|url| url.strip_prefix("http://localhost"))
                    .map(str::to_owned),
            );
        }
        assert!(known.links.len() > 10, "{:?}", known.links);
        known
    }

    /// One good request of each kind.
    fn requests(&self) -> Vec<Request> {
        let (root, id, link) = (Server::path(REPO), &self.ids[0], &self.links[0]);
        let v1 = format!("{root}/v1");
        let get = |path: &str| Request::get(&format!("{v1}/{path}"));
        let post = |path: &str, body: Value| Request::post(&format!("{v1}/{path}"), &body);
        let data_id = json!({"instrument": "Cam", "band": "g"});
        let query = json!({
            "tree": {
                "dimensions": ["instrument", "band"],
                "datasets": {"bands": {"dimensions": ["instrument", "band"], "collections": ["runs/first"]}},
            },
            "default_data_id": {"dataId": {}, "records": null},
            "additional_query_inputs": [{
                "type": "upload", "key": id, "dimensions": ["instrument"], "rows": [["Cam"], ["none"]],
            }],
        });
        let spec = json!({
            "result_type": "dataset_ref", "dataset_type_name": "bands", "dimensions": ["instrument", "band"],
            "storage_class_name": "StructuredDataList", "find_first": false, "include_dimension_records": true,
            "order_by": [{"expression_type": "dimension_key", "dimension": "band"}], "limit": 10,
        });
        let collections = json!({
            "search": ["*"], "collection_types": [1, 2, 3, 4], "flatten_chains": true, "include_chains": true,
        });
        let infos = json!({
            "expression": ["*"], "collection_types": [1, 2, 3, 4], "flatten_chains": false, "include_chains": true,
            "include_parents": true, "include_summary": true, "include_doc": true, "summary_datasets": ["bands"],
        });
        let all = json!({
            "collections": ["chain/all"], "name": ["*"], "find_first": true, "data_id": {"instrument": "Cam"},
            "default_data_id": {}, "where": "instrument = name AND detector > 0", "bind": {"name": {"expression_type": "string", "value": "Cam"}},
            "limit": 5, "with_dimension_records": true,
        });
        let find = json!({
            "dataset_type": "bands", "data_id": data_id, "default_data_id": {}, "collections": ["runs/first"],
            "timespan": [0, 1_700_000_000_000_000_000_u64], "dimension_records": true,
        });
        vec![
            Request::get(&format!("{root}/butler.yaml")),
            Request::get(&format!("{root}/butler.json")),
            Request::get("/healthz"),
            Request::get(link),
            get("universe"),
            get("dataset_type/bands"),
            get(&format!("dataset/{id}?dimension_records=true")),
            get(&format!("dataset/{id}/download")),
            get(&format!("get_file/{id}")),
            get("collection_info?name=chain/all&include_doc=true&include_parents=true"),
            get("collection_summary?name=runs/first"),
            post("query_collections", collections),
            post("query_collection_info", infos),
            post("query_dataset_types", json!({"search": ["*"]})),
            post("datasets", json!({"dataset_ids": self.ids})),
            post("find_dataset", find.clone()),
            post("get_file_by_data_id", find),
            post(
                "expand_data_id",
                json!({"data_id": {"instrument": "Cam", "detector": 1}}),
            ),
            post("file_transfer", json!({"dataset_ids": self.ids})),
            post(
                "query/execute",
                json!({"query": query, "result_spec": spec}),
            ),
            post(
                "query/count",
                json!({"query": query, "result_spec": spec, "exact": true, "discard": true}),
            ),
            post(
                "query/any",
                json!({"query": query, "execute": true, "exact": true}),
            ),
            post("query/explain", json!({"query": query, "execute": true})),
            post("query/all_datasets", all),
        ]
    }
}

/// Neither a fault of the server nor anything that the registry does not name.
#[track_caller]
fn assert_harmless(request: &[u8], answer: &Answer) {
    let shown = || String::from_utf8_lossy(&request[..request.len().min(3000)]).into_owned();
    assert!(answer.status < 500, "{}\n{answer:?}", shown());
    let body = String::from_utf8_lossy(&answer.body);
    for foreign in FOREIGN {
        assert!(
            !body.contains(foreign),
            "{foreign}: {}\n{answer:?}",
            shown()
        );
    }
}

#[track_caller]
fn assert_said_nothing_bad(server: Server) {
    assert_eq!(get(&server.address, "/healthz").status, 200);
    server.terminate();
    let (code, said) = server.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn spoiled_requests_do_no_harm() {
    let repos = repo_with_secrets();
    let server = Server::pantry(&repos);
    let known = Known::of(&server);
    let mut spoiler = Spoiler {
        dice: Dice(setting("PANTRY_FUZZ_SEED", 1)),
        words: &known.words,
    };
    let (mut sent, mut answered) = (0, 0);
    for good in known.requests() {
        let answer = http::ask(&server.address, &good.bytes());
        let is_error = String::from_utf8_lossy(&answer.body).contains("\"error\"");
        assert!(
            matches!(answer.status, 200 | 307) && !is_error,
            "{good:?} {answer:?}"
        );
        assert_harmless(&good.bytes(), &answer);
        for _ in 0..setting("PANTRY_FUZZ_REQUESTS", 150) {
            let spoiled = spoiler.spoil(&good);
            let request = spoiled.bytes();
            let mut stream = http::connect(&server.address, &request);
            if spoiled.is_open() {
                let _ = stream.shutdown(std::net::Shutdown::Write);
            }
            sent += 1;
            if let Some(answer) = http::rest(&mut stream, Vec::new()) {
                answered += 1;
                assert_harmless(&request, &answer);
            }
        }
    }
    // Others were HEAD, whose answer has no body, or no HTTP at all.
    assert!(answered > sent * 3 / 4, "{answered} of {sent}");
    assert_said_nothing_bad(server);
}

/// Ways to write the path from the root of the repo to another file.
fn ways(target: &str) -> Vec<String> {
    let encoded = target.replace('/', "%2f");
    let twice = encoded.replace('%', "%25");
    let mut ways = vec![
        target.to_owned(),
        encoded,
        twice,
        format!("file://{target}"),
        format!("/{target}"),
    ];
    for up in [
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..\\",
        "..%5c",
        "....//",
        "..;/",
        ".%00./",
        "%c0%ae%c0%ae/",
    ] {
        for count in [1, 3, 8, 20] {
            ways.push(format!(
                "{}{}",
                up.repeat(count),
                target.trim_start_matches('/')
            ));
        }
    }
    ways
}

#[test]
fn no_path_leads_out_of_what_the_registry_names() {
    let repos = repo_with_secrets();
    let repo = repos.path(REPO);
    let server = Server::pantry(&repos);
    let known = Known::of(&server);
    let root = Server::path(REPO);
    let (id, link) = (&known.ids[0], &known.links[0]);
    let (folder, query) = link.split_once('?').unwrap();
    let folder = folder.rsplit_once('/').unwrap().0;
    let outside = repo.parent().unwrap().join("secret");
    let targets = [
        "secret",
        "gen3.sqlite3",
        "butler.yaml",
        "runs/first/secret",
        "runs/first/bands/g/secret.json",
        "etc/passwd",
        "/etc/passwd",
        outside.to_str().unwrap(),
    ];
    let places = |way: &str| {
        let v1 = format!("{root}/v1");
        [
            format!("/{way}"),
            format!("{root}/{way}"),
            format!("{v1}/{way}"),
            format!("{v1}/file/{way}"),
            format!("{v1}/file/{way}?{query}"),
            format!("{folder}/{way}?{query}"),
            format!("{folder}/{way}"),
            format!("{v1}/dataset/{way}/download"),
            format!("{v1}/dataset/{id}/download/{way}"),
            format!("{v1}/dataset/{id}/download?component={way}"),
            format!("{v1}/get_file/{way}"),
            format!("{v1}/get_file/{id}/{way}"),
            format!("/api/butler/repo/{way}/v1/universe"),
            format!("{link}&component={way}"),
            format!("/docs/{way}"),
        ]
    };
    for way in targets.iter().flat_map(|target| ways(target)) {
        for path in places(&way) {
            let request = http::request("GET", &path, None);
            if let Some(answer) =
                http::rest(&mut http::connect(&server.address, &request), Vec::new())
            {
                assert_harmless(&request, &answer);
            }
        }
    }
    assert_said_nothing_bad(server);
}

/// Lets the record of a dataset's file name something else.
fn rename(repo: &Path, id: &str, path: &str) {
    let code = "
import sqlite3, sys
repo, dataset, path = sys.argv[1:]
with sqlite3.connect(repo + '/gen3.sqlite3', timeout=60) as connection:
    sql = 'UPDATE file_datastore_records SET path = ? WHERE dataset_id = ?'
    print(connection.execute(sql, (path, dataset.replace('-', ''))).rowcount)
";
    let args = [repo.to_str().unwrap(), id, path];
    assert_ne!(oracle::eval(code, args).trim(), "0");
}

#[test]
fn a_record_that_leads_out_of_the_repo_is_not_followed() {
    let repos = repo_with_secrets();
    let repo = repos.path(REPO);
    let server = Server::pantry(&repos);
    let known = Known::of(&server);
    let outside = repo.parent().unwrap().join("secret");
    std::os::unix::fs::symlink(&outside, repo.join("runs/first/out")).unwrap();
    std::os::unix::fs::symlink(repo.parent().unwrap(), repo.join("runs/first/up")).unwrap();
    let (id, link) = (&known.ids[0], &known.links[0]);
    let outside = outside.to_str().unwrap();
    let paths = [
        "../secret",
        "runs/../../secret",
        "..%2fsecret",
        "%2e%2e/secret",
        outside,
        "runs/first/out",
        "runs/first/up/secret",
        &format!("file://{outside}"),
        &format!("file://localhost{outside}"),
        "/etc/passwd",
        "../secret#zip-path=x",
    ];
    for path in paths {
        rename(&repo, id, path);
        let root = format!("{}/v1", Server::path(REPO));
        for asked in [
            link.clone(),
            format!("{root}/dataset/{id}/download"),
            format!("{root}/get_file/{id}"),
        ] {
            let answer = get(&server.address, &asked);
            let fresh = match answer.status {
                307 => answer.header("location").map(str::to_owned),
                200 => answer.json()["artifact"]["file_info"][0]["url"]
                    .as_str()
                    .map(str::to_owned),
                _ => None,
            };
            let fresh =
                fresh.and_then(|url| Some(url.strip_prefix("http://localhost")?.to_owned()));
            for answer in [answer]
                .into_iter()
                .chain(fresh.map(|path| get(&server.address, &path)))
            {
                let body = String::from_utf8_lossy(&answer.body);
                assert!(
                    !body.contains(SECRET) && !body.contains("root:x:0:0:"),
                    "{path}: {asked}: {answer:?}"
                );
            }
        }
    }
    assert_said_nothing_bad(server);
}
