//! A process that places files is killed at random moments; the next run finishes its work.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use pantry_datastore::transfer::{PlaceRequest, TransferMode, is_leftover, unlink_source};

use crate::random::Random;
use crate::store::Store;

const FILES: usize = 150;

/// Content of file `n`, long enough to be caught half-way.
fn content(n: usize) -> Vec<u8> {
    vec![u8::try_from(n).expect("few files"); 40_000 + n]
}

fn requests(store: &Store) -> Vec<PlaceRequest> {
    let export = store.folder().join("export");
    let request = |n| PlaceRequest {
        size: Some(content(n).len() as u64),
        ..PlaceRequest::new(
            export.join(format!("f{n}")),
            store.at(&format!("run/{}/f{n}", n % 9)),
        )
    };
    (0..FILES).map(request).collect()
}

/// Place and, for `move`, remove the sources, in batches that are flushed together and one by one.
fn place_all(store: &Store, mode: TransferMode) {
    let requests = requests(store);
    let placer = store.placer(mode, true);
    for batch in requests.chunks(60) {
        for placed in placer.place(batch) {
            placed.expect("placed");
        }
    }
    placer.sync().expect("flushed");
    let _lock = placer.keep();
    if mode == TransferMode::Move {
        for request in &requests {
            unlink_source(&request.source, &request.destination).expect("unlinked");
        }
    }
}

/// The killed process: this test binary again, told where to work.
#[test]
#[ignore = "started by a_killed_run_is_completed_by_the_next"]
fn child() {
    let folder = std::env::var_os("PANTRY_TEST_STORE").expect("the folder");
    let mode = std::env::var("PANTRY_TEST_MODE").expect("the mode");
    place_all(
        &Store::at_folder(folder.as_ref()),
        mode.parse().expect("a mode"),
    );
}

#[test]
fn a_killed_run_is_completed_by_the_next() {
    let mut random = Random(31);
    let mut interrupted = 0;
    for round in 0..40 {
        let mode = [TransferMode::Copy, TransferMode::Move][round % 2];
        let store = Store::new();
        let export = store.folder().join("export");
        fs::create_dir_all(&export).unwrap();
        (0..FILES).for_each(|n| fs::write(export.join(format!("f{n}")), content(n)).unwrap());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::child", "--ignored", "-q"])
            .env("PANTRY_TEST_STORE", store.folder())
            .env("PANTRY_TEST_MODE", mode.name())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(random.next() % 60_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let left = store.files();
        interrupted += usize::from(!left.is_empty() && left.len() != FILES);
        for (n, request) in requests(&store).iter().enumerate() {
            let placed = fs::read(&request.destination).ok();
            assert!(
                placed.as_ref().is_none_or(|bytes| *bytes == content(n)),
                "f{n} is half-copied"
            );
            assert!(
                placed.is_some() || request.source.exists(),
                "f{n} is in neither place"
            );
        }
        place_all(&store, mode);
        for (n, request) in requests(&store).iter().enumerate() {
            assert_eq!(fs::read(&request.destination).unwrap(), content(n));
            assert_eq!(request.source.exists(), mode == TransferMode::Copy);
        }
        assert!(
            !store
                .files()
                .iter()
                .any(|name| is_leftover(name.rsplit('/').next().unwrap().as_ref()))
        );
        assert_eq!(store.files().len(), FILES);
    }
    assert!(interrupted > 5, "{interrupted}");
}
