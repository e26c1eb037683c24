//! Recipes that `ingest --propose` drafts of the trees of `docs/recipes/`: with their questions answered they give each file the
//! data ID that it was made with.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pantry_testkit::run;
use serde_json::{Value, json};

use crate::bucket::{Site, text};
use crate::import_setup::{Scratch, assert_same_tree, complaint, everything};
use crate::pantry::command;
use crate::tree_setup::{BANDS, coadds, datasets, fits, ingest, repo, write};

fn propose(repo: &Path, root: &str) -> String {
    let mut command = command();
    run(command.args(["ingest", text(repo), root, "--propose"])).ok()
}

/// Answer questions: what stands for what. Without answers the recipe is refused, and afterwards nothing is asked.
fn answered(scratch: &Scratch, repo: &Path, root: &Path, answers: &[(&str, &str)]) -> PathBuf {
    let before = everything(repo);
    let mut draft = propose(repo, text(root));
    assert_same_tree(&everything(repo), &before);
    let recipe = scratch.path("draft.yaml");
    std::fs::write(&recipe, &draft).unwrap();
    let said = complaint(&ingest(repo, root, &recipe, &[]));
    assert!(said.contains("has no answer yet"), "{said}\n{draft}");
    for (question, answer) in answers {
        assert!(draft.contains(question), "{question}\n{draft}");
        draft = draft.replace(question, answer);
    }
    let is_question = |line: &&str| !line.trim_start().starts_with('#') && line.contains("\"?");
    assert_eq!(draft.lines().find(is_question), None, "{draft}");
    std::fs::write(&recipe, draft).unwrap();
    recipe
}

/// All files of the tree are in it, each with its data ID.
fn assert_ingested(
    repo: &Path,
    root: &Path,
    recipe: &Path,
    (dataset_type, dimensions): (&str, &[&str]),
    expected: &BTreeSet<(String, String)>,
) {
    let report = ingest(repo, root, recipe, &[]).ok();
    let found = datasets(repo, root, dataset_type, dimensions);
    assert_eq!(
        &found,
        expected,
        "{report}\n{}",
        std::fs::read_to_string(recipe).unwrap()
    );
}

#[test]
fn a_recipe_for_hsc_coadds() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), scratch.path("tree"));
    let mut expected = BTreeSet::new();
    for (path, content, data_id) in BANDS
        .iter()
        .flat_map(|band| [9811, 9817].map(|t| coadds(band, t)).concat())
    {
        write(&root, &path, &content);
        expected.insert((path, data_id));
    }
    write(&root, "deepCoadd-results/make.log", b"");
    let answers = [
        ("?calexp", "deepCoadd_calexp"),
        ("?ExposureF", "ExposureF"),
        ("?ingested", "HSC/coadds"),
    ];
    let recipe = answered(&scratch, &repo, &root, &answers);
    let text_of = std::fs::read_to_string(&recipe).unwrap();
    assert!(
        text_of.contains("#   1 file(s) like deepCoadd-results/make.log"),
        "{text_of}"
    );
    assert!(text_of.contains("equal: {INSTRUME: HSC}"), "{text_of}");
    let dimensions = ["skymap", "tract", "patch", "band"];
    assert_ingested(
        &repo,
        &root,
        &recipe,
        ("deepCoadd_calexp", &dimensions),
        &expected,
    );
}

#[test]
fn a_recipe_for_vista_coadds() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), scratch.path("tree"));
    let mut expected = BTreeSet::new();
    for (filter, patch) in [("Ks", 1), ("J", 1), ("Ks", 2), ("J", 80)] {
        let path = format!("VIDEO/9813/{patch}/VIDEO_9813_{patch}_{filter}.fits");
        let cards = [
            "INSTRUME= 'VIRCAM'".to_owned(),
            format!("HIERARCH ESO INS FILT1 NAME = '{filter}'"),
        ];
        write(&root, &path, &fits(&cards));
        let band = if filter == "Ks" { "K" } else { "J" };
        expected.insert((path, format!("hsc_rings_v1 9813 {patch} {band}")));
    }
    let answers = [
        ("?VIDEO", "vistaCoadd"),
        ("?ExposureF", "ExposureF"),
        ("?ingested", "VISTA/VIDEO"),
        ("?Ks", "K"),
        ("?J", "J"),
    ];
    let recipe = answered(&scratch, &repo, &root, &answers);
    let text_of = std::fs::read_to_string(&recipe).unwrap();
    assert!(
        text_of.contains("fields: {filter: \"ESO INS FILT1 NAME\"}"),
        "{text_of}"
    );
    let dimensions = ["skymap", "tract", "patch", "band"];
    assert_ingested(
        &repo,
        &root,
        &recipe,
        ("vistaCoadd", &dimensions),
        &expected,
    );
}

#[test]
fn a_recipe_for_object_tables() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), scratch.path("tree"));
    let mut expected = BTreeSet::new();
    for patch in 0..81 {
        let path = format!("catalogues/v1/objectTable_9813_{patch}.parq");
        write(&root, &path, b"a table");
        expected.insert((path, format!("9813 {patch}")));
    }
    let whole = "catalogues/v1/objectTable_tract_9813.parq".to_owned();
    write(&root, &whole, b"a table");
    let answers = [
        ("?objectTable_tract", "objectTable_tract"),
        ("?objectTable", "objectTable"),
        ("?ArrowAstropy", "ArrowAstropy"),
        ("?ingested", "catalogues/v1"),
    ];
    let recipe = answered(&scratch, &repo, &root, &answers);
    assert_ingested(
        &repo,
        &root,
        &recipe,
        ("objectTable", &["tract", "patch"]),
        &expected,
    );
    let tracts = datasets(&repo, &root, "objectTable_tract", &["tract"]);
    assert_eq!(tracts, BTreeSet::from([(whole, "9813".to_owned())]));
    // Now that the repo knows the dataset types, nothing is asked about them.
    let again = propose(&repo, text(&root));
    assert!(
        !again.contains("dataset_types:") && again.contains("dataset_type: objectTable_tract"),
        "{again}"
    );
}

#[test]
fn a_recipe_for_a_tree_of_the_reference() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), scratch.path("tree"));
    let mut expected = BTreeSet::new();
    for run in ["w_40", "w_44"] {
        for patch in 0..81 {
            let path = format!(
                "HSC/runs/{run}/deepCoadd_calexp/9814/{patch}/g/deepCoadd_calexp_9814_{patch}_g_hsc_rings_v1_HSC_runs_{run}.fits"
            );
            write(&root, &path, b"pixels");
            expected.insert((path, format!("hsc_rings_v1 9814 {patch} g")));
        }
        let path = format!(
            "HSC/runs/{run}/objectTable/9814/7/objectTable_9814_7_hsc_rings_v1_HSC_runs_{run}.parq"
        );
        write(&root, &path, b"a table");
    }
    let answers = [
        ("?ExposureF", "ExposureF"),
        ("?ArrowAstropy", "ArrowAstropy"),
    ];
    let recipe = answered(&scratch, &repo, &root, &answers);
    let dimensions = ["skymap", "tract", "patch", "band"];
    assert_ingested(
        &repo,
        &root,
        &recipe,
        ("deepCoadd_calexp", &dimensions),
        &expected,
    );
    let report: Value = serde_json::from_str(&ingest(&repo, &root, &recipe, &[]).ok()).unwrap();
    let runs: BTreeSet<String> = report["tree"]["datasets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|count| {
            format!(
                "{} {} {}",
                count["dataset_type"], count["run"], count["files"]
            )
            .replace('"', "")
        })
        .collect();
    let expected = [
        "deepCoadd_calexp HSC/runs/w_40 81",
        "deepCoadd_calexp HSC/runs/w_44 81",
        "objectTable HSC/runs/w_40 1",
        "objectTable HSC/runs/w_44 1",
    ];
    assert_eq!(runs, expected.map(str::to_owned).into());
    assert_eq!(report["import"]["load"]["rows"], json!({}));
}

#[test]
fn what_may_be_two_things_is_asked() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), scratch.path("tree"));
    for version in [3, 4] {
        for patch in [7, 8] {
            let path = format!("v/{version}/table_9814_{patch}.parq");
            write(&root, &path, b"a table");
        }
    }
    let draft = propose(&repo, text(&root));
    assert!(draft.contains("patch: \"?{patch}\""), "{draft}");
    assert!(
        draft.contains("are tract and patch of the first file 9814 and 3 or 9814 and 7?"),
        "{draft}"
    );
}

#[test]
fn a_recipe_from_a_bucket_and_none_from_anything() {
    let site = Site::new();
    let repo = repo(&site.scratch);
    for (path, content, _) in coadds("G", 9813) {
        site.server.put("data", &format!("tree/{path}"), &content);
    }
    let draft = site
        .pantry(&["ingest", text(&repo), "s3://data/tree", "--propose"])
        .ok();
    assert!(
        draft.contains("patch: {column: \"{x}\", row: \"{y}\", columns: 9}"),
        "{draft}"
    );
    site.server.put("data", "other/notes.txt", b"");
    let said = complaint(&site.pantry(&["ingest", text(&repo), "s3://data/other", "--propose"]));
    assert!(
        said.starts_with("no kind of files below s3://data/other/ has parts"),
        "{said}"
    );
}
