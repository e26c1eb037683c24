//! Syntax trees beside the reference's; `tests/oracle/expressions.py` writes the expected ones.

use serde_json::Value;

use crate::query::expression::{Syntax, SyntaxKind, parse};

/// The lines that the reference answered; another file of them may be named for a longer run.
pub(super) fn expected() -> Vec<Value> {
    let path = std::env::var_os("PANTRY_EXPRESSIONS");
    let text = path.map_or(include_str!("expressions.jsonl").to_owned(), |path| {
        std::fs::read_to_string(path).unwrap()
    });
    let rows: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(rows.len() > 400);
    rows
}

/// A tree with all its brackets, as the script writes it.
fn shape(syntax: &Syntax) -> String {
    let all = |items: &[Syntax]| items.iter().map(shape).collect::<Vec<_>>().join(" ");
    match &syntax.kind {
        SyntaxKind::Unary { operator, operand } => {
            format!("[{} {}]", operator.name(), shape(operand))
        }
        SyntaxKind::Binary { operator, lhs, rhs } => {
            format!("[{} {operator} {}]", shape(lhs), shape(rhs))
        }
        SyntaxKind::In {
            member,
            values,
            is_negated,
        } => {
            let not = if *is_negated { "NOT " } else { "" };
            format!("[{} {not}IN {}]", shape(member), all(values))
        }
        SyntaxKind::Parens(inner) => format!("({})", shape(inner)),
        SyntaxKind::Tuple(items) => format!("Tuple<{}>", all(items.as_slice())),
        SyntaxKind::Call {
            function,
            arguments,
        } => {
            let name = match function.name() {
                "POINT" => "Point",
                "CIRCLE" => "Circle",
                "BOX" => "Box",
                "POLYGON" => "Polygon",
                "REGION" => "Region",
                "GLOB" => "Glob",
                _ => "FunctionCall",
            };
            format!("{name}<{}>", all(arguments))
        }
        SyntaxKind::Time { .. } => "T".to_owned(),
        _ => syntax.to_string(),
    }
}

#[test]
fn trees_are_the_references() {
    let mut wrong = Vec::new();
    for row in expected() {
        let text = row["expression"].as_str().unwrap();
        let ours = parse(text);
        let shown = ours
            .as_ref()
            .ok()
            .map(|tree| tree.as_ref().map_or(String::new(), shape));
        // Digits of other scripts are the same digits.
        let expected = row["tree"]
            .as_str()
            .map(|tree| tree.replace('\u{663}', "3"));
        if shown != expected {
            wrong.push(format!("{text:?}: {shown:?}, reference {}", row["tree"]));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn errors_name_the_place() {
    let message = |text| parse(text).unwrap_err().to_string();
    assert_eq!(
        message("visit >"),
        "Failed to parse expression 'visit >': unexpected end at column 8, after `visit >`"
    );
    assert_eq!(
        message("visit = 1\n  AND detector $ 2\n"),
        "Failed to parse expression 'visit = 1   AND detector $ 2 ': unexpected character '$' at line 2, column 16: `$ 2`"
    );
    assert_eq!(
        message("visit = 1 AND\n"),
        "Failed to parse expression 'visit = 1 AND ': unexpected end at column 14, after `visit = 1 AND`"
    );
    // Columns are characters, and long texts are cut to what matters.
    let long = format!("instrument = 'é' AND visit IN ({}", "1, ".repeat(99));
    let error = parse(&(long.clone() + ")")).unwrap_err();
    assert_eq!(error.place.to_string(), "at column 329: `)`");
    let error = parse(&long).unwrap_err();
    assert_eq!(
        error.place.to_string(),
        "at column 328, after `...1, 1, 1, 1, 1, 1, 1, 1,`"
    );
    let error = parse("instrument = 'HSC AND visit = 1 AND detector = 2").unwrap_err();
    assert_eq!(
        error.reason + " " + &error.place.to_string(),
        "text without a closing quote at column 14: `'HSC AND visit = 1 AND d...`"
    );
}

#[test]
fn nesting_is_bounded() {
    let deep = format!("{}visit = 1{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(
        parse(&deep)
            .unwrap_err()
            .reason
            .contains("levels of nesting")
    );
    assert!(parse(&"NOT ".repeat(100_000)).is_err());
    assert!(parse(&"- ".repeat(100_000)).is_err());
    let long = |terms: usize| vec!["visit = 1"; terms].join(" OR ");
    assert!(parse(&long(1_000)).is_ok());
    assert!(
        parse(&long(100_000))
            .unwrap_err()
            .reason
            .contains("operators in a chain")
    );
}
