//! `ingest` of a bucket: listed, recognised by ranged reads of headers, left there, copied or moved; also when the server fails.

use std::collections::BTreeSet;
use std::path::Path;

use pantry_testkit::s3::Fault;
use pantry_testkit::{fixture, run, workspace};
use serde_json::Value;

use crate::bucket::{Site, files_of, text};
use crate::import_setup::{assert_same_tree, complaint, everything};
use crate::tree_setup::{coadds, datasets, ingest, recipe, repo};
use pantry_testkit::Ran;

const DIMENSIONS: [&str; 4] = ["skymap", "tract", "patch", "band"];

/// Put so many patches of two bands into the bucket below `tree/`; paths with data IDs.
fn fill(site: &Site, patches: usize) -> BTreeSet<(String, String)> {
    let all = ["G", "Y"].into_iter();
    let all = all.flat_map(|band| coadds(band, 9814).into_iter().take(patches));
    let put = |(path, content, data_id): (String, Vec<u8>, String)| {
        site.server.put("data", &format!("tree/{path}"), &content);
        (path, data_id)
    };
    let expected = all.map(put).collect();
    site.server.put("data", "tree/README", b"");
    site.server.put("data", "treetop/README", b"");
    expected
}

fn ingest_bucket(site: &Site, repo: &Path, flags: &[&str]) -> Ran {
    let recipe = recipe("hsc-coadds.yaml");
    let begin = [
        "ingest",
        text(repo),
        "s3://data/tree",
        "--recipe",
        text(&recipe),
        "--format",
        "json",
    ];
    site.pantry(&[&begin[..], flags].concat())
}

fn report(ran: Ran) -> Value {
    serde_json::from_str(&ran.ok()).unwrap()
}

#[test]
fn objects_are_recognised_and_stay() {
    let site = Site::new();
    let repo = repo(&site.scratch);
    let expected = fill(&site, 81);
    let direct = ["--transfer", "direct", "--sanity"];
    let before = everything(&repo);
    let _ = site.server.requests();
    let planned = report(ingest_bucket(
        &site,
        &repo,
        &[&direct[..], &["--dry-run"]].concat(),
    ));
    assert_same_tree(&everything(&repo), &before);
    assert_eq!(
        planned["tree"]["unmatched_files"],
        serde_json::json!(["README"])
    );
    assert_eq!(planned["import"]["survey"]["present"], 162);
    // One listing, one read of each header, and one for the look into it.
    let requests = site.server.requests();
    let listings = requests
        .iter()
        .filter(|r| r.contains("list-type=2"))
        .count();
    assert_eq!(
        (listings, requests.len() - listings),
        (1, 2 * 162),
        "{requests:#?}"
    );

    let _ = ingest_bucket(&site, &repo, &direct).ok();
    let found = datasets(
        &repo,
        Path::new("s3://data/tree"),
        "deepCoadd_calexp",
        &DIMENSIONS,
    );
    assert_eq!(found, expected);
    let again = report(ingest_bucket(&site, &repo, &direct));
    assert_eq!(again["import"]["load"]["rows"], serde_json::json!({}));
    let _ = site.pantry(&["verify", text(&repo)]).ok();
}

#[test]
fn objects_are_copied_and_moved() {
    let site = Site::new();
    let repo = repo(&site.scratch);
    let expected = fill(&site, 81);
    let _ = ingest_bucket(&site, &repo, &["--transfer", "copy"]).ok();
    assert_eq!(
        files_of(&site.server.bucket("data").join("tree")).len(),
        163
    );
    let moved = report(ingest_bucket(&site, &repo, &["--transfer", "move"]));
    assert_eq!(moved["import"]["sources_removed"], 162);
    assert_eq!(
        files_of(&site.server.bucket("data").join("tree")),
        [Path::new("README")]
    );
    let _ = site.pantry(&["verify", text(&repo), "--checksums"]).ok();
    let found = datasets(&repo, &repo, "deepCoadd_calexp", &DIMENSIONS);
    let ids = |set: &BTreeSet<(String, String)>| {
        set.iter()
            .map(|(_, id)| id.clone())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(ids(&found), ids(&expected));
}

#[test]
fn a_server_that_fails_loses_nothing() {
    for fault in [Fault::Unavailable, Fault::BreakOff, Fault::Short] {
        let site = Site::new();
        let repo = repo(&site.scratch);
        let expected = fill(&site, 12);
        site.server.fail(Some(fault), 5);
        let ran = ingest_bucket(&site, &repo, &["--transfer", "copy", "--sanity"]);
        site.server.fail(None, 1);
        if ran.code != Some(0) {
            // A server that lies about lengths may be believed never, but then nothing was changed.
            assert_eq!(fault, Fault::Short, "{ran}");
            let _ = ingest_bucket(&site, &repo, &["--transfer", "copy"]).ok();
        }
        let found = datasets(&repo, &repo, "deepCoadd_calexp", &DIMENSIONS);
        assert_eq!(found.len(), expected.len(), "{fault:?}");
        let _ = site.pantry(&["verify", text(&repo), "--checksums"]).ok();
    }
}

#[test]
fn what_cannot_be_is_told() {
    let site = Site::new();
    let repo = repo(&site.scratch);
    let recipe = recipe("hsc-coadds.yaml");
    let said = |root: &str, flags: &[&str]| {
        let begin = ["ingest", text(&repo), root, "--recipe", text(&recipe)];
        complaint(&site.pantry(&[&begin[..], flags].concat()))
    };
    let before = everything(&repo);
    let direct = ["--transfer", "direct"];
    assert_eq!(
        said("s3://data/tre", &direct),
        "there is nothing at s3://data/tre/"
    );
    assert!(
        said("https://localhost/tree", &direct)
            .starts_with("https://localhost/tree/ cannot be listed")
    );
    assert!(said("gopher://data/tree", &direct).contains("schemes file, s3"));
    let _ = fill(&site, 81);
    let links = said("s3://data/tree", &["--transfer", "symlink"]);
    assert!(
        links.contains("links are made between files of this machine only"),
        "{links}"
    );
    let page = b"<?xml version=\"1.0\"?><Error/>";
    site.server.put(
        "data",
        "other/deepCoadd-results/HSC-G/9813/3,4/calexp-HSC-G-9813-3,4.fits",
        page,
    );
    let none = said("s3://data/other", &direct);
    assert!(none.contains("not a FITS file: it begins with"), "{none}");
    assert_same_tree(&everything(&repo), &before);
}

#[test]
fn footers_of_objects_are_looked_at() {
    let site = Site::new();
    let repo = repo(&site.scratch);
    let parquet =
        fixture("oracle-mini").join("runs/first/catalog/0/0/catalog_0_0_tiny_runs_first.parq");
    let whole = std::fs::read(parquet).unwrap();
    let tables = workspace().join("docs/recipes/object-tables.yaml");
    let words = [
        "ingest",
        text(&repo),
        "s3://data/tables",
        "--recipe",
        text(&tables),
        "--transfer",
        "direct",
        "--sanity",
    ];
    site.server.put(
        "data",
        "tables/catalogues/v1/objectTable_9813_1.parq",
        &whole[..whole.len() - 9],
    );
    let said = complaint(&site.pantry(&words));
    assert!(
        said.contains("is not sound: the Parquet file is truncated"),
        "{said}"
    );
    site.server.put(
        "data",
        "tables/catalogues/v1/objectTable_9813_1.parq",
        &whole,
    );
    let _ = site.pantry(&words).ok();
}

#[test]
fn a_folder_by_its_uri_is_the_folder() {
    let site = Site::new();
    let repo = repo(&site.scratch);
    let root = site.scratch.path("tree");
    for (path, content, _) in coadds("R", 9811) {
        crate::tree_setup::write(&root, &path, &content);
    }
    let _ = ingest(&repo, &root, &recipe("hsc-coadds.yaml"), &[]).ok();
    let before = everything(&repo);
    let uri = format!("file://{}", text(&root));
    let recipe = recipe("hsc-coadds.yaml");
    let words = [
        "ingest",
        text(&repo),
        &uri,
        "--recipe",
        text(&recipe),
        "--transfer",
        "direct",
    ];
    let _ = run(crate::pantry::command().args(words)).ok();
    assert_same_tree(&everything(&repo), &before);
}
