//! Files of other stores read through a cache: asked for once, and never stale.

use std::path::Path;
use std::sync::Arc;

use futures_util::TryStreamExt;
use pantry_datastore::ResourcePath;
use pantry_datastore::store::{Cache, Ranges, StoreSettings, Stored, Stores, Variables};
use pantry_testkit::s3::S3Server;

const SIZE: usize = 3_500_000;

fn stores(server: &S3Server, cache: &Path, limit: u64) -> Stores {
    let cache = Cache::open(cache, limit).expect("a cache");
    Stores::new(StoreSettings {
        cache: Some(Arc::new(cache)),
        ..StoreSettings::new(Variables::new(server.variables(), None))
    })
}

/// Bytes that do not repeat.
fn content(seed: u8) -> Vec<u8> {
    let mut bytes = vec![0; SIZE];
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[seed]).finalize_xof().fill(&mut bytes);
    bytes
}

fn file(stores: &Stores) -> Stored {
    let uri = ResourcePath::parse("s3://data/a/file.fits").expect("a URI");
    stores.find(&uri).expect("a store")
}

fn parts(
    stores: &Stores,
    wanted: impl IntoIterator<Item = std::ops::Range<u64>>,
) -> Result<Vec<Vec<u8>>, String> {
    let (file, wanted) = (file(stores), Ranges::exact(wanted.into_iter().collect()));
    let read = stores.wait(file.store.read(&file.key, wanted));
    let parts = read.map_err(|error| error.to_string())?;
    Ok(parts.iter().map(|part| part.to_vec()).collect())
}

fn whole(stores: &Stores) -> Vec<u8> {
    let file = file(stores);
    let stream = file.store.stream(&file.key, 0..SIZE as u64);
    let pieces = stores.wait(stream.try_collect::<Vec<_>>());
    pieces.expect("a stream").concat()
}

fn gets(server: &S3Server) -> usize {
    let requests = server.requests();
    requests
        .iter()
        .filter(|line| line.starts_with("GET"))
        .count()
}

#[test]
fn what_was_read_is_not_asked_for_again() {
    let (server, folder) = (
        S3Server::start(&["data"]),
        tempfile::tempdir().expect("a folder"),
    );
    let bytes = content(1);
    server.put("data", "a/file.fits", &bytes);
    let first = stores(&server, folder.path(), 1 << 30);
    let wanted = vec![10..20, 1_048_570..1_048_580, 0..0, 3_499_990..3_500_000];
    let expected = vec![
        bytes[10..20].to_vec(),
        bytes[1_048_570..1_048_580].to_vec(),
        Vec::new(),
        bytes[3_499_990..].to_vec(),
    ];
    assert_eq!(parts(&first, wanted.clone()), Ok(expected.clone()));
    assert!(gets(&server) > 0);
    // Another process, so to speak.
    let second = stores(&server, folder.path(), 1 << 30);
    assert_eq!(parts(&second, wanted), Ok(expected));
    assert_eq!(gets(&server), 0);
    assert_eq!(whole(&second), bytes);
    assert_eq!(gets(&server), 1, "one of four pieces was not there");
    assert_eq!(whole(&first), bytes);
    assert_eq!(gets(&server), 0);
    let error = parts(&first, Some(3_499_999..3_500_001)).expect_err("too long");
    assert!(error.contains("3500000 bytes"), "{error}");
}

#[test]
fn a_file_that_was_replaced_is_read_anew() {
    let (server, folder) = (
        S3Server::start(&["data"]),
        tempfile::tempdir().expect("a folder"),
    );
    let stores = stores(&server, folder.path(), 1 << 30);
    for seed in 1..4 {
        let bytes = content(seed);
        server.put("data", "a/file.fits", &bytes);
        assert_eq!(whole(&stores), bytes);
    }
}

#[test]
fn many_read_through_a_cache_that_is_too_small() {
    let (server, folder) = (
        S3Server::start(&["data"]),
        tempfile::tempdir().expect("a folder"),
    );
    let bytes = content(1);
    server.put("data", "a/file.fits", &bytes);
    std::thread::scope(|scope| {
        for number in 0..8_u64 {
            let (server, folder, bytes) = (&server, folder.path(), &bytes);
            scope.spawn(move || {
                let stores = stores(server, folder, 2 << 20);
                for turn in 0..20 {
                    let begin = (number * 400_000 + turn * 170_000) % (SIZE as u64 - 10);
                    let at = usize::try_from(begin).expect("small");
                    let expected = vec![bytes[at..at + 10].to_vec()];
                    assert_eq!(parts(&stores, Some(begin..begin + 10)), Ok(expected));
                }
            });
        }
    });
}
