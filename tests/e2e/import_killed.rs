//! An import that is killed at any time leaves a repository that opens, and the same command completes it.
//!
//! `PANTRY_KILLS` says how often each of the four tests kills (3 if it is not set; `bench/kill` asks for more).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::import_many::{FILES, Oracle, Place, assert_same_lines, many};
use crate::import_setup::{Entry, Scratch, assert_same_tree, copy_tree, files, import, tree};
use crate::pantry::command;

/// How an import ends that nobody disturbs.
struct Calm {
    rows: Vec<String>,
    tree: BTreeMap<PathBuf, Entry>,
    time: Duration,
}

/// What kills left behind.
#[derive(Default)]
struct Found {
    without: usize,
    with: usize,
    half_way: usize,
    leftovers: usize,
}

/// The files of a repository without its configuration, which names the namespace.
fn picture(repo: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = tree(repo);
    assert!(found.remove(Path::new("butler.yaml")).is_some());
    found
}

pub fn kills() -> usize {
    std::env::var("PANTRY_KILLS").map_or(3, |n| n.parse().unwrap())
}

/// Some number below `limit`, another one each time.
pub fn random(limit: u128) -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut state = time.as_nanos() as u64 ^ (u64::from(std::process::id()) << 32);
    for _ in 0..4 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    (u128::from(state) % limit) as u64
}

/// Start an import and kill it after a while.
fn kill(repo: &Path, source: &Path, mode: &str, after: Duration) {
    let mut child = command()
        .arg("import")
        .args([repo, source])
        .args(["--transfer", mode])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// No file is half there; with `move` none is nowhere. Returns how many are in their place.
fn assert_files_whole(
    repo: &Path,
    source: &Path,
    original: &Path,
    mode: &str,
    calm: &Calm,
) -> usize {
    let now = picture(repo);
    let mut placed = 0;
    for path in files(&calm.tree) {
        let Some(entry) = now.get(path) else {
            continue;
        };
        let whole = &calm.tree[path];
        match (entry, whole) {
            (Entry::File { content, .. }, Entry::File { content: whole, .. }) => {
                assert!(content == whole, "{} is not whole", path.display());
            }
            _ => panic!("{} is no file", path.display()),
        }
        placed += 1;
    }
    if mode == "move" {
        for i in 0..FILES {
            let name = format!("data/{i}.yaml");
            let there = source.join(&name).exists();
            let moved = calm_path(calm, original, &name);
            assert!(there || now.contains_key(&moved), "{name} is gone");
        }
    }
    placed
}

/// Where a file of the export goes: the contents are all different.
fn calm_path(calm: &Calm, original: &Path, name: &str) -> PathBuf {
    let wanted = std::fs::read(original.join(name)).unwrap();
    let found = calm
        .tree
        .iter()
        .find(|(_, e)| matches!(e, Entry::File { content, .. } if *content == wanted));
    found.unwrap().0.clone()
}

/// The import that nobody disturbs, and the rows from before it.
fn calm(place: &Place, scratch: &Scratch, mode: &str, oracle: &mut Oracle) -> (Calm, Vec<String>) {
    let (repo, source) = (place.create(scratch, "calm"), scratch.path("calm-source"));
    copy_tree(&scratch.path("export"), &source);
    let nothing = oracle.rows(&repo);
    let begin = Instant::now();
    let _ = import(&repo, &source, &["--transfer", mode]).ok();
    let time = begin.elapsed();
    assert_eq!(oracle.frames(&repo), FILES);
    let calm = Calm {
        rows: oracle.rows(&repo),
        tree: picture(&repo),
        time,
    };
    (calm, nothing)
}

/// The same command again completes what was killed.
fn assert_completed(repo: &Path, source: &Path, original: &Path, mode: &str, calm: &Calm) {
    let _ = import(repo, source, &["--transfer", mode]).ok();
    assert_same_tree(&picture(repo), &calm.tree);
    if mode == "move" {
        assert_eq!(files(&tree(source)), [Path::new("export.yaml")]);
    } else {
        assert_same_tree(&tree(source), &tree(original));
    }
}

fn killed(place: &Place, scratch: &Scratch, mode: &str) {
    let original = scratch.path("export");
    many(&original, "runs/many");
    let mut oracle = Oracle::start();
    let (calm, nothing) = calm(place, scratch, mode, &mut oracle);
    let mut found = Found::default();
    for i in 0..kills() {
        let repo = place.create(scratch, &format!("killed{i}"));
        let source = scratch.path(&format!("source{i}"));
        copy_tree(&original, &source);
        let after = Duration::from_nanos(random(calm.time.as_nanos() * 11 / 10));
        kill(&repo, &source, mode, after);
        let what = format!("killed after {after:?} of {:?}", calm.time);
        let placed = assert_files_whole(&repo, &source, &original, mode, &calm);
        let is_temporary = |path: &&PathBuf| path.to_string_lossy().contains("/.pantry-");
        found.leftovers += picture(&repo).keys().filter(is_temporary).count();
        // Opening rolls back what the kill left of a transaction; then there are rows to be read.
        match oracle.frames(&repo) {
            0 => {
                assert_same_lines(&oracle.rows(&repo), &nothing, &what);
                found.without += 1;
                found.half_way += usize::from(placed > 0);
            }
            FILES => {
                assert_same_lines(&oracle.rows(&repo), &calm.rows, &what);
                assert_eq!(placed, FILES, "{what}");
                found.with += 1;
            }
            other => panic!("{what}: {other} datasets"),
        }
        assert_completed(&repo, &source, &original, mode, &calm);
        assert_same_lines(&oracle.rows(&repo), &calm.rows, &what);
        for used in [repo, source] {
            std::fs::remove_dir_all(used).unwrap();
        }
    }
    let (
        kills,
        Found {
            without,
            with,
            half_way,
            leftovers,
        },
    ) = (kills(), found);
    eprintln!(
        "{mode}: {kills} kills within {:?}: {without} without the import ({half_way} of them with files in place), \
         {with} with it; {leftovers} temporary files",
        calm.time * 11 / 10
    );
}

#[test]
fn killed_while_copying_into_sqlite() {
    let scratch = Scratch::new();
    killed(&Place::sqlite(&scratch), &scratch, "copy");
}

#[test]
fn killed_while_moving_into_sqlite() {
    let scratch = Scratch::new();
    killed(&Place::sqlite(&scratch), &scratch, "move");
}

#[test]
fn killed_while_copying_into_postgresql() {
    killed(&Place::postgresql(), &Scratch::new(), "copy");
}

#[test]
fn killed_while_moving_into_postgresql() {
    killed(&Place::postgresql(), &Scratch::new(), "move");
}
