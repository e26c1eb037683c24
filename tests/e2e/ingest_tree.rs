//! `ingest` recognises the files of generated trees by the recipes of `docs/recipes/`, each with the data ID that it was made
//! with.

use std::collections::BTreeSet;

use pantry_testkit::run;
use serde_json::{Value, json};

use crate::import_setup::{Scratch, assert_same_tree, everything};
use crate::pantry::command;
use crate::tree_setup::{BANDS, TRACTS, datasets, fits, ingest, recipe, repo, write};

#[test]
fn hsc_coadds_have_their_data_ids() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), scratch.path("tree"));
    let mut expected = BTreeSet::new();
    for tract in TRACTS {
        for patch in 0..81 {
            for band in BANDS {
                let (x, y) = (patch % 9, patch / 9);
                let path = format!(
                    "deepCoadd-results/HSC-{band}/{tract}/{x},{y}/calexp-HSC-{band}-{tract}-{x},{y}.fits"
                );
                write(
                    &root,
                    &path,
                    &fits(&[
                        "INSTRUME= 'HSC'".to_owned(),
                        format!("FILTER  = 'HSC-{band}'"),
                    ]),
                );
                expected.insert((
                    path,
                    format!("hsc_rings_v1 {tract} {patch} {}", band.to_lowercase()),
                ));
            }
        }
    }
    write(&root, "deepCoadd-results/make.log", b"");
    write(&root, "README", b"");
    let before = everything(&repo);
    let planned: Value = serde_json::from_str(
        &ingest(&repo, &root, &recipe("hsc-coadds.yaml"), &["--dry-run"]).ok(),
    )
    .unwrap();
    assert_same_tree(&everything(&repo), &before);
    let counted = json!([{"dataset_type": "deepCoadd_calexp", "run": "HSC/coadds", "rule": "coadds", "files": 4050}]);
    assert_eq!(planned["tree"]["datasets"], counted);
    assert_eq!(
        planned["tree"]["unmatched_files"],
        json!(["README", "deepCoadd-results/make.log"])
    );
    assert_eq!(planned["import"]["survey"]["present"], 4050);
    let _ = ingest(&repo, &root, &recipe("hsc-coadds.yaml"), &[]).ok();
    let found = datasets(
        &repo,
        &root,
        "deepCoadd_calexp",
        &["skymap", "tract", "patch", "band"],
    );
    assert_eq!(found, expected);
    // Once more does nothing.
    let before = everything(&repo);
    let again: Value =
        serde_json::from_str(&ingest(&repo, &root, &recipe("hsc-coadds.yaml"), &[]).ok()).unwrap();
    assert_eq!(again["import"]["load"]["rows"], json!({}));
    assert_same_tree(&everything(&repo), &before);
}

#[test]
fn vista_coadds_bring_their_filters() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), scratch.path("tree"));
    let mut expected = BTreeSet::new();
    for (filter, patch) in [("Ks", 1), ("J", 1), ("Ks", 2)] {
        let path = format!("VIDEO/9813/{patch}/VIDEO_9813_{patch}_{filter}.fits");
        let cards = [
            "INSTRUME= 'VIRCAM'".to_owned(),
            format!("HIERARCH ESO INS FILT1 NAME = '{filter}'"),
        ];
        write(&root, &path, &fits(&cards));
        expected.insert((
            path,
            format!("hsc_rings_v1 9813 {patch} VISTA VISTA-{filter}"),
        ));
    }
    let report: Value =
        serde_json::from_str(&ingest(&repo, &root, &recipe("vista-coadds.yaml"), &[]).ok())
            .unwrap();
    assert_eq!(
        report["tree"]["records"],
        json!({"instrument": 1, "physical_filter": 2})
    );
    let found = datasets(
        &repo,
        &root,
        "vistaCoadd",
        &["skymap", "tract", "patch", "instrument", "physical_filter"],
    );
    assert_eq!(found, expected);
    let mut query = command();
    query.arg("query-dimension-records").arg(&repo).args([
        "physical_filter",
        "--where",
        "instrument = 'VISTA'",
        "--format",
        "jsonl",
    ]);
    let bands: BTreeSet<String> = run(&mut query)
        .ok()
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["band"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(bands, BTreeSet::from(["J".to_owned(), "K".to_owned()]));
}

#[test]
fn tables_and_butler_trees_have_their_data_ids() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), scratch.path("tables"));
    let mut expected = BTreeSet::new();
    for patch in 0..81 {
        let path = format!("catalogues/v1/objectTable_9813_{patch}.parq");
        write(&root, &path, b"a table");
        expected.insert((path, format!("9813 {patch}")));
    }
    write(
        &root,
        "catalogues/v1/objectTable_tract_9813.parq",
        b"a table",
    );
    let _ = ingest(&repo, &root, &recipe("object-tables.yaml"), &[]).ok();
    assert_eq!(
        datasets(&repo, &root, "objectTable", &["tract", "patch"]),
        expected
    );
    let one = datasets(&repo, &root, "objectTable_tract", &["tract"]);
    assert_eq!(
        one,
        BTreeSet::from([(
            "catalogues/v1/objectTable_tract_9813.parq".to_owned(),
            "9813".to_owned()
        )])
    );

    let root = scratch.path("butler");
    let mut expected = BTreeSet::new();
    for patch in 0..81 {
        let path = format!(
            "HSC/runs/w_40/deepCoadd_calexp/9814/{patch}/g/deepCoadd_calexp_9814_{patch}_g_hsc_rings_v1_HSC_runs_w_40.fits"
        );
        write(&root, &path, b"pixels");
        expected.insert((path, format!("hsc_rings_v1 9814 {patch} g")));
    }
    let report: Value =
        serde_json::from_str(&ingest(&repo, &root, &recipe("butler-tree.yaml"), &[]).ok()).unwrap();
    assert_eq!(report["tree"]["datasets"][0]["run"], "HSC/runs/w_40");
    assert_eq!(
        datasets(
            &repo,
            &root,
            "deepCoadd_calexp",
            &["skymap", "tract", "patch", "band"]
        ),
        expected
    );
}
