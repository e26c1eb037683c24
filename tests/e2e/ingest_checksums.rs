//! Lists of checksums: found in a tree or given, written by the programs that people use; what differs ends the ingest before
//! anything is changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pantry_testkit::{Ran, run};
use serde_json::Value;

use crate::bucket::{Site, text};
use crate::import_setup::{Scratch, assert_same_tree, complaint, everything};
use crate::ingest_setup::{Filled, arguments, folder, ingest as ingest_table};
use crate::tree_setup::{coadds, ingest, recipe, repo, write};

/// A tree with one band of a tract, and a list that a program writes of it.
fn tree(scratch: &Scratch, program: &[&str], list: &str) -> PathBuf {
    let root = scratch.path("tree");
    for (path, content, _) in coadds("G", 9813) {
        write(&root, &path, &content);
    }
    let script = format!(
        "find . -name '*.fits' | sort | xargs {} > {list}",
        program.join(" ")
    );
    let _ = run(Command::new("sh")
        .args(["-euc", &script])
        .current_dir(&root))
    .ok();
    root
}

fn hsc(repo: &Path, root: &Path, flags: &[&str]) -> Ran {
    ingest(repo, root, &recipe("hsc-coadds.yaml"), flags)
}

fn dry(repo: &Path, root: &Path, flags: &[&str]) -> Value {
    let ran = hsc(repo, root, &[&["--dry-run"], flags].concat());
    serde_json::from_str::<Value>(&ran.ok()).unwrap()["import"]["scrutiny"].clone()
}

const ONE: &str = "deepCoadd-results/HSC-G/9813/3,4/calexp-HSC-G-9813-3,4.fits";

#[test]
fn lists_beside_the_files_count() {
    for (program, list) in [
        (&["sha256sum"][..], "SHA256SUMS"),
        (&["sha256sum", "--tag"], "SHA256SUMS"),
        (&["md5sum", "-b"], "md5sum.txt"),
        (&["sha512sum"], "x.sha512"),
        (&["b2sum"], "B2SUMS"),
        (&["sha1sum"], "deepCoadd-results.sha1"),
    ] {
        let scratch = Scratch::new();
        let (repo, root) = (repo(&scratch), tree(&scratch, program, list));
        let found = dry(&repo, &root, &[]);
        assert_eq!(
            (&found["lists"], &found["compared"]),
            (&1.into(), &81.into()),
            "{list}: {found}"
        );
        let before = everything(&repo);
        let mut content = fs::read(root.join(ONE)).unwrap();
        *content.last_mut().unwrap() = b'x';
        fs::write(root.join(ONE), content).unwrap();
        let said = complaint(&hsc(&repo, &root, &[]));
        assert!(
            said.starts_with("1 file(s) are not what the lists say; nothing was changed"),
            "{said}"
        );
        assert!(said.contains(ONE) && said.contains(list), "{said}");
        assert_same_tree(&everything(&repo), &before);
        let found = dry(&repo, &root, &[]);
        assert_eq!(
            (&found["differing"], &found["compared"]),
            (&1.into(), &80.into()),
            "{found}"
        );
        // Who does not want it gets no look.
        let _ = hsc(&repo, &root, &["--no-checksum-lists"]).ok();
    }
}

#[test]
fn files_that_lists_name_must_be_there() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), tree(&scratch, &["md5sum"], "MD5SUMS"));
    fs::write(root.join("deepCoadd-results/notes"), "").unwrap();
    let before = everything(&repo);
    let whole = fs::read(root.join(ONE)).unwrap();
    fs::remove_file(root.join(ONE)).unwrap();
    let said = complaint(&hsc(&repo, &root, &[]));
    assert!(
        said.ends_with(&format!("{ONE} is not there")) && said.contains("MD5SUMS:"),
        "{said}"
    );
    assert_same_tree(&everything(&repo), &before);
    // One more that no list names is counted.
    write(&root, ONE, &whole);
    let (path, content, _) = coadds("R", 9813).swap_remove(0);
    write(&root, &path, &content);
    assert_eq!(dry(&repo, &root, &[])["unlisted"], 1);
    let _ = hsc(&repo, &root, &[]).ok();
}

/// The sizes and MD5 sums of the tree as rclone and rucio write them.
fn written(root: &Path, style: &str, spoil: bool) -> String {
    let mut text = String::new();
    for (path, content, _) in coadds("G", 9813) {
        let size = content.len() as u64 + u64::from(spoil && path == ONE);
        let adler = format!("{:08x}", adler(&content));
        text.push_str(&match style {
            "lsf" => format!("{path};{size}\n"),
            "json" => format!("{{\"Path\":\"{path}\",\"Size\":{size},\"IsDir\":false}},\n"),
            "rucio" => format!("hsc:{path},0E8D-1,ad:{adler},{size},None\n"),
            _ => format!("RSE\thsc\tname\t{adler}\t{size}\t2026-11-01 10:00:00\t/{path}\t2026-11-01 10:00:00\tA\n"),
        });
    }
    assert!(root.is_dir());
    match style {
        "json" => format!("[\n{}\n]\n", text.trim_end().trim_end_matches(',')),
        _ => text,
    }
}

/// Adler-32 as RFC 1950 defines it.
fn adler(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    b << 16 | a
}

#[test]
fn lists_that_are_given_count() {
    let scratch = Scratch::new();
    let (repo, root) = (repo(&scratch), tree(&scratch, &["true"], "empty"));
    let list = scratch.path("list");
    for style in ["lsf", "json", "rucio", "replicas"] {
        fs::write(&list, written(&root, style, false)).unwrap();
        let given = ["--checksums", text(&list)];
        let found = dry(&repo, &root, &given);
        assert_eq!(
            (&found["compared"], &found["differing"]),
            (&81.into(), &0.into()),
            "{style}: {found}"
        );
        fs::write(&list, written(&root, style, true)).unwrap();
        let said = complaint(&hsc(&repo, &root, &given));
        assert!(
            said.contains("bytes, not the ") && said.contains(ONE),
            "{style}: {said}"
        );
    }
    fs::write(&list, "<html>\n").unwrap();
    let said = complaint(&hsc(&repo, &root, &["--checksums", text(&list)]));
    assert!(
        said.starts_with(&format!("{}:1: this is no line of a list", text(&list))),
        "{said}"
    );
}

#[test]
fn lists_in_a_bucket_count() {
    let site = Site::new();
    let repo = repo(&site.scratch);
    let root = tree(&site.scratch, &["sha256sum"], "SHA256SUMS");
    for file in crate::bucket::files_of(&root) {
        let key = format!("tree/{}", file.display());
        site.server
            .put("data", &key, &fs::read(root.join(&file)).unwrap());
    }
    let recipe = recipe("hsc-coadds.yaml");
    let words = [
        "ingest",
        text(&repo),
        "s3://data/tree",
        "--recipe",
        text(&recipe),
        "--transfer",
        "direct",
    ];
    site.server.put("data", &format!("tree/{ONE}"), b"SIMPLE");
    let said = complaint(&site.pantry(&[&words[..], &["--dry-run"]].concat()));
    assert!(said.contains(ONE), "{said}");
    let mut other = fs::read(root.join(ONE)).unwrap();
    *other.last_mut().unwrap() = b'x';
    site.server.put("data", &format!("tree/{ONE}"), &other);
    let said = complaint(&site.pantry(&words));
    assert!(said.contains("the sha256 of s3://data/tree/"), "{said}");
    site.server.put(
        "data",
        &format!("tree/{ONE}"),
        &fs::read(root.join(ONE)).unwrap(),
    );
    let _ = site.pantry(&words).ok();
}

#[test]
fn tables_take_lists_too() {
    let scratch = Scratch::new();
    let repo = Filled::sqlite(&scratch).create(&scratch, "repo");
    let source = folder(
        &scratch,
        "source",
        "file,patch\nfiles/0.parq,0\nfiles/1.parq,1\n",
    );
    let list = scratch.path("list.md5");
    let script = format!("md5sum files/* files/absent > {} || true", text(&list));
    let made =
        |script: &str| run(Command::new("sh").args(["-c", script]).current_dir(&source)).ok();
    let _ = made(&script);
    let flags = [
        "--data-id",
        "skymap=tiny,tract=0",
        "--transfer",
        "direct",
        "--prefix",
        text(&source),
        "--checksums",
        text(&list),
    ];
    let arguments = arguments("catalog", &source.join("table.csv"), &flags);
    fs::write(source.join("files/1.parq"), "other\n").unwrap();
    let said = complaint(&ingest_table(&repo, &arguments));
    assert!(
        said.contains("files/1.parq is ") && said.contains("list.md5:2: the md5 of "),
        "{said}"
    );
    let _ = made(&script);
    let _ = ingest_table(&repo, &arguments).ok();
}
