//! Markup and format specifications of templates against CPython.

use pantry_datastore::template::{FieldSource, FieldValue, FileTemplate, RecordField};
use serde_json::{Value, json};

use crate::dataset::{ID, field_value};
use crate::oracle::{Answer, ask};
use crate::random::Random;

/// A dataset whose one field `v` has the value under test.
struct One<'a>(FieldValue<'a>);

impl FieldSource for One<'_> {
    fn dataset_type(&self) -> &str {
        "t"
    }
    fn run(&self) -> &str {
        "r"
    }
    fn id(&self) -> std::borrow::Cow<'_, str> {
        ID.into()
    }
    fn data_id(&self, dimension: &str) -> Option<FieldValue<'_>> {
        (dimension == "v").then(|| self.0.clone())
    }
    fn skypix(&self) -> Option<&str> {
        None
    }
    fn record_field(&self, _: &str, _: &str) -> RecordField<'_> {
        RecordField::Absent
    }
}

#[test]
fn format_specifications_are_pythons() {
    let mut random = Random(1);
    let pieces = [
        "<", ">", "=", "^", "0", "+", "-", " ", "#", "z", "3", "8", "12", ",", "_", ".2", ".", "d",
        "x", "s", "e", "g", "f", "X", "b", "o", "n", "c", "%", "q", "*>", "é^",
    ];
    let values = [
        json!(0),
        json!(7),
        json!(-42),
        json!(1234567),
        json!(903334),
        json!("abc"),
        json!("g"),
        json!("été"),
        json!(true),
        json!(0.0),
        json!(-0.25),
        json!(30.0),
        json!(1e22),
        json!(1.5e-7),
        json!(123456.789),
        json!(1e16),
        json!(0.0001),
    ];
    let requests: Vec<Value> = (0..20_000)
        .map(|_| json!({"ask": "value", "value": random.pick(&values), "spec": random.text(&pieces, 5)}))
        .collect();
    let mut both_succeed = 0;
    for (request, answer) in requests.iter().zip(ask(&requests)) {
        let spec = request["spec"].as_str().unwrap();
        // The suffix keeps what follows out of the part that is cleaned, and '|' shows where padding ends.
        let template = FileTemplate::new(&format!("{{run}}/{{v:{spec}}}|/x"));
        let ours = template.and_then(|t| t.format(&One(field_value(&request["value"]))));
        match (ours, answer) {
            (Ok(ours), Answer::Ok(theirs)) => {
                let theirs = theirs.as_str().unwrap();
                // Text is cleaned before it is formatted, so fill characters show up as they are.
                assert_eq!(ours, format!("r/{theirs}|/x"), "{request}");
                both_succeed += 1;
            }
            (Err(_), Answer::Raised(_)) => {}
            // '#' with a floating-point format is refused on purpose, and so is padding that no path can hold.
            (Err(_), Answer::Ok(_)) if spec.contains('#') => {}
            (Err(error), Answer::Ok(_)) if error.to_string().contains("above 4096") => {}
            (ours, theirs) => panic!("{request}: {ours:?}, the oracle {theirs:?}"),
        }
    }
    assert!(both_succeed > 4_000, "{both_succeed}");
}

#[test]
fn markup_errors_are_pythons() {
    let mut random = Random(3);
    let pieces = [
        "{", "}", "{{", "}}", "run", ":", "!", "r", "?", "/", "[", "]", "{run}", "{visit}", "a",
        "é",
    ];
    let requests: Vec<Value> = (0..20_000)
        .map(|_| json!({"ask": "markup", "template": random.text(&pieces, 7)}))
        .collect();
    let mut malformed = 0;
    for (request, answer) in requests.iter().zip(ask(&requests)) {
        // Appending what validation wants leaves only the markup to fail.
        let template = format!("{}{{run}}{{visit}}", request["template"].as_str().unwrap());
        let ours = FileTemplate::new(&template);
        let closed = ask_is_closed(&answer);
        if closed {
            assert!(ours.is_ok(), "{request}: {ours:?}");
        } else if let Answer::Raised(_) = answer {
            malformed += 1;
        }
    }
    assert!(malformed > 5_000, "{malformed}");
}

/// Whether the oracle parsed it.
fn ask_is_closed(answer: &Answer) -> bool {
    matches!(answer, Answer::Ok(_))
}
