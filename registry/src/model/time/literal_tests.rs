//! Times in expressions beside the reference; `tests/oracle/time_literals.py` writes the expected values.

use super::TaiNs;

const EXPECTED: &str = include_str!("literals.tsv");

#[test]
fn literals_are_the_references() {
    let path = std::env::var_os("PANTRY_TIME_LITERALS");
    let rows = path.map_or(EXPECTED.to_owned(), |p| std::fs::read_to_string(p).unwrap());
    let mut wrong = Vec::new();
    for row in rows.lines() {
        let (text, expected) = row.split_once('\t').unwrap();
        let ours = TaiNs::parse_literal(text);
        let shown = ours
            .as_ref()
            .map_or("error".to_owned(), |t| t.0.to_string());
        if shown != expected {
            wrong.push(format!("{text}: {ours:?}, reference {expected}"));
        }
    }
    assert!(rows.lines().count() >= 500);
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn errors_say_what_to_write() {
    let message = |text| TaiNs::parse_literal(text).unwrap_err().to_string();
    assert!(message("2020-01-01/ut1").contains("tables of the rotation of the Earth"));
    assert!(message("mjd/58849").contains("with a point"));
    assert!(message("wrong/58849.5").contains("no format 'wrong'"));
}
