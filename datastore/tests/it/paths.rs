//! Paths, URIs and record strings against the oracle.

use std::path::Path;

use pantry_datastore::{DatastoreRoot, ResourcePath};
use serde_json::{Value, json};

use crate::oracle::{Answer, ask};
use crate::random::Random;

const PIECES: [&str; 22] = [
    "a",
    "b.fits",
    "/",
    "/",
    "c d",
    "%20",
    "%2f",
    "%25",
    "#",
    "..",
    "./",
    "ü",
    ":",
    ";",
    "+",
    "=",
    "x.fits.gz",
    ".",
    "unzip=m",
    "%",
    "&",
    "'",
];

/// A path that both sides can read the same way: `~` and `$` never come up, and what only a URI parser would
/// see is told apart below.
fn paths(seed: u64, count: usize) -> Vec<String> {
    let mut random = Random(seed);
    (0..count).map(|_| random.text(&PIECES, 6)).collect()
}

#[test]
fn export_paths_are_seen_as_the_oracle_sees_them() {
    let folder = "/data/ex port";
    let requests: Vec<Value> = paths(11, 20_000)
        .iter()
        .map(|path| json!({"ask": "source", "folder": folder, "path": path, "root": "/data/ex port/a"}))
        .collect();
    let base = ResourcePath::from_absolute(Path::new(folder)).unwrap();
    let root = ResourcePath::from_absolute(Path::new("/data/ex port/a")).unwrap();
    let mut both_succeed = 0;
    for (request, answer) in requests.iter().zip(ask(&requests)) {
        let ours = base.join(request["path"].as_str().unwrap());
        match (ours, answer) {
            (Ok(uri), Answer::Ok(theirs)) => {
                let local = uri
                    .local_path()
                    .map(|path| path.to_str().unwrap().to_owned());
                let ours = json!([
                    uri.to_string(),
                    local,
                    uri.extension(),
                    uri.relative_to(&root)
                ]);
                assert_eq!(ours, theirs, "{request}");
                both_succeed += 1;
            }
            (Ok(uri), Answer::Raised(_)) => assert_eq!(uri.local_path(), None, "{request}: {uri}"),
            (Err(error), Answer::Ok(_)) => {
                assert_refused_on_purpose(&error.to_string(), &request.to_string())
            }
            (Err(_), Answer::Raised(_)) => {}
        }
    }
    assert!(both_succeed > 12_000, "{both_succeed}");
}

#[test]
fn records_are_found_where_the_oracle_finds_them() {
    let folder = "/data/store";
    let mut records = paths(12, 20_000);
    records.extend(
        paths(13, 3_000)
            .iter()
            .map(|path| format!("file:///{path}")),
    );
    let requests: Vec<Value> = records
        .iter()
        .map(|record| json!({"ask": "locate", "record": record, "root": folder}))
        .collect();
    let root = DatastoreRoot::new(Path::new(folder)).unwrap();
    let mut both_succeed = 0;
    for (request, answer) in requests.iter().zip(ask(&requests)) {
        match (root.locate(request["record"].as_str().unwrap()), answer) {
            (Ok(location), Answer::Ok(theirs)) => {
                let local = location
                    .local_path()
                    .map(|path| path.to_str().unwrap().to_owned());
                // The oracle leaves '.' and '//' in absolute URIs for the operating system.
                if location.is_in_store() {
                    assert_eq!(
                        json!([location.uri().to_string(), local]),
                        theirs,
                        "{request}"
                    );
                }
                both_succeed += 1;
            }
            (Ok(location), Answer::Raised(_)) => assert!(
                location.local_path().is_none() || location.uri().is_folder(),
                "{request}: {location:?}"
            ),
            (Err(error), Answer::Ok(_)) => {
                assert_refused_on_purpose(&error.to_string(), &request.to_string())
            }
            (Err(_), Answer::Raised(_)) => {}
        }
    }
    assert!(both_succeed > 12_000, "{both_succeed}");
}

#[test]
fn copied_files_are_recorded_as_the_oracle_records_them() {
    let mut random = Random(14);
    let sources = [
        "/x/a.fits",
        "/x/a",
        "/x/a.fits.gz",
        "/x/a.tar.gz",
        "/x.y/a",
        "/x/a.b c",
        "/x/a.fits.fz",
        "/x/.hidden",
        "/x/a.",
    ];
    let requests: Vec<Value> = paths(15, 10_000)
        .iter()
        .map(|path| {
            let template_path = format!("run/{}/t_{}", path.trim_matches('/'), random.below(9));
            json!({"ask": "new_location", "template_path": template_path, "source": random.pick(&sources), "root": "/data/store"})
        })
        .collect();
    let root = DatastoreRoot::new(Path::new("/data/store")).unwrap();
    let mut both_succeed = 0;
    for (request, answer) in requests.iter().zip(ask(&requests)) {
        let source = ResourcePath::parse(request["source"].as_str().unwrap()).unwrap();
        let ours = root.new_location(request["template_path"].as_str().unwrap(), &source);
        match (ours, answer) {
            (Ok(location), Answer::Ok(theirs)) => {
                let local = location.local_path().unwrap();
                assert_eq!(
                    json!([location.record(), local.to_str().unwrap()]),
                    theirs,
                    "{request}"
                );
                both_succeed += 1;
            }
            // The oracle trusts a formatted template and would write outside the root.
            (Err(error), Answer::Ok(theirs)) => {
                let outside = !theirs[1].as_str().unwrap().starts_with("/data/store/");
                if !outside {
                    assert_refused_on_purpose(&error.to_string(), &request.to_string());
                }
            }
            (Ok(location), Answer::Raised(error)) => {
                panic!("{request}: {location:?}, the oracle {error}")
            }
            (Err(_), Answer::Raised(_)) => {}
        }
    }
    assert!(both_succeed > 5_000, "{both_succeed}");
}

/// Where the oracle finds some meaning and we refuse: paths that read as part of a URI, and `..`.
fn assert_refused_on_purpose(error: &str, request: &str) {
    let known = [
        "reads as part of a URI",
        "without '..'",
        "('..')",
        "control character",
        "read back as another",
        "names a folder",
    ];
    assert!(
        known.iter().any(|reason| error.contains(reason)),
        "{request}: {error}"
    );
}

#[test]
fn a_file_in_place_is_recorded_only_if_its_record_is_read_back() {
    let root = DatastoreRoot::new(Path::new("/data/store")).unwrap();
    let record = |name: &str| {
        let source = root.uri().join(name).unwrap();
        root.existing(&source)
            .map(|location| location.map(|l| l.record().to_owned()))
    };
    assert_eq!(record("a/c d.fits").unwrap().as_deref(), Some("a/c d.fits"));
    assert_eq!(
        record("a#b/c+ü.fits").unwrap().as_deref(),
        Some("a#b/c+ü.fits")
    );
    assert!(record("a%20b.fits").is_err());
    assert!(record("a%2fb.fits").is_err());
    assert_eq!(record("../c.fits").unwrap(), None);
    assert_eq!(record("/elsewhere/c.fits").unwrap(), None);
}

proptest::proptest! {
    #[test]
    fn paths_never_panic_and_absolute_ones_come_back(text in "[a-z/%#.:;?~$ é0-9A-F]{0,30}") {
        let root = DatastoreRoot::new(Path::new("/data/store")).unwrap();
        let located = root.locate(&text).ok();
        if let Some((path, in_store)) = located.and_then(|l| Some((l.local_path()?, l.is_in_store()))) {
            proptest::prop_assert!(!in_store || path.starts_with("/data/store"));
            let again = ResourcePath::from_absolute(&path).unwrap();
            proptest::prop_assert_eq!(again.local_path(), Some(path));
        }
    }
}
