//! Whether two answers to a query agree.

use serde_json::Value;

use crate::answer::{Failed, Outcome, Rows, written};
use crate::engine::Question;

/// What two answers have to do with each other.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The same rows, the same number, the same kind of error.
    Agree,
    /// We answer what the reference does not implement, or fails at through a fault of its own; which one.
    Surpass(&'static str),
    /// Too large or too slow for the reference.
    Skipped,
    /// What we do not implement, and nothing in the reference asks: a search for datasets of any type.
    Unanswered,
    /// Not the same.
    Differ(String),
}

/// What the reference does not implement (`UnimplementedQueryError` of `registry/dimensions/static.py`), which we may answer.
const UNIMPLEMENTED: [&str; 5] = [
    "Cannot join dimension element",
    "Spatial overlap constraint for dimension",
    "Spatial overlap constraints nested inside OR or NOT are not supported",
    "Spatial overlap joins nested inside OR or NOT are not supported",
    "Unsupported combination for spatial join",
];

/// Faults of the reference for queries that mean something, which we may answer: several dataset searches or overlap tables of
/// which it wants columns without saying whose, or whose pairs of regions it aggregates twice, overlaps with regions that are NULL, an order
/// by what a result without columns does not have,
/// and an aggregate that old PostgreSQL lacks.
const ITS_FAULTS: [&str; 10] = [
    "does not support the ANY_VALUE aggregate function",
    "ambiguous column name",
    "Expression tree is too large",
    "is ambiguous",
    "misuse of aggregate function",
    "aggregate function calls cannot be nested",
    "specified more than once",
    "for SELECT DISTINCT, ORDER BY expressions must appear in select list",
    "'NoneType' object has no attribute 'overlaps'",
    "decodeOverlapsBase64(): incompatible function arguments",
];

/// Compare outcomes; `same` compares answers.
pub fn outcomes<T>(
    theirs: &Outcome<T>,
    ours: &Outcome<T>,
    is_limited: bool,
    same: impl FnOnce(&T, &T) -> Result<(), String>,
) -> Verdict {
    match (theirs, ours) {
        (Outcome::Skipped(_), _) => Verdict::Skipped,
        (_, Outcome::Skipped(why)) => Verdict::Differ(format!("we do not answer: {why}")),
        (Outcome::Answer(theirs), Outcome::Answer(ours)) => match same(theirs, ours) {
            Ok(()) => Verdict::Agree,
            Err(why) => Verdict::Differ(why),
        },
        // Under a limit without a total order it is open whether the ambiguous row is among those that are looked at.
        (Outcome::Answer(_), Outcome::Failed(ours))
            if is_limited && ours.error_type.as_deref() == Some("calibration_lookup") =>
        {
            Verdict::Agree
        }
        (Outcome::Answer(_), Outcome::Failed(ours)) => {
            Verdict::Differ(format!("they answer, we fail: {}", shown(ours)))
        }
        (Outcome::Failed(theirs), Outcome::Answer(_)) => match may_answer(theirs) {
            Some(why) => Verdict::Surpass(why),
            None => Verdict::Differ(format!("they fail, we answer: {}", shown(theirs))),
        },
        (Outcome::Failed(theirs), Outcome::Failed(ours)) => failures(theirs, ours),
    }
}

fn failures(theirs: &Failed, ours: &Failed) -> Verdict {
    let expected = theirs.error_type.as_deref().unwrap_or("invalid_query");
    if ours.error_type.as_deref() == Some(expected) {
        return Verdict::Agree;
    }
    match may_answer(theirs) {
        // Without its fault, or what it does not implement, the reference might have found an error of the user.
        Some(why) if ours.error_type.is_some() => Verdict::Surpass(why),
        _ => Verdict::Differ(format!(
            "errors differ: theirs {}; ours {}",
            shown(theirs),
            shown(ours)
        )),
    }
}

/// Why we may answer what the reference does not.
fn may_answer(theirs: &Failed) -> Option<&'static str> {
    let known: &[&'static str] = match theirs.error_type.as_deref() {
        Some("unimplemented_query") => &UNIMPLEMENTED,
        Some(_) => &[],
        None => &ITS_FAULTS,
    };
    let found = known.iter().find(|f| theirs.message.contains(**f));
    found.copied()
}

/// The verdict on answers to a tree that we do not implement.
pub fn of_any_dataset<T>(ours: &Outcome<T>, verdict: Verdict) -> Verdict {
    match (ours, verdict) {
        (Outcome::Failed(failed), Verdict::Differ(_))
            if failed.error_type.as_deref() == Some("unimplemented_query") =>
        {
            Verdict::Unanswered
        }
        (_, verdict) => verdict,
    }
}

fn shown(failed: &Failed) -> String {
    let error_type = failed.error_type.as_deref().unwrap_or("internal");
    format!("{error_type} ({})", failed.message)
}

/// Compare rows: as multisets; in their order as far as `order_by` fixes it; under a limit their number, and that ours are among
/// the rows without limit, which `unlimited` gets.
pub fn rows(
    question: &Question,
    theirs: &Rows,
    ours: &Rows,
    unlimited: impl FnOnce() -> Option<Rows>,
) -> Result<(), String> {
    if theirs.columns != ours.columns {
        return Err(format!(
            "columns differ: theirs {:?}, ours {:?}",
            theirs.columns, ours.columns
        ));
    }
    if question.may_repeat_rows() {
        return same_distinct(question, theirs, ours);
    }
    if theirs.rows.len() != ours.rows.len() {
        let difference = difference(&theirs.sorted(), &ours.sorted());
        return Err(format!(
            "they have {} rows, we {}\n{difference}",
            theirs.rows.len(),
            ours.rows.len()
        ));
    }
    let (sorted_theirs, sorted_ours) = (theirs.sorted(), ours.sorted());
    if sorted_theirs != sorted_ours {
        let all = match question.spec["limit"].is_null() {
            true => Some(theirs.clone()),
            false => unlimited(),
        };
        if let Some(all) = all
            && !is_within(&sorted_ours, &all.sorted())
        {
            return Err(difference(&sorted_theirs, &sorted_ours));
        }
    }
    same_order(question, theirs, ours)
}

/// Compare rows that may come more than once: each must be there, except where a limit leaves open which are.
fn same_distinct(question: &Question, theirs: &Rows, ours: &Rows) -> Result<(), String> {
    let distinct = |rows: &Rows| {
        let mut rows = rows.sorted();
        rows.dedup();
        rows
    };
    let (theirs, ours) = (distinct(theirs), distinct(ours));
    match theirs == ours || !question.spec["limit"].is_null() {
        true => Ok(()),
        false => Err(difference(&theirs, &ours)),
    }
}

/// Whether each row is in the other rows, at least as often.
fn is_within(rows: &[String], all: &[String]) -> bool {
    let mut all = all.iter();
    rows.iter().all(|row| all.any(|other| other == row))
}

fn same_order(question: &Question, theirs: &Rows, ours: &Rows) -> Result<(), String> {
    let keys = sort_keys(&question.spec, &theirs.columns);
    for (i, (a, b)) in theirs.rows.iter().zip(&ours.rows).enumerate() {
        let (a, b) = (key_of(a, &keys), key_of(b, &keys));
        if a != b {
            return Err(format!("row {i} is sorted as {a}, ours as {b}"));
        }
    }
    Ok(())
}

/// A value that rows are sorted by: a column, and for a record or a bound of a timespan the way into it.
struct SortKey {
    column: usize,
    way: String,
}

fn key_of(row: &[Value], keys: &[SortKey]) -> String {
    let value = |key: &SortKey| row[key.column].pointer(&key.way).cloned();
    let values: Vec<Value> = keys.iter().map(|k| value(k).unwrap_or_default()).collect();
    written(&values)
}

/// The leading terms of `order_by` whose values are in the rows.
fn sort_keys(spec: &Value, columns: &[String]) -> Vec<SortKey> {
    let terms = spec["order_by"].as_array().map_or(&[][..], Vec::as_slice);
    terms
        .iter()
        .map_while(|term| {
            let term = match term["expression_type"] == "reversed" {
                true => &term["operand"],
                false => term,
            };
            let (term, bound) = match term["operator"].as_str() {
                Some("begin_of") => (&term["operand"], "/0"),
                Some("end_of") => (&term["operand"], "/1"),
                _ => (term, ""),
            };
            let (name, way) = column_of(spec, term)?;
            let own = |c: &String| *c == name || (name == OWN_KEY && (c == "id" || c == "name"));
            let column = columns.iter().position(own)?;
            let way = way + bound;
            Some(SortKey { column, way })
        })
        .collect()
}

/// An element's own key among its fields, which is the first that is called `id` or `name`.
const OWN_KEY: &str = "(own)";

/// The column of a term, and the way to its value in there.
fn column_of(spec: &Value, term: &Value) -> Option<(String, String)> {
    let text = |name: &str| term[name].as_str().map(str::to_owned);
    let found = match (
        term["expression_type"].as_str()?,
        spec["result_type"].as_str()?,
    ) {
        ("dimension_key", "dimension_record") if spec["element"] == term["dimension"] => {
            OWN_KEY.to_owned()
        }
        ("dimension_key", _) => text("dimension")?,
        ("dimension_field", "general") => format!("{}:{}", text("element")?, text("field")?),
        ("dimension_field", "dimension_record") if spec["element"] == term["element"] => {
            text("field")?
        }
        ("dimension_field", "data_coordinate" | "dataset_ref") => {
            let way = format!("/{}/{}", text("element")?, text("field")?);
            return Some(("records".to_owned(), way));
        }
        ("dataset_field", "general") => format!("{}:{}", text("dataset_type")?, text("field")?),
        ("dataset_field", "dataset_ref")
            if spec["dataset_type_name"] == term["dataset_type"] && term["field"] == "run" =>
        {
            text("field")?
        }
        _ => return None,
    };
    Some((found, String::new()))
}

/// The first rows that only one of two sorted lists has.
fn difference(theirs: &[String], ours: &[String]) -> String {
    const SHOWN: usize = 5;
    let only = |a: &[String], b: &[String], sign: &str| -> Vec<String> {
        let missing = a.iter().filter(|row| b.binary_search(row).is_err());
        missing
            .take(SHOWN)
            .map(|row| format!("{sign} {row}"))
            .collect()
    };
    let mut lines = only(theirs, ours, "-");
    lines.extend(only(ours, theirs, "+"));
    match lines.is_empty() {
        true => "some rows are there more often than others".to_owned(),
        false => lines.join("\n"),
    }
}
