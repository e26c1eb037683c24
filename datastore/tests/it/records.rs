//! Which string a datastore record holds, for every transfer mode, against a real repository of the oracle.

use std::fs;
use std::path::{Path, PathBuf};

use pantry_datastore::template::FileTemplates;
use pantry_datastore::transfer::{Target, TransferMode, source_uri};
use pantry_datastore::{DatastoreRoot, LookupEntity, ResourcePath};
use serde_json::{Value, json};

use crate::dataset::{ID, JsonDataset};
use crate::oracle::{Answer, ask};

const NAMES: [&str; 8] = [
    "plain.yaml",
    "sub/c d+ü.yaml",
    "sub/a%20b.yaml",
    "sub/a%2fb.yaml",
    "sub#x/e.yaml",
    "sub/f#g.yaml",
    "sub/h.tar.gz.yaml",
    "absent.yaml",
];

struct Case {
    mode: TransferMode,
    is_inside: bool,
    folder: PathBuf,
    name: &'static str,
    run: String,
}

#[test]
fn records_are_the_oracles_in_every_mode() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("repo");
    let cases = cases(&root, &folder.path().join("elsewhere"));
    // The oracle comes second: with `move` the files are gone afterwards.
    let ours: Vec<Option<Value>> = cases.iter().map(|case| record(case, &root)).collect();
    let described = |case: &Case| {
        let mode = Some(case.mode.name()).filter(|_| case.mode != TransferMode::InPlace);
        json!({"folder": case.folder, "path": case.name, "run": case.run, "mode": mode})
    };
    let described: Vec<Value> = cases.iter().map(described).collect();
    let answer = ask(&[json!({"ask": "ingest", "root": root, "cases": described})]).remove(0);
    let Answer::Ok(theirs) = answer else {
        panic!("{answer:?}")
    };
    let mut compared = 0;
    for ((case, ours), theirs) in described.iter().zip(ours).zip(theirs.as_array().unwrap()) {
        // A string is what the oracle raised.
        let theirs = Some(theirs).filter(|theirs| theirs.is_array());
        assert_eq!(ours.as_ref(), theirs, "{case}");
        compared += usize::from(theirs.is_some());
    }
    assert!(compared > 60, "{compared}");
}

/// Every file in every mode, from below the root and from elsewhere.
fn cases(root: &Path, elsewhere: &Path) -> Vec<Case> {
    let modes = [
        TransferMode::Copy,
        TransferMode::Link,
        TransferMode::Auto,
        TransferMode::Direct,
        TransferMode::InPlace,
        TransferMode::Split,
        TransferMode::Move,
        TransferMode::Relsymlink,
    ];
    let mut cases = Vec::new();
    for mode in modes {
        for is_inside in [false, true] {
            let folder = if is_inside { root } else { elsewhere }.join(format!("{mode} ü"));
            write_files(&folder);
            for name in NAMES {
                let run = format!("u/run {}", cases.len());
                cases.push(Case {
                    mode,
                    is_inside,
                    folder: folder.clone(),
                    name,
                    run,
                });
            }
        }
    }
    cases
}

fn write_files(export: &Path) {
    for name in NAMES.iter().filter(|name| **name != "absent.yaml") {
        let path = export.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, format!("a: {name}")).expect("a file");
    }
}

/// Path and size as we record them; `None` where we refuse or the file is not there.
fn record(case: &Case, root: &Path) -> Option<Value> {
    let root = DatastoreRoot::new(root).expect("a root");
    let folder = ResourcePath::from_absolute(&case.folder).expect("a folder");
    let templates = FileTemplates::reference(&|_| None).expect("templates");
    let entity = LookupEntity {
        dataset_type: "thing",
        dimensions: &[],
        storage_class: "StructuredDataDict",
        parent_storage_class: None,
        instrument: None,
    };
    let mode = case
        .mode
        .resolve(u64::from(case.is_inside), u64::from(!case.is_inside));
    let source = source_uri(&root, Some(&folder), case.name).ok()?;
    let size = fs::metadata(source.local_path()?).ok()?.len();
    let dataset = json!({"name": "thing", "run": case.run, "id": ID, "data_id": {}, "records": {}});
    let path = || templates.get(&entity)?.format(&JsonDataset(&dataset));
    let target = Target::new(&root, &source, mode, path).ok()?;
    Some(json!([target.location().record(), size]))
}
