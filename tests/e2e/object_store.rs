//! Repositories whose files are in buckets: filled, verified and served by Pantry, used by the Python Butler.

use std::fs;
use std::process::Command;

use pantry_testkit::s3::Fault;
use pantry_testkit::{fixture, oracle, run};
use serde_json::Value;

use crate::bucket::{Site, files_of, text};
use crate::pantry::command;
use crate::serving::Server;

#[test]
fn files_are_copied_into_a_bucket_and_used_there() {
    let site = Site::new();
    let repo = site.repo_in_bucket("some-repo");
    let source = fixture("oracle-mini");
    let import = ["import", text(&repo), text(&source), "--transfer", "copy"];
    let _ = site.pantry(&import).ok();
    let said = site.pantry(&import).ok();
    assert!(said.starts_with("nothing to do"), "{said}");
    let _ = site.pantry(&["verify", text(&repo), "--checksums"]).ok();
    site.used_by_the_reference(&repo);
    let _ = site.pantry(&["verify", text(&repo), "--checksums"]).ok();
    let uris = site
        .pantry(&[
            "query-datasets",
            text(&repo),
            "summary",
            "--collections",
            "*",
            "--show-uri",
            "--format",
            "csv",
        ])
        .ok();
    assert!(
        uris.contains("s3://data/some-repo/runs/new/summary/summary_runs_new"),
        "{uris}"
    );

    let bucket = site.server.bucket("data").join("some-repo");
    let header = files_of(&bucket)
        .into_iter()
        .find(|f| f.starts_with("runs/first/header"))
        .unwrap();
    let size = fs::metadata(bucket.join(&header)).unwrap().len();
    fs::write(
        bucket.join(&header),
        vec![b'x'; usize::try_from(size).unwrap()],
    )
    .unwrap();
    fs::remove_file(bucket.join("runs/first/packages/packages_runs_first.yaml")).unwrap();
    fs::write(
        bucket.join("runs/first/summary/summary_runs_first.yaml"),
        "short",
    )
    .unwrap();
    site.server
        .put("data", "some-repo/runs/extra", b"nobody knows this");
    let found = site.pantry(&["verify", text(&repo), "--checksums", "--format", "csv"]);
    let lines: Vec<&str> = found.stdout.lines().collect();
    assert_eq!(found.code, Some(1), "{found}");
    for (problem, file) in [
        ("wrong-checksum", text(&header)),
        ("missing-file", "packages_runs_first.yaml"),
        ("wrong-size", "summary_runs_first.yaml"),
        ("extra-file", "runs/extra"),
    ] {
        let is_told = |line: &&str| line.contains(problem) && line.contains(file);
        assert!(lines.iter().any(is_told), "{problem}: {found}");
    }
    // Three datasets share the header's file.
    assert_eq!(lines.len(), 1 + 6, "{found}");
}

#[test]
fn files_stay_in_a_bucket_and_are_found_by_listing() {
    let site = Site::new();
    let export = site.export_in_bucket();
    let repo = site.scratch.path("repo");
    let import = ["import", text(&repo), text(&export), "--transfer", "direct"];
    let refused = site.pantry(&import);
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.stderr.contains("--allow-prefix"), "{refused}");
    let allowed = [&import[..], &["--allow-prefix", "s3://data/export"]].concat();
    let table = "export/runs/first/catalog/0/0/catalog_0_0_tiny_runs_first.parq";
    let whole = fs::read(site.server.bucket("data").join(table)).unwrap();
    site.server.put("data", table, &whole[..whole.len() - 9]);
    let looked = site.pantry(&[&allowed[..], &["--sanity"]].concat());
    assert_eq!(looked.code, Some(1), "{looked}");
    assert!(
        looked.stderr.contains("the Parquet file is truncated"),
        "{looked}"
    );
    site.server.put("data", table, &whole);
    site.server.requests();
    let _ = site.pantry(&allowed).ok();
    let requests = site.server.requests();
    assert!(requests.len() <= 2, "{requests:?}");
    site.used_by_the_reference(&repo);
    let _ = site.pantry(&["verify", text(&repo), "--checksums"]).ok();

    let other = site.scratch.path("other");
    fs::remove_file(
        site.server
            .bucket("data")
            .join("export/runs/first/packages/packages_runs_first.yaml"),
    )
    .unwrap();
    let words = [&["import", text(&other)], &allowed[2..]].concat();
    let missing = site.pantry(&words);
    assert_eq!(missing.code, Some(1), "{missing}");
    let file = "s3://data/export/runs/first/packages/packages_runs_first.yaml";
    assert!(
        missing.stderr.contains(file) && missing.stderr.contains("missing"),
        "{missing}"
    );
    let found = site.pantry(&["verify", text(&repo), "--format", "csv"]);
    assert!(found.stdout.contains(file), "{found}");
}

#[test]
fn objects_are_brought_home_and_moved_between_buckets() {
    let site = Site::new();
    let export = site.export_in_bucket();
    for (name, mode) in [("home", "copy"), ("bucket", "move")] {
        let repo = match mode {
            "copy" => site.scratch.path(name),
            _ => site.repo_in_bucket(name),
        };
        let allow = ["--transfer", mode, "--allow-prefix", "s3://data/export"];
        let words = [&["import", text(&repo), text(&export)], &allow[..]].concat();
        let _ = site.pantry(&words).ok();
        site.used_by_the_reference(&repo);
        let left = site.server.bucket("data").join("export");
        let is_left = left
            .join("runs/first/packages/packages_runs_first.yaml")
            .exists();
        assert_eq!(is_left, mode == "copy");
    }
}

#[test]
fn what_a_failed_import_put_into_a_bucket_goes_again() {
    let site = Site::new();
    let repo = site.repo_in_bucket("repo");
    let source = fixture("oracle-mini");
    // Another object where the last of the files should go.
    let taken = files_of(&source)
        .into_iter()
        .filter(|file| file.extension().is_some_and(|e| e == "yaml"))
        .max()
        .unwrap();
    let at = format!("repo/{}", taken.display());
    site.server.put("data", &at, b"something else");
    let words = ["import", text(&repo), text(&source), "--transfer", "copy"];
    let refused = site.pantry(&words);
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(
        refused.stderr.contains("exists with other content"),
        "{refused}"
    );
    let left = files_of(&site.server.bucket("data").join("repo"));
    assert_eq!(left, [taken], "{refused}");
    fs::remove_file(site.server.bucket("data").join(&at)).unwrap();
    site.server.fail(Some(Fault::Unavailable), 5);
    let _ = site.pantry(&words).ok();
    site.server.fail(None, 1);
    site.used_by_the_reference(&repo);
}

#[test]
fn wrong_keys_are_told_by_profile_and_endpoint() {
    let site = Site::new();
    let export = site.export_in_bucket();
    let yaml = fs::read_to_string(export.join("export.yaml")).unwrap();
    fs::write(
        export.join("export.yaml"),
        yaml.replace("s3://data/", "s3://echo@data/"),
    )
    .unwrap();
    let repo = site.scratch.path("repo");
    let mut command = command();
    let wrong = site
        .server
        .url_with_keys()
        .replace("test%2Fsecret", "hidden");
    command.env("LSST_RESOURCES_S3_PROFILE_echo", wrong);
    let words = [
        "import",
        text(&repo),
        text(&export),
        "--transfer",
        "direct",
        "--allow-prefix",
        "s3://echo@data/",
    ];
    let refused = run(command.args(words));
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.stderr.contains("s3://echo@data/"), "{refused}");
    assert!(refused.stderr.contains(&site.server.url()), "{refused}");
    assert!(!refused.stderr.contains("hidden"), "{refused}");
}

const READ: &str = r#"
import absent, json, sys
absent.install()
from lsst.daf.butler import Butler
butler = Butler(sys.argv[1])
found = {"summary": sorted(butler.get("summary", collections="runs/first")),
         "rows": len(butler.get("catalog", skymap="tiny", tract=0, patch=1, collections="chain/all"))}
print(json.dumps(found))
"#;

#[test]
fn objects_are_served_to_the_python_client() {
    let site = Site::new();
    let repo = site.repo_in_bucket("repo");
    let source = fixture("oracle-mini");
    let _ = site
        .pantry(&["import", text(&repo), text(&source), "--transfer", "copy"])
        .ok();
    for options in [&[][..], &["--pass-on-files"]] {
        let mut serve = site.knowing(command());
        let label = format!("repo={}", repo.display());
        let server = Server::running(serve.arg("serve").arg(label).args(options));
        site.server.requests();
        // The client knows nothing of the bucket's keys.
        let mut client = oracle::code(READ);
        client
            .env("BUTLER_RUBIN_ACCESS_TOKEN", "anonymous")
            .env_remove("S3_ENDPOINT_URL");
        let found = run(client.arg(server.repo("repo"))).ok();
        let found: Value = serde_json::from_str(&found).unwrap();
        assert_eq!(
            found["summary"],
            serde_json::json!(["answer", "list", "text"])
        );
        let signed = site
            .server
            .requests()
            .iter()
            .filter(|line| line.contains("X-Amz-Signature"))
            .count();
        assert_eq!(signed > 0, options.is_empty());

        let ids = site
            .pantry(&[
                "query-datasets",
                text(&repo),
                "summary",
                "--collections",
                "runs/first",
                "--format",
                "json",
            ])
            .ok();
        let ids: Value = serde_json::from_str(&ids).unwrap();
        let id = ids[0]["id"].as_str().unwrap_or_else(|| panic!("{ids}"));
        let url = format!("{}/api/v1/repos/repo/datasets/{id}/file", server.address);
        let part = run(Command::new("curl").args(["-sfL", "-H", "Range: bytes=3-9", &url])).ok();
        let whole =
            fs::read_to_string(source.join("runs/first/summary/summary_runs_first.yaml")).unwrap();
        assert_eq!(part, whole[3..10]);
    }
}

#[test]
fn objects_that_are_passed_on_are_kept_in_a_cache() {
    let site = Site::new();
    let repo = site.repo_in_bucket("repo");
    let source = fixture("oracle-mini");
    let _ = site
        .pantry(&["import", text(&repo), text(&source), "--transfer", "copy"])
        .ok();
    let ids = site
        .pantry(&[
            "query-datasets",
            text(&repo),
            "summary",
            "--collections",
            "runs/first",
            "--format",
            "json",
        ])
        .ok();
    let ids: Value = serde_json::from_str(&ids).unwrap();
    let id = ids[0]["id"].as_str().unwrap().to_owned();
    let file = source.join("runs/first/summary/summary_runs_first.yaml");
    let expected = fs::read_to_string(file).unwrap();
    let cache = site.scratch.path("cache");
    let label = format!("repo={}", repo.display());
    let retrieved = site.scratch.path("retrieved");
    for turn in 0..2 {
        let mut serve = site.knowing(command());
        serve.args([
            "serve",
            &label,
            "--pass-on-files",
            "--cache-dir",
            text(&cache),
        ]);
        let server = Server::running(&mut serve);
        site.server.requests();
        let url = format!("{}/api/v1/repos/repo/datasets/{id}/file", server.address);
        assert_eq!(run(Command::new("curl").args(["-sf", &url])).ok(), expected);
        let asked = site.server.requests();
        let gets = asked.iter().filter(|line| line.starts_with("GET"));
        assert_eq!(gets.count(), 1 - turn, "{asked:?}");
    }
    site.server.requests();
    let words = [
        "retrieve-artifacts",
        text(&repo),
        text(&retrieved),
        "-d",
        "summary",
    ];
    let words = [
        &words[..],
        &["--cache-dir", text(&cache), "--collections", "runs/first"],
    ]
    .concat();
    let _ = site.pantry(&words).ok();
    let found = retrieved.join("runs/first/summary/summary_runs_first.yaml");
    assert_eq!(fs::read_to_string(found).unwrap(), expected);
    let asked = site.server.requests();
    assert!(
        !asked.iter().any(|line| line.starts_with("GET")),
        "{asked:?}"
    );
    let refused = site.pantry(&["serve", &label, "--cache-dir", "/proc/no"]);
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.stderr.contains("/proc/no"), "{refused}");
}
