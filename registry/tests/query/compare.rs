//! Random queries to the reference and to an engine.

use std::ops::Range;

use serde_json::Value;

use crate::answer::Outcome;
use crate::engine::{Engine, Question};
use crate::generator::{Case, Generator};
use crate::judge::{self, Verdict};
use crate::report::Report;

/// Queries of one seed.
pub const PER_SEED: u64 = 100;

/// The seeds: those of `PANTRY_QUERY_SEEDS` (`from..to`), else one that never changes.
pub fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("PANTRY_QUERY_SEEDS") else {
        return 1..2;
    };
    let parsed = text
        .split_once("..")
        .and_then(|(from, to)| Some(from.trim().parse().ok()?..to.trim().parse().ok()?));
    parsed.unwrap_or_else(|| panic!("PANTRY_QUERY_SEEDS is not FROM..TO: {text}"))
}

/// Ask both all queries of these seeds.
pub fn compare(reference: &mut Generator, engine: &mut dyn Engine, seeds: Range<u64>) -> Report {
    let mut report = Report::default();
    for seed in seeds {
        for case in reference.generate(seed, PER_SEED) {
            ask(reference, engine, &case, &mut report);
        }
    }
    report
}

/// Ask both one query: its texts, its rows, their number, whether there are any, and why there are none.
pub fn ask(reference: &mut Generator, engine: &mut dyn Engine, case: &Case, report: &mut Report) {
    for (text, theirs) in &case.texts {
        if let Some(ours) = engine.predicate(text) {
            let verdict = judge::outcomes(theirs, &ours, false, same_predicate);
            report.add(case, "text", with_text(verdict, &text.text));
        }
    }
    let question = &case.question;
    let is_limited = !question.spec["limit"].is_null();
    let mut add = |asked, verdict| report.add(case, asked, verdict);

    let (theirs, ours) = (reference.execute(question), engine.execute(question));
    let has_rows = matches!(&theirs, Outcome::Answer(rows) if !rows.rows.is_empty());
    let verdict = judge::outcomes(&theirs, &ours, is_limited, |a, b| {
        judge::rows(question, a, b, || unlimited(reference, question))
    });
    add("execute", judged(question, &ours, verdict));

    let (theirs, ours) = (reference.count(question), engine.count(question));
    let same_count = |a: &u64, b: &u64| match question.has_vague_count() && (*a > 0) == (*b > 0) {
        true => Ok(()),
        false => same(a, b),
    };
    let verdict = judge::outcomes(&theirs, &ours, is_limited, same_count);
    add("count", judged(question, &ours, verdict));

    let (theirs, ours) = (reference.any(question), engine.any(question));
    let verdict = match (&theirs, &ours) {
        // Its own rows contradict it: where overlaps may be duplicate, which is how it looks, it can lose them all.
        (Outcome::Answer(false), Outcome::Answer(true)) if has_rows => {
            Verdict::Surpass("it says that there are none of the rows it gives")
        }
        _ => judge::outcomes(&theirs, &ours, is_limited, same),
    };
    add("any", judged(question, &ours, verdict));

    let (theirs, ours) = (reference.explain(question), engine.explain(question));
    let verdict = judge::outcomes(&theirs, &ours, is_limited, same);
    add("explain", judged(question, &ours, verdict));
}

fn judged<T>(question: &Question, ours: &Outcome<T>, verdict: Verdict) -> Verdict {
    match question.tree["any_dataset"].is_null() {
        true => verdict,
        false => judge::of_any_dataset(ours, verdict),
    }
}

fn unlimited(reference: &mut Generator, question: &Question) -> Option<crate::answer::Rows> {
    let mut question = question.clone();
    question.spec["limit"] = Value::Null;
    match reference.execute(&question) {
        Outcome::Answer(rows) => Some(rows),
        _ => None,
    }
}

fn same<T: PartialEq + std::fmt::Debug>(theirs: &T, ours: &T) -> Result<(), String> {
    match theirs == ours {
        true => Ok(()),
        false => Err(format!("theirs {theirs:?}, ours {ours:?}")),
    }
}

fn same_predicate(theirs: &Value, ours: &Value) -> Result<(), String> {
    match theirs == ours {
        true => Ok(()),
        false => Err(format!("their predicate {theirs}\n  our predicate {ours}")),
    }
}

fn with_text(verdict: Verdict, text: &str) -> Verdict {
    match verdict {
        Verdict::Differ(why) => Verdict::Differ(format!("{text:?}: {why}")),
        other => other,
    }
}
