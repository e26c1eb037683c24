//! One behaviour of all stores: files of this machine, buckets, web servers where they can.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use pantry_datastore::store::{
    Copying, Ranges, Source, StoreSettings, Stored, Stores, Variables, sizes,
};
use pantry_datastore::{Checksum, DatastoreError, ResourcePath};
use pantry_testkit::moto::MotoServer;
use pantry_testkit::s3::{Fault, S3Server};

fn settings(server: &S3Server) -> StoreSettings {
    StoreSettings {
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(20),
        ..StoreSettings::new(Variables::new(server.variables(), None))
    }
}

/// Every kind of store that can be written, each at a root of its own.
fn each_store(test: impl Fn(&Stores, &dyn Fn(&str) -> Stored)) {
    let server = S3Server::start(&["data"]);
    let moto = MotoServer::start(&["data"]);
    let folder = tempfile::tempdir().expect("a folder");
    let local = ResourcePath::from_absolute(folder.path()).expect("absolute");
    let at_moto = StoreSettings::new(Variables::new(moto.variables(), None));
    for (settings, root) in [
        (settings(&server), local.to_string()),
        (settings(&server), "s3://data".to_owned()),
        (settings(&server), "s3://data/some/prefix".to_owned()),
        (at_moto, "s3://data/more".to_owned()),
    ] {
        let stores = Stores::new(settings);
        let root = ResourcePath::parse(&root).expect("a URI").into_folder();
        test(&stores, &|key| {
            let uri = root.join(key).expect("a path");
            stores.find(&uri).expect("a store that is known")
        });
    }
}

fn write(stores: &Stores, at: &Stored, bytes: &[u8]) -> Result<bool, DatastoreError> {
    let pieces: Vec<_> = bytes
        .chunks(70_000)
        .map(|piece| Ok(piece.to_vec().into()))
        .collect();
    stores.wait(
        at.store
            .write(&at.key, stream::iter(pieces).boxed(), bytes.len() as u64),
    )
}

fn read(
    stores: &Stores,
    at: &Stored,
    wanted: impl IntoIterator<Item = std::ops::Range<u64>>,
) -> Result<Vec<Vec<u8>>, DatastoreError> {
    let parts = stores.wait(
        at.store
            .read(&at.key, Ranges::scan(wanted.into_iter().collect())),
    )?;
    Ok(parts.iter().map(|part| part.to_vec()).collect())
}

/// Bytes that do not repeat.
fn content(size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    blake3::Hasher::new().finalize_xof().fill(&mut bytes);
    bytes
}

#[test]
fn what_is_written_is_read_whole_and_in_parts() {
    each_store(|stores, at| {
        let bytes = content(300_000);
        let file = at("a folder/with é+&#/file name.fits");
        assert_eq!(
            stores.wait(file.store.stat(&file.key)).expect("an answer"),
            None
        );
        assert!(write(stores, &file, &bytes).expect("written"));
        let found = stores.wait(file.store.stat(&file.key)).expect("an answer");
        assert_eq!(found.map(|object| object.size), Some(300_000));
        let parts = read(
            stores,
            &file,
            vec![5..10, 299_990..300_000, 100..100, 12..20],
        );
        let expected = [&bytes[5..10], &bytes[299_990..], &[], &bytes[12..20]];
        assert_eq!(parts.expect("parts"), expected);
        let streamed = stores.wait(
            file.store
                .stream(&file.key, 1..299_999)
                .try_collect::<Vec<_>>(),
        );
        assert_eq!(streamed.expect("a stream").concat(), bytes[1..299_999]);
        let hash = stores.wait(file.blake3(300_000)).expect("a checksum");
        assert_eq!(hash, Checksum::Blake3(blake3::hash(&bytes).into()));
    });
}

#[test]
fn nothing_is_replaced_and_removing_twice_is_removing() {
    each_store(|stores, at| {
        let file = at("x/one.txt");
        assert!(write(stores, &file, b"first").expect("written"));
        assert!(!write(stores, &file, b"other").expect("an answer"));
        assert_eq!(read(stores, &file, Some(0..5)).expect("bytes"), [b"first"]);
        for _ in 0..2 {
            stores.wait(file.store.delete(&file.key)).expect("removed");
        }
        assert_eq!(
            stores.wait(file.store.stat(&file.key)).expect("an answer"),
            None
        );
    });
}

#[test]
fn a_file_that_is_missing_or_too_short_is_an_error() {
    each_store(|stores, at| {
        let missing = read(stores, &at("no/such"), Some(0..1));
        assert!(missing.is_err(), "{missing:?}");
        let file = at("short");
        write(stores, &file, b"abc").expect("written");
        assert!(read(stores, &file, Some(1..9)).is_err());
        let streamed = stores.wait(file.store.stream(&file.key, 1..9).try_collect::<Vec<_>>());
        assert!(streamed.is_err(), "{streamed:?}");
    });
}

#[test]
fn a_source_that_ends_early_leaves_nothing() {
    each_store(|stores, at| {
        let file = at("half");
        let source = stream::iter([Ok(vec![1; 50].into())]).boxed();
        let written = stores.wait(file.store.write(&file.key, source, 60));
        assert!(written.is_err(), "{written:?}");
        assert_eq!(
            stores.wait(file.store.stat(&file.key)).expect("an answer"),
            None
        );
    });
}

#[test]
fn files_are_listed_in_the_order_of_their_keys() {
    each_store(|stores, at| {
        let names = ["l/a", "l/a.txt", "l/a/b", "l/b", "l/é", "other"];
        for name in names.iter().filter(|name| **name != "l/a") {
            write(stores, &at(name), name.as_bytes()).expect("written");
        }
        let folder = at("l/a")
            .key
            .strip_suffix('a')
            .map(str::to_owned)
            .expect("its folder");
        let listed = |after: Option<&str>| {
            let store = at("l/b").store;
            let after = after.map(|name| at(name).key);
            let found = store.list(&folder, after).expect("a store that lists");
            let found = stores.wait(found.try_collect::<Vec<_>>()).expect("a list");
            let short = |object: pantry_datastore::store::Object| {
                (object.key[folder.len()..].to_owned(), object.size)
            };
            found.into_iter().map(short).collect::<Vec<_>>()
        };
        let all = [("a.txt", 7), ("a/b", 5), ("b", 3), ("é", 4)]
            .map(|(name, size)| (name.to_owned(), size));
        assert_eq!(listed(None), all);
        assert_eq!(listed(Some("l/a/b")), all[2..]);
    });
}

#[test]
fn large_files_are_put_in_parts() {
    let server = S3Server::start(&["data"]);
    let stores = Stores::new(settings(&server));
    let uri = ResourcePath::parse("s3://data/large.bin").expect("a URI");
    let large = stores.find(&uri).expect("a bucket");
    let bytes = content((40 << 20) + 17);
    assert!(write(&stores, &large, &bytes).expect("written"));
    let requests = server.requests();
    assert_eq!(
        requests
            .iter()
            .filter(|line| line.contains("partNumber="))
            .count(),
        6,
        "{requests:?}"
    );
    assert_eq!(
        std::fs::read(server.bucket("data").join("large.bin")).expect("an object"),
        bytes
    );
    let hash = stores
        .wait(large.blake3(bytes.len() as u64))
        .expect("a checksum");
    assert_eq!(hash, Checksum::Blake3(blake3::hash(&bytes).into()));
}

#[test]
fn sizes_are_found_by_listing() {
    let server = S3Server::start(&["data"]);
    let stores = Stores::new(settings(&server));
    for number in 0..2500 {
        server.put(
            "data",
            &format!("run/{number:05}.fits"),
            &vec![0; number % 7],
        );
    }
    let bucket = stores
        .find(&ResourcePath::parse("s3://data/x").expect("a URI"))
        .expect("a bucket");
    let mut keys: Vec<String> = (0..2500).map(|n| format!("run/{n:05}.fits")).collect();
    keys.extend(["run/00003.gits".to_owned(), "run/zzz".to_owned()]);
    keys.sort();
    server.requests();
    let mut found = Vec::new();
    let all = sizes(bucket.store.as_ref(), &keys, |key, object| {
        found.push((key.to_owned(), object.map(|object| object.size)));
        Ok::<_, DatastoreError>(())
    });
    stores.wait(all).expect("sizes");
    let expected = |key: &String| {
        let number: Option<u64> = key
            .strip_prefix("run/")?
            .strip_suffix(".fits")?
            .parse()
            .ok();
        number.map(|number| number % 7)
    };
    assert!(found.iter().map(|(key, _)| key).eq(&keys));
    assert!(
        found.iter().all(|(key, size)| *size == expected(key)),
        "{found:?}"
    );
    let requests = server.requests();
    assert!(requests.len() <= 4, "{requests:?}");
}

#[test]
fn wrong_keys_are_told_without_showing_them() {
    let server = S3Server::start(&["data"]);
    server.put("data", "a", b"abc");
    let wrong = server.url_with_keys().replace("test%2Fsecret", "hidden");
    let set = [("LSST_RESOURCES_S3_PROFILE_ral".to_owned(), wrong)];
    let stores = Stores::new(StoreSettings::new(Variables::new(set, None)));
    let file = stores
        .find(&ResourcePath::parse("s3://ral@data/a").expect("a URI"))
        .expect("a bucket");
    let error = stores
        .wait(file.store.stat(&file.key))
        .expect_err("a refusal");
    let text = format!("{error} {error:?} {stores:?}");
    assert!(error.to_string().contains("s3://ral@data/a"), "{error}");
    assert!(error.to_string().contains(&server.url()), "{error}");
    assert!(
        !text.contains("hidden") && !text.contains("TESTACCESSKEY"),
        "{text}"
    );
}

#[test]
fn a_store_that_fails_for_a_moment_is_asked_again() {
    for fault in [
        Fault::Unavailable,
        Fault::BreakOff,
        Fault::Stall(Duration::from_secs(30)),
    ] {
        let server = S3Server::start(&["data"]);
        let stores = Stores::new(StoreSettings {
            timeout: Duration::from_millis(500),
            ..settings(&server)
        });
        let bytes = content(2_000_000);
        server.fail(Some(fault), 4);
        for name in ["one", "two", "three"] {
            let file =
                stores.find(&ResourcePath::parse(&format!("s3://data/{name}")).expect("a URI"));
            let file = file.expect("a bucket");
            assert!(write(&stores, &file, &bytes).unwrap_or_else(|e| panic!("{fault:?}: {e}")));
            let parts = read(&stores, &file, Some(0..2_000_000));
            assert!(parts.unwrap_or_else(|e| panic!("{fault:?}: {e}")) == [bytes.as_slice()]);
        }
    }
}

#[test]
fn a_store_that_always_fails_or_lies_is_an_error() {
    for fault in [Fault::Unavailable, Fault::BreakOff, Fault::Short] {
        let server = S3Server::start(&["data"]);
        server.put("data", "a", &content(100_000));
        let stores = Stores::new(settings(&server));
        let file = stores
            .find(&ResourcePath::parse("s3://data/a").expect("a URI"))
            .expect("a bucket");
        server.fail(Some(fault), 1);
        assert!(read(&stores, &file, Some(0..100_000)).is_err(), "{fault:?}");
        assert!(stores.wait(file.blake3(100_000)).is_err(), "{fault:?}");
    }
}

#[test]
fn files_are_copied_between_stores_and_compared() {
    let server = S3Server::start(&["data", "other"]);
    let folder = tempfile::tempdir().expect("a folder");
    let stores = Stores::new(settings(&server));
    let local = ResourcePath::from_absolute(folder.path()).expect("absolute");
    let roots = [
        local.to_string(),
        "s3://data/a".to_owned(),
        "s3://other/b".to_owned(),
    ];
    let at = |root: usize, name: &str| {
        let root = ResourcePath::parse(&roots[root])
            .expect("a URI")
            .into_folder();
        stores
            .find(&root.join(name).expect("a path"))
            .expect("a store")
    };
    let bytes = content(123_456);
    write(&stores, &at(0, "from"), &bytes).expect("written");
    for (source, target) in [(0, 1), (1, 2), (2, 0)] {
        let name = |root| {
            if root == 0 && source == 0 {
                "from"
            } else {
                "to"
            }
        };
        let copying = Copying {
            source: Source::File(at(source, name(source)), 123_456),
            target: at(target, "to"),
            checksum: true,
        };
        for is_new in [true, false] {
            let copied = stores.wait(copying.run()).expect("a copy");
            assert_eq!((copied.size, copied.is_new), (123_456, is_new));
            assert_eq!(
                copied.checksum,
                Some(Checksum::Blake3(blake3::hash(&bytes).into()))
            );
        }
    }
    write(&stores, &at(1, "taken"), &content(123_455)).expect("written");
    let copying = Copying {
        source: Source::File(at(0, "from"), 123_456),
        target: at(1, "taken"),
        checksum: false,
    };
    let refused = stores.wait(copying.run());
    assert!(
        matches!(refused, Err(DatastoreError::Occupied { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_link_to_an_object_is_read_by_everybody() {
    let server = S3Server::start(&["data"]);
    server.put("data", "a b/é.fits", b"SIMPLE");
    let stores = Stores::new(settings(&server));
    let uri = ResourcePath::parse("s3://data/a%20b/%C3%A9.fits").expect("a URI");
    let file = stores.find(&uri).expect("a bucket");
    let link = stores.wait(file.store.presign(&file.key, Duration::from_secs(600)));
    let link = link.expect("an answer").expect("a link");
    let answer = pantry_testkit::run(std::process::Command::new("curl").args(["-sf", &link]));
    assert_eq!(answer.stdout, "SIMPLE");
}
