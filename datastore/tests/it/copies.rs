//! Reading falls back to copies, in their order; writing never does.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use pantry_datastore::ResourcePath;
use pantry_datastore::store::{Copies, Ranges, StoreSettings, Stored, Stores, Variables};
use pantry_testkit::s3::{Fault, S3Server};

#[derive(Debug)]
struct Map(HashMap<String, Vec<String>>);

impl Copies for Map {
    fn of(&self, uri: &str) -> Result<Vec<String>, String> {
        Ok(self.0.get(uri).cloned().unwrap_or_default())
    }
}

fn uri(path: &Path) -> ResourcePath {
    ResourcePath::from_absolute(path).expect("absolute")
}

/// Stores that know of copies of one file.
fn stores(server: &S3Server, of: &ResourcePath, copies: &[&str]) -> Stores {
    let copies = copies.iter().map(|&copy| copy.to_owned()).collect();
    let map = Map([(of.to_string(), copies)].into());
    Stores::new(StoreSettings {
        first_pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(2),
        retries: 1,
        copies: Some(Arc::new(map)),
        ..StoreSettings::new(Variables::new(server.variables(), None))
    })
}

fn read(stores: &Stores, file: &Stored) -> Result<(u64, String, String), String> {
    let work = async {
        let found = file.store.stat(&file.key).await?;
        let parts = file
            .store
            .read(&file.key, Ranges::exact(Some(0..3).into_iter().collect()))
            .await?;
        let whole = file.store.stream(&file.key, 0..6).try_collect::<Vec<_>>();
        let whole = String::from_utf8(whole.await?.concat()).expect("text");
        let part = String::from_utf8(parts.concat()).expect("text");
        Ok((found.map_or(0, |object| object.size), part, whole))
    };
    stores.wait(work).map_err(|error| error.to_string())
}

#[test]
fn a_file_that_is_lost_is_read_elsewhere() {
    let server = S3Server::start(&["data", "more"]);
    let folder = tempfile::tempdir().expect("a folder");
    let (original, second) = (folder.path().join("a.fits"), folder.path().join("b.fits"));
    let of = uri(&original);
    let third = uri(&second).to_string();
    let stores = stores(
        &server,
        &of,
        &["s3://data/no", "nonsense:/x", "s3://more/a", &third],
    );
    let file = stores.find_any(&of).expect("known");

    let error = read(&stores, &file).expect_err("nothing is anywhere");
    // People know the file by its own name.
    assert!(error.contains("a.fits"), "{error}");
    fs::write(&second, "second").expect("written");
    assert_eq!(read(&stores, &file), Ok((6, "sec".into(), "second".into())));
    server.put("more", "a", b"object");
    assert_eq!(read(&stores, &file), Ok((6, "obj".into(), "object".into())));
    fs::write(&original, "itself").expect("written");
    assert_eq!(read(&stores, &file), Ok((6, "its".into(), "itself".into())));

    let exact = stores.find(&of).expect("known");
    fs::remove_file(&original).expect("removed");
    assert_eq!(
        stores
            .wait(exact.store.stat(&exact.key))
            .expect("an answer"),
        None
    );
}

#[test]
fn a_store_that_fails_is_passed_over() {
    let server = S3Server::start(&["data"]);
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy");
    fs::write(&copy, "safe!!").expect("written");
    let of = ResourcePath::parse("s3://data/a").expect("a URI");
    server.put("data", "a", b"object");
    let stores = stores(&server, &of, &[&uri(&copy).to_string()]);
    let file = stores.find_any(&of).expect("known");
    assert_eq!(read(&stores, &file), Ok((6, "obj".into(), "object".into())));
    server.fail(Some(Fault::Unavailable), 1);
    assert_eq!(read(&stores, &file), Ok((6, "saf".into(), "safe!!".into())));
}
