//! `retrieve-artifacts`, `export-calibs` and `locate` beside the Python Butler.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pantry_testkit::{fixture, oracle, run, run_with_input};
use serde_json::{Value, json};

use crate::import_setup::{Entry, Scratch, assert_same_tree, complaint, everything, import, tree};
use crate::pantry::{command, pantry};

const INDEX: &str = "_butler_zip_index.json";

/// What the Python Butler's command lines print; all must succeed.
#[track_caller]
fn butler(lines: &[Vec<String>]) -> Vec<String> {
    let input = json!(lines).to_string();
    let text = run_with_input(&mut oracle::script("answers.py"), input.as_bytes()).ok();
    let answers: Vec<(i32, String)> = serde_json::from_str(&text).unwrap();
    for (line, (code, _)) in lines.iter().zip(&answers) {
        assert_eq!(*code, 0, "{line:?}");
    }
    answers.into_iter().map(|(_, printed)| printed).collect()
}

/// The index with its sets sorted.
fn index(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join(INDEX)).unwrap();
    let mut index: Value = serde_json::from_str(&text).unwrap();
    let records = index["refs"]["dimension_records"].as_object_mut().unwrap();
    for records in records.values_mut() {
        let records = records.as_array_mut().unwrap();
        records.sort_by_key(Value::to_string);
    }
    for artifact in index["artifact_map"].as_object_mut().unwrap().values_mut() {
        let ids = artifact["ids"].as_array_mut().unwrap();
        ids.sort_by_key(Value::to_string);
    }
    index
}

fn without_index(folder: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut tree = tree(folder);
    tree.remove(Path::new(INDEX));
    // How often a file is linked depends on who came first.
    tree.values_mut().for_each(Entry::forget_links);
    tree
}

fn words(verb: &str, repo: &Path, folder: &Path, flags: &[&str]) -> Vec<String> {
    let head = [verb, repo.to_str().unwrap(), folder.to_str().unwrap()];
    let words = head.iter().chain(flags);
    words.map(|word| (*word).to_owned()).collect()
}

#[test]
fn the_same_files_in_the_same_places() {
    let scratch = Scratch::new();
    let oracle_mini = scratch.filled("oracle-mini");
    let hsc_mini = scratch.path("hsc-mini");
    let _ = import(&hsc_mini, &fixture("hsc-mini"), &["--transfer", "direct"]).ok();
    let cases: [(&Path, &[&str]); 6] = [
        (&oracle_mini, &["-v"]),
        (
            &oracle_mini,
            &[
                "--transfer",
                "copy",
                "--no-preserve-path",
                "-d",
                "header,match,span",
            ],
        ),
        (
            &oracle_mini,
            &[
                "--transfer",
                "symlink",
                "--collections",
                "runs/first",
                "--limit",
                "4",
            ],
        ),
        (&oracle_mini, &["-d", "nothing"]),
        (
            &hsc_mini,
            &[
                "--where",
                "instrument = 'HSC' AND detector = 50",
                "-t",
                "copy",
                "--verbose",
            ],
        ),
        (
            &hsc_mini,
            &[
                "-d",
                "deepCoadd_calexp",
                "--collections",
                "HSC/runs/mini",
                "--find-first",
                "-t",
                "copy",
            ],
        ),
    ];
    let (mut lines, mut ours) = (Vec::new(), Vec::new());
    for (number, (repo, flags)) in cases.iter().enumerate() {
        // The programs print the name of the folder, so both write to the same, one after the other.
        let folder = scratch.path(&format!("{number}"));
        fs::create_dir(&folder).unwrap();
        let line = words("retrieve-artifacts", repo, &folder, flags);
        ours.push(pantry(&line).ok());
        fs::rename(&folder, scratch.path(&format!("ours-{number}"))).unwrap();
        fs::create_dir(&folder).unwrap();
        lines.push(line);
    }
    for (number, theirs) in butler(&lines).into_iter().enumerate() {
        assert_eq!(theirs, ours[number], "{:?}", lines[number]);
        let folders = (
            scratch.path(&format!("{number}")),
            scratch.path(&format!("ours-{number}")),
        );
        if folders.0.join(INDEX).exists() {
            assert_eq!(index(&folders.0), index(&folders.1), "{:?}", lines[number]);
        }
        assert_same_tree(&without_index(&folders.0), &without_index(&folders.1));
    }
}

#[test]
fn files_that_are_there() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    let folder = scratch.path("folder");
    let retrieve =
        |flags: &[&str]| run(command().args(words("retrieve-artifacts", &repo, &folder, flags)));
    let first = retrieve(&["-t", "copy"]).ok();
    assert!(first.contains("18"), "{first}");
    assert_eq!(retrieve(&["-t", "copy"]).ok(), first);
    let file = tree(&folder)
        .into_keys()
        .find(|p| p.extension().is_some_and(|e| e == "ecsv"));
    let file = file.unwrap();
    fs::write(folder.join(&file), "other").unwrap();
    let before = everything(&folder);
    let said = complaint(&retrieve(&["-t", "copy"]));
    assert!(said.contains("--clobber"), "{said}");
    assert!(everything(&folder) == before);
    assert_eq!(retrieve(&["-t", "copy", "--clobber"]).ok(), first);
    assert_eq!(
        fs::read(folder.join(&file)).unwrap(),
        fs::read(repo.join(&file)).unwrap()
    );
    // Into the datastore itself: its files are not touched.
    let files = without_index(&repo);
    let own = words(
        "retrieve-artifacts",
        &repo,
        &repo,
        &["-t", "copy", "--clobber"],
    );
    let _ = pantry(own).ok();
    assert_same_tree(&files, &without_index(&repo));
    for (flags, what) in [
        (&["-t", "move"][..], "cannot be moved"),
        (&["-t", "direct"], "direct"),
        (
            &["--no-preserve-path", "--collections", "nothing"],
            "nothing",
        ),
    ] {
        let said = complaint(&retrieve(flags));
        assert!(said.contains(what), "{said}");
    }
}

#[test]
fn calibrations() {
    let scratch = Scratch::new();
    let repo = scratch.path("repo");
    let _ = import(&repo, &fixture("hsc-mini"), &["--transfer", "copy"]).ok();
    let cases: [&[&str]; 4] = [
        &["--transfer", "copy"],
        &["HSC/calib", "-d", "bias", "-t", "symlink"],
        &["HSC/runs/mini", "-t", "direct"],
        &["-d", "raw", "-t", "copy"],
    ];
    let (mut lines, mut ours) = (Vec::new(), Vec::new());
    for (number, flags) in cases.iter().enumerate() {
        let own = words(
            "export-calibs",
            &repo,
            &scratch.path(&format!("ours-{number}")),
            flags,
        );
        ours.push(pantry(own).ok());
        let folder = scratch.path(&format!("{number}"));
        lines.push(words("export-calibs", &repo, &folder, flags));
    }
    let printed = butler(&lines);
    let documents = |folder: PathBuf| folder.join("export.yaml");
    let mut pairs = Vec::new();
    for (number, theirs) in printed.into_iter().enumerate() {
        // Datasets of one data ID come in the order of a set there.
        let [theirs, ours] = [&theirs, &ours[number]].map(|text| {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.sort_unstable();
            lines
        });
        assert_eq!(theirs, ours, "{:?}", lines[number]);
        let (theirs, ours) = (format!("{number}"), format!("ours-{number}"));
        pairs.push([
            documents(scratch.path(&theirs)),
            documents(scratch.path(&ours)),
        ]);
        let trees = [theirs, ours].map(|name| {
            let mut tree = tree(&scratch.path(&name));
            tree.remove(Path::new("export.yaml"));
            tree
        });
        assert_same_tree(&trees[0], &trees[1]);
    }
    let same = "import sys, json, exports
print(json.dumps([exports.load(a) == exports.load(b) for a, b in json.load(sys.stdin)]))";
    assert_eq!(
        oracle::ask(same, &json!(pairs)),
        json!([true, true, true, true])
    );
    let again = words("export-calibs", &repo, &scratch.path("ours-0"), &[]);
    let said = complaint(&pantry(again));
    assert!(said.contains("Export directory exists"), "{said}");
}

/// The URI of each dataset as the Python Butler has it.
const URIS: &str = "
import sys, json
from lsst.daf.butler import Butler
with Butler.from_config(sys.argv[1]) as butler:
    found = {}
    for t in butler.registry.queryDatasetTypes():
        for ref in butler.query_datasets(t, collections='*', find_first=False, explain=False, limit=None):
            keys = ', '.join(f'{key}: {value!r}' for key, value in ref.dataId.required.items())
            found[str(ref.id)] = [t.name, ref.run, '{' + keys + '}', str(butler.getURI(ref))]
print(json.dumps(found))";

#[test]
fn where_files_are() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    let name = repo.to_str().unwrap();
    let expected = oracle::json(URIS, [name]);
    let found = pantry(["locate", name, "--format", "json"]).ok();
    let found: Vec<Value> = serde_json::from_str(&found).unwrap();
    let pairs = found.iter().map(|row| {
        let id = row["id"].as_str().unwrap().to_owned();
        (
            id,
            json!([row["type"], row["run"], row["data_id"], row["uri"]]),
        )
    });
    let pairs: serde_json::Map<String, Value> = pairs.collect();
    assert_eq!(Value::Object(pairs), expected);
    let id = expected.as_object().unwrap().keys().next().unwrap();
    let one = pantry(["locate", name, id, "--format", "csv"]).ok();
    assert_eq!(one.lines().count(), 2, "{one}");
    assert!(one.contains(expected[id][3].as_str().unwrap()), "{one}");
    for (format, root) in [("rsync", &repo), ("rclone", &scratch.path("."))] {
        let root = fs::canonicalize(root).unwrap();
        let words = [
            "locate",
            name,
            "--format",
            format,
            "--root",
            root.to_str().unwrap(),
        ];
        let list = pantry(words).ok();
        let files: Vec<PathBuf> = list.lines().map(|line| root.join(line)).collect();
        assert_eq!(files.len(), 18, "{list}");
        assert!(files.iter().all(|file| file.is_file()), "{list}");
    }
    let unknown = "01234567-89ab-7def-8123-456789abcdef";
    let said = complaint(&pantry(["locate", name, unknown]));
    assert!(said.contains(unknown), "{said}");
    let said = complaint(&pantry([
        "locate", name, "--format", "rsync", "--root", "/usr",
    ]));
    assert!(said.contains("not below"), "{said}");
}

#[test]
fn several_files_and_none() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    let name = repo.to_str().unwrap();
    let code = "import sys, sqlite3
registry = sqlite3.connect(sys.argv[1])
one, other = [row[0] for row in registry.execute('SELECT id FROM dataset ORDER BY id LIMIT 2')]
registry.execute('DELETE FROM file_datastore_records WHERE dataset_id = ?', [one])
registry.execute('''INSERT INTO file_datastore_records
  (dataset_id, path, formatter, storage_class, component, checksum, file_size)
  SELECT dataset_id, 'a/part.yaml', formatter, storage_class, 'part', checksum, file_size
  FROM file_datastore_records WHERE dataset_id = ?''', [other])
registry.commit()
print(one, other)";
    let registry = repo.join("gen3.sqlite3");
    let printed = oracle::eval(code, [registry.to_str().unwrap()]);
    let ids: Vec<&str> = printed.split_whitespace().collect();
    let rows = pantry(["locate", name, ids[0], ids[1], "--format", "jsonl"]).ok();
    let rows: Vec<Value> = rows
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (&rows[0]["uri"], &rows[0]["size"]),
        (&Value::Null, &Value::Null)
    );
    let components: Vec<&Value> = rows[1..].iter().map(|row| &row["component"]).collect();
    assert_eq!(components, [&Value::Null, &json!("part")]);
    let said = complaint(&pantry([
        "retrieve-artifacts",
        name,
        scratch.path("x").to_str().unwrap(),
    ]));
    assert!(said.contains("missing from this datastore: 1"), "{said}");
}
