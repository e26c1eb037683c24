//! The SQL of every kind of query, for people to review: the text of each is in `statements/<name>.<dialect>.sql`, and the
//! database of that dialect must accept it.

mod calibrations;
mod datasets;
mod dimensions;
mod inputs;
mod place;
mod pretty;
mod question;
mod regions;
mod terms;

use std::collections::BTreeSet;
use std::path::PathBuf;

use pantry_registry::query::execute::{count, count_to_sql, execute, to_sql};
use pantry_registry::schema::dialect::Dialect;

use place::Place;
use question::Question;

/// Rewrites the expected texts.
const WRITE: &str = "PANTRY_WRITE_EXPECTED";

/// Questions by the name of their files.
fn questions(place: &Place) -> Vec<Question> {
    let universe = place.universe();
    [
        dimensions::questions(universe),
        terms::questions(universe),
        regions::questions(universe),
        datasets::questions(universe),
        calibrations::questions(universe),
        inputs::questions(universe),
    ]
    .concat()
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/query/statements"
    ))
}

fn extension(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "sqlite.sql",
        Dialect::Postgresql => "postgresql.sql",
    }
}

/// What the file of a question shall hold.
fn text(place: &mut Place, question: &Question) -> String {
    let Question {
        tree, spec, inputs, ..
    } = question;
    let registry = &mut place.registry;
    let made = match question.is_counted {
        true => count_to_sql(registry, tree, spec, inputs),
        false => to_sql(registry, tree, spec, inputs),
    };
    let (sql, values) = made.unwrap_or_else(|e| panic!("{}: {e}", question.name));
    let mut text: String = question.about.iter().map(|a| format!("-- {a}\n")).collect();
    text += &pretty::statement(&place.without_namespace(&sql));
    text += &pretty::values(&values);
    text
}

/// The repo has hardly any dimension records, so there are no rows; but the database has read the statement.
fn run(place: &mut Place, question: &Question) {
    let Question {
        tree, spec, inputs, ..
    } = question;
    let registry = &mut place.registry;
    let mut rows = 0;
    let ended = execute(registry, tree, spec, inputs, |_| {
        rows += 1;
        Ok(true)
    });
    ended.unwrap_or_else(|e| panic!("{}: {e}", question.name));
    let counted = count(registry, tree, spec, inputs, true, true)
        .unwrap_or_else(|e| panic!("{}: {e}", question.name));
    assert_eq!((rows, counted), (0, 0), "{}", question.name);
}

fn compare(place: &mut Place) {
    let has_any_value = place
        .registry
        .connection()
        .has_any_value()
        .expect("a version");
    let extension = extension(place.registry.connection().dialect());
    let mut different = Vec::new();
    for question in questions(place) {
        let actual = text(place, &question);
        run(place, &question);
        if has_any_value && actual.contains("any_value(") {
            // The expected texts are for servers before PostgreSQL 16, which have no such function.
            continue;
        }
        let file = folder().join(format!("{}.{extension}", question.name));
        if std::env::var_os(WRITE).is_some() {
            std::fs::write(&file, &actual).expect("a writeable folder");
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        if actual != expected {
            different.push(format!("{}:\n{actual}", file.display()));
        }
    }
    assert!(
        different.is_empty(),
        "{} statement(s) are not those that were reviewed; if they shall be as follows, run the test with {WRITE}=1 and \
         review what it changes:\n{}",
        different.len(),
        different.join("\n")
    );
}

#[test]
fn sqlite_statements_are_the_reviewed_ones() {
    compare(&mut Place::sqlite());
}

#[test]
fn postgresql_statements_are_the_reviewed_ones() {
    compare(&mut Place::postgresql());
}

#[test]
fn every_expected_statement_belongs_to_a_question() {
    if std::env::var_os(WRITE).is_some() {
        // The other tests are making the files.
        return;
    }
    let names = questions(&Place::sqlite());
    let names = names.iter().flat_map(|q| {
        let dialects = [Dialect::Sqlite, Dialect::Postgresql];
        dialects.map(|d| format!("{}.{}", q.name, extension(d)))
    });
    let files = std::fs::read_dir(folder()).unwrap();
    let files = files.map(|f| f.unwrap().file_name().into_string().unwrap());
    assert_eq!(
        files
            .filter(|f| f.ends_with(".sql"))
            .collect::<BTreeSet<String>>(),
        names.collect()
    );
}
