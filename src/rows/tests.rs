//! The machine formats, read back by Python's own `json` and `csv`.
use std::io;

use serde_json::{Value as Json, json};

use super::*;
use pantry_registry::model::time::TaiNs;
use pantry_testkit::oracle::ask;

use crate::dice::Dice;

const COLUMNS: [&str; 5] = ["name", "id", "a \"quoted\", name", "seeing", "dimensions"];
const KINDS: [Kind; 5] = [Kind::Text, Kind::Int, Kind::Bool, Kind::Float, Kind::Texts];
const NASTY: &str = "ab,\"\n\r;é漢🔭\\ ";

/// Rows of every type, and what a reader of JSON must find in them.
fn rows() -> Vec<(Vec<Value<'static>>, Json)> {
    let mut dice = Dice(5);
    (0..300)
        .map(|_| {
            let name = dice.text(NASTY, 8);
            let id = dice.below(1 << 31) as i64 - (1 << 30);
            let flag = [Some(true), Some(false), None][dice.below(3) as usize];
            let seeing = dice.below(1 << 30) as f64 / 1e9;
            let dimensions: Vec<String> = (0..dice.below(3)).map(|_| dice.text(NASTY, 3)).collect();
            let expected = json!([name, id, flag, seeing, dimensions]);
            let list: Value = dimensions.into_iter().collect();
            (
                vec![name.into(), id.into(), flag.into(), seeing.into(), list],
                expected,
            )
        })
        .collect()
}

fn written(format: OutputFormat, rows: &[Vec<Value<'_>>]) -> String {
    String::from_utf8(bytes(format, &columns(), rows)).unwrap()
}

fn columns() -> Vec<Column> {
    let columns = COLUMNS.into_iter().zip(KINDS);
    columns
        .map(|(name, kind)| Column::new(name, kind))
        .collect()
}

fn bytes(format: OutputFormat, columns: &[Column], rows: &[Vec<Value<'_>>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut sink = format.sink(columns, &mut out).unwrap();
    rows.iter().for_each(|row| sink.row(row).unwrap());
    sink.finish().unwrap();
    drop(sink);
    out
}

#[test]
fn json_and_json_lines_are_read_back_by_python_with_types_and_key_order() {
    let (rows, expected): (Vec<_>, Vec<_>) = rows().into_iter().unzip();
    let (array, lines) = (
        written(OutputFormat::Json, &rows),
        written(OutputFormat::Jsonl, &rows),
    );
    let program = "
import sys, json
array, lines = json.load(sys.stdin)
array, lines = json.loads(array), [json.loads(line) for line in lines.split('\\n')[:-1]]
print(json.dumps([list(array[0]), [list(r.values()) for r in array], array == lines]))";
    assert_eq!(
        ask(program, &json!([array, lines])),
        json!([COLUMNS, expected, true])
    );
}

#[test]
fn csv_is_read_back_by_python() {
    let (rows, expected): (Vec<_>, Vec<_>) = rows().into_iter().unzip();
    let program = "
import sys, json, csv, io
rows = list(csv.reader(io.StringIO(json.load(sys.stdin), newline='')))
def native(name, id, flag, seeing, dimensions):
    return [name, int(id), json.loads(flag or 'null'), float(seeing), json.loads(dimensions)]
print(json.dumps([rows[0], [native(*row) for row in rows[1:]]]))";
    assert_eq!(
        ask(program, &json!(written(OutputFormat::Csv, &rows))),
        json!([COLUMNS, expected])
    );
}

#[test]
fn empty_results_are_still_well_formed() {
    assert_eq!(written(OutputFormat::Json, &[]), "[]\n");
    assert_eq!(written(OutputFormat::Jsonl, &[]), "");
    assert_eq!(
        written(OutputFormat::Csv, &[]),
        "name,id,\"a \"\"quoted\"\", name\",seeing,dimensions\n"
    );
    assert_eq!(written(OutputFormat::Table, &[]).lines().count(), 2);
}

#[test]
fn what_json_lacks_becomes_null_and_bytes_become_hex() {
    let row = [
        f64::NAN.into(),
        f64::INFINITY.into(),
        Value::Bytes(vec![0, 0xab].into()),
        Value::Null,
        true.into(),
    ];
    let line = written(OutputFormat::Jsonl, &[row.to_vec()]);
    let object: Json = serde_json::from_str(&line).unwrap();
    let values: Vec<&Json> = object.as_object().unwrap().values().collect();
    assert_eq!(json!(values), json!([null, null, "00ab", null, true]));
}

/// What pyarrow finds in a Parquet file: types, rows and numbers of rows of the row groups.
const READ_PARQUET: &str = "
import sys, json, io
import pyarrow.parquet as parquet
file = parquet.ParquetFile(io.BytesIO(bytes.fromhex(json.load(sys.stdin))))
table = file.read()
def native(value):
    if not value.is_valid:
        return None
    if 'timestamp' in str(value.type):
        return str(value.value)
    value = value.as_py()
    return value.hex() if isinstance(value, bytes) else value
rows = [list(row) for row in zip(*([native(value) for value in column] for column in table.columns))]
groups = [file.metadata.row_group(at).num_rows for at in range(file.metadata.num_row_groups)]
print(json.dumps([table.column_names, [str(t) for t in table.schema.types], rows, groups]))";

fn read_parquet(bytes: &[u8]) -> Json {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    ask(READ_PARQUET, &json!(hex))
}

#[test]
fn parquet_is_read_back_by_pyarrow() {
    let (rows, expected): (Vec<_>, Vec<_>) = rows().into_iter().unzip();
    let read = read_parquet(&bytes(OutputFormat::Parquet, &columns(), &rows));
    let types = ["string", "int64", "bool", "double", "list<element: string>"];
    assert_eq!(read, json!([COLUMNS, types, expected, [300]]));
    let read = read_parquet(&bytes(OutputFormat::Parquet, &columns(), &[]));
    assert_eq!(read, json!([COLUMNS, types, [], []]));
}

#[test]
fn parquet_has_times_bytes_nulls_and_bounded_row_groups() {
    let columns = [
        Column::new("time", Kind::Time),
        Column::new("region", Kind::Bytes),
        Column::new("list", Kind::Texts),
    ];
    let first = vec![
        Value::Time(TaiNs(1_395_725_400_000_000_001)),
        Value::Bytes(vec![0, 0xab].into()),
        ["a", "b"].into_iter().collect(),
    ];
    let nulls = vec![Value::Null, Value::Null, Value::Null];
    let read = read_parquet(&bytes(
        OutputFormat::Parquet,
        &columns,
        &[first, nulls.clone()],
    ));
    assert_eq!(
        read,
        json!([
            ["time", "region", "list"],
            ["timestamp[ns]", "binary", "list<element: string>"],
            [
                ["1395725400000000001", "00ab", ["a", "b"]],
                [null, null, null]
            ],
            [2]
        ])
    );
    let many = vec![nulls; 100_000];
    let read = read_parquet(&bytes(OutputFormat::Parquet, &columns, &many));
    assert_eq!(read[3], json!([65_536, 34_464]));
    let text = [Column::text("text")];
    let long = vec![vec![Value::from("x".repeat(1 << 20))]; 40];
    let read = read_parquet(&bytes(OutputFormat::Parquet, &text, &long));
    assert_eq!(read[3], json!([32, 8]));
}

#[test]
fn parquet_refuses_a_value_of_another_type() {
    let mut sink = OutputFormat::Parquet
        .sink(&[Column::text("a")], Vec::new())
        .unwrap();
    let error = sink.row(&[Value::Int(1)]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn times_are_written_to_the_nanosecond() {
    let row = vec![Value::Time(TaiNs(1_395_725_400_000_000_001))];
    let columns = [Column::new("begin", Kind::Time)];
    let json = bytes(OutputFormat::Jsonl, &columns, std::slice::from_ref(&row));
    assert_eq!(json, b"{\"begin\":\"2014-03-25T05:30:00.000000001\"}\n");
    let csv = bytes(OutputFormat::Csv, &columns, &[row]);
    assert_eq!(csv, b"begin\n2014-03-25T05:30:00.000000001\n");
}

#[test]
fn a_row_that_does_not_fit_is_refused() {
    for format in [
        OutputFormat::Table,
        OutputFormat::Json,
        OutputFormat::Jsonl,
        OutputFormat::Csv,
        OutputFormat::Parquet,
    ] {
        let mut sink = format
            .sink(&["a", "b"].map(Column::text), Vec::new())
            .unwrap();
        assert_eq!(
            sink.row(&[Value::Null]).unwrap_err().kind(),
            io::ErrorKind::InvalidInput,
            "{format:?}"
        );
    }
}
