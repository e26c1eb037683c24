//! Files that cannot be what their names say are refused if they are looked into.

use std::fs;

use pantry_testkit::{fixture, workspace};
use serde_json::Value;

use crate::import_setup::{Scratch, assert_same_tree, complaint, everything};
use crate::ingest_setup::{Filled, arguments, folder, ingest};

#[test]
fn files_that_are_not_sound_are_refused_if_they_are_looked_into() {
    let scratch = Scratch::new();
    let repo = Filled::sqlite(&scratch).create(&scratch, "repo");
    let fits = workspace().join("fixtures/fits");
    let parquet =
        fixture("oracle-mini").join("runs/first/catalog/0/0/catalog_0_0_tiny_runs_first.parq");
    let whole = fs::read(parquet).unwrap();
    let cut = whole[..whole.len() - 100].to_vec();
    let mut long = whole.clone();
    let at = long.len() - 8;
    long[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut spoiled = whole.clone();
    let at = spoiled.len() - 40;
    spoiled[at..at + 20].fill(0xff);
    let read = |name: &str| fs::read(fits.join(name)).unwrap();
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("a.fits", read("sound/columns.fits"), ""),
        ("b.parq", whole, ""),
        ("c.txt", b"no promise".to_vec(), ""),
        (
            "d.fits",
            read("damaged/data-cut.fits"),
            "HDU 1 at byte 2880: the file is truncated: the data end at byte 5960, the file at byte 5910",
        ),
        (
            "e.fits",
            read("damaged/html.fits"),
            "it is a page of HTML or XML, such as a server sends instead of a file",
        ),
        (
            "f.parq",
            b"<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code></Error>".to_vec(),
            "it is a page of HTML or XML, such as a server sends instead of a file",
        ),
        (
            "g.parq",
            cut,
            "the Parquet file is truncated: it does not end with PAR1",
        ),
        (
            "h.parq",
            long,
            "the Parquet footer cannot have 4294967295 bytes",
        ),
        ("i.parq", spoiled, "the Parquet footer cannot be read: "),
    ];
    let before = everything(&repo);
    for (name, content, problem) in cases {
        let source = folder(&scratch, name, &format!("file,patch\n{name},0\n"));
        fs::write(source.join(name), content).unwrap();
        let prefix = source.to_str().unwrap();
        let flags = [
            "--data-id",
            "skymap=tiny,tract=0",
            "--transfer",
            "direct",
            "--prefix",
            prefix,
            "--format",
            "json",
        ];
        let plain = arguments("catalog", &source.join("table.csv"), &flags);
        let with = |more: &[&str]| {
            [
                plain.clone(),
                more.iter().map(|m| (*m).to_owned()).collect(),
            ]
            .concat()
        };
        let planned: Value =
            serde_json::from_str(&ingest(&repo, &with(&["--dry-run", "--sanity"])).ok()).unwrap();
        assert_eq!(
            planned["survey"]["unsound"],
            u64::from(!problem.is_empty()),
            "{name}"
        );
        if !problem.is_empty() {
            let said = complaint(&ingest(&repo, &with(&["--sanity"])));
            let begin =
                format!("{prefix}/table.csv:2: the file {prefix}/{name} is not sound: {problem}");
            assert!(
                said.starts_with(&begin) && said.ends_with("; nothing was changed"),
                "{said}"
            );
            let found = planned["survey"]["findings"][0]["problem"]
                .as_str()
                .unwrap();
            assert!(found.starts_with(problem), "{found}");
        }
        assert_same_tree(&everything(&repo), &before);
    }
    // Who does not ask gets no look.
    let source = scratch.path("e.fits");
    let flags = [
        "--data-id",
        "skymap=tiny,tract=0",
        "--transfer",
        "direct",
        "--prefix",
        source.to_str().unwrap(),
    ];
    let _ = ingest(
        &repo,
        &arguments("catalog", &source.join("table.csv"), &flags),
    )
    .ok();
}
