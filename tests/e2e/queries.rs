//! The query verbs beside the reference's: the same standard output and exit code for the same words, on repositories
//! that the reference made; and the machine formats, whose rows are those of the reference's tables.

use std::collections::BTreeMap;
use std::path::Path;

use pantry_testkit::postgres::Database;
use pantry_testkit::{Ran, fixture, oracle, run_with_input};
use serde_json::{Map, Value, json};

use crate::pantry::pantry;
use crate::query_lines::{
    AMBIGUOUS, COLLECTIONS, DATA_IDS, DATASET_TYPES, DATASETS, DIMENSION_RECORDS, EXPRESSIONS,
    IN_ORDER_OF_NUMBER,
};

/// The words of a line, with the repositories of this folder in their place.
fn words(line: &str, folder: &Path) -> Vec<String> {
    let place = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let word = |word: &str| match word {
        "HSC" => place("hsc-mini"),
        "MINI" => place("oracle-mini"),
        word => word.to_owned(),
    };
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(word)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// Exit code and standard output of the reference for each line, after it has imported the fixtures.
fn answers(lines: &[&str], folder: &Path) -> Vec<(i64, String)> {
    let mut all = Vec::new();
    for name in ["hsc-mini", "oracle-mini"] {
        let (repo, export) = (folder.join(name), fixture(name));
        let (repo, export) = (repo.to_str().unwrap(), export.to_str().unwrap());
        all.push(json!(["import", repo, export, "--transfer", "direct"]));
    }
    all.extend(lines.iter().map(|line| json!(words(line, folder))));
    let input = Value::Array(all).to_string();
    let text = run_with_input(&mut oracle::script("answers.py"), input.as_bytes()).ok();
    let answers: Vec<(i64, String)> = serde_json::from_str(&text).unwrap();
    assert!(
        answers[..2].iter().all(|answer| answer.0 == 0),
        "{answers:?}"
    );
    answers[2..].to_vec()
}

fn check(ran: &Ran, (code, stdout): &(i64, String)) {
    assert_eq!(
        (ran.code.map(i64::from), &ran.stdout),
        (Some(*code), stdout),
        "{ran}"
    );
    assert!(
        *code != 1 || ran.stderr.lines().count() == 1,
        "not one line: {ran}"
    );
}

#[test]
fn answers_are_those_of_butler_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    oracle::create(&folder.path().join("hsc-mini"));
    oracle::create(&folder.path().join("oracle-mini"));
    let lines = [
        DATASETS.as_slice(),
        &DATASET_TYPES,
        &COLLECTIONS,
        &AMBIGUOUS,
        &IN_ORDER_OF_NUMBER,
        &DATA_IDS,
        &DIMENSION_RECORDS,
    ]
    .concat();
    let answers = answers(&lines, folder.path());
    for (line, answer) in lines.iter().zip(&answers) {
        let words = words(line, folder.path());
        check(&pantry(&words), answer);
        let verbs = ["query-datasets", "query-data-ids"];
        let is_list = verbs.iter().any(|verb| line.starts_with(verb));
        if is_list && answer.0 == 0 && !answer.1.contains("No results.") {
            machine_formats_hold(&words, &answer.1);
        }
    }
}

#[test]
fn answers_are_those_of_butler_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new();
    for (name, namespace) in [("hsc-mini", Some("hsc")), ("oracle-mini", None)] {
        oracle::create_postgres(&folder.path().join(name), &database, namespace);
    }
    let lines = [
        DATASETS.as_slice(),
        &DATASET_TYPES,
        &COLLECTIONS,
        &DATA_IDS,
        &DIMENSION_RECORDS,
    ]
    .concat();
    let answers = answers(&lines, folder.path());
    for (line, answer) in lines.iter().zip(&answers) {
        check(&pantry(words(line, folder.path())), answer);
    }
}

/// JSON lines have the rows of the reference's tables, with native types; JSON and CSV have those of JSON lines.
fn machine_formats_hold(words: &[String], tables: &str) {
    let formatted = |format: &str| {
        let words = words.iter().cloned();
        let format = ["--format", format].map(str::to_owned);
        pantry(words.chain(format)).ok()
    };
    let lines = formatted("jsonl");
    let rows: Vec<Map<String, Value>> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        table_rows(tables),
        rows.iter().map(cells).collect::<Vec<_>>()
    );
    let json: Vec<Map<String, Value>> = serde_json::from_str(&formatted("json")).unwrap();
    assert_eq!(json, rows);
    let csv = formatted("csv");
    let header = csv.lines().next().unwrap();
    assert_eq!(csv.lines().count(), rows.len() + 1);
    for row in &rows {
        assert_eq!(row.keys().cloned().collect::<Vec<_>>().join(","), header);
        for (name, value) in row {
            let numbered = [
                "detector", "visit", "exposure", "tract", "patch", "day_obs", "htm7",
            ];
            let fits = match value {
                Value::Null => true,
                Value::Number(_) => numbered.contains(&name.as_str()),
                Value::String(_) => !numbered.contains(&name.as_str()),
                _ => false,
            };
            assert!(fits, "{name} is {value}");
        }
    }
}

/// Names and texts of a row's values, without nulls; sorted, because dimensions are in another order when several types
/// are shown together.
fn cells(row: &Map<String, Value>) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    row.iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_lowercase(), text(value)))
        .collect()
}

/// The rows of the reference's tables, which have no blanks in their cells.
fn table_rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut rows = Vec::new();
    for table in text.split("\n\n").filter(|table| !table.trim().is_empty()) {
        let mut lines = table.trim_matches('\n').lines();
        let names: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
        for line in lines.skip(1) {
            let values = line.split_whitespace();
            let row = names.iter().zip(values);
            let row = row.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
            rows.push(row.collect());
        }
    }
    rows
}

/// The columns that docs/query-formats.md promises.
#[test]
fn columns_are_the_documented_ones() {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path().join("repo");
    let import = ["import", repo.to_str().unwrap()].map(str::to_owned);
    let export = fixture("oracle-mini").to_str().unwrap().to_owned();
    let _ = pantry(
        import
            .into_iter()
            .chain([export, "-t".into(), "direct".into()]),
    )
    .ok();
    let cases = [
        (
            "query-datasets REPO catalog,header,summary,refcat --show-uri",
            "type,run,id,htm7,instrument,skymap,detector,tract,exposure,patch,band,day_obs,group,physical_filter,uri",
        ),
        ("query-datasets REPO nosuch", "type,run,id"),
        (
            "query-datasets REPO count,nosuch --where instrument='x'",
            "type,run,id",
        ),
        (
            "query-data-ids REPO exposure,detector --where instrument='x'",
            "instrument,detector,exposure,band,day_obs,group,physical_filter",
        ),
        (
            "query-dimension-records REPO day_obs",
            "instrument,id,timespan_begin,timespan_end",
        ),
        (
            "query-dimension-records REPO patch --datasets nosuch",
            "skymap,tract,id,cell_x,cell_y,region",
        ),
        ("query-dataset-types REPO", "name"),
        (
            "query-dataset-types REPO -v nosuch",
            "name,dimensions,storage_class,is_calibration",
        ),
        ("query-collections REPO", "name,type,depth"),
        (
            "query-collections REPO --chains inverse-tree -t",
            "name,type,depth,dataset_types",
        ),
        (
            "query-collections REPO --chains table",
            "name,type,children",
        ),
        (
            "query-collections REPO --chains inverse-table -t",
            "name,type,parents,dataset_types",
        ),
        ("query-collections REPO --chains flatten", "name,type"),
        (
            "query-collections REPO nope* --chains no-children",
            "name,type",
        ),
    ];
    for (line, header) in cases {
        let words = line.replace("REPO", repo.to_str().unwrap());
        let csv = pantry(words.split_whitespace().chain(["--format", "csv"])).ok();
        assert_eq!(csv.lines().next(), Some(header), "{line}");
    }
    let line = [
        "query-collections",
        repo.to_str().unwrap(),
        "--chains",
        "table",
    ];
    let rows = pantry(line.into_iter().chain(["chain/*", "--format", "json"])).ok();
    assert_eq!(
        serde_json::from_str::<Value>(&rows).unwrap(),
        json!([
            {"name": "chain/all", "type": "CHAINED", "children": ["chain/inner", "tagged/chosen", "calib/certified"]},
            {"name": "chain/inner", "type": "CHAINED", "children": ["runs/second", "runs/first"]},
        ])
    );
}

#[test]
fn answers_to_expressions_are_those_of_butler_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    oracle::create(&folder.path().join("hsc-mini"));
    oracle::create(&folder.path().join("oracle-mini"));
    expressions_agree(folder.path());
}

#[test]
fn answers_to_expressions_are_those_of_butler_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new();
    for (name, namespace) in [("hsc-mini", None), ("oracle-mini", Some("mini"))] {
        oracle::create_postgres(&folder.path().join(name), &database, namespace);
    }
    expressions_agree(folder.path());
}

fn expressions_agree(folder: &Path) {
    let answers = answers(&EXPRESSIONS, folder);
    for (line, answer) in EXPRESSIONS.iter().zip(&answers) {
        let words = words(line, folder);
        check(&pantry(&words), answer);
        let is_data_ids = line.starts_with("query-data-ids") && !answer.1.contains("No results.");
        if is_data_ids && answer.0 == 0 {
            machine_formats_hold(&words, &answer.1);
        }
    }
}
