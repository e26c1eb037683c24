//! Files of a repository go to a bucket and back, and their records with them; also if that is killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use pantry_testkit::fixture;
use pantry_testkit::s3::Fault;

use crate::bucket::{Site, files_of, text};
use crate::pantry::command;

/// A repository with `oracle-mini`, files copied.
fn filled(site: &Site, name: &str) -> PathBuf {
    let repo = site.scratch.path(name);
    let _ = site
        .pantry(&[
            "import",
            text(&repo),
            text(&fixture("oracle-mini")),
            "--transfer",
            "copy",
        ])
        .ok();
    repo
}

/// The files of the datastore below a folder, without what else a repository has.
fn artifacts(folder: &Path) -> Vec<PathBuf> {
    let is_artifact = |file: &PathBuf| file.starts_with("runs") || file.starts_with("calib");
    files_of(folder).into_iter().filter(is_artifact).collect()
}

#[test]
fn files_go_to_a_bucket_and_back() {
    let site = Site::new();
    let repo = filled(&site, "repo");
    let before = artifacts(&repo);
    let there = ["move-files", text(&repo), "--to", "s3://data/moved"];
    let planned = site
        .pantry(&[&there[..], &["--dry-run", "--format", "json"]].concat())
        .ok();
    assert!(
        planned.contains(&format!("\"moved\":{}", before.len())),
        "{planned}"
    );
    assert_eq!(artifacts(&repo), before);
    let _ = site.pantry(&there).ok();
    assert_eq!(artifacts(&repo), Vec::<PathBuf>::new());
    assert_eq!(artifacts(&site.server.bucket("data").join("moved")), before);
    let _ = site.pantry(&["verify", text(&repo), "--checksums"]).ok();
    let again = site.pantry(&there).ok();
    assert!(again.starts_with("files moved: 0"), "{again}");

    let back = [
        "move-files",
        text(&repo),
        "--from",
        "s3://data/moved",
        "--to",
        text(&repo),
    ];
    let _ = site.pantry(&back).ok();
    assert_eq!(artifacts(&repo), before);
    assert_eq!(
        artifacts(&site.server.bucket("data").join("moved")),
        Vec::<PathBuf>::new()
    );
    let _ = site.pantry(&["verify", text(&repo), "--checksums"]).ok();
    site.used_by_the_reference(&repo);
}

#[test]
fn some_datasets_go_and_the_reference_finds_all() {
    let site = Site::new();
    let repo = filled(&site, "repo");
    let words = [
        "move-files",
        text(&repo),
        "--to",
        "s3://data/moved",
        "-d",
        "catalog,header",
        "--collections",
        "runs/first",
    ];
    let _ = site.pantry(&words).ok();
    let moved = artifacts(&site.server.bucket("data").join("moved"));
    let is_wanted = |file: &PathBuf| {
        file.starts_with("runs/first/catalog") || file.starts_with("runs/first/header")
    };
    assert!(
        !moved.is_empty() && moved.iter().all(is_wanted),
        "{moved:?}"
    );
    assert!(!artifacts(&repo).iter().any(is_wanted));
    let _ = site.pantry(&["verify", text(&repo), "--checksums"]).ok();
    site.used_by_the_reference(&repo);
}

#[test]
fn what_is_broken_stays_and_the_rest_goes() {
    let site = Site::new();
    let repo = filled(&site, "repo");
    let broken = "runs/first/packages/packages_runs_first.yaml";
    let size = fs::metadata(repo.join(broken)).unwrap().len();
    fs::write(
        repo.join(broken),
        vec![b'x'; usize::try_from(size).unwrap()],
    )
    .unwrap();
    site.server.fail(Some(Fault::Unavailable), 4);
    let refused = site.pantry(&["move-files", text(&repo), "--to", "s3://data/moved"]);
    site.server.fail(None, 1);
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(
        refused.stderr.contains("packages_runs_first.yaml"),
        "{refused}"
    );
    assert_eq!(artifacts(&repo), [PathBuf::from(broken)]);
    let left = site.server.bucket("data").join("moved").join(broken);
    assert!(!left.exists());
    let found = site.pantry(&["verify", text(&repo), "--checksums", "--format", "csv"]);
    assert_eq!(found.stdout.lines().count(), 2, "{found}");
}

#[test]
fn places_that_are_in_each_other_are_refused() {
    let site = Site::new();
    let repo = filled(&site, "repo");
    for to in [
        repo.clone(),
        repo.join("runs"),
        repo.parent().unwrap().to_path_buf(),
    ] {
        let refused = site.pantry(&["move-files", text(&repo), "--to", text(&to)]);
        assert_eq!(refused.code, Some(1), "{refused}");
        assert!(refused.stderr.contains("in each other"), "{refused}");
    }
}

#[test]
fn one_place_with_two_names_is_refused() {
    let site = Site::new();
    let repo = filled(&site, "repo");
    let before = artifacts(&repo);
    let alias = site.scratch.path("alias");
    std::os::unix::fs::symlink(&repo, &alias).unwrap();
    let refused = site.pantry(&["move-files", text(&repo), "--to", text(&alias)]);
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.stderr.contains("in each other"), "{refused}");
    assert_eq!(artifacts(&repo), before);

    let _ = site
        .pantry(&["move-files", text(&repo), "--to", "s3://data/moved"])
        .ok();
    let mut command = site.knowing(command());
    command.env(
        "LSST_RESOURCES_S3_PROFILE_other",
        site.server.url_with_keys(),
    );
    let words = [
        "move-files",
        text(&repo),
        "--from",
        "s3://data/moved",
        "--to",
        "s3://other@data/moved",
    ];
    let refused = pantry_testkit::run(command.args(words));
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.stderr.contains("in each other"), "{refused}");
    assert_eq!(files_of(&site.server.bucket("data").join("moved")), before);
    let _ = site.pantry(&["verify", text(&repo), "--checksums"]).ok();
}

/// How often the test kills; the issue of this command asks for 50 (`PANTRY_KILLS`).
fn kills() -> u32 {
    std::env::var("PANTRY_KILLS").map_or(6, |n| n.parse().unwrap())
}

#[test]
fn a_move_that_is_killed_loses_nothing_and_goes_on() {
    let site = Site::new();
    let calm = filled(&site, "calm");
    let before = artifacts(&calm);
    let words = |repo: &Path| {
        [
            "move-files".to_owned(),
            text(repo).to_owned(),
            "--to".to_owned(),
            format!("s3://data/{}", name(repo)),
        ]
    };
    let start = std::time::Instant::now();
    let _ = site
        .pantry(&words(&calm).each_ref().map(String::as_str))
        .ok();
    let time = start.elapsed();
    let mut half_way = 0;
    for number in 0..kills() {
        let repo = filled(&site, &format!("killed{number}"));
        let mut child = site.knowing(command());
        let child = child
            .args(words(&repo))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = child.spawn().unwrap();
        std::thread::sleep(time * (number + 1) / (kills() + 1));
        child.kill().unwrap();
        child.wait().unwrap();
        let bucket = site.server.bucket("data").join(name(&repo));
        let moved = if bucket.exists() {
            artifacts(&bucket).len()
        } else {
            0
        };
        half_way += u32::from(moved > 0 && !artifacts(&repo).is_empty());
        // Every record has its bytes, wherever they are now; sources that are left are not named any more.
        let found = site.pantry(&["verify", text(&repo), "--checksums", "--format", "csv"]);
        let is_worse =
            |line: &&str| !line.starts_with("problem,") && !line.starts_with("extra-file,");
        assert_eq!(found.stdout.lines().find(is_worse), None, "{found}");
        let _ = site
            .pantry(&words(&repo).each_ref().map(String::as_str))
            .ok();
        let _ = site.pantry(&["verify", text(&repo), "--checksums"]).ok();
        assert_eq!(artifacts(&repo), Vec::<PathBuf>::new());
        assert_eq!(artifacts(&bucket), before);
    }
    println!("{half_way} of {} kills were half way", kills());
}

fn name(repo: &Path) -> &str {
    repo.file_name().and_then(|name| name.to_str()).unwrap()
}
