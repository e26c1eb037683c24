//! Random queries against the reference.

use std::path::PathBuf;

use pantry_registry::model::universe::Universe;
use pantry_registry::query::tree::json;
use serde_json::Value;

use crate::compare::{PER_SEED, ask, compare, seeds};
use crate::generator::{Case, Generator};
use crate::report::Report;
use crate::{pantry, repos};

/// The repositories: all, or those that `PANTRY_QUERY_REPOS` names.
fn names() -> impl Iterator<Item = &'static str> {
    let wanted = std::env::var("PANTRY_QUERY_REPOS").ok();
    let is_wanted = move |name: &&str| {
        let mut wanted = wanted.iter().flat_map(|names| names.split(','));
        wanted.clone().next().is_none() || wanted.any(|wanted| wanted == *name)
    };
    repos::NAMES.into_iter().filter(is_wanted)
}

/// Random queries over each repository in SQLite. `PANTRY_QUERY_SEEDS=2..50` asks others.
#[test]
fn random_queries_are_answered_as_by_the_reference() {
    let mut all = Report::default();
    for name in names() {
        let repo = repos::sqlite(name);
        let mut reference = Generator::open(&repo);
        let report = compare(&mut reference, &mut *pantry::open(&repo), seeds());
        eprintln!("{name}: {report}");
        all.join(name, report);
    }
    all.assert_agreement();
}

/// The same in PostgreSQL.
#[test]
fn random_queries_on_postgresql_are_answered_as_by_the_reference() {
    let mut all = Report::default();
    for name in names() {
        let postgres = repos::Postgres::new(name);
        let repo = postgres.repo();
        let mut reference = Generator::open(&repo);
        let report = compare(&mut reference, &mut *pantry::open(&repo), seeds());
        eprintln!("{name}: {report}");
        all.join(name, report);
    }
    all.assert_agreement();
}

/// Queries about which we once differed: what the report shows of them, with the repository and what it was about.
const ONCE_DIFFERED: &str = include_str!("once_differed.jsonl");

fn once_differed(repo: &str) -> Vec<Case> {
    let lines = ONCE_DIFFERED.lines().map(|line| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        (line["repo"] == repo).then(|| Case::read(&line))
    });
    lines.flatten().collect()
}

/// Ask them all, each of its repository; `make` gives what is called so, and what keeps it there.
fn ask_again<T>(make: impl Fn(&str) -> (PathBuf, T)) -> Report {
    let mut all = Report::default();
    for name in repos::NAMES {
        let cases = once_differed(name);
        if cases.is_empty() {
            continue;
        }
        let (repo, _kept) = make(name);
        let mut report = Report::default();
        let mut reference = Generator::open(&repo);
        let mut engine = pantry::open(&repo);
        for case in cases {
            ask(&mut reference, &mut *engine, &case, &mut report);
        }
        all.join(name, report);
    }
    all
}

#[test]
fn queries_that_once_differed_are_answered_as_by_the_reference() {
    let all = ask_again(|name| (repos::sqlite(name), ()));
    assert_eq!(all.agree["any"], ONCE_DIFFERED.lines().count());
    all.assert_agreement();
}

#[test]
fn queries_that_once_differed_on_postgresql_are_answered_as_by_the_reference() {
    let all = ask_again(|name| {
        let postgres = repos::Postgres::new(name);
        (postgres.repo(), postgres)
    });
    assert!(all.agree["execute"] > 0);
    all.assert_agreement();
}

/// Each tree and result specification that the reference accepts is read, and written as the reference writes it.
#[test]
fn trees_of_random_queries_are_written_as_they_were_read() {
    for name in repos::NAMES {
        let mut generator = Generator::open(&repos::sqlite(name));
        let universe = Universe::from_json(&generator.universe()).expect("a universe");
        let mut read = 0;
        for case in seeds().flat_map(|seed| generator.generate(seed, PER_SEED)) {
            let question = &case.question;
            let Ok(tree) = json::tree_from_json(&question.tree, &universe) else {
                continue;
            };
            let Ok(spec) = json::spec_from_json(&question.spec, &universe) else {
                continue;
            };
            // Faults that are no faults of the form have left-out dimensions, which are added.
            let again = json::tree_from_json(&json::tree_to_json(&tree), &universe);
            assert_eq!(again.expect("a tree"), tree, "{}", case.name);
            assert_eq!(json::spec_to_json(&spec), question.spec, "{}", case.name);
            if question.tree["dimensions"] == json::tree_to_json(&tree)["dimensions"] {
                assert_eq!(json::tree_to_json(&tree), question.tree, "{}", case.name);
                read += 1;
            }
        }
        assert!(read > 90, "{name}: only {read} trees are read");
    }
}
