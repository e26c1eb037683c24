//! Files over HTTP, in process: a repo with nothing but file records, and requests to the server's router.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use pantry_registry::config::{DatabaseTarget, Environment, RepoConfigOptions, repo_config};
use pantry_registry::database::{Access, Value};
use pantry_registry::schema::managers::Managers;
use pantry_registry::{Registry, create_registry, dimension_config};
use proptest::prelude::*;
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

use super::link::{FileLink, seconds};
use crate::auth::AuthSettings;
use crate::router::router;
use crate::server::Server;
use crate::settings::{FileSettings, RepoSetting, Settings};

const SECRET: &[u8] = b"the secret of another folder";

/// A repo `r` in a folder of its own, beside the folders `outside` and `allowed`.
struct Repo {
    folder: TempDir,
    server: Arc<Server>,
    runtime: tokio::runtime::Runtime,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Repo {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["repo", "outside", "allowed"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("outside/secret.fits"), SECRET).unwrap();
        let root = folder.path().join("repo");
        let environment = Environment::new(folder.path());
        let options = RepoConfigOptions {
            root: root.to_string_lossy().into_owned(),
            standalone: false,
            keep_seed: false,
            outfile: None,
            search_paths: Vec::new(),
        };
        let config = repo_config(None, &options, &environment).unwrap();
        fs::write(root.join("butler.yaml"), config.text).unwrap();
        let target = DatabaseTarget::Sqlite(root.join("gen3.sqlite3"));
        let universe = dimension_config(None, &environment).unwrap();
        create_registry(&target, None, Managers::default(), &universe).unwrap();
        let repos = vec![RepoSetting {
            label: "r".to_owned(),
            repo: options.root,
        }];
        let settings = Settings {
            files: FileSettings {
                allowed: vec![folder.path().join("allowed")],
                ..FileSettings::default()
            },
            auth: AuthSettings {
                anonymous_read: true,
                ..AuthSettings::default()
            },
            ..Settings::new("127.0.0.1:0".parse().unwrap(), repos, environment)
        };
        Self {
            server: Arc::new(Server::open(settings).unwrap()),
            runtime: tokio::runtime::Runtime::new().unwrap(),
            folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write<T>(&self, then: impl FnOnce(&mut Registry) -> T) -> T {
        let target = DatabaseTarget::Sqlite(self.path("repo/gen3.sqlite3"));
        let mut registry = Registry::open_target(&target, None, Access::ReadWrite, &[]).unwrap();
        registry
            .write(|registry| registry.ensure_file_records("file_datastore_records"))
            .unwrap();
        then(&mut registry)
    }

    fn record(&self, path: &str, component: Option<&str>) -> Uuid {
        let id = Uuid::now_v7();
        self.write(|registry| {
            let connection = registry.connection();
            let statement = connection.statement();
            let statement = statement.text("INSERT INTO file_datastore_records VALUES (");
            let statement = statement.bind_all([
                Value::Uuid(id),
                path.into(),
                "a.Formatter".into(),
                "Exposure".into(),
                component.unwrap_or("__NULL_STRING__").into(),
                Value::Null,
                (-1_i64).into(),
            ]);
            connection.run(&statement.text(")")).unwrap();
        });
        id
    }

    /// A valid link to the file of a dataset, whatever its path is.
    fn link(&self, id: Uuid, component: Option<&str>) -> String {
        let store = self.server.repos["r"].files().unwrap();
        let artifact = store.artifact("any/name.fits").unwrap();
        let expires = seconds(SystemTime::now()) + 60;
        FileLink::new(&self.server.links, "r", &artifact, id, component, expires)
            .path_and_query(&self.server.links)
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let router: Router = router(&self.server);
        self.runtime.block_on(async {
            let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
            Answer {
                status: parts.status,
                headers: parts.headers,
                body: body.collect().await.unwrap().to_bytes(),
            }
        })
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers)
    }
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

/// Bytes without a period that a block could hide.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state.to_be_bytes()[0]
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn a_file_is_sent_whole_or_in_parts() {
    let repo = Repo::new();
    let bytes = noise(3_000_017);
    fs::create_dir_all(repo.path("repo/run/a")).unwrap();
    fs::write(repo.path("repo/run/a/x y.fits"), &bytes).unwrap();
    let link = repo.link(repo.record("run/a/x y.fits", None), None);

    let whole = repo.get(&link, &[]);
    assert_eq!(whole.status, StatusCode::OK);
    assert!(whole.body == bytes);
    for (name, value) in [
        ("content-length", "3000017"),
        ("content-type", "application/fits"),
        ("content-disposition", "attachment; filename=\"x y.fits\""),
        ("accept-ranges", "bytes"),
        ("content-range", ""),
    ] {
        assert_eq!(whole.header(name), value, "{name}");
    }
    let head = repo.ask("HEAD", &link, &[("range", "bytes=0-9")]);
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    for name in [
        "content-length",
        "content-type",
        "etag",
        "last-modified",
        "accept-ranges",
    ] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=131071-131072", 131_071, 131_073),
        ("bytes=1000000-", 1_000_000, 3_000_017),
        ("bytes=-17", 3_000_000, 3_000_017),
        ("bytes=2999999-9999999,9999999-", 2_999_999, 3_000_017),
    ] {
        let part = repo.get(&link, &[("range", range)]);
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT, "{range}");
        let content_range = format!("bytes {from}-{}/3000017", to - 1);
        assert_eq!(part.header("content-range"), content_range);
        assert_eq!(part.header("content-length"), (to - from).to_string());
        assert!(part.body == bytes[from..to], "{range}");
    }
    let none = repo.get(&link, &[("range", "bytes=3000017-")]);
    assert_eq!(none.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(none.header("content-range"), "bytes */3000017");
    assert_eq!(none.header("content-length"), "0");
}

#[test]
fn several_ranges_are_sent_in_one_answer() {
    let repo = Repo::new();
    let bytes = noise(500_000);
    fs::write(repo.path("repo/a.parq"), &bytes).unwrap();
    let link = repo.link(repo.record("a.parq", None), None);
    let answer = repo.get(&link, &[("range", "bytes=-10, 5-6,200000-399999")]);
    assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
    let content_type = answer.header("content-type").to_owned();
    let boundary = content_type
        .strip_prefix("multipart/byteranges; boundary=")
        .unwrap();
    let mut expected = Vec::new();
    for (i, range) in [499_990..500_000, 5..7, 200_000..400_000]
        .into_iter()
        .enumerate()
    {
        let line = if i == 0 { "" } else { "\r\n" };
        let (start, last) = (range.start, range.end - 1);
        let head = format!(
            "{line}--{boundary}\r\nContent-Type: application/vnd.apache.parquet\r\n\
             Content-Range: bytes {start}-{last}/500000\r\n\r\n"
        );
        expected.extend_from_slice(head.as_bytes());
        expected.extend_from_slice(&bytes[range]);
    }
    expected.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    assert!(answer.body == expected);
    assert_eq!(answer.header("content-length"), expected.len().to_string());
    assert_eq!(answer.header("content-range"), "");
}

#[test]
fn who_has_a_file_need_not_read_it_again() {
    let repo = Repo::new();
    let path = repo.path("repo/a.fits");
    fs::write(&path, b"0123456789").unwrap();
    let written = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_500);
    let set_time = |time| {
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(time).unwrap();
    };
    set_time(written);
    let link = repo.link(repo.record("a.fits", None), None);
    let first = repo.get(&link, &[]);
    let (tag, date) = (first.header("etag"), first.header("last-modified"));
    assert_eq!(date, "Tue, 14 Nov 2023 22:13:20 GMT");
    for known in [("if-none-match", tag), ("if-modified-since", date)] {
        let again = repo.get(&link, &[known]);
        assert_eq!(
            (again.status, again.body.len()),
            (StatusCode::NOT_MODIFIED, 0)
        );
        assert_eq!(again.header("etag"), tag);
    }
    let same = |condition| repo.get(&link, &[("range", "bytes=0-1"), condition]);
    assert_eq!(same(("if-range", tag)).body, "01");
    assert_eq!(same(("if-range", date)).body, "01");
    assert_eq!(
        same(("if-match", "\"x\"")).status,
        StatusCode::PRECONDITION_FAILED
    );
    // Written anew in the same second, with as many bytes.
    fs::write(&path, b"abcdefghij").unwrap();
    set_time(written + Duration::from_nanos(1));
    let changed = same(("if-range", tag));
    assert_eq!(
        (changed.status, &changed.body[..]),
        (StatusCode::OK, &b"abcdefghij"[..])
    );
    assert_eq!(
        repo.get(&link, &[("if-none-match", tag)]).status,
        StatusCode::OK
    );
}

#[test]
fn a_link_gives_what_the_records_name_now() {
    let repo = Repo::new();
    for name in ["a.fits", "b.fits"] {
        fs::write(repo.path("repo").join(name), name).unwrap();
    }
    fs::write(repo.path("repo/empty"), "").unwrap();
    let id = repo.record("a.fits", None);
    let link = repo.link(id, None);
    assert_eq!(repo.get(&link, &[]).body, "a.fits");
    let update = |sql: &str| {
        repo.write(|registry| registry.connection().execute(sql, &[]).unwrap());
    };
    // What was opened a moment ago may be read for a second more.
    let soon = |link: &str, becomes: &dyn Fn(&Answer) -> bool| {
        let is_so = || {
            std::thread::sleep(std::time::Duration::from_millis(100));
            becomes(&repo.get(link, &[]))
        };
        assert!(
            (0..300).any(|_| is_so()),
            "nothing changed in half a minute"
        );
    };
    let not_found = |answer: &Answer| answer.status == StatusCode::NOT_FOUND;
    update("UPDATE file_datastore_records SET path = 'b.fits'");
    soon(&link, &|answer| answer.body == "b.fits");
    let part = repo.link(id, Some("wcs"));
    assert_eq!(repo.get(&part, &[]).status, StatusCode::NOT_FOUND);
    update("UPDATE file_datastore_records SET component = 'wcs', path = 'empty'");
    soon(&link, &not_found);
    let empty = repo.get(&part, &[]);
    assert_eq!(
        (empty.status, empty.header("content-length")),
        (StatusCode::OK, "0")
    );
    let byte = repo.get(&part, &[("range", "bytes=0-0")]);
    assert_eq!(byte.status, StatusCode::RANGE_NOT_SATISFIABLE);
    fs::remove_file(repo.path("repo/empty")).unwrap();
    assert_eq!(repo.get(&part, &[]).status, StatusCode::NOT_FOUND);
    fs::write(repo.path("repo/empty"), "").unwrap();
    assert_eq!(repo.get(&part, &[]).status, StatusCode::OK);
    update("DELETE FROM file_datastore_records");
    soon(&part, &not_found);
    update("DROP TABLE file_datastore_records");
    assert_eq!(repo.get(&part, &[]).status, StatusCode::NOT_FOUND);
}

#[test]
fn links_are_refused_if_they_are_changed_or_old() {
    let repo = Repo::new();
    fs::write(repo.path("repo/a.fits"), "a").unwrap();
    let id = repo.record("a.fits", None);
    let link = repo.link(id, None);
    let path = link.split('?').next().unwrap();
    let other = link.replace(&id.to_string(), &Uuid::now_v7().to_string());
    for refused in [
        path.to_owned(),
        format!("{path}?id={id}"),
        format!("{link}0"),
        other,
        link.replace("expires=", "expires=9"),
        link.replace("repo/r/", "repo/s/"),
        link.replace("name.fits", "eman.fits"),
    ] {
        assert_eq!(
            repo.get(&refused, &[]).status,
            StatusCode::FORBIDDEN,
            "{refused}"
        );
    }
    let store = repo.server.repos["r"].files().unwrap();
    let artifact = store.artifact("a.fits").unwrap();
    let keys = &repo.server.links;
    let old = FileLink::new(keys, "r", &artifact, id, None, seconds(SystemTime::now()));
    let old = repo.get(&old.path_and_query(keys), &[]);
    assert_eq!(old.status, StatusCode::FORBIDDEN);
    assert!(String::from_utf8_lossy(&old.body).contains("expired"));
    let posted = repo.ask("POST", &link, &[]);
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(repo.get(&link, &[]).body, "a");
}

#[test]
fn only_the_folders_of_the_repo_are_served() {
    let repo = Repo::new();
    let outside = repo.path("outside/secret.fits");
    let outside = outside.to_str().unwrap();
    fs::write(repo.path("allowed/a b.fits"), "allowed").unwrap();
    fs::write(repo.path("repo/inner.fits"), "inner").unwrap();
    let link = |from: &str, to: &str| symlink(to, repo.path("repo").join(from)).unwrap();
    link("out.fits", outside);
    link("up.fits", "../outside/secret.fits");
    link("folder", "../outside");
    link("in.fits", repo.path("repo/inner.fits").to_str().unwrap());
    link("near.fits", "inner.fits");
    link("over.fits", "../allowed/a b.fits");
    link("self.fits", "self.fits");
    link("proc.fits", "/proc/self/environ");
    let allowed = format!("file://{}/a%20b.fits", repo.path("allowed").display());
    let twice = format!(
        "file://{}/x/../../outside/secret.fits",
        repo.path("allowed").display()
    );
    let uri = format!("file://{outside}");
    for (record, expected) in [
        ("inner.fits", Ok("inner")),
        ("./x/../inner.fits", Ok("inner")),
        ("in.fits", Ok("inner")),
        ("near.fits", Ok("inner")),
        ("over.fits", Ok("allowed")),
        (&*allowed, Ok("allowed")),
        ("out.fits", Err(StatusCode::FORBIDDEN)),
        ("up.fits", Err(StatusCode::FORBIDDEN)),
        ("folder/secret.fits", Err(StatusCode::FORBIDDEN)),
        (outside, Err(StatusCode::FORBIDDEN)),
        (&*uri, Err(StatusCode::FORBIDDEN)),
        ("proc.fits", Err(StatusCode::FORBIDDEN)),
        ("/proc/self/environ", Err(StatusCode::FORBIDDEN)),
        ("self.fits", Err(StatusCode::NOT_FOUND)),
        ("inner.fits/x", Err(StatusCode::NOT_FOUND)),
        ("missing.fits", Err(StatusCode::NOT_FOUND)),
        // What no writer of records makes.
        (&*twice, Err(StatusCode::INTERNAL_SERVER_ERROR)),
        (
            "../outside/secret.fits",
            Err(StatusCode::INTERNAL_SERVER_ERROR),
        ),
        (
            "%2E%2E/outside/secret.fits",
            Err(StatusCode::INTERNAL_SERVER_ERROR),
        ),
        ("s3://bucket/key.fits", Err(StatusCode::FORBIDDEN)),
        ("", Err(StatusCode::INTERNAL_SERVER_ERROR)),
        (".", Err(StatusCode::INTERNAL_SERVER_ERROR)),
        ("folder/", Err(StatusCode::INTERNAL_SERVER_ERROR)),
    ] {
        let answer = repo.get(&repo.link(repo.record(record, None), None), &[]);
        match expected {
            Ok(content) => assert_eq!(answer.body, content, "{record}"),
            Err(status) => {
                assert_eq!(answer.status, status, "{record}");
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                assert!(
                    !text.contains("outside") && !text.contains("/proc"),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn nothing_is_served_but_what_records_name() {
    let repo = Repo::new();
    let outside = repo.path("outside").display().to_string();
    fs::write(repo.path("repo/unknown.fits"), SECRET).unwrap();
    symlink(&outside, repo.path("repo/link")).unwrap();
    fs::create_dir(repo.path("repo/folder")).unwrap();
    let parts = [
        "..",
        ".",
        "",
        "/",
        "//",
        "%2e%2e",
        "%2E%2E",
        "%2F",
        "%2f",
        "%00",
        "\0",
        "\\",
        "#",
        "?",
        "~",
        "$HOME",
        "link",
        "folder",
        "secret.fits",
        "outside",
        "repo",
        "file:",
        "file://",
        "file:///",
        "file://localhost",
        "http://h",
        "s3://b",
        &outside,
    ];
    let part = prop::sample::select(parts.map(str::to_owned).to_vec());
    let paths = prop::collection::vec(part, 1..7);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(300));
    let is_secret = |body: &Bytes| body.windows(SECRET.len()).any(|window| window == SECRET);
    runner
        .run(&(paths, any::<bool>()), |(parts, with_slashes)| {
            let path = parts.join(if with_slashes { "/" } else { "" });
            let id = repo.record(&path, None);
            let answer = repo.get(&repo.link(id, None), &[]);
            prop_assert!(!is_secret(&answer.body), "{path:?}");
            // The same as part of a request's path.
            let encoded = path.replace(['\0', '\\', '?', '#'], "%00");
            for asked in [
                format!("/api/butler/repo/r/v1/file/{encoded}"),
                format!(
                    "/api/butler/repo/r/v1/file/0/{encoded}?id={id}&expires=9999999999&signature=00"
                ),
                format!("/api/butler/repo/{encoded}/v1/file/0/a.fits"),
            ] {
                let answer = repo.get(&asked, &[]);
                prop_assert!(
                    answer.status.is_client_error(),
                    "{asked}: {}",
                    answer.status
                );
                prop_assert!(!is_secret(&answer.body), "{asked}");
            }
            Ok(())
        })
        .unwrap();
}
