//! The REST in process, beside the direct Butler of the reference; its formats as users' programs read them.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use pantry_registry::config::Environment;
use pantry_testkit::postgres::Database;
use pantry_testkit::{fixture, oracle, run_with_input};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::router::router;
use crate::server::Server;
use crate::settings::{RepoSetting, Settings};
use crate::test_site::{OTHER, Site};

/// A server of the repo `mini`.
pub struct Served {
    folder: TempDir,
    router: Router,
    runtime: tokio::runtime::Runtime,
    _database: Option<Database>,
}

pub struct Answer {
    pub status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

impl Served {
    pub fn new() -> Self {
        Self::with(None)
    }

    /// With the registry in this database; else it is an SQLite file.
    pub fn with(database: Option<Database>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repo = folder.path().join("mini");
        match &database {
            None => oracle::create(&repo),
            Some(database) => oracle::create_postgres(&repo, database, None),
        }
        let export = fixture("hsc-mini");
        let words = [Path::new("import"), &repo, &export];
        let words = words.into_iter().chain(["-t", "direct"].map(Path::new));
        let _ = oracle::butler(words).ok();
        let setting = RepoSetting {
            label: "mini".to_owned(),
            repo: repo.to_str().unwrap().to_owned(),
        };
        let (address, environment) = ("127.0.0.1:0", Environment::new(folder.path()));
        let mut settings = Settings::new(address.parse().unwrap(), vec![setting], environment);
        settings.files.allowed = vec![export];
        settings.auth.anonymous_read = true;
        let server = Arc::new(Server::open(settings).unwrap());
        Self {
            router: router(&server),
            runtime: tokio::runtime::Runtime::new().unwrap(),
            folder,
            _database: database,
        }
    }

    pub fn get(&self, path: &str, headers: &[(header::HeaderName, &str)]) -> Answer {
        let uri = format!("/api/v1/{path}");
        let mut request = Request::get(uri.replace(' ', "%20"));
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let router = self.router.clone();
        self.runtime.block_on(async move {
            let response = router.oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            Answer {
                status: parts.status,
                headers: parts.headers,
                body: body.collect().await.unwrap().to_bytes(),
            }
        })
    }

    #[track_caller]
    fn rows(&self, path: &str) -> Vec<Value> {
        let answer = self.get(path, &[]);
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.json());
        let mut page = answer.json();
        assert_eq!(page["next"], Value::Null, "{path}");
        match page["rows"].take() {
            Value::Array(rows) => rows,
            other => panic!("{path}: {other}"),
        }
    }

    /// All pages of so many rows.
    #[track_caller]
    fn pages(&self, path: &str, limit: usize) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let answer = self.get(&format!("{path}&limit={limit}{cursor}"), &[]);
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.json());
            let page = answer.json();
            let more = page["rows"].as_array().unwrap();
            assert!(more.len() <= limit, "{path}{cursor}");
            assert!(cursor.is_empty() || !more.is_empty(), "{path}{cursor}");
            rows.extend(more.iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }

    /// The bytes of the file of a dataset, found by the reference.
    fn file(&self, id: &str) -> Vec<u8> {
        let script = "
import sys, json, uuid
from lsst.daf.butler import Butler
with Butler.from_config(sys.argv[1]) as butler:
    ref = butler.get_dataset(uuid.UUID(sys.argv[2]))
    print(json.dumps(butler.getURI(ref).ospath))";
        let path = oracle::json(script, [self.repo().as_str(), id]);
        std::fs::read(path.as_str().unwrap()).unwrap()
    }

    fn repo(&self) -> String {
        self.folder.path().join("mini").to_str().unwrap().to_owned()
    }
}

/// Rows in an order of their own, without the columns that are null, which a table of several types has more of.
fn sorted(rows: &[Value]) -> Vec<String> {
    let text = |row: &Value| {
        let mut fields: Vec<String> = row
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        fields.sort();
        fields.join(" ")
    };
    let mut rows: Vec<String> = rows.iter().map(text).collect();
    rows.sort();
    rows
}

fn ask(script: &str, input: &Value) -> Value {
    let printed = run_with_input(&mut oracle::script(script), input.to_string().as_bytes()).ok();
    serde_json::from_str(&printed).unwrap()
}

/// Paths below the repo, and what the direct Butler is asked for.
fn questions(types: &Value) -> Vec<(String, Value)> {
    let all = json!(["*"]);
    let datasets = |types: Value, find_first: bool, collections: Value| json!({"of": "datasets", "types": types, "collections": collections, "find_first": find_first});
    let with = |mut question: Value, name: &str, value: Value| {
        question[name] = value;
        question
    };
    let run = json!(["HSC/runs/mini"]);
    vec![
        ("collections?".to_owned(), json!({"of": "collections"})),
        ("dataset-types?".to_owned(), json!({"of": "dataset_types"})),
        (
            "datasets?".to_owned(),
            datasets(types.clone(), false, all.clone()),
        ),
        (
            "datasets?type=calexp&collections=HSC/runs/mini&find_first=true".to_owned(),
            datasets(json!(["calexp"]), true, run.clone()),
        ),
        (
            "datasets?type=calexp&where=instrument='HSC' AND detector IN (:d) AND visit %3E 0&bind.d=(1,2,50)"
                .to_owned(),
            with(
                with(
                    datasets(json!(["calexp"]), false, all),
                    "where",
                    json!("instrument='HSC' AND detector IN (d) AND visit > 0"),
                ),
                "bind",
                json!({"d": [1, 2, 50]}),
            ),
        ),
        (
            "data-ids?dimensions=visit,detector&datasets=calexp&collections=HSC/runs/mini"
                .to_owned(),
            json!({"of": "data_ids", "dimensions": ["visit", "detector"], "datasets": "calexp", "collections": run}),
        ),
        (
            "data-ids?dimensions=physical_filter&where=instrument=:i&bind.i=HSC".to_owned(),
            json!({"of": "data_ids", "dimensions": ["physical_filter"], "where": "instrument='HSC'"}),
        ),
        (
            "dimension-records/visit?".to_owned(),
            json!({"of": "dimension_records", "element": "visit"}),
        ),
        (
            "dimension-records/tract?".to_owned(),
            json!({"of": "dimension_records", "element": "tract"}),
        ),
        (
            "dimension-records/detector?".to_owned(),
            json!({"of": "dimension_records", "element": "detector"}),
        ),
    ]
}

#[test]
fn rows_are_those_of_the_direct_butler_also_page_by_page() {
    let served = Served::new();
    let types = served.rows("repos/mini/dataset-types");
    let types = json!(types.iter().map(|t| t["name"].clone()).collect::<Vec<_>>());
    let questions = questions(&types);
    let asked: Vec<&Value> = questions.iter().map(|(_, question)| question).collect();
    let expected = ask(
        "rest_answers.py",
        &json!({"repo": served.repo(), "questions": asked}),
    );
    for ((path, _), expected) in questions.iter().zip(expected.as_array().unwrap()) {
        let path = format!("repos/mini/{path}");
        let rows = served.rows(&path);
        let expected = expected.as_array().unwrap();
        assert!(!expected.is_empty(), "{path}");
        assert_eq!(sorted(&rows), sorted(expected), "{path}");
        if path.contains("/collections?") || path.contains("dataset-types?") {
            continue;
        }
        for limit in [1.max(rows.len() / 3), rows.len(), rows.len() + 1] {
            assert_eq!(served.pages(&path, limit), rows, "{path} by {limit}");
        }
    }
}

#[test]
fn an_order_of_the_caller_is_kept_over_pages() {
    let served = Served::new();
    let path = "repos/mini/datasets?type=calexp&order_by=-detector,visit";
    let rows = served.rows(path);
    let key = |row: &Value| {
        (
            -row["detector"].as_i64().unwrap(),
            row["visit"].as_i64().unwrap(),
        )
    };
    let keys: Vec<_> = rows.iter().map(key).collect();
    assert!(keys.len() > 2 && keys.is_sorted(), "{keys:?}");
    assert_eq!(served.pages(path, 2), rows);
}

#[test]
fn what_covers_a_position_is_found_by_comparing_all_regions() {
    let served = Served::new();
    let types = served.rows("repos/mini/dataset-types");
    let types: Vec<&Value> = types.iter().map(|t| &t["name"]).collect();
    // The middle of a detector's image, and cones around it.
    let script = "
import sys, json
from lsst.daf.butler import Butler
from lsst.sphgeom import LonLat
with Butler.from_config(sys.argv[1]) as butler:
    record = butler.query_dimension_records('visit_detector_region')[0]
    center = LonLat(record.region.getCentroid())
    print(json.dumps([center.getLon().asDegrees(), center.getLat().asDegrees()]))";
    let center = oracle::json(script, [served.repo()]);
    let (ra, dec) = (center[0].as_f64().unwrap(), center[1].as_f64().unwrap());
    let elements = ["tract", "patch", "visit", "visit_detector_region"];
    let places = [(ra, dec, 0.0), (ra, dec, 0.3), (ra + 90.0, dec, 0.1)];
    let asked: Vec<Value> = places
        .iter()
        .map(|(ra, dec, radius)| {
            json!({"of": "covers", "ra": ra, "dec": dec, "radius": radius, "elements": elements, "types": types})
        })
        .collect();
    let expected = ask(
        "rest_answers.py",
        &json!({"repo": served.repo(), "questions": asked}),
    );
    for ((ra, dec, radius), expected) in places.iter().zip(expected.as_array().unwrap()) {
        let path = format!("repos/mini/covers?ra={ra}&dec={dec}&radius={radius}");
        let mut rows = served.rows(&path);
        for limit in [1.max(rows.len() / 4), rows.len().max(1)] {
            assert_eq!(served.pages(&path, limit), rows, "{path} by {limit}");
        }
        for row in rows.iter_mut().filter(|row| row["element"] == "dataset") {
            let fields = row.as_object_mut().unwrap();
            fields.retain(|name, _| ["element", "type", "id", "run"].contains(&name.as_str()));
        }
        assert_eq!(
            sorted(&rows),
            sorted(expected.as_array().unwrap()),
            "{path}"
        );
    }
    let there = expected[0].as_array().unwrap();
    assert!(there.iter().any(|row| row["element"] == "dataset") && there.len() > 3);
}

#[test]
fn every_format_is_read_by_the_programs_of_users() {
    let served = Served::new();
    let tables = [
        "datasets",
        "collections",
        "dimension-records/visit",
        "dimension-records/visit_detector_region",
        "data-ids?dimensions=visit,detector",
        "dimension-records/visit?where=instrument='HSC' AND visit=1",
    ];
    let formats = ["jsonl", "csv", "parquet", "arrow", "votable"];
    let (mut files, mut expected) = (Vec::new(), Vec::new());
    for (i, table) in tables.iter().enumerate() {
        let between = if table.contains('?') { '&' } else { '?' };
        expected.push(served.rows(&format!("repos/mini/{table}")));
        for format in formats {
            let answer = served.get(&format!("repos/mini/{table}{between}format={format}"), &[]);
            assert_eq!(answer.status, StatusCode::OK, "{table} {format}");
            let file = served.folder.path().join(format!("{i}.{format}"));
            std::fs::write(&file, &answer.body).unwrap();
            files.push(json!([format, file.to_str().unwrap()]));
        }
    }
    let read = ask("rest_formats.py", &json!(files));
    let mut read = read.as_array().unwrap().iter();
    for (table, expected) in tables.iter().zip(expected) {
        for format in formats {
            let rows = read.next().unwrap()[0].as_array().unwrap();
            let plain = |row: &Value| match format {
                "csv" | "votable" => as_text(row),
                _ => row.clone(),
            };
            let rows: Vec<Value> = rows.iter().map(plain).collect();
            let expected: Vec<Value> = expected.iter().map(plain).collect();
            assert_eq!(rows, expected, "{table} {format}");
        }
    }
}

/// A row whose cells are texts: null is an empty one, a list is JSON, and numbers are as Python writes them.
fn as_text(row: &Value) -> Value {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => match text.parse::<f64>() {
            Ok(number) => number.to_string(),
            _ if text == "True" || text == "False" => text.to_lowercase(),
            _ => text.clone(),
        },
        Value::Number(number) => number.as_f64().unwrap().to_string(),
        other => other.to_string().replace(", ", ","),
    };
    let fields = row.as_object().unwrap().iter();
    fields
        .map(|(name, value)| (name.clone(), json!(text(value))))
        .collect()
}

#[test]
fn a_dataset_has_links_and_no_storage_paths() {
    let served = Served::new();
    let rows = served.rows("repos/mini/datasets?type=calexp");
    let id = rows[0]["id"].as_str().unwrap();
    let answer = served.get(&format!("repos/mini/datasets/{id}"), &[]);
    let found = answer.json();
    for name in ["id", "type", "run"] {
        assert_eq!(found[name], rows[0][name]);
    }
    for (dimension, value) in found["data_id"].as_object().unwrap() {
        assert_eq!(rows[0][dimension], *value, "{dimension}");
    }
    let path = format!("repos/mini/datasets/{id}/file");
    let stored = served.file(id);
    let file = &found["files"][0];
    assert_eq!(file["url"], format!("/api/v1/{path}"));
    assert_eq!(
        (&file["component"], &file["size"]),
        (&Value::Null, &json!(stored.len()))
    );
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(!text.contains("fits"), "{text}");
    let whole = served.get(&path, &[(header::ACCEPT_ENCODING, "gzip")]);
    assert_eq!(whole.status, StatusCode::OK);
    assert_eq!(whole.header(header::CONTENT_ENCODING), "");
    assert!(whole.body == stored);
    let part = served.get(&path, &[(header::RANGE, "bytes=10-19")]);
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.body, stored[10..20]);
    let beyond = served.get(&path, &[(header::RANGE, "bytes=1000000000-")]);
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(
        beyond.header(header::CONTENT_TYPE),
        "application/problem+json"
    );
    let other = served.get(&format!("repos/mini/datasets/{id}/file?component=wcs"), &[]);
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[test]
fn a_collection_is_told_by_a_name_with_slashes() {
    let served = Served::new();
    let found = served
        .get("repos/mini/collections/summary?name=HSC/runs/mini", &[])
        .json();
    assert_eq!(found["type"], "CHAINED");
    assert_eq!(found["governors"]["instrument"], json!(["HSC"]));
    let types = found["dataset_types"].as_array().unwrap();
    assert!(types.contains(&json!("calexp")), "{found}");
    let missing = served.get("repos/mini/collections/summary?name=no/such", &[]);
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[test]
fn errors_are_problems() {
    let served = Served::new();
    for (path, status, key, value) in [
        ("repos/none/datasets", 404, "title", "Not Found"),
        ("nothing", 404, "title", "Not Found"),
        ("repos/mini/datasets?typ=calexp", 422, "parameter", "typ"),
        (
            "repos/mini/datasets?type=none",
            422,
            "error_type",
            "missing_dataset_type",
        ),
        (
            "repos/mini/datasets?collections=none",
            422,
            "error_type",
            "missing_collection",
        ),
        (
            "repos/mini/datasets?type=calexp&where=visit+=",
            422,
            "error_type",
            "invalid_query",
        ),
        ("repos/mini/datasets?limit=0", 422, "parameter", "limit"),
        ("repos/mini/datasets?limit=-1", 422, "parameter", "limit"),
        ("repos/mini/datasets?cursor=x", 422, "parameter", "cursor"),
        (
            "repos/mini/datasets?find_first=yes",
            422,
            "parameter",
            "find_first",
        ),
        ("repos/mini/datasets?format=xml", 422, "parameter", "format"),
        (
            "repos/mini/datasets?order_by=visit",
            422,
            "parameter",
            "order_by",
        ),
        ("repos/mini/datasets/7", 422, "parameter", "id"),
        (
            "repos/mini/datasets/00000000-0000-0000-0000-000000000000",
            404,
            "title",
            "Not Found",
        ),
        ("repos/mini/data-ids", 422, "parameter", "dimensions"),
        (
            "repos/mini/data-ids?dimensions=nope",
            422,
            "error_type",
            "dimension_name",
        ),
        (
            "repos/mini/dimension-records/nope",
            404,
            "title",
            "Not Found",
        ),
        ("repos/mini/covers?ra=1", 422, "parameter", "dec"),
        ("repos/mini/covers?ra=nan&dec=0", 422, "parameter", "ra"),
        ("repos/mini/covers?ra=0&dec=91", 422, "parameter", "dec"),
        (
            "repos/mini/covers?ra=0&dec=0&radius=-1",
            422,
            "parameter",
            "radius",
        ),
        (
            "repos/mini/collections?chains=x",
            422,
            "parameter",
            "chains",
        ),
        ("repos/mini/collections?type=x", 422, "parameter", "type"),
    ] {
        let answer = served.get(path, &[]);
        let problem = answer.json();
        assert_eq!(answer.status.as_u16(), status, "{path}: {problem}");
        assert_eq!(
            answer.header(header::CONTENT_TYPE),
            "application/problem+json",
            "{path}"
        );
        assert_eq!(problem["status"], status, "{path}");
        assert_eq!(problem[key], value, "{path}: {problem}");
    }
    let answer = served.get("repos", &[(header::ACCEPT, "image/png")]);
    assert_eq!(
        (answer.status.as_u16(), answer.json()["status"].clone()),
        (406, json!(406))
    );
}

#[test]
fn answers_are_compressed_and_described() {
    let served = Served::new();
    let path = "repos/mini/datasets?format=csv";
    let plain = served.get(path, &[]);
    assert_eq!(plain.header(header::CONTENT_ENCODING), "");
    for encoding in ["gzip", "zstd"] {
        let answer = served.get(path, &[(header::ACCEPT_ENCODING, encoding)]);
        assert_eq!(answer.header(header::CONTENT_ENCODING), encoding);
        assert!(answer.body.len() < plain.body.len(), "{encoding}");
    }
    // A problem is whole, not the tail of what would have been compressed.
    let gzip = [(header::ACCEPT_ENCODING, "gzip")];
    let problem = served.get("repos/mini/datasets?typ=calexp", &gzip);
    assert_eq!(problem.header(header::CONTENT_ENCODING), "gzip");
    assert_eq!(problem.body[..2], [0x1f, 0x8b]);
    let csv = served.get("repos/mini/datasets", &[(header::ACCEPT, "text/csv")]);
    assert_eq!(csv.body, plain.body);
    assert!(csv.header(header::VARY).contains("accept"));
    let described = served.get("openapi.json", &[]).json();
    assert!(described["paths"]["/api/v1/repos/{label}/datasets"]["get"].is_object());
}

#[test]
fn who_may_read_little_sees_little() {
    let site = Site::new(false, &[]);
    let token = site.token("survey", Some(&["public/*"]));
    let ask = |path: &str, token: Option<&str>| {
        let request = Request::get(format!("/api/v1/{path}"));
        let request = match token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        };
        let (status, answer) = site.ask(OTHER, request.body(Body::empty()).unwrap());
        (status.as_u16(), answer)
    };
    let names = |answer: Value| -> Vec<String> {
        let rows = answer["rows"].as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let (status, repos) = ask("repos", Some(&token));
    assert_eq!((status, names(repos)), (200, vec!["survey".to_owned()]));
    let (status, collections) = ask("repos/survey/collections", Some(&token));
    let shown = ["public/all", "raw/all"].map(str::to_owned);
    assert_eq!((status, names(collections)), (200, shown.to_vec()));
    let hidden = "repos/survey/collections/summary?name=secret/run";
    assert_eq!(ask(hidden, Some(&token)).0, 404);
    for path in ["repos/other/collections", "repos/none/datasets"] {
        let (status, problem) = ask(path, Some(&token));
        assert_eq!((status, &problem["title"]), (403, &json!("Forbidden")));
    }
    for path in ["repos", "repos/survey/collections", "repos/none/datasets"] {
        let (status, problem) = ask(path, None);
        assert_eq!((status, &problem["title"]), (401, &json!("Unauthorized")));
    }
}
