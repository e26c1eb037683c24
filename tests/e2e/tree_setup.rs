//! What the tests of `ingest` share: a repository with a sky map, trees of small files, what was ingested.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pantry_testkit::{Ran, run, workspace};
use serde_json::Value;

use crate::import_setup::{Scratch, import};
use crate::pantry::command;

/// Tracts of the sky map, of 81 patches each, and bands of HSC: 4,050 coadds.
pub const TRACTS: std::ops::Range<i64> = 9810..9820;
pub const BANDS: [&str; 5] = ["G", "R", "I", "Z", "Y"];

/// A repository with the sky map `hsc_rings_v1`: ten tracts of 81 patches, and HSC's filters.
pub fn repo(scratch: &Scratch) -> PathBuf {
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

pub fn recipe(name: &str) -> PathBuf {
    workspace().join("docs/recipes").join(name)
}

/// `pantry ingest REPO ROOT --recipe RECIPE FLAGS...`
pub fn ingest(repo: &Path, root: &Path, recipe: &Path, flags: &[&str]) -> Ran {
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
pub fn fits(cards: &[String]) -> Vec<u8> {
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

pub fn write(root: &Path, path: &str, content: &[u8]) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

/// Datasets of a type as (path below the root, data ID).
pub fn datasets(
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
    let root = root.to_str().unwrap();
    let prefix = match root.contains("://") {
        true => format!("{root}/"),
        false => format!("file://{root}/"),
    };
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

/// The path of a coadd as HSC's data releases name it; of patches 0 to 80, nine in a row.
pub fn coadd(band: &str, tract: i64, patch: i64) -> String {
    let (x, y) = (patch % 9, patch / 9);
    format!("deepCoadd-results/HSC-{band}/{tract}/{x},{y}/calexp-HSC-{band}-{tract}-{x},{y}.fits")
}

/// The header of such a file, no two the same.
pub fn coadd_content(band: &str, tract: i64, patch: i64) -> Vec<u8> {
    fits(&[
        "INSTRUME= 'HSC'".to_owned(),
        format!("FILTER  = 'HSC-{band}'"),
        format!("PLACE   = '{tract} {patch}'"),
    ])
}

/// Paths and contents of the coadds of one band of a tract, and their data IDs.
pub fn coadds(band: &str, tract: i64) -> Vec<(String, Vec<u8>, String)> {
    let one = |patch| {
        let data_id = format!("hsc_rings_v1 {tract} {patch} {}", band.to_lowercase());
        let content = coadd_content(band, tract, patch);
        (coadd(band, tract, patch), content, data_id)
    };
    (0..81).map(one).collect()
}
