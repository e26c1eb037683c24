//! The machine formats, read back by Python's own `json` and `csv`.
use serde_json::{Value as Json, json};

use super::*;
use pantry_testkit::oracle::ask;

use crate::dice::Dice;

const COLUMNS: [&str; 5] = ["name", "id", "a \"quoted\", name", "seeing", "dimensions"];
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
    let mut out = Vec::new();
    let mut sink = format.sink(&COLUMNS, &mut out);
    rows.iter().for_each(|row| sink.row(row).unwrap());
    sink.finish().unwrap();
    drop(sink);
    String::from_utf8(out).unwrap()
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

#[test]
fn a_row_that_does_not_fit_is_refused() {
    for format in [
        OutputFormat::Table,
        OutputFormat::Json,
        OutputFormat::Jsonl,
        OutputFormat::Csv,
    ] {
        let mut sink = format.sink(&["a", "b"], Vec::new());
        assert_eq!(
            sink.row(&[Value::Null]).unwrap_err().kind(),
            io::ErrorKind::InvalidInput,
            "{format:?}"
        );
    }
}
