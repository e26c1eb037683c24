//! Where copies are: noted, found, listed, forgotten.

use pantry_state::Replica;

use crate::place::Place;

fn replica(uri: &str, copy: &str, rank: i64) -> Replica {
    Replica {
        uri: uri.to_owned(),
        copy: copy.to_owned(),
        rank,
    }
}

#[test]
fn copies_of_files_come_in_the_order_of_their_ranks() {
    for place in Place::both() {
        let state = place.open();
        let all = [
            replica("file:///a", "s3://x/a", 2),
            replica("file:///a", "s3://y/a", 1),
            replica("file:///b", "s3://x/b", 1),
            // The same again, as a table may have it.
            replica("file:///b", "s3://x/b", 1),
        ];
        state.add_replicas(&all).unwrap();
        state.add_replicas(&all).unwrap();
        let found = state.replicas_of(&["file:///a", "file:///c"]).unwrap();
        assert_eq!(found, [all[1].clone(), all[0].clone()]);
        state
            .add_replicas(&[replica("file:///a", "s3://y/a", 3)])
            .unwrap();
        let found = state.replicas_of(&["file:///a"]).unwrap();
        assert_eq!(found[0].copy, "s3://x/a");

        let listed = state.replicas_after(None).unwrap();
        assert_eq!(listed.len(), 3);
        let rest = state.replicas_after(Some(&listed[0])).unwrap();
        assert_eq!(rest, listed[1..]);

        let removed = state.remove_replicas("file:///a", Some("s3://x/a"));
        assert_eq!(removed.unwrap(), 1);
        assert_eq!(state.remove_replicas("file:///a", None).unwrap(), 1);
        assert_eq!(state.remove_replicas("file:///a", None).unwrap(), 0);
        assert_eq!(state.replicas_after(None).unwrap(), all[2..3]);
    }
}

#[test]
fn rules_come_in_the_order_of_their_ranks() {
    for place in Place::both() {
        let state = place.open();
        let (one, two) = (
            replica("file:///data/", "s3://x/", 5),
            replica("file:///data/", "s3://y/'; --/", 1),
        );
        for rule in [&one, &two, &one] {
            state.add_replica_rule(rule).unwrap();
        }
        assert_eq!(state.replica_rules().unwrap(), [two.clone(), one.clone()]);
        state
            .add_replica_rule(&Replica {
                rank: 0,
                ..one.clone()
            })
            .unwrap();
        assert_eq!(state.replica_rules().unwrap()[0].copy, one.copy);
        assert_eq!(
            state
                .remove_replica_rules("file:///data/", Some(&two.copy))
                .unwrap(),
            1
        );
        assert_eq!(
            state.remove_replica_rules("file:///data/", None).unwrap(),
            1
        );
        assert!(state.replica_rules().unwrap().is_empty());
    }
}

#[test]
fn many_entries_are_listed_in_pages() {
    for place in Place::both() {
        let state = place.open();
        let all: Vec<Replica> = (0..12_000)
            .map(|i| replica(&format!("file:///f{i:05}"), "s3://x/y", 1))
            .collect();
        state.add_replicas(&all).unwrap();
        let uris: Vec<&str> = all.iter().map(|r| &*r.uri).collect();
        assert_eq!(state.replicas_of(&uris).unwrap().len(), all.len());
        let mut listed: Vec<Replica> = Vec::new();
        loop {
            let page = state.replicas_after(listed.last()).unwrap();
            if page.is_empty() {
                break;
            }
            listed.extend(page);
        }
        assert_eq!(listed, all);
    }
}
