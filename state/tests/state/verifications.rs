//! What was verified when is remembered, for each repo and each kind of look by itself.

use chrono::{DateTime, TimeDelta, Utc};
use pantry_state::Looked;

use crate::place::Place;

const SIZE: Looked = Looked {
    structure: false,
    checksum: false,
};
const STRUCTURE: Looked = Looked {
    structure: true,
    checksum: false,
};
const CHECKSUM: Looked = Looked {
    structure: false,
    checksum: true,
};

#[test]
fn files_are_known_as_long_as_was_asked_and_as_well() {
    for place in Place::both() {
        let state = place.open();
        let (one, two) = (
            state.verified_repo("one").unwrap(),
            state.verified_repo("two").unwrap(),
        );
        assert_eq!(one, state.verified_repo("one").unwrap());
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let day = |n| start + TimeDelta::days(n);
        let known = |repo, paths: &[&str], asked, since: DateTime<Utc>| {
            state.verified_since(repo, paths, asked, since).unwrap()
        };
        assert_eq!(known(one, &["a", "b"], SIZE, start), [false, false]);

        state
            .remember_verified(one, &["a", "b", "a"], CHECKSUM, day(0))
            .unwrap();
        state
            .remember_verified(one, &["b", "c"], SIZE, day(10))
            .unwrap();
        state
            .remember_verified(one, &["c"], STRUCTURE, day(20))
            .unwrap();
        let all = ["a", "b", "c", "d"];
        assert_eq!(known(one, &all, SIZE, day(0)), [true, true, true, false]);
        assert_eq!(known(one, &all, SIZE, day(10)), [false, true, true, false]);
        assert_eq!(
            known(one, &all, CHECKSUM, day(0)),
            [true, true, false, false]
        );
        assert_eq!(known(one, &all, CHECKSUM, day(1)), [false; 4]);
        assert_eq!(
            known(one, &all, STRUCTURE, day(20)),
            [false, false, true, false]
        );
        assert_eq!(known(two, &all, SIZE, day(0)), [false; 4]);
        let counted = place.sql("SELECT count(*), min(sized), max(structured) FROM verified_file");
        assert_eq!(counted.trim(), "3|1800000000|1801728000");
    }
}

#[test]
fn many_files_are_remembered() {
    for place in Place::both() {
        let state = place.open();
        let repo = state.verified_repo("r").unwrap();
        let names: Vec<String> = (0..2500).map(|n| format!("runs/{n}")).collect();
        let paths: Vec<&str> = names.iter().map(String::as_str).collect();
        for at in [1_800_000_000, 1_800_000_100] {
            let now = DateTime::from_timestamp(at, 0).unwrap();
            state
                .remember_verified(repo, &paths[..2400], SIZE, now)
                .unwrap();
            let found = state.verified_since(repo, &paths, SIZE, now).unwrap();
            assert!(
                found
                    .iter()
                    .enumerate()
                    .all(|(n, known)| *known == (n < 2400))
            );
        }
    }
}
