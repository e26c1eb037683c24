//! Placing files: against the oracle where it says what is right, and under faults.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::sync::Arc;

use pantry_datastore::transfer::{
    FolderLock, PlaceRequest, TransferMode, TransferProgress, unlink_source,
};
use pantry_datastore::{DatastoreError, DatastoreRoot};
use serde_json::json;

use crate::oracle::{Answer, ask};
use crate::store::Store;

const PLACING: [TransferMode; 6] = [
    TransferMode::Link,
    TransferMode::Symlink,
    TransferMode::Hardlink,
    TransferMode::Copy,
    TransferMode::Relsymlink,
    TransferMode::Auto,
];

#[test]
fn every_mode_leaves_what_the_oracle_leaves() {
    let store = Store::new();
    let mut requests = Vec::new();
    let mut described = Vec::new();
    for mode in PLACING {
        let request = store.source(&format!("{mode}/a b.fits"), b"content");
        fs::set_permissions(&request.source, fs::Permissions::from_mode(0o640)).unwrap();
        // A source behind a link: the reference reads through it.
        let linked = request.source.with_file_name("link.fits");
        symlink(&request.source, &linked).unwrap();
        for source in [&request.source, &linked] {
            let name = format!("{mode}/{}", source.file_name().unwrap().display());
            let (ours, theirs) = (
                store.at(&format!("ours/{name}")),
                store.at(&format!("them/{name}")),
            );
            let placer = store.placer(mode, false);
            let placed = placer.place(&[PlaceRequest::new(source.clone(), ours.clone())]);
            assert_eq!(placed[0].as_ref().unwrap().size, 7);
            placer.sync().unwrap();
            placer.keep();
            assert_eq!(fs::read(&ours).unwrap(), b"content");
            requests.push(json!({"ask": "transfer", "source": source, "destination": theirs, "mode": mode.name()}));
            described.push(Answer::Ok(json!({
                "link": fs::read_link(&ours).ok(),
                "same_file": fs::metadata(source).unwrap().ino() == fs::metadata(&ours).unwrap().ino(),
                "mode": fs::metadata(&ours).unwrap().mode(),
            })));
        }
    }
    assert_eq!(described, ask(&requests));
}

#[test]
fn a_second_run_finds_every_file_in_place() {
    for mode in [PLACING.as_slice(), &[TransferMode::Move]].concat() {
        for count in [3, 100] {
            let store = Store::new();
            let requests: Vec<PlaceRequest> = (0..count)
                .map(|n| store.source(&format!("{}/f{n}", n % 7), format!("{n}").as_bytes()))
                .collect();
            for is_new in [true, false] {
                let placer = store.placer(mode, true);
                for placed in placer.place(&requests) {
                    let placed = placed.unwrap();
                    assert_eq!(placed.is_new, is_new, "{mode}");
                    assert!(placed.checksum.is_some());
                }
                placer.sync().unwrap();
                placer.keep();
            }
            assert_eq!(store.files().len(), count);
        }
    }
}

#[test]
fn other_content_in_the_way_is_an_error_and_stays() {
    let store = Store::new();
    let request = store.source("a", b"wanted");
    fs::create_dir_all(store.at("run")).unwrap();
    for (there, mode, checksum) in [
        ("longer than wanted", TransferMode::Copy, false),
        ("other!", TransferMode::Copy, true),
        ("other!", TransferMode::Move, false),
        ("longer", TransferMode::Hardlink, true),
    ] {
        fs::write(&request.destination, there).unwrap();
        let placer = store.placer(mode, checksum);
        let placed = placer.place(std::slice::from_ref(&request));
        assert!(
            matches!(placed[0], Err(DatastoreError::Occupied { .. })),
            "{placed:?}"
        );
        assert_eq!(placer.undo().unwrap(), 0);
        assert_eq!(fs::read_to_string(&request.destination).unwrap(), there);
        assert_eq!(fs::read(&request.source).unwrap(), b"wanted");
    }
}

#[test]
fn a_run_that_is_not_kept_takes_everything_back() {
    for count in [2, 90] {
        let store = Store::new();
        fs::create_dir_all(store.at("run/0")).unwrap();
        fs::write(store.at("run/0/own"), "stays").unwrap();
        let mut requests: Vec<PlaceRequest> = (0..count)
            .map(|n| store.source(&format!("{}/f{n}", n % 5), b"x"))
            .collect();
        requests.push(PlaceRequest::new(
            store.folder().join("none"),
            store.at("run/9/none"),
        ));
        let placer = store.placer(TransferMode::Copy, true);
        let placed = placer.place(&requests);
        assert!(placed[..count].iter().all(Result::is_ok));
        assert!(
            matches!(placed[count], Err(DatastoreError::Missing { .. })),
            "{:?}",
            placed[count]
        );
        drop(placer);
        assert_eq!(store.files(), ["run/0/own"]);
        assert!(!store.at("run/1").exists() && !store.at("run/9").exists());
    }
}

#[test]
fn leftovers_of_a_killed_run_go_and_nothing_else() {
    let store = Store::new();
    let requests = [store.source("a", b"a"), store.source("b", b"b")];
    fs::create_dir_all(store.at("run")).unwrap();
    fs::write(store.at("run/.pantry-a.0123456789abcdef.tmp"), "half").unwrap();
    fs::write(store.at("run/.pantry-notes"), "mine").unwrap();
    let placer = store.placer(TransferMode::Copy, false);
    assert!(placer.place(&requests).iter().all(Result::is_ok));
    placer.keep();
    assert_eq!(store.files(), ["run/.pantry-notes", "run/a", "run/b"]);
}

#[test]
fn links_that_lead_out_of_the_root_are_refused() {
    let store = Store::new();
    let request = store.source("a", b"a");
    fs::create_dir_all(store.folder().join("elsewhere")).unwrap();
    symlink(store.folder().join("elsewhere"), store.at("run")).unwrap();
    for destination in [
        store.at("run/a"),
        store.at("run/new/a"),
        store.folder().join("b"),
    ] {
        let placer = store.placer(TransferMode::Copy, false);
        let placed = placer.place(&[PlaceRequest::new(
            request.source.clone(),
            destination.clone(),
        )]);
        assert!(
            matches!(placed[0], Err(DatastoreError::Escapes { .. })),
            "{placed:?}"
        );
        assert!(!destination.exists());
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let store = Store::new();
    let request = store.source("a", b"a");
    // Not writable for anybody, root included.
    let root = DatastoreRoot::new("/sys/kernel".as_ref()).unwrap();
    let lock = FolderLock::acquire(root.local("testing").unwrap(), || {}).unwrap();
    let options = pantry_datastore::transfer::PlaceOptions {
        mode: TransferMode::Copy,
        checksum: false,
        jobs: 1,
        progress: Arc::default(),
    };
    let placer =
        pantry_datastore::transfer::Placer::new(root.local("testing").unwrap(), lock, options)
            .unwrap();
    let destination = root.local("testing").unwrap().join("pantry-test/a");
    let placed = placer.place(&[PlaceRequest::new(request.source, destination)]);
    let message = placed[0].as_ref().unwrap_err().to_string();
    assert!(message.contains("/sys/kernel/pantry-test"), "{message}");
    assert!(
        matches!(placed[0], Err(DatastoreError::Denied { .. })),
        "{placed:?}"
    );
}

#[test]
fn a_stop_leaves_no_file_behind() {
    let store = Store::new();
    let requests: Vec<PlaceRequest> = (0..50)
        .map(|n| store.source(&format!("f{n}"), b"x"))
        .collect();
    let progress = Arc::new(TransferProgress::default());
    let placer = store.placer_with(TransferMode::Copy, false, Arc::clone(&progress));
    progress.stop();
    let placed = placer.place(&requests);
    assert!(
        placed
            .iter()
            .all(|answer| matches!(answer, Err(DatastoreError::Stopped { .. })))
    );
    drop(placer);
    assert!(store.files().is_empty());
}

#[test]
fn a_second_writer_waits_for_the_first() {
    let store = Store::new();
    let placer = store.placer(TransferMode::Copy, false);
    let path = store.root.local("testing").unwrap().to_path_buf();
    let (said, heard) = std::sync::mpsc::channel();
    let second =
        std::thread::spawn(move || FolderLock::acquire(&path, || said.send(()).unwrap()).unwrap());
    heard.recv().unwrap();
    assert!(!second.is_finished());
    drop(placer);
    assert!(second.join().unwrap().is_held());
}

#[test]
fn move_removes_sources_only_when_the_file_is_in_place() {
    let store = Store::new();
    let request = store.source("a", b"abc");
    let unlink = || unlink_source(&request.source, &request.destination);
    assert!(unlink().is_err());
    assert!(request.source.exists());
    let placer = store.placer(TransferMode::Move, true);
    placer.place(std::slice::from_ref(&request))[0]
        .as_ref()
        .unwrap();
    assert!(request.source.exists());
    placer.sync().unwrap();
    let lock = placer.keep();
    assert!(unlink().unwrap());
    assert!(!unlink().unwrap());
    assert_eq!(fs::read(&request.destination).unwrap(), b"abc");
    // The same file under another spelling is no source.
    symlink(
        store.root.local("testing").unwrap(),
        store.folder().join("alias"),
    )
    .unwrap();
    let alias = store.folder().join("alias/run/a");
    assert!(!unlink_source(&alias, &request.destination).unwrap());
    assert!(request.destination.exists());
    drop(lock);
}

#[test]
fn moving_a_symbolic_link_is_refused() {
    let store = Store::new();
    let request = store.source("a", b"abc");
    let linked = request.source.with_file_name("link");
    symlink(&request.source, &linked).unwrap();
    let placer = store.placer(TransferMode::Move, false);
    let placed = placer.place(&[PlaceRequest::new(linked, store.at("x"))]);
    assert!(
        matches!(placed[0], Err(DatastoreError::BadMode { .. })),
        "{placed:?}"
    );
    drop(placer);
    assert!(store.files().is_empty() && request.source.exists());
}

#[test]
fn a_hard_link_to_another_file_system_is_refused_and_link_falls_back() {
    let store = Store::new();
    // A regular file that is surely not on the temporary folder's file system.
    let request = PlaceRequest::new("/proc/version".into(), store.at("v"));
    let placer = store.placer(TransferMode::Hardlink, false);
    let placed = placer.place(std::slice::from_ref(&request));
    assert!(
        matches!(placed[0], Err(DatastoreError::BadMode { .. })),
        "{placed:?}"
    );
    drop(placer);
    let placer = store.placer(TransferMode::Link, false);
    assert!(placer.place(std::slice::from_ref(&request))[0].is_ok());
    assert_eq!(fs::read_link(store.at("v")).unwrap(), request.source);
}
