//! An ingest that is killed at any time leaves a repository that opens and no record without bytes, and the same command completes
//! it. `PANTRY_KILLS` says how often each test kills (`bench/kill` asks for more).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pantry_testkit::run;

use crate::bucket::{Site, files_of, text};
use crate::import_killed::{kills, random};
use crate::import_many::{Oracle, assert_same_lines};
use crate::import_setup::{Scratch, copy_tree};
use crate::ingest_setup::{Filled, RUN, arguments, folder};
use crate::pantry::command;
use crate::tree_setup::{coadds, recipe, repo, write};

/// One kind of ingest: what makes a repository to be filled, what fills it from which files, and how often it is killed.
struct Killed<'a> {
    scratch: &'a Scratch,
    repo: &'a dyn Fn(&str) -> PathBuf,
    /// Sources that this ingest may take away.
    sources: &'a dyn Fn(&str) -> PathBuf,
    ingest: &'a dyn Fn(&Path, &Path) -> Command,
    /// Whether the sources are gone in the end.
    moves: bool,
}

impl Killed<'_> {
    fn test(&self) {
        let mut oracle = Oracle::start();
        let (calm, sources) = ((self.repo)("calm"), (self.sources)("calm"));
        let nothing = oracle.rows(&calm);
        let begin = Instant::now();
        let _ = run(&mut (self.ingest)(&calm, &sources)).ok();
        let time = begin.elapsed();
        let all = oracle.rows(&calm);
        assert!(all.len() > nothing.len() + 100);
        let placed = artifacts(&calm);
        let mut half_way = 0;
        for i in 0..kills() {
            let name = format!("killed{i}");
            let (repo, sources) = ((self.repo)(&name), (self.sources)(&name));
            let before = files_of(&sources).len();
            let after = Duration::from_nanos(random(time.as_nanos() * 11 / 10));
            kill((self.ingest)(&repo, &sources), after);
            let what = format!("killed after {after:?} of {time:?}");
            // Opening rolls back what the kill left of a transaction.
            oracle.frames(&repo);
            let found = oracle.rows(&repo);
            if found.len() == nothing.len() {
                assert_same_lines(&found, &nothing, &what);
                assert_eq!(files_of(&sources).len(), before, "{what}");
            } else {
                assert_same_lines(&found, &all, &what);
            }
            half_way += u32::from(artifacts(&repo) != placed && !artifacts(&repo).is_empty());
            self.assert_bytes(&repo);
            let _ = run(&mut (self.ingest)(&repo, &sources)).ok();
            assert_same_lines(&oracle.rows(&repo), &all, &what);
            assert_eq!(artifacts(&repo), placed, "{what}");
            let left = files_of(&sources).len();
            assert_eq!(left, if self.moves { 0 } else { before }, "{what}");
            let _ = run(command().arg("verify").arg(&repo).arg("--checksums")).ok();
            fs::remove_dir_all(&repo).unwrap();
        }
        eprintln!(
            "{half_way} of {} kills were half way ({})",
            kills(),
            self.scratch.path("").display()
        );
    }

    /// Every record has its bytes; files without a record may be there.
    fn assert_bytes(&self, repo: &Path) {
        let mut verify = command();
        verify
            .arg("verify")
            .arg(repo)
            .args(["--checksums", "--format", "csv"]);
        let found = run(&mut verify);
        let harmless = ["problem,", "extra-file,", "leftover,"];
        let is_worse = |line: &&str| !harmless.iter().any(|begin| line.starts_with(begin));
        assert_eq!(found.stdout.lines().find(is_worse), None, "{found}");
    }
}

/// Start an ingest and kill it after a while.
fn kill(mut command: Command, after: Duration) {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The files that a repository's datastore has got, none of them half.
fn artifacts(repo: &Path) -> Vec<PathBuf> {
    let is_artifact = |file: &PathBuf| file.starts_with(RUN) || file.starts_with("HSC");
    let is_whole = |file: &PathBuf| !file.to_string_lossy().contains("/.pantry-");
    let files = files_of(repo).into_iter();
    files.filter(is_artifact).filter(is_whole).collect()
}

#[test]
fn files_of_a_table_that_are_copied() {
    const FILES: usize = 400;
    let scratch = Scratch::new();
    let kind = Filled::sqlite(&scratch);
    let mut table = "file,htm7\n".to_owned();
    let source = folder(&scratch, "files", "");
    for i in 0..FILES {
        table.push_str(&format!("files/{i}.parq,{}\n", 131_072 + i));
        fs::write(
            source.join(format!("files/{i}.parq")),
            format!("file {i}\n"),
        )
        .unwrap();
    }
    fs::write(source.join("table.csv"), table).unwrap();
    let ingest = |repo: &Path, source: &Path| {
        let flags = [
            "--transfer",
            "copy",
            "--id-generation-mode",
            "dataid_type_run",
            "--prefix",
            text(source),
        ];
        let mut command = command();
        let arguments = arguments("refcat", &source.join("table.csv"), &flags);
        command.arg("ingest-files").arg(repo).args(arguments);
        command
    };
    let killed = Killed {
        scratch: &scratch,
        repo: &|name| kind.create(&scratch, name),
        sources: &|_| source.clone(),
        ingest: &ingest,
        moves: false,
    };
    killed.test();
}

#[test]
fn files_of_a_tree_that_are_moved() {
    let scratch = Scratch::new();
    let pristine = repo(&scratch);
    let sources = |name: &str| {
        let root = scratch.path(&format!("{name}-tree"));
        for (path, content, _) in ["G", "R"].iter().flat_map(|band| coadds(band, 9813)) {
            write(&root, &path, &content);
        }
        root
    };
    let fresh = |name: &str| {
        let repo = scratch.path(name);
        copy_tree(&pristine, &repo);
        repo
    };
    let ingest = |repo: &Path, root: &Path| {
        let mut command = command();
        command.arg("ingest").args([repo, root]).arg("--recipe");
        command
            .arg(recipe("hsc-coadds.yaml"))
            .args(["--transfer", "move"]);
        command
    };
    let killed = Killed {
        scratch: &scratch,
        repo: &fresh,
        sources: &sources,
        ingest: &ingest,
        moves: true,
    };
    killed.test();
}

#[test]
fn files_of_a_bucket_that_are_moved() {
    let site = Site::new();
    let pristine = repo(&site.scratch);
    let sources = |name: &str| {
        for (path, content, _) in coadds("I", 9812) {
            site.server.put("data", &format!("{name}/{path}"), &content);
        }
        site.server.bucket("data").join(name)
    };
    let fresh = |name: &str| {
        let repo = site.scratch.path(name);
        copy_tree(&pristine, &repo);
        repo
    };
    let ingest = |repo: &Path, root: &Path| {
        let name = root.file_name().and_then(|name| name.to_str()).unwrap();
        let mut command = site.knowing(command());
        command
            .arg("ingest")
            .arg(repo)
            .arg(format!("s3://data/{name}"));
        command.arg("--recipe").arg(recipe("hsc-coadds.yaml"));
        // With the last object the prefix is gone, too: then the same command has nothing to look at.
        command.args(["--transfer", "move"]);
        command
    };
    let killed = Killed {
        scratch: &site.scratch,
        repo: &fresh,
        sources: &sources,
        ingest: &ingest,
        moves: true,
    };
    killed.test();
}
