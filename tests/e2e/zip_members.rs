//! Members of zips wherever bytes are read: retrieved, exported, transferred, moved, verified, served; and those of zips that
//! no Butler has made.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pantry_testkit::{oracle, run};
use serde_json::Value;

use crate::bucket::Site;
use crate::import_setup::{
    Entry, Scratch, assert_same_tree, batch_without_fault, complaint, import, step, tree,
};
use crate::pantry::{command, pantry};
use crate::serving::Server;
use crate::zips::{GET, expected, got, ingest, text, zip_of};

const ALL: [&str; 2] = ["--transfer-dimensions", "--transfer"];

/// A repository whose datasets are in a zip.
fn zipped(scratch: &Scratch, name: &str, mode: &str) -> PathBuf {
    let source = scratch.path("source");
    if !source.exists() {
        let _ = scratch.filled("source");
        let _ = zip_of(scratch, &source, "zip");
    }
    let zip = fs::read_dir(scratch.path("zip")).unwrap().next().unwrap();
    let repo = scratch.path(name);
    let _ = pantry(["create", text(&repo)]).ok();
    let _ = ingest(&repo, &zip.unwrap().path(), &[ALL[0], ALL[1], mode]).ok();
    repo
}

fn picture(folder: &Path) -> std::collections::BTreeMap<PathBuf, Entry> {
    let mut tree = tree(folder);
    tree.remove(Path::new("butler.yaml"));
    tree.remove(Path::new("_butler_zip_index.json"));
    tree.values_mut().for_each(Entry::forget_links);
    tree
}

fn index(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("_butler_zip_index.json")).unwrap();
    let mut index: Value = serde_json::from_str(&text).unwrap();
    for artifact in index["artifact_map"].as_object_mut().unwrap().values_mut() {
        artifact["ids"]
            .as_array_mut()
            .unwrap()
            .sort_by_key(Value::to_string);
    }
    index["artifact_map"].clone()
}

#[test]
fn members_are_unpacked_as_the_reference_does() {
    let scratch = Scratch::new();
    let cases: [(&str, &[&str]); 4] = [
        ("copy", &[]),
        ("copy", &["--no-preserve-path", "-d", "summary,header"]),
        ("direct", &["-d", "catalog", "--transfer", "copy"]),
        ("copy", &["--zip", "-d", "header,summary"]),
    ];
    let mut steps = Vec::new();
    for (number, (mode, flags)) in cases.iter().enumerate() {
        let repo = zipped(&scratch, &format!("repo-{number}"), mode);
        let ours = scratch.path(&format!("ours-{number}"));
        let theirs = scratch.path(&format!("theirs-{number}"));
        fs::create_dir(&theirs).unwrap();
        let words = |folder| [&["retrieve-artifacts", text(&repo), folder], *flags].concat();
        let _ = pantry(words(text(&ours))).ok();
        // Again: what is there is recognised.
        if !flags.contains(&"--zip") {
            let _ = pantry(words(text(&ours))).ok();
        }
        steps.push(step("butler", words(text(&theirs))));
    }
    batch_without_fault(steps);
    for number in 0..3 {
        let folders = ["ours", "theirs"].map(|whose| scratch.path(&format!("{whose}-{number}")));
        let [ours, theirs] = &folders;
        assert_same_tree(&picture(ours), &picture(theirs));
        assert_eq!(index(ours), index(theirs));
    }
    let names = ["ours-3", "theirs-3"].map(|name| {
        let tree = picture(&scratch.path(name));
        tree.into_keys().collect::<Vec<_>>()
    });
    assert_eq!(names[0], names[1]);
}

#[test]
fn exports_take_members_out() {
    let scratch = Scratch::new();
    let repo = zipped(&scratch, "repo", "copy");
    let mut steps = Vec::new();
    for mode in ["copy", "direct"] {
        let export = scratch.path(mode);
        fs::create_dir(&export).unwrap();
        let words = [
            "export",
            text(&repo),
            text(&export),
            "--collections",
            "*",
            "-t",
            mode,
        ];
        let _ = pantry(words).ok();
        let ours = scratch.path(&format!("ours-{mode}"));
        let theirs = scratch.path(&format!("theirs-{mode}"));
        let allow = ["-t", mode, "--allow-prefix", text(&repo)];
        let _ = import(&ours, &export, &allow).ok();
        assert_eq!(got(text(&ours)), expected(), "{mode}");
        let _ = pantry(["verify", text(&ours), "--checksums"]).ok();
        steps.push(step("butler", ["create", text(&theirs)]));
        steps.push(step(
            "butler",
            ["import", text(&theirs), text(&export), "-t", mode],
        ));
    }
    batch_without_fault(steps);
    for mode in ["copy", "direct"] {
        assert_eq!(
            got(text(&scratch.path(&format!("theirs-{mode}")))),
            expected(),
            "{mode}"
        );
    }
    let export = scratch.path("direct");
    let other = scratch.path("other");
    let allow = ["-t", "copy", "--allow-prefix", text(&repo)];
    let refused = complaint(&import(&other, &export, &allow));
    assert!(
        refused.contains("members of a zip stay where they are"),
        "{refused}"
    );
}

#[test]
fn transfers_bring_the_zip() {
    let scratch = Scratch::new();
    let repo = zipped(&scratch, "repo", "copy");
    let [ours, theirs] = ["ours", "theirs"].map(|whose| scratch.path(whose));
    let _ = pantry(["create", text(&ours)]).ok();
    let words = |to| {
        [
            "transfer-datasets",
            text(&repo),
            to,
            "--register-dataset-types",
            "-t",
            "copy",
        ]
    };
    let _ = pantry(words(text(&ours))).ok();
    batch_without_fault(vec![
        step("butler", ["create", text(&theirs)]),
        step("butler", words(text(&theirs))),
        step("same", [&ours, &theirs]),
    ]);
    assert_same_tree(&picture(&ours), &picture(&theirs));
    assert_eq!(got(text(&ours)), expected());
}

/// Findings as `(problem, path)`.
fn findings(repo: &Path, flags: &[&str]) -> Vec<(String, String)> {
    let words = [&["verify", text(repo), "--format", "jsonl"], flags].concat();
    let printed = pantry(words).stdout;
    let lines = printed
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let finding = |line: Value| {
        Some((
            line["problem"].as_str()?.to_owned(),
            line["path"].as_str()?.to_owned(),
        ))
    };
    lines.filter_map(finding).collect()
}

/// Writes a zip anew without one member, and with other bytes of another.
const SPOIL: &str = r#"
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as old:
    members = {name: old.read(name) for name in old.namelist()}
with zipfile.ZipFile(sys.argv[1], "w") as new:
    for name, data in members.items():
        if "summary" in name:
            continue
        if "span" in name:
            data = data[:-1] + b"?"
        if "match" in name:
            data += b"?"
        new.writestr(name, data)
"#;

#[test]
fn members_are_verified() {
    let scratch = Scratch::new();
    let repo = zipped(&scratch, "repo", "copy");
    assert_eq!(findings(&repo, &["--checksums", "--structure"]), []);
    let said = pantry(["checksum", text(&repo)]).ok();
    assert!(said.contains('7'), "{said}");
    assert_eq!(findings(&repo, &["--checksums"]), []);
    let folder = fs::read_dir(repo.join("zips"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let zip = fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    oracle::eval(SPOIL, [&zip]);
    let found = findings(&repo, &["--checksums"]);
    let mut problems: Vec<_> = found
        .iter()
        .map(|(problem, path)| {
            let name = path.split("zip-path=").nth(1).unwrap_or_default();
            let kind = ["summary", "span", "match"]
                .into_iter()
                .find(|kind| name.contains(kind));
            (problem.as_str(), kind.unwrap_or("other"))
        })
        .collect();
    problems.sort_unstable();
    assert_eq!(
        problems,
        [
            ("missing-file", "summary"),
            ("wrong-checksum", "span"),
            ("wrong-size", "match")
        ]
    );
    // A byte of a member that is stored: only its CRC knows, if no checksum is recorded.
    let other = zipped(&scratch, "other", "copy");
    let zip = other.join(zip.strip_prefix(&repo).unwrap());
    let mut bytes = fs::read(&zip).unwrap();
    let at = bytes.windows(7).position(|w| w == b"answer:").unwrap();
    bytes[at] = b'A';
    fs::write(&zip, &bytes).unwrap();
    assert_eq!(findings(&other, &[]), []);
    let found = findings(&other, &["--checksums"]);
    assert!(
        found.len() == 1 && found[0].0 == "unreadable" && found[0].1.contains("summary"),
        "{found:?}"
    );
    fs::write(&zip, &bytes[..bytes.len() - 30]).unwrap();
    let found = findings(&other, &[]);
    assert_eq!(found.len(), 9);
    assert!(
        found.iter().all(|(problem, _)| problem == "unreadable"),
        "{found:?}"
    );
    fs::remove_file(&zip).unwrap();
    let found = findings(&other, &[]);
    assert_eq!(found.len(), 9);
    assert!(
        found.iter().all(|(problem, _)| problem == "missing-file"),
        "{found:?}"
    );
}

#[test]
fn a_zip_moves_as_a_whole() {
    let site = Site::new();
    let repo = zipped(&site.scratch, "repo", "copy");
    let before = picture(&repo);
    let there = [
        "move-files",
        text(&repo),
        "--to",
        "s3://data/moved",
        "-d",
        "header",
    ];
    let said = site.pantry(&there).ok();
    assert!(said.starts_with("files moved: 1"), "{said}");
    let _ = site.pantry(&["verify", text(&repo), "--checksums"]).ok();
    let located = site
        .pantry(&["locate", text(&repo), "--format", "jsonl"])
        .ok();
    assert_eq!(
        located.matches("s3://data/moved/zips/").count(),
        9,
        "{located}"
    );
    let read = run(site.knowing(oracle::code(GET)).arg(&repo)).ok();
    assert_eq!(serde_json::from_str::<Value>(&read).unwrap(), expected());
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
    assert_same_tree(&picture(&repo), &before);
    assert_eq!(got(text(&repo)), expected());
}

/// The id of the only dataset of a type.
fn id_of(site: &Site, repo: &Path, dataset_type: &str) -> String {
    let words = [
        "query-datasets",
        text(repo),
        dataset_type,
        "--collections",
        "runs/first",
        "--format",
        "json",
    ];
    let rows: Value = serde_json::from_str(&site.pantry(&words).ok()).unwrap();
    rows[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn members_are_served_from_folders_and_buckets() {
    let site = Site::new();
    let local = zipped(&site.scratch, "local", "copy");
    let zip = fs::read_dir(site.scratch.path("zip"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let remote = site.repo_in_bucket("remote");
    let words = [
        "ingest-zip",
        text(&remote),
        text(&zip),
        "--transfer-dimensions",
    ];
    let _ = site.pantry(&words).ok();
    let _ = site.pantry(&["verify", text(&remote), "--checksums"]).ok();
    let read = run(site.knowing(oracle::code(GET)).arg(&remote)).ok();
    assert_eq!(serde_json::from_str::<Value>(&read).unwrap(), expected());
    let folder = site.scratch.path("unpacked");
    let words = [
        "retrieve-artifacts",
        text(&remote),
        text(&folder),
        "-d",
        "summary",
    ];
    let _ = site.pantry(&words).ok();

    let source = site.scratch.path("source");
    let summary =
        fs::read_to_string(source.join("runs/first/summary/summary_runs_first.yaml")).unwrap();
    for repo in [&local, &remote] {
        let mut serve = site.knowing(command());
        let server = Server::running(serve.arg("serve").arg(format!("repo={}", repo.display())));
        let mut client = oracle::code(GET);
        client
            .env("BUTLER_RUBIN_ACCESS_TOKEN", "anonymous")
            .env_remove("S3_ENDPOINT_URL");
        let read = run(client.arg(server.repo("repo"))).ok();
        assert_eq!(serde_json::from_str::<Value>(&read).unwrap(), expected());
        let id = id_of(&site, repo, "summary");
        let dataset = format!("{}/api/v1/repos/repo/datasets/{id}", server.address);
        let curl = |flags: &[&str], url: &str| {
            run(Command::new("curl").args(["-sfL"]).args(flags).arg(url)).ok()
        };
        let said: Value = serde_json::from_str(&curl(&[], &dataset)).unwrap();
        let url = said["files"][0]["url"]
            .as_str()
            .unwrap_or_else(|| panic!("{said}"));
        let url = format!("{}{url}", server.address);
        assert_eq!(curl(&[], &url), summary);
        assert_eq!(curl(&["-H", "Range: bytes=3-9"], &url), summary[3..10]);
        let head = curl(&["-I"], &url);
        assert!(
            head.contains(&format!("content-length: {}", summary.len())),
            "{head}"
        );
        let tag = head
            .lines()
            .find_map(|line| line.strip_prefix("etag: "))
            .unwrap();
        let same = format!("If-None-Match: {tag}");
        let code = curl(
            &["-o", "/dev/null", "-w", "%{http_code}", "-H", &same],
            &url,
        );
        assert_eq!(code, "304");
    }
}

/// Makes archives that no Butler knows: one member stored in a folder, one deflated.
const COLLATE: &str = r#"
import os, sys, zipfile
source, folder = sys.argv[1:]
os.makedirs(folder)
files = {"tract 0/0.parq": ("catalog_0_0_tiny_runs_first.parq", zipfile.ZIP_STORED),
         "1.parq": ("catalog_0_1_tiny_runs_first.parq", zipfile.ZIP_DEFLATED)}
found = {name: os.path.join(at, name) for at, _, names in os.walk(source) for name in names}
with zipfile.ZipFile(os.path.join(folder, "collated_0.zip"), "w") as archive:
    for member, (name, method) in files.items():
        archive.write(found[name], member, compress_type=method)
"#;

const ROWS: &str = r#"
import absent, json, os, sys
absent.install()
from lsst.daf.butler import Butler
with Butler.from_config(sys.argv[1]) as butler:
    print(json.dumps([len(butler.get("catalog", skymap="tiny", tract=0, patch=p, collections=c))
                      for c in ("runs/first", "ingested/run") for p in (0, 1)]))
# Threads of the reader of Parquet files may be in the way of an ordinary end.
sys.stdout.flush()
os._exit(0)
"#;

#[test]
fn members_of_any_zip_are_ingested() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    let folder = repo.join("archive");
    oracle::eval(COLLATE, [&repo, &folder]);
    let table = scratch.path("table.csv");
    let lines = |second: &str| {
        format!(
            "file,skymap,tract,patch\ncollated_0.zip#zip-path=tract 0/0.parq,tiny,0,0\ncollated_0.zip#zip-path={second},tiny,0,1\n"
        )
    };
    fs::write(&table, lines("1.parq")).unwrap();
    let words = |flags: &[&str]| {
        let head = [
            "ingest-files",
            text(&repo),
            "catalog",
            "ingested/run",
            text(&table),
            "--prefix",
            text(&folder),
        ];
        [
            &head[..],
            &["--id-generation-mode", "dataid_type_run"],
            flags,
        ]
        .concat()
        .iter()
        .map(|w| (*w).to_owned())
        .collect::<Vec<_>>()
    };
    let refused = run(command().args(words(&["-t", "copy"])));
    assert!(
        complaint(&refused).contains("members of a zip stay where they are"),
        "{refused}"
    );
    fs::write(&table, lines("2.parq")).unwrap();
    let missing = run(command().args(words(&["-t", "direct"])));
    assert!(complaint(&missing).contains("missing"), "{missing}");
    fs::write(&table, lines("1.parq")).unwrap();
    for (mode, checksum) in [("direct", "blake3"), ("auto", "none")] {
        let copy = scratch.path(&format!("copy-{mode}"));
        let _ = pantry(words(&["-t", mode, "--checksum", checksum])).ok();
        let rows: Vec<u64> =
            serde_json::from_str(&run(oracle::code(ROWS).arg(&repo)).ok()).unwrap();
        assert_eq!(rows[..2], rows[2..], "{mode}");
        let verified = pantry(["verify", text(&repo), "--checksums"]).stdout;
        assert!(!verified.contains("zip-path"), "{verified}");
        // Taken out again they are the files that they were.
        let take = [
            "retrieve-artifacts",
            text(&repo),
            text(&copy),
            "--collections",
            "ingested/run",
            "--no-preserve-path",
        ];
        let _ = pantry(take).ok();
        let unpacked = fs::read(copy.join("tract 0/0.parq")).unwrap();
        let original = tree(&repo)
            .into_iter()
            .find(|(path, _)| path.ends_with("catalog_0_0_tiny_runs_first.parq"));
        let Some((_, Entry::File { content, .. })) = original else {
            panic!()
        };
        assert!(unpacked == content);
        let gone = "
import absent, sys
absent.install()
from lsst.daf.butler import Butler
with Butler.from_config(sys.argv[1], writeable=True) as butler:
    butler.removeRuns(['ingested/run'], unstore=True) if len(sys.argv) > 2 else butler.registry.getDatasetType('catalog')
";
        // Forgotten by the reference, which leaves what was ingested directly.
        if mode == "direct" {
            oracle::eval(gone, [text(&repo), "remove"]);
            assert!(folder.join("collated_0.zip").exists());
        }
    }
}

const RECIPE: &str = r#"
zips: true
ignore: ["*.metadata"]
rules:
- name: in folders
  path: "collated_{n:int}.zip#zip-path=tract {tract:int}/{patch:int}.parq"
  dataset_type: catalog
  data_id: {skymap: tiny}
- name: at the top
  path: "collated_{n:int}.zip#zip-path={patch:int}.parq"
  dataset_type: catalog
  data_id: {skymap: tiny, tract: 0}
"#;

#[test]
fn recipes_look_into_zips() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    let folder = scratch.path("archive");
    oracle::eval(COLLATE, [&repo, &folder]);
    // The list of names beside an archive, as archives have it.
    fs::write(
        folder.join("collated_0.zip.metadata"),
        "tract 0/0.parq\n1.parq\n",
    )
    .unwrap();
    let recipe = scratch.path("recipe.yaml");
    fs::write(&recipe, RECIPE).unwrap();
    let words = [
        "ingest",
        text(&repo),
        text(&folder),
        "--recipe",
        text(&recipe),
        "--run",
        "ingested/run",
        "-t",
        "direct",
    ];
    // Members are no files of their own that could have the bytes of each other.
    let looked = [&words[..], &["--duplicates", "refuse", "--sanity"]].concat();
    let said = pantry(looked).ok();
    assert!(
        said.contains("2 rows added to file_datastore_records"),
        "{said}"
    );
    let rows: Vec<u64> = serde_json::from_str(&run(oracle::code(ROWS).arg(&repo)).ok()).unwrap();
    assert_eq!(rows[..2], rows[2..]);
    let _ = pantry(["verify", text(&repo), "--checksums"]).ok();
    fs::write(folder.join("collated_1.zip"), "no zip").unwrap();
    let refused = complaint(&pantry(words));
    assert!(
        refused.contains("collated_1.zip") && refused.contains("no zip file"),
        "{refused}"
    );
    fs::remove_file(folder.join("collated_1.zip")).unwrap();
    let header = RECIPE.replace(
        "  dataset_type",
        "  header: {fields: {band: BAND}}\n  dataset_type",
    );
    fs::write(&recipe, header).unwrap();
    let refused = complaint(&pantry(words));
    assert!(refused.contains("headers are not read"), "{refused}");
}
