//! `ingest` recognises the files of generated trees by the recipes of `docs/recipes/`, each with the data ID that it was made
//! with; what a recipe or a file has wrong is told with the line and the name.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pantry_testkit::{Ran, run, workspace};
use serde_json::{Value, json};

use crate::import_setup::{Scratch, assert_same_tree, complaint, everything, import};
use crate::pantry::command;

/// Tracts of the sky map, of 81 patches each, and bands of HSC: 4,050 coadds.
const TRACTS: std::ops::Range<i64> = 9810..9820;
const BANDS: [&str; 5] = ["G", "R", "I", "Z", "Y"];

/// A repository with the sky map `hsc_rings_v1`: ten tracts of 81 patches, and HSC's filters.
fn repo(scratch: &Scratch) -> PathBuf {
    let mut text = "description: Butler Data Repository Export\nversion: 1.0.2\nuniverse_version: 8\n\
        universe_namespace: daf_butler\ndata:\n- type: dimension\n  element: instrument\n  records:\n  \
        - {name: HSC, visit_max: 9, visit_system: 0, exposure_max: 9, detector_max: 112, class_name: an.absent.Camera}\n\
        - type: dimension\n  element: physical_filter\n  records:\n"
        .to_owned();
    for band in BANDS {
        let lower = band.to_lowercase();
        text.push_str(&format!(
            "  - {{instrument: HSC, name: HSC-{band}, band: {lower}}}\n"
        ));
    }
    text.push_str("- type: dimension\n  element: skymap\n  records:\n  - {name: hsc_rings_v1, hash: !!binary \"AAEC\", tract_max: 20000, patch_nx_max: 9, patch_ny_max: 9}\n");
    text.push_str("- type: dimension\n  element: tract\n  records:\n");
    for tract in TRACTS {
        text.push_str(&format!("  - {{skymap: hsc_rings_v1, id: {tract}}}\n"));
    }
    text.push_str("- type: dimension\n  element: patch\n  records:\n");
    for tract in TRACTS {
        for patch in 0..81 {
            let (x, y) = (patch % 9, patch / 9);
            text.push_str(&format!("  - {{skymap: hsc_rings_v1, tract: {tract}, id: {patch}, cell_x: {x}, cell_y: {y}}}\n"));
        }
    }
    let export = scratch.path("sky");
    fs::create_dir_all(&export).unwrap();
    fs::write(export.join("export.yaml"), text).unwrap();
    let repo = scratch.path("repo");
    let _ = import(&repo, &export, &[]).ok();
    repo
}

fn recipe(name: &str) -> PathBuf {
    workspace().join("docs/recipes").join(name)
}

/// `pantry ingest REPO ROOT --recipe RECIPE FLAGS...`
fn ingest(repo: &Path, root: &Path, recipe: &Path, flags: &[&str]) -> Ran {
    let mut command = command();
    command
        .arg("ingest")
        .args([repo, root])
        .arg("--recipe")
        .arg(recipe);
    run(command
        .args(["--transfer", "direct", "--format", "json"])
        .args(flags))
}

/// An empty FITS file with these cards.
fn fits(cards: &[String]) -> Vec<u8> {
    let begin = ["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0"].map(str::to_owned);
    let mut text: String = begin
        .iter()
        .chain(cards)
        .map(|card| format!("{card:<80}"))
        .collect();
    text.push_str(&format!("{:<80}", "END"));
    let mut bytes = text.into_bytes();
    bytes.resize(bytes.len().next_multiple_of(2880), b' ');
    bytes
}

fn write(root: &Path, path: &str, content: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// Datasets of a type as (path below the root, data ID).
fn datasets(
    repo: &Path,
    root: &Path,
    dataset_type: &str,
    dimensions: &[&str],
) -> BTreeSet<(String, String)> {
    let mut query = command();
    query.arg("query-datasets").arg(repo).args([
        dataset_type,
        "--collections",
        "*",
        "--show-uri",
        "--format",
        "jsonl",
        "--limit",
        "0",
    ]);
    let lines = run(&mut query).ok();
    let prefix = format!("file://{}/", root.to_str().unwrap());
    let one = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let uri = row["URI"]
            .as_str()
            .or(row["uri"].as_str())
            .unwrap_or_else(|| panic!("{row}"));
        let values: Vec<String> = dimensions
            .iter()
            .map(|d| match &row[*d] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
            .collect();
        (
            uri.strip_prefix(&prefix).unwrap().replace("%2C", ","),
            values.join(" "),
        )
    };
    lines.lines().map(one).collect()
}

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

/// A recipe's text, the tree's one file, what is said (`RECIPE` stands for its path).
const FAULTS: [(&str, &str, &str); 13] = [
    (
        "rules: {}\n",
        "a",
        "RECIPE:1: a list is wanted here, not a mapping",
    ),
    ("- a\n", "a", "RECIPE:1: a recipe is a mapping with 'rules'"),
    (
        "rule: []\n",
        "a",
        "RECIPE:1: a recipe has no 'rule'; it has dataset_types, ignore, rules",
    ),
    (
        "rules:\n- {name: one, path: a}\n",
        "a",
        "RECIPE:2: 'dataset_type' is missing",
    ),
    (
        "rules:\n- {name: one, path: '{a}{b}', dataset_type: t}\n",
        "a",
        "RECIPE:2: in '{a}{b}' nothing stands between two parts that vary, so that where one ends is not known",
    ),
    (
        "rules:\n- name: one\n  path: a\n  dataset_type: t\n  data_id:\n    skymap: s\n    plate: 1\n",
        "a",
        "RECIPE:7: the universe of the repo has no dimension 'plate'",
    ),
    (
        "rules:\n- name: one\n  path: a\n  dataset_type: t\n  data_id:\n    tract: \"{tract}\"\n",
        "a",
        "RECIPE:6: rule 'one' uses the field 'tract', which is neither in its path nor in its header",
    ),
    (
        "rules:\n- {name: one, path: a, dataset_type: t}\n",
        "a",
        "RECIPE:2: a: dataset type 't' is neither in the recipe nor in the repo",
    ),
    (
        "dataset_types:\n  t: {dimensions: [tract], storage_class: int}\nrules:\n- {name: one, path: '{x}', dataset_type: t}\n",
        "a",
        "RECIPE:4: a: rule 'one' has no value for 'skymap' of dataset type 't'",
    ),
    (
        "dataset_types:\n  t: {dimensions: [skymap], storage_class: int}\nrules:\n- {name: one, path: '{skymap}', dataset_type: t}\n\
      - {name: two, path: 'a*', dataset_type: t}\n",
        "a",
        "RECIPE:5: a: the rules 'one' (line 4) and 'two' both match this file",
    ),
    (
        "dataset_types:\n  t: {dimensions: [skymap], storage_class: int}\nrules:\n- {name: one, path: '{skymap}', dataset_type: t}\n",
        "a",
        "RECIPE:4: a: rule 'one' names no run; --run names one for all such files",
    ),
    (
        "dataset_types:\n  t: {dimensions: [skymap], storage_class: int}\nrules:\n- name: one\n  path: '{skymap}.fits'\n  dataset_type: t\n  \
      run: r\n  header: {equal: {INSTRUME: HSC}}\n",
        "a.fits",
        "RECIPE:4: a.fits: the header has no INSTRUME",
    ),
    (
        "dataset_types:\n  t: {dimensions: [skymap], storage_class: int}\nrules:\n- name: one\n  path: '{skymap}.fits'\n  dataset_type: t\n  \
      run: r\n  header: {hdu: MASK, equal: {INSTRUME: HSC}}\n",
        "a.fits",
        "RECIPE:4: a.fits: the file has no HDU 'MASK'",
    ),
];

#[test]
fn faults_are_told_with_their_place_and_nothing_is_changed() {
    let scratch = Scratch::new();
    let repo = repo(&scratch);
    let before = everything(&repo);
    for (i, (text, file, message)) in FAULTS.into_iter().enumerate() {
        let (root, recipe) = (
            scratch.path(&format!("tree{i}")),
            scratch.path(&format!("recipe{i}.yaml")),
        );
        write(&root, file, &fits(&[]));
        fs::write(&recipe, text).unwrap();
        let said = complaint(&ingest(&repo, &root, &recipe, &[]));
        assert_eq!(
            said.replace(recipe.to_str().unwrap(), "RECIPE"),
            message,
            "{text}"
        );
    }
    assert_same_tree(&everything(&repo), &before);
}

#[test]
fn headers_that_differ_are_told_with_their_file() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), scratch.path("tree"));
    let path = "deepCoadd-results/HSC-G/9813/3,4/calexp-HSC-G-9813-3,4.fits";
    let hsc = recipe("hsc-coadds.yaml");
    let said = |cards: &[&str]| {
        let cards: Vec<String> = cards.iter().map(|c| (*c).to_owned()).collect();
        write(&root, path, &fits(&cards));
        let said = complaint(&ingest(&repo, &root, &hsc, &[]));
        said.split_once(&format!("{path}: "))
            .unwrap_or_else(|| panic!("{said}"))
            .1
            .to_owned()
    };
    assert_eq!(
        said(&["INSTRUME= 'MegaCam'"]),
        "INSTRUME is 'MegaCam', not 'HSC'"
    );
    assert_eq!(said(&["INSTRUME= 'HSC'"]), "the header has no FILTER");
    assert_eq!(
        said(&["INSTRUME= 'HSC'", "FILTER  = 'HSC-R'"]),
        "FILTER is 'HSC-R', but the path has 'HSC-G' for 'filter'"
    );
    write(&root, path, b"<html>404</html>");
    let said = complaint(&ingest(&repo, &root, &hsc, &[]));
    assert!(
        said.ends_with("not a FITS file: it begins with \"<html>40\" and not with SIMPLE"),
        "{said}"
    );
}
