//! Tokens: made, found by their secret, used, listed, revoked.

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use pantry_state::{LookUp, NewToken, Role, State, StateError, Token};

use crate::place::Place;

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 12, 0, 0).unwrap()
}

fn new(name: Option<&str>) -> NewToken {
    NewToken {
        name: name.map(str::to_owned),
        repos: vec!["survey*".to_owned(), "ü, \"x\"".to_owned()],
        collections: Some(vec!["HSC/runs/*".to_owned()]),
        role: Role::Write,
        expires: Some(noon() + TimeDelta::hours(1)),
    }
}

#[test]
fn a_token_is_found_by_its_secret_with_all_that_it_was_given() {
    for place in Place::both() {
        let state = place.open();
        let (secret, made) = state.create_token(&new(Some("notebooks")), noon()).unwrap();
        let expected = Token {
            id: made.id.clone(),
            name: Some("notebooks".to_owned()),
            repos: vec!["survey*".to_owned(), "ü, \"x\"".to_owned()],
            collections: Some(vec!["HSC/runs/*".to_owned()]),
            role: Role::Write,
            created: noon(),
            expires: Some(noon() + TimeDelta::hours(1)),
            revoked: None,
            last_used: None,
        };
        assert_eq!(made, expected);
        // Another process, so to speak.
        let other = place.open();
        assert_eq!(
            other.look_up(secret.reveal(), noon()).unwrap(),
            LookUp::Valid(expected)
        );
        let last = secret.reveal().chars().last().unwrap();
        let wrong = format!(
            "{}{}",
            &secret.reveal()[..secret.reveal().len() - 1],
            if last == 'A' { 'B' } else { 'A' }
        );
        for text in [
            &wrong,
            "",
            "anonymous",
            &format!("pantry_{}_", made.id),
            &made.id,
        ] {
            assert_eq!(
                other.look_up(text, noon()).unwrap(),
                LookUp::Unknown,
                "{text}"
            );
        }
    }
}

#[test]
fn the_secret_is_nowhere_in_the_database() {
    for place in Place::both() {
        let (secret, made) = place.open().create_token(&new(None), noon()).unwrap();
        let rows = place.sql("SELECT * FROM token");
        let random = secret.reveal().rsplit_once(&made.id).unwrap().1;
        assert!(rows.contains(&made.id) && !rows.contains(random), "{rows}");
        // What is kept is the BLAKE3 of the whole token.
        assert!(
            rows.contains(
                &blake3::hash(secret.reveal().as_bytes())
                    .to_hex()
                    .to_string()
            )
        );
    }
}

#[test]
fn a_token_ends_with_its_time_or_when_it_is_revoked() {
    for place in Place::both() {
        let state = place.open();
        let (one, _) = state.create_token(&new(Some("one")), noon()).unwrap();
        let (two, made) = state.create_token(&new(Some("two")), noon()).unwrap();
        let at = |minutes| noon() + TimeDelta::minutes(minutes);
        let last = state
            .look_up(one.reveal(), at(60) - TimeDelta::seconds(1))
            .unwrap();
        assert!(matches!(last, LookUp::Valid(_)), "{last:?}");
        let ended = state.look_up(one.reveal(), at(60)).unwrap();
        assert!(matches!(ended, LookUp::Expired(_)), "{ended:?}");

        state.revoke_token(&made.id, at(1)).unwrap();
        let revoked = state.look_up(two.reveal(), at(2)).unwrap();
        assert!(
            matches!(&revoked, LookUp::Revoked(t) if t.revoked == Some(at(1))),
            "{revoked:?}"
        );
        for gone in [&made.id, "two", "three"] {
            let error = state.revoke_token(gone, at(3)).unwrap_err();
            assert!(matches!(error, StateError::NoSuchToken(_)), "{error}");
        }
        // Its name is free again, and one that lives is revoked by it.
        let (again, _) = state.create_token(&new(Some("two")), at(4)).unwrap();
        state.revoke_token("two", at(5)).unwrap();
        let revoked = state.look_up(again.reveal(), at(6)).unwrap();
        assert!(matches!(revoked, LookUp::Revoked(_)), "{revoked:?}");
        let times: Vec<_> = state.tokens().unwrap().iter().map(|t| t.revoked).collect();
        assert_eq!(times.iter().flatten().collect::<Vec<_>>(), [&at(1), &at(5)]);
    }
}

#[test]
fn uses_are_written_down_every_ten_minutes() {
    for place in Place::both() {
        let state = place.open();
        let (secret, _) = state.create_token(&new(None), noon()).unwrap();
        let last_used = || state.tokens().unwrap()[0].last_used;
        assert_eq!(last_used(), None);
        for (minute, written) in [(1, 1), (10, 1), (11, 11), (20, 11), (40, 40)] {
            let at = |minutes| noon() + TimeDelta::minutes(minutes);
            state.look_up(secret.reveal(), at(minute)).unwrap();
            assert_eq!(last_used(), Some(at(written)), "minute {minute}");
        }
    }
}

#[test]
fn names_are_unique_and_nonsense_is_refused() {
    for place in Place::both() {
        let state = place.open();
        state.create_token(&new(Some("one")), noon()).unwrap();
        let error = state.create_token(&new(Some("one")), noon()).unwrap_err();
        assert!(
            matches!(&error, StateError::NameTaken(name) if name == "one"),
            "{error}"
        );
        // Two without name are no conflict.
        state.create_token(&new(None), noon()).unwrap();
        state.create_token(&new(None), noon()).unwrap();
        let nonsense = [
            new(Some(" ")),
            new(Some("a\nb")),
            new(Some("0123456789abcdef")),
            NewToken {
                repos: vec![],
                ..new(None)
            },
            NewToken {
                repos: vec![String::new()],
                ..new(None)
            },
            NewToken {
                collections: Some(vec![]),
                ..new(None)
            },
            NewToken {
                expires: Some(noon()),
                ..new(None)
            },
        ];
        for new in nonsense {
            let error = state.create_token(&new, noon()).unwrap_err();
            assert!(matches!(error, StateError::Invalid(_)), "{error}");
        }
        assert_eq!(state.tokens().unwrap().len(), 3);
    }
}

#[test]
fn many_threads_share_a_state() {
    for place in Place::both() {
        let state = place.open();
        let work = |state: &State| {
            for _ in 0..10 {
                let (secret, made) = state.create_token(&new(None), noon()).unwrap();
                let found = state.look_up(secret.reveal(), noon()).unwrap();
                assert_eq!(found, LookUp::Valid(made));
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| work(&state));
            }
        });
        assert_eq!(state.tokens().unwrap().len(), 60);
    }
}

#[test]
fn lost_connections_are_made_again() {
    let place = Place::Postgresql(pantry_testkit::postgres::Database::new());
    let state = place.open();
    let (secret, _) = state.create_token(&new(None), noon()).unwrap();
    place.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    let gone = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while place.sql(gone).trim() != "0" {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    // What the server said last may come as the answer to the first question; then the state is well again.
    let found = state.look_up(secret.reveal(), noon());
    let found = found.or_else(|_| state.look_up(secret.reveal(), noon()));
    assert!(matches!(found, Ok(LookUp::Valid(_))), "{found:?}");
}

#[test]
fn a_damaged_row_is_an_error_and_no_permission() {
    for place in Place::both() {
        let state = place.open();
        let (secret, _) = state.create_token(&new(None), noon()).unwrap();
        place.sql("UPDATE token SET collections = '[1]'");
        let error = state.look_up(secret.reveal(), noon()).unwrap_err();
        assert!(matches!(error, StateError::Corrupt { .. }), "{error}");
        assert!(error.to_string().contains("collections"), "{error}");
    }
}
