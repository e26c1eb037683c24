//! Copies of files: noted, found by `locate`, read by what reads files when the files themselves are lost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pantry_testkit::{Ran, oracle, run};
use serde_json::Value;

use crate::bucket::{Site, files_of, text};
use crate::pantry::command;
use crate::serving::Server;

/// A repository whose files are also in a bucket below `mirror/`, as Pantry's state knows.
struct Mirrored {
    site: Site,
    repo: PathBuf,
    state: PathBuf,
}

impl Mirrored {
    fn new() -> Self {
        let site = Site::new();
        let repo = fs::canonicalize(site.scratch.filled("repo")).unwrap();
        for file in files_of(&repo) {
            let key = format!("mirror/{}", file.display());
            site.server
                .put("data", &key, &fs::read(repo.join(&file)).unwrap());
        }
        let _ = site.pantry(&["checksum", text(&repo)]).ok();
        let state = site.scratch.path("state.sqlite3");
        let this = Self { site, repo, state };
        let root = format!("{}/", this.repo.display());
        let _ = this
            .pantry(&["replica", "add", &root, "s3://data/mirror/"])
            .ok();
        this
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.site.knowing(command());
        command.args(words).env("PANTRY_STATE", &self.state);
        command
    }

    fn pantry(&self, words: &[&str]) -> Ran {
        run(&mut self.command(words))
    }

    fn rows(&self, words: &[&str]) -> Vec<Value> {
        serde_json::from_str(&self.pantry(words).ok()).unwrap()
    }

    /// Lose all files of datasets.
    fn lose_files(&self) {
        fs::remove_dir_all(self.repo.join("runs")).unwrap();
    }
}

fn fields<'v>(rows: &'v [Value], name: &str) -> Vec<&'v str> {
    rows.iter().filter_map(|row| row[name].as_str()).collect()
}

#[test]
fn copies_are_noted_listed_and_forgotten() {
    let mirrored = Mirrored::new();
    let rows = mirrored.rows(&["replica", "list", "--format", "json"]);
    let folder = format!("file://{}/", mirrored.repo.display());
    assert_eq!(fields(&rows, "uri"), [&folder]);
    assert_eq!(fields(&rows, "copy"), ["s3://data/mirror/"]);

    let file = mirrored
        .repo
        .join("runs/first/summary/summary_runs_first.yaml");
    let table = mirrored.site.scratch.path("copies.csv");
    fs::write(&table, format!("uri,copy\n{},s3://data/one\n", text(&file))).unwrap();
    let _ = mirrored
        .pantry(&["replica", "add", "--table", text(&table), "--rank", "7"])
        .ok();
    let words = [
        "locate",
        text(&mirrored.repo),
        "--format",
        "json",
        "-d",
        "summary",
    ];
    let rows = mirrored.rows(&[&words[..], &["--collections", "runs/first"]].concat());
    let uri = format!("file://{}", text(&file));
    let mirror = "s3://data/mirror/runs/first/summary/summary_runs_first.yaml";
    assert_eq!(fields(&rows, "uri"), [&*uri, "s3://data/one", mirror]);
    let copies: Vec<_> = rows.iter().filter_map(|row| row["copy"].as_i64()).collect();
    assert_eq!(copies, [0, 1, 2]);

    let _ = mirrored.pantry(&["replica", "remove", &folder]).ok();
    let _ = mirrored
        .pantry(&["replica", "remove", text(&file), "s3://data/one"])
        .ok();
    assert!(
        mirrored
            .rows(&["replica", "list", "--format", "json"])
            .is_empty()
    );
    let again = mirrored.pantry(&["replica", "remove", text(&file)]);
    assert_eq!(again.code, Some(1), "{again}");
    assert!(again.stderr.contains("no such copy"), "{again}");
}

#[test]
fn what_cannot_be_a_copy_is_refused_and_changes_nothing() {
    let mirrored = Mirrored::new();
    let table = |text: &str| {
        let file = mirrored.site.scratch.path("bad.csv");
        fs::write(&file, text).unwrap();
        file.display().to_string()
    };
    for (words, said) in [
        (&["/a/", "s3://data/b"][..], "one is a folder"),
        (&["/a", "/a"], "no copy of itself"),
        (&["file:///a.zip#zip-path=b", "s3://data/b"], "part"),
        (&["nonsense://[", "s3://data/b"], "nonsense"),
        (&["--table", &table("uri,other\n/a,/b\n")], "'copy'"),
        (&["--table", "/nowhere.csv"], "/nowhere.csv"),
    ] {
        let refused = mirrored.pantry(&[&["replica", "add"], words].concat());
        assert_eq!(refused.code, Some(1), "{words:?}: {refused}");
        assert!(refused.stderr.contains(said), "{words:?}: {refused}");
    }
    let bad = table("uri,copy\n/a,/b\n/c,/d/\n");
    let refused = mirrored.pantry(&["replica", "add", "--table", &bad]);
    assert!(refused.stderr.contains(":3"), "{refused}");
    assert_eq!(
        mirrored
            .rows(&["replica", "list", "--format", "json"])
            .len(),
        1
    );
}

#[test]
fn lost_files_are_served_from_their_copies() {
    let mirrored = Mirrored::new();
    mirrored.lose_files();
    let code = "
import absent, json, sys
absent.install()
from lsst.daf.butler import Butler
butler = Butler(sys.argv[1])
print(json.dumps(sorted(butler.get('summary', collections='runs/first'))))";
    for options in [&[][..], &["--pass-on-files"]] {
        let label = format!("repo={}", mirrored.repo.display());
        let server = Server::running(mirrored.command(&["serve", &label]).args(options));
        let mut client = oracle::code(code);
        client.env("BUTLER_RUBIN_ACCESS_TOKEN", "anonymous");
        let found = run(client.arg(server.repo("repo"))).ok();
        assert_eq!(found.trim(), r#"["answer", "list", "text"]"#);
    }
}

#[test]
fn lost_files_are_retrieved_and_exported_from_their_copies() {
    let mirrored = Mirrored::new();
    let before = |folder: &Path| {
        let file = folder.join("runs/first/summary/summary_runs_first.yaml");
        fs::read(file).unwrap()
    };
    let expected = before(&mirrored.repo);
    mirrored.lose_files();
    let (repo, scratch) = (text(&mirrored.repo), &mirrored.site.scratch);
    let (retrieved, exported) = (scratch.path("retrieved"), scratch.path("exported"));
    let words = [
        "retrieve-artifacts",
        repo,
        text(&retrieved),
        "--transfer",
        "copy",
    ];
    let said = mirrored.pantry(&words).ok();
    assert!(said.contains(": 18"), "{said}");
    assert_eq!(before(&retrieved), expected);
    let words = ["export", repo, text(&exported), "--transfer", "copy"];
    let _ = mirrored.pantry(&words).ok();
    assert_eq!(before(&exported), expected);
    let words = [
        "retrieve-artifacts",
        repo,
        text(&retrieved),
        "--transfer",
        "symlink",
        "--clobber",
    ];
    let refused = mirrored.pantry(&words);
    assert_eq!(refused.code, Some(1), "{refused}");
    assert!(refused.stderr.contains("--transfer copy"), "{refused}");
}

/// The lines of a report by problem and path.
fn findings(report: &Ran) -> Vec<(String, String)> {
    let rows: Vec<Value> = serde_json::from_str(&report.stdout).unwrap();
    let text = |row: &Value, name| row[name].as_str().unwrap_or_default().to_owned();
    let rows = rows.iter();
    rows.map(|row| (text(row, "problem"), text(row, "path")))
        .collect()
}

#[test]
fn copies_are_verified_too() {
    let mirrored = Mirrored::new();
    let words = [
        "verify",
        text(&mirrored.repo),
        "--checksums",
        "--format",
        "json",
    ];
    let with_copies = [&words[..], &["--replicas"]].concat();
    let sound = mirrored.pantry(&with_copies);
    assert_eq!(sound.code, Some(0), "{sound}");
    assert!(sound.stderr.contains(", 18 copies"), "{sound}");
    let bucket = mirrored
        .site
        .server
        .bucket("data")
        .join("mirror/runs/first");
    fs::remove_file(bucket.join("packages/packages_runs_first.yaml")).unwrap();
    fs::write(bucket.join("summary/summary_runs_first.yaml"), "short").unwrap();
    let found = mirrored.pantry(&with_copies);
    assert_eq!(found.code, Some(1), "{found}");
    let folder = "s3://data/mirror/runs/first";
    let expected = [
        (
            "missing-copy",
            format!("{folder}/packages/packages_runs_first.yaml"),
        ),
        (
            "wrong-size",
            format!("{folder}/summary/summary_runs_first.yaml"),
        ),
    ];
    assert_eq!(
        findings(&found),
        expected.map(|(p, path)| (p.to_owned(), path))
    );
    assert_eq!(mirrored.pantry(&words).code, Some(0));
    // A copy that is damaged is not made whole: it is somebody else's.
    let repair = mirrored.pantry(&[&with_copies[..], &["--repair"]].concat());
    assert_eq!(repair.code, Some(1), "{repair}");
}

#[test]
fn files_are_repaired_from_good_copies_only() {
    let mirrored = Mirrored::new();
    let first = mirrored.repo.join("runs/first");
    let [lost, short, spoiled, hopeless] = [
        "packages/packages_runs_first.yaml",
        "summary/summary_runs_first.yaml",
        "catalog/0/1/catalog_0_1_tiny_runs_first.parq",
        "catalog/0/0/catalog_0_0_tiny_runs_first.parq",
    ]
    .map(|name| first.join(name));
    let before = [&lost, &short, &spoiled].map(|file| fs::read(file).unwrap());
    fs::remove_file(&lost).unwrap();
    fs::write(&short, "short").unwrap();
    let size = |file: &Path| usize::try_from(fs::metadata(file).unwrap().len()).unwrap();
    fs::write(&spoiled, vec![b'x'; size(&spoiled)]).unwrap();
    // Of this one the copy is spoiled too.
    let bad = vec![b'y'; size(&hopeless)];
    fs::write(&hopeless, &bad).unwrap();
    let key = format!(
        "mirror/{}",
        text(hopeless.strip_prefix(&mirrored.repo).unwrap())
    );
    mirrored.site.server.put("data", &key, &bad);
    let words = [
        "verify",
        text(&mirrored.repo),
        "--checksums",
        "--format",
        "json",
    ];
    let found = mirrored.pantry(&words);
    assert_eq!(found.code, Some(1), "{found}");
    let repaired = mirrored.pantry(&[&words[..], &["--repair"]].concat());
    assert_eq!(repaired.code, Some(1), "one is left: {repaired}");
    assert_eq!(findings(&found), findings(&repaired));
    assert_eq!(
        repaired
            .stdout
            .matches("repaired from s3://data/mirror/")
            .count(),
        3,
        "{repaired}"
    );
    for (file, bytes) in [&lost, &short, &spoiled].iter().zip(before) {
        assert_eq!(fs::read(file).unwrap(), bytes, "{}", file.display());
    }
    assert_eq!(fs::read(&hopeless).unwrap(), bad);
    let left = mirrored.pantry(&words);
    assert_eq!(findings(&left).len(), 1, "{left}");
    fs::remove_file(&spoiled).unwrap();
    let alone = mirrored.pantry(&["verify", text(&mirrored.repo), "--repair"]);
    assert_eq!(alone.code, Some(0), "{alone}");
    assert!(
        alone.stderr.contains("repaired") || alone.stdout.contains("repaired"),
        "{alone}"
    );
}
