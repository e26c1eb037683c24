//! Dimension records in the machine formats, beside those of the reference's Python; and what the query verbs have beyond
//! the reference: `--bind` and `--explain`.

use std::path::Path;

use pantry_testkit::{fixture, oracle};
use serde_json::{Value, json};

use crate::pantry::{command, pantry};

/// A repo with one of the fixtures.
fn repo(name: &str, folder: &Path) -> String {
    let repo = folder.join(name).to_str().unwrap().to_owned();
    let export = fixture(name).to_str().unwrap().to_owned();
    let _ = pantry(["import", &repo, &export, "-t", "direct"]).ok();
    repo
}

/// The columns of an element's records, and the records in the order of data IDs: regions and hashes in hex, bounds of
/// timespans in TAI nanoseconds; then the same of Parquet files and of rows of JSON.
const RECORDS: &str = "
import sys, json
import pyarrow.parquet as parquet
from lsst.daf.butler import Butler, Timespan
from lsst.sphgeom import Region
from astropy.time import Time
from lsst.daf.butler.time_utils import TimeConverter
repo, files, lines = json.load(sys.stdin)
def fields(record):
    for name, value in record.toDict().items():
        if name == 'timespan':
            for bound, time in ('begin', value and value.begin), ('end', value and value.end):
                yield f'timespan_{bound}', None if time is None else value.nsec[bound == 'end']
        elif isinstance(value, Region):
            yield name, value.encode().hex()
        else:
            yield name, value.hex() if isinstance(value, bytes) else value
def native(cell):
    if cell.is_valid and 'timestamp' in str(cell.type):
        return cell.value
    value = cell.as_py()
    return value.hex() if isinstance(value, bytes) else value
def number(name, value):
    if not name.startswith('timespan_') or value is None:
        return value
    return TimeConverter().astropy_to_nsec(Time(value, scale='tai', format='isot'))
answers = {}
with Butler.from_config(repo) as butler:
    for element, file in files.items():
        records = sorted(butler.query_dimension_records(element), key=lambda record: record.dataId)
        table = parquet.read_table(file)
        rows = [dict(zip(table.column_names, map(native, row))) for row in zip(*table.columns)]
        written = [{name: number(name, value) for name, value in row.items()} for row in lines[element]]
        answers[element] = [[dict(fields(record)) for record in records], rows, written,
                            {f.name: str(f.type) for f in table.schema}]
print(json.dumps(answers))";

#[test]
fn dimension_records_are_those_of_the_reference() {
    let folder = tempfile::tempdir().unwrap();
    for (name, elements) in [
        (
            "oracle-mini",
            "visit exposure day_obs detector skymap patch",
        ),
        ("hsc-mini", "visit instrument visit_detector_region tract"),
    ] {
        let repo = repo(name, folder.path());
        let file = |element: &str| folder.path().join(format!("{name}.{element}.parquet"));
        let elements: Vec<&str> = elements.split(' ').collect();
        let files: serde_json::Map<String, Value> = elements
            .iter()
            .map(|e| ((*e).to_owned(), json!(file(e).to_str().unwrap())))
            .collect();
        let mut lines = serde_json::Map::new();
        for element in &elements {
            let words = ["query-dimension-records", &repo, element, "--format"];
            let text = pantry(words.into_iter().chain(["jsonl"])).ok();
            let rows = text.lines().map(|line| serde_json::from_str(line).unwrap());
            lines.insert((*element).to_owned(), Value::Array(rows.collect()));
            let parquet = command().args(words).arg("parquet").output().unwrap();
            assert!(parquet.status.success(), "{parquet:?}");
            std::fs::write(file(element), parquet.stdout).unwrap();
        }
        let answers = oracle::ask(RECORDS, &json!([repo, files, lines]));
        for element in elements {
            let [expected, parquet, json, types] = [0, 1, 2, 3].map(|at| &answers[element][at]);
            assert!(!expected.as_array().unwrap().is_empty(), "{element}");
            assert_eq!(expected, parquet, "{element}");
            assert_eq!(expected, json, "{element}");
            check_types(types);
            let words = ["query-dimension-records", &repo, element, "--format"];
            let csv = pantry(words.into_iter().chain(["csv"])).ok();
            let first = expected[0].as_object().unwrap();
            let names: Vec<&str> = first.keys().map(String::as_str).collect();
            assert_eq!(csv.lines().next(), Some(names.join(",").as_str()));
        }
    }
}

fn check_types(types: &Value) {
    for (name, of) in types.as_object().unwrap() {
        let expected = match name.as_str() {
            "timespan_begin" | "timespan_end" => "timestamp[ns]",
            "region" | "hash" => "binary",
            "id" | "day_obs" | "visit" | "seq_num" | "cell_x" => "int64",
            "exposure_time" | "zenith_angle" => "double",
            "can_see_sky" => "bool",
            "instrument" | "skymap" | "target_name" => "string",
            _ => continue,
        };
        assert_eq!(of, expected, "{name}");
    }
}

#[test]
fn parquet_of_the_other_query_verbs_has_the_rows_of_json() {
    let folder = tempfile::tempdir().unwrap();
    let repo = repo("oracle-mini", folder.path());
    let file = folder.path().join("rows.parquet");
    let read = "
import sys, json
import pyarrow.parquet as parquet
print(json.dumps(parquet.read_table(json.load(sys.stdin)).to_pylist()))";
    for line in [
        "query-datasets REPO --show-uri",
        "query-datasets REPO catalog --where skymap='tiny'",
        "query-datasets REPO nosuch",
        "query-data-ids REPO exposure,detector",
        "query-data-ids REPO subfilter",
        "query-dataset-types REPO -v",
        "query-collections REPO --chains table -t",
    ] {
        let words = line.replace("REPO", &repo);
        let words: Vec<&str> = words.split_whitespace().collect();
        let out = command()
            .args(&words)
            .args(["--format", "parquet"])
            .output();
        let out = out.unwrap();
        assert!(out.status.success(), "{line}: {out:?}");
        std::fs::write(&file, out.stdout).unwrap();
        let json = pantry(words.iter().copied().chain(["--format", "json"])).ok();
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            oracle::ask(read, &json!(file.to_str().unwrap())),
            json,
            "{line}"
        );
    }
}

#[test]
fn binds_are_literals_lists_and_text() {
    let folder = tempfile::tempdir().unwrap();
    let repo = repo("hsc-mini", folder.path());
    let visits = |expression: &str, binds: &[&str]| {
        let words = [
            "query-data-ids",
            &repo,
            "visit",
            "--format",
            "csv",
            "--where",
            expression,
        ];
        let binds = binds.iter().flat_map(|bind| ["--bind", bind]);
        let csv = pantry(words.into_iter().chain(binds)).ok();
        let visit = |line: &str| line.split(',').nth(1).unwrap().to_owned();
        csv.lines().skip(1).map(visit).collect::<Vec<_>>().join(" ")
    };
    let same = |expression: &str, binds: &[&str], literal: &str| {
        let expected = visits(literal, &[]);
        assert!(!expected.is_empty());
        assert_eq!(visits(expression, binds), expected, "{expression}");
    };
    same(
        "instrument = :i AND visit > :v",
        &["i=HSC", "v=1000"],
        "instrument = 'HSC' AND visit > 1000",
    );
    same(
        "instrument = 'HSC' AND visit IN (:l)",
        &["l=(1000, 1004)"],
        "instrument = 'HSC' AND visit IN (1000, 1004)",
    );
    same(
        "instrument = i AND visit.timespan.begin > t",
        &["i='HSC'", "t=T'2014-03-25T05:41:00'"],
        "instrument = 'HSC' AND visit.timespan.begin > T'2014-03-25T05:41:00'",
    );
    for (bind, code) in [("v", 2), ("=3", 2), ("other=3", 1)] {
        let expression = "instrument = 'HSC' AND visit > :v";
        let ran = pantry([
            "query-data-ids",
            &repo,
            "visit",
            "--where",
            expression,
            "--bind",
            bind,
        ]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{ran}");
    }
}

#[test]
fn errors_of_expressions_are_one_line_with_the_column() {
    let folder = tempfile::tempdir().unwrap();
    let repo = repo("hsc-mini", folder.path());
    let cases = [
        (
            "visit >",
            "Failed to parse expression 'visit >': unexpected end at column 8, after `visit >`",
        ),
        (
            "visit = 1\n AND detector $ 2",
            "unexpected character '$' at line 2, column 15: `$ 2`",
        ),
        (
            "instrument = 'HSC' AND visti = 1",
            "Unrecognized identifier 'visti'. (at column 24: `visti = 1`)",
        ),
    ];
    for (expression, says) in cases {
        let ran = pantry(["query-data-ids", &repo, "visit", "--where", expression]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran}");
        assert!(ran.stderr.trim_end().ends_with(says), "{ran}");
        assert_eq!(ran.stderr.lines().count(), 1, "{ran}");
    }
}

#[test]
fn explain_shows_tree_statement_and_plan() {
    let folder = tempfile::tempdir().unwrap();
    let repo = repo("hsc-mini", folder.path());
    let expression = "instrument = 'HSC' AND visit > 1000";
    for verb in [
        vec!["query-data-ids", &repo, "visit"],
        vec!["query-dimension-records", &repo, "visit"],
        vec!["query-datasets", &repo, "calexp"],
    ] {
        let more = ["--where", expression, "--explain"];
        let text = pantry(verb.iter().copied().chain(more)).ok();
        let parts = [
            "tree: {",
            "result: {",
            "sql: SELECT ",
            "= Int(1000)",
            "plan:\n  ",
        ];
        let places: Vec<Option<usize>> = parts.iter().map(|part| text.find(part)).collect();
        assert!(
            places.iter().all(Option::is_some) && places.is_sorted(),
            "{text}"
        );
    }
}
