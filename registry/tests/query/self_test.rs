//! The comparison itself: the reference agrees with itself, and an engine with faults is found out.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::answer::{Failed, Outcome, Rows};
use crate::compare::compare;
use crate::engine::{Engine, Question, Text};
use crate::generator::Generator;
use crate::repos;

/// The reference with a fault.
struct Faulty {
    reference: Generator,
    fault: fn(&mut Outcome<Rows>),
}

impl Engine for Faulty {
    fn execute(&mut self, question: &Question) -> Outcome<Rows> {
        let mut outcome = self.reference.execute(question);
        if let Outcome::Failed(failed) = &mut outcome
            && failed.error_type.is_none()
        {
            failed.error_type = Some("invalid_query".to_owned());
        }
        (self.fault)(&mut outcome);
        outcome
    }

    fn count(&mut self, _: &Question) -> Outcome<u64> {
        Outcome::Answer(0)
    }

    fn any(&mut self, _: &Question) -> Outcome<bool> {
        Outcome::Failed(Failed {
            error_type: None,
            message: "not asked".to_owned(),
        })
    }

    fn explain(&mut self, _: &Question) -> Outcome<BTreeSet<String>> {
        Outcome::Answer(BTreeSet::new())
    }

    fn predicate(&mut self, _: &Text) -> Option<Outcome<Value>> {
        None
    }
}

/// How many queries agree, and what differs, when an engine has each of these faults.
fn executed<const N: usize>(
    repo: &Path,
    faults: [fn(&mut Outcome<Rows>); N],
) -> [(usize, Vec<String>); N] {
    let mut reference = Generator::open(repo);
    let mut engine = Faulty {
        reference: Generator::open(repo),
        fault: faults[0],
    };
    faults.map(|fault| {
        engine.fault = fault;
        let report = compare(&mut reference, &mut engine, 1..2);
        let differ = report.differ.into_iter();
        let differ = differ.filter(|d| d.starts_with("execute")).collect();
        (
            report.agree.get("execute").copied().unwrap_or_default(),
            differ,
        )
    })
}

#[test]
fn the_reference_agrees_with_itself_and_faults_are_found() {
    let repo = repos::sqlite("datasets");
    let faults: [fn(&mut Outcome<Rows>); 5] = [
        |_| {},
        |outcome| {
            if let Outcome::Answer(rows) = outcome {
                rows.rows.pop();
            }
        },
        |outcome| {
            if let Outcome::Answer(rows) = outcome
                && let Some(value) = rows.rows.first_mut().and_then(|row| row.last_mut())
            {
                *value = Value::from("another");
            }
        },
        |outcome| {
            if let Outcome::Answer(rows) = outcome {
                rows.rows.reverse();
            }
        },
        |outcome| {
            if let Outcome::Failed(failed) = outcome {
                failed.error_type = Some("another".to_owned());
            }
        },
    ];
    let [none, row, value, order, error] = executed(&repo, faults);
    assert_eq!(none.1, [""; 0]);
    assert!(none.0 > 90, "{}", none.0);
    assert!(row.1.len() > 20, "{}", row.1.len());
    assert!(value.1.len() > 20, "{}", value.1.len());
    assert!(order.1.len() > 3, "{}", order.1.len());
    let sorted = |d: &String| d.contains("is sorted as");
    assert!(order.1.iter().all(sorted), "{:?}", order.1);
    assert!(error.1.len() > 5, "{}", error.1.len());
}

#[test]
fn the_reference_agrees_with_itself_on_postgresql() {
    let postgres = repos::Postgres::new("spatial");
    let [(agree, differ)] = executed(&postgres.repo(), [|_| {}]);
    assert_eq!(differ, [""; 0]);
    assert!(agree > 90, "{agree}");
}
