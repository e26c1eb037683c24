//! Checksums that records lack are computed later, here and in a bucket.

use std::fs;

use pantry_testkit::fixture;

use crate::bucket::{Site, text};

#[test]
fn records_without_a_checksum_get_one() {
    let site = Site::new();
    let (here, away) = (site.scratch.path("here"), site.scratch.path("away"));
    let source = fixture("oracle-mini");
    let words = [
        "import",
        text(&here),
        text(&source),
        "--transfer",
        "copy",
        "--checksum",
        "none",
    ];
    let _ = site.pantry(&words).ok();
    let export = site.export_in_bucket();
    let allow = ["--transfer", "direct", "--allow-prefix", "s3://data/export"];
    let _ = site
        .pantry(&[&["import", text(&away), text(&export)], &allow[..]].concat())
        .ok();
    for repo in [&here, &away] {
        let one = site
            .pantry(&["checksum", text(repo), "-d", "packages"])
            .ok();
        assert!(one.starts_with("checksums computed: 1 ("), "{one}");
        let all = site.pantry(&["checksum", text(repo)]).ok();
        assert!(all.ends_with("had one: 1\n"), "{all}");
        let none = site.pantry(&["checksum", text(repo)]).ok();
        assert!(
            none.starts_with("checksums computed: 0 (0 bytes)"),
            "{none}"
        );
        let _ = site.pantry(&["verify", text(repo), "--checksums"]).ok();
        site.used_by_the_reference(repo);
    }
    let packages = "runs/first/packages/packages_runs_first.yaml";
    let path = here.join(packages);
    let size = usize::try_from(fs::metadata(&path).unwrap().len()).unwrap();
    fs::write(&path, vec![b'x'; size]).unwrap();
    let found = site.pantry(&["verify", text(&here), "--checksums", "--format", "csv"]);
    let wrong = format!("wrong-checksum,{packages},");
    assert!(
        found.stdout.lines().any(|line| line.starts_with(&wrong)),
        "{found}"
    );
}

#[test]
fn files_that_are_not_what_records_say_get_none() {
    let site = Site::new();
    let (repo, source) = (site.scratch.path("repo"), fixture("oracle-mini"));
    let words = [
        "import",
        text(&repo),
        text(&source),
        "--transfer",
        "copy",
        "--checksum",
        "none",
    ];
    let _ = site.pantry(&words).ok();
    let short = "runs/first/packages/packages_runs_first.yaml";
    fs::write(repo.join(short), "short").unwrap();
    let gone = "runs/first/summary/summary_runs_first.yaml";
    fs::remove_file(repo.join(gone)).unwrap();
    let found = site.pantry(&["checksum", text(&repo)]);
    assert_eq!(found.code, Some(1), "{found}");
    for file in [short, gone] {
        let is_told = |line: &str| line.starts_with(file);
        assert_eq!(
            found.stdout.lines().filter(|line| is_told(line)).count(),
            1,
            "{found}"
        );
    }
    let again = site.pantry(&["checksum", text(&repo), "--format", "json"]);
    assert!(again.stdout.starts_with("{\"computed\":0,"), "{again}");
}
