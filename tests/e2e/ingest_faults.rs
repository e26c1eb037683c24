//! What `ingest-files` refuses, with what message; then the repository is as it was. What the reference refuses is refused.

use std::fs;

use crate::import_setup::{Scratch, assert_same_tree, batch, complaint, everything, import};
use crate::ingest_setup::{Filled, arguments, butler_step, folder, ingest};

/// Dataset type, table, flags, what we say (`TABLE` and `FILES` stand for paths), whether the reference refuses it too.
type Fault = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
    bool,
);

const TILE: &[&str] = &["--data-id", "skymap=tiny,tract=0"];

const FAULTS: [Fault; 22] = [
    (
        "nope",
        "file\n",
        &[],
        "the repo has no dataset type 'nope'; nothing was changed (butler register-dataset-type makes one)",
        true,
    ),
    (
        "catalog",
        "file,patch\n",
        &["--data-id", "foo=1"],
        "the universe of the repo has no dimension 'foo' (in 'foo=1')",
        true,
    ),
    (
        "catalog",
        "file,patch\n",
        &["--data-id", "foo"],
        "'foo' is no part of a data ID; the form is DIMENSION=VALUE",
        true,
    ),
    (
        "catalog",
        "file,patch\n",
        &["--data-id", "tract=x"],
        "dimension 'tract' is an integer, not 'x'",
        true,
    ),
    (
        "catalog",
        "file,patch\nfiles/0.parq,0\n",
        &["--data-id", "skymap=tiny"],
        "TABLE: dataset type 'catalog' needs a value for 'tract', but the table has no such column (--data-id tract=VALUE gives all files the same)",
        true,
    ),
    (
        "catalog",
        "file,patch\nfiles/0.parq,zero\n",
        TILE,
        "TABLE:2: 'patch' of a data ID must be of type int, but the column has 'zero'",
        true,
    ),
    (
        "catalog",
        "file,patch\nfiles/0.parq,0\nfiles/1.parq,0.5\n",
        TILE,
        "TABLE:2: 'patch' of a data ID must be of type int, but the column has a floating point number (0)",
        true,
    ),
    (
        "catalog",
        "file,patch\nfiles/0.parq,0\nfiles/1.parq,\n",
        TILE,
        "TABLE:3: the row has no value for 'patch'",
        true,
    ),
    (
        "catalog",
        "file,patch\nfiles/0.parq,0\n,1\n",
        TILE,
        "TABLE:3: the first column must name a file, but it has no value",
        true,
    ),
    (
        "catalog",
        "file,patch\n1,0\n",
        TILE,
        "TABLE:2: the first column must name a file, but it has an integer",
        true,
    ),
    (
        "catalog",
        "file,patch\nfiles/0.parq,7\n",
        TILE,
        "TABLE:2: a dataset needs the patch record (skymap=tiny, tract=0, id=7), which is neither in the table nor in the repo",
        true,
    ),
    (
        "catalog",
        "file,patch\nfiles/0.parq,0\nfiles/9.parq,1\n",
        TILE,
        "TABLE:3: the file FILES/files/9.parq is missing; nothing was changed (--on-missing skip registers its datasets without it)",
        true,
    ),
    (
        "catalog",
        "file,patch\nfiles/0.parq,0,1\n",
        TILE,
        "TABLE:2: the row has 3 fields, but there are 2 columns",
        true,
    ),
    (
        "catalog",
        "",
        TILE,
        "TABLE: the table is empty: it has no line of names",
        true,
    ),
    ("catalog", "file,patch\nfiles/,0\n", TILE, "", true),
    (
        "catalog",
        "file;patch\nfiles/0.parq;0\n",
        TILE,
        "TABLE: dataset type 'catalog' needs a value for 'patch', but the table has no such column (--data-id patch=VALUE gives all files the same)",
        true,
    ),
    (
        "catalog",
        "file,patch\n\"files/0.parq,0\n",
        TILE,
        "TABLE:2: a quote that opens here is not closed",
        false,
    ),
    (
        "bands",
        "file,band\nfiles/0.parq,1\n",
        &["--data-id", "instrument=Cam"],
        "the repo's configuration has no formatter for dataset type 'bands' of storage class StructuredDataList; name one",
        true,
    ),
    ("refcat", "file,htm7\nfiles/0.parq,1\n", &[], "", true),
    (
        "catalog",
        "file,patch\nfiles/0.parq,0\nfiles/1.parq,0\n",
        TILE,
        "",
        true,
    ),
    (
        "catalog",
        "file,patch\nfiles/0.parq,0\nfiles/0.parq,0\n",
        TILE,
        "",
        true,
    ),
    (
        "summary",
        "file\nfiles/0.parq\nfiles/1.parq\n",
        &[],
        "",
        true,
    ),
];

#[test]
fn faults_are_told_and_nothing_is_changed() {
    let scratch = Scratch::new();
    let kind = Filled::sqlite(&scratch);
    let repo = kind.create(&scratch, "repo");
    let before = everything(&repo);
    let (mut steps, mut expected) = (Vec::new(), Vec::new());
    for (i, (dataset_type, table, flags, message, refused)) in FAULTS.into_iter().enumerate() {
        let source = folder(&scratch, &format!("files{i}"), table);
        let prefix = source.to_str().unwrap();
        for mode in [["--transfer", "direct"], ["--transfer", "copy"]] {
            let common = [
                "--id-generation-mode",
                "DATAID_TYPE_RUN",
                "--prefix",
                prefix,
            ];
            let flags: Vec<&str> = flags.iter().copied().chain(common).chain(mode).collect();
            let arguments = arguments(dataset_type, &source.join("table.csv"), &flags);
            let said = complaint(&ingest(&repo, &arguments));
            let said = said
                .replace(&format!("{prefix}/table.csv"), "TABLE")
                .replace(prefix, "FILES");
            if message.is_empty() {
                assert!(said.starts_with("TABLE:"), "{table}: {said}");
            } else {
                assert_eq!(said, message);
            }
            assert_same_tree(&everything(&repo), &before);
            if mode[1] == "direct" {
                steps.push(butler_step(
                    &kind.create(&scratch, &format!("theirs{i}")),
                    &arguments,
                ));
                expected.push((table, refused));
            }
        }
    }
    for (answer, (table, refused)) in batch(steps).into_iter().zip(expected) {
        assert_eq!(answer.is_string(), refused, "{table}: {answer}");
    }
}

#[test]
fn tables_that_are_none_are_refused() {
    let scratch = Scratch::new();
    let repo = Filled::sqlite(&scratch).create(&scratch, "repo");
    let source = folder(&scratch, "files", "");
    let cases: [(&str, &[u8], &str); 9] = [
        ("absent.csv", b"", "cannot be read: No such file or directory (os error 2)"),
        ("table.txt", b"file,patch\n", "the format of the table is not known; it may be ECSV (.ecsv), CSV (.csv), FITS or Parquet, not compressed"),
        ("table.fits", b"<html>", "HDU 0 at byte 0: not a FITS file: it begins with \"<html>\" and not with SIMPLE"),
        ("table.parquet", b"PAR1 and nothing more", "is no Parquet file: "),
        ("table.ecsv", b"file patch\n", ":1: the table does not begin with '# %ECSV'"),
        ("empty.ecsv", b"# %ECSV 1.0\n# ---\n# datatype:\n# - {name: file, datatype: string}\n", "the table has no line of names"),
        ("names.ecsv", b"# %ECSV 1.0\n# ---\n# datatype:\n# - {name: file, datatype: string}\npath\na\n", ":5: the names of the columns are not those of the header"),
        ("latin.csv", b"file,skymap,tract,patch\n\xe9,tiny,0,0\n", ":2: the line is not UTF-8"),
        ("types.ecsv", b"# %ECSV 1.0\n# ---\n# datatype:\n# - {name: file, datatype: string}\n# - {name: skymap, datatype: string}\n# - {name: tract, datatype: int64}\n# - {name: patch, datatype: int64}\nfile skymap tract patch\nfiles/0.parq tiny 0 x\n",
         ":9: column 'patch' is of type int64, but the row has 'x'"),
    ];
    for (name, content, message) in cases {
        let table = source.join(name);
        if name != "absent.csv" {
            fs::write(&table, content).unwrap();
        }
        let said = complaint(&ingest(&repo, &arguments("catalog", &table, &[])));
        let rest = said
            .strip_prefix(table.to_str().unwrap())
            .unwrap_or_else(|| panic!("{said}"));
        assert!(
            rest.trim_start_matches(": ").starts_with(message),
            "{name}: {said}"
        );
    }
}

#[test]
fn what_the_repo_has_otherwise_is_a_conflict() {
    let scratch = Scratch::new();
    let repo = Filled::sqlite(&scratch).create(&scratch, "repo");
    let source = folder(&scratch, "files", "file,patch\nfiles/0.parq,0\n");
    let other = folder(&scratch, "other", "file,patch\nfiles/1.parq,0\n");
    let flags = |folder: &std::path::Path, mode: &'static str| {
        let prefix = folder.to_str().unwrap().to_owned();
        let flags = [
            "--data-id",
            "skymap=tiny,tract=0",
            "--transfer",
            "direct",
            "--id-generation-mode",
            mode,
            "--prefix",
            &prefix,
        ];
        arguments("catalog", &folder.join("table.csv"), &flags)
    };
    let _ = ingest(&repo, &flags(&source, "dataid_type_run")).ok();
    let before = everything(&repo);
    let said = complaint(&ingest(&repo, &flags(&other, "dataid_type_run")));
    assert!(
        said.contains("the table conflicts with the repo: dataset ")
            && said.contains("files/0.parq already, not "),
        "{said}"
    );
    let said = complaint(&ingest(&repo, &flags(&source, "unique")));
    assert!(said.contains("contradicts the repo's dataset"), "{said}");
    assert_same_tree(&everything(&repo), &before);
    // A chain is no run.
    let mut chained = flags(&source, "dataid_type_run");
    chained[1] = "chain".to_owned();
    let export = scratch.path("chain");
    fs::create_dir_all(&export).unwrap();
    let text = "version: 1.0.2\nuniverse_version: 8\ndata:\n- type: collection\n  collection_type: CHAINED\n  name: chain\n  children: []\n";
    fs::write(export.join("export.yaml"), text).unwrap();
    let _ = import(&repo, &export, &[]).ok();
    let said = complaint(&ingest(&repo, &chained));
    assert!(
        said.contains("collection 'chain' is CHAINED in the repo but RUN in the table"),
        "{said}"
    );
}

#[test]
fn a_formatter_refuses_extensions_that_it_does_not_read() {
    let scratch = Scratch::new();
    let kind = Filled::sqlite(&scratch);
    let [ours, theirs] = ["ours", "theirs"].map(|name| kind.create(&scratch, name));
    let source = folder(&scratch, "files", "file,patch\nfiles/0.fits,0\n");
    fs::write(source.join("files/0.fits"), b"anything").unwrap();
    let prefix = source.to_str().unwrap();
    let flags = [
        "--data-id",
        "skymap=tiny,tract=0",
        "--transfer",
        "copy",
        "--prefix",
        prefix,
    ];
    let arguments = arguments("catalog", &source.join("table.csv"), &flags);
    let said = complaint(&ingest(&ours, &arguments));
    assert!(
        said.contains("table.csv:2: ") && said.contains("ParquetFormatter"),
        "{said}"
    );
    assert!(batch(vec![butler_step(&theirs, &arguments)])[0].is_string());
}
