//! Tables against astropy's, over generated columns.
use serde_json::{Value as Json, json};

use super::*;
use pantry_testkit::oracle::ask;

use crate::dice::Dice;

/// Text with everything that could disturb a layout: wide, combining and right-to-left characters, tabs, feeds.
const ALPHABET: &str = "abcXYZ019 _-/é漢字e\u{301}🔭א\t\n'\"\\";

/// Builds each table as the reference does from lists, and lays it out like `pprint_all`.
const PFORMAT: &str = "
import sys, json, numpy as np
from astropy.table import Table, Column
def column(kind, values):
    if kind == 'bytes':
        return np.array([bytes.fromhex(v) for v in values], dtype=bytes)
    if kind == 'float':
        return np.array([float(v) for v in values], dtype=np.float64)
    if kind == 'mixed':
        data = np.empty(len(values), dtype=object)
        data[:] = values
        return data
    return np.array(values, dtype={'int': np.int64, 'bool': bool, 'text': str}[kind])
answers = []
for names, kinds, columns, align in json.load(sys.stdin):
    table = Table([Column(column(k, c), name=n) for n, k, c in zip(names, kinds, columns)])
    answers.append(table.pformat(max_lines=-1, max_width=-1, align=align))
print(json.dumps(answers))";

/// One generated column: for us, and in JSON for Python.
fn column(kind: &str, rows: u64, dice: &mut Dice) -> (Vec<Value<'static>>, Vec<Json>) {
    (0..rows).map(|_| cell(kind, dice)).unzip()
}

fn cell(kind: &str, dice: &mut Dice) -> (Value<'static>, Json) {
    match kind {
        "int" => {
            let int = (dice.below(1 << 30) as i64 - (1 << 29)) >> dice.below(30);
            (int.into(), int.into())
        }
        "bool" => {
            let yes = dice.below(2) == 1;
            (yes.into(), yes.into())
        }
        "float" => {
            let float = float(dice);
            (float.into(), format!("{float:e}").into())
        }
        "bytes" => {
            let bytes: Vec<u8> = (0..dice.below(6))
                .map(|_| dice.below(255) as u8 + 1)
                .collect();
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            (Value::Bytes(bytes.into()), hex.into())
        }
        "text" => {
            let text = dice.text(ALPHABET, 12);
            (text.clone().into(), text.into())
        }
        _ => match dice.below(4) {
            0 => (Value::Null, Json::Null),
            1 => cell("text", dice),
            2 => cell("int", dice),
            _ => {
                let items: Vec<String> =
                    (0..dice.below(4)).map(|_| dice.text(ALPHABET, 5)).collect();
                (
                    items.iter().map(|item| Value::from(item.clone())).collect(),
                    json!(items),
                )
            }
        },
    }
}

/// Any 64 bits, or a number of moderate size.
fn float(dice: &mut Dice) -> f64 {
    match dice.below(3) {
        0 => f64::from_bits(dice.below(1 << 31) << 33 | dice.below(1 << 31)),
        1 => dice.below(1000) as f64 / 8.0,
        _ => dice.below(1 << 20) as f64 * 10f64.powi(dice.below(40) as i32 - 20),
    }
}

#[test]
fn layout_agrees_with_astropy() {
    let mut dice = Dice(7);
    let kinds = ["int", "bool", "float", "bytes", "text", "mixed"];
    let mut questions = Vec::new();
    let mut ours = Vec::new();
    for _ in 0..400 {
        let width = 1 + dice.below(5) as usize;
        let rows = dice.below(7);
        let align = if dice.below(2) == 0 {
            Align::Left
        } else {
            Align::Right
        };
        let names: Vec<String> = (0..width)
            .map(|at| format!("{at}{}", dice.text(ALPHABET, 9)))
            .collect();
        let kinds: Vec<&str> = (0..width).map(|_| kinds[dice.below(6) as usize]).collect();
        let (columns, json): (Vec<_>, Vec<_>) = kinds
            .iter()
            .map(|kind| column(kind, rows, &mut dice))
            .unzip();
        let sign = if align == Align::Left {
            json!("<")
        } else {
            Json::Null
        };
        questions.push(json!([names, kinds, json, sign]));
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let rows: Vec<Vec<Value>> = (0..rows as usize)
            .map(|row| columns.iter().map(|column| column[row].clone()).collect())
            .collect();
        ours.push(format(&names, &rows, align));
    }
    let theirs = ask(PFORMAT, &json!(questions));
    for ((question, ours), theirs) in questions.iter().zip(&ours).zip(theirs.as_array().unwrap()) {
        assert_eq!(json!(ours), *theirs, "{question}");
    }
}

#[test]
fn order_agrees_with_astropy() {
    let mut dice = Dice(11);
    let rows: Vec<(String, i64, String)> = (0..500)
        .map(|_| {
            (
                dice.text("aZé漢🔭", 2),
                dice.below(20) as i64 - 10,
                dice.text("abc", 6),
            )
        })
        .collect();
    let mut table = Table::new(&["type", "visit", "run"], Align::Right);
    for (kind, visit, run) in &rows {
        table.push(&[kind.as_str().into(), (*visit).into(), run.as_str().into()]);
    }
    table.sort_by(&[0, 1, 2]);
    let mut text = Vec::new();
    table.write_to(&mut text).unwrap();
    let program = "
import sys, json, numpy as np
from astropy.table import Table
rows = json.load(sys.stdin)
table = Table(np.array(rows), names=['type', 'visit', 'run'], dtype=[None, np.int64, None])
table.sort(['type', 'visit', 'run'])
print(json.dumps(table.pformat(max_lines=-1, max_width=-1)))";
    let theirs = ask(program, &json!(rows));
    let ours: Vec<&str> = std::str::from_utf8(&text).unwrap().lines().collect();
    assert_eq!(json!(ours), theirs);
}

#[test]
fn a_table_without_columns_says_so() {
    let program = "
import json
from astropy.table import Table
print(json.dumps(Table().pformat()))";
    assert_eq!(
        json!(format(&[], &[], Align::Left)),
        ask(program, &Json::Null)
    );
}
