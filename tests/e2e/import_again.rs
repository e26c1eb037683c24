//! Imports of what the repository has already, and of what it has otherwise.

use std::fs;
use std::path::Path;

use pantry_testkit::{compare, fixture};

use crate::import_setup::{Scratch, complaint, copy_tree, everything, files, import, tree};
use crate::import_spoiled::Victim;

#[test]
fn a_second_run_changes_nothing_in_any_mode() {
    let scratch = Scratch::new();
    for mode in [
        "copy",
        "link",
        "symlink",
        "hardlink",
        "move",
        "relsymlink",
        "direct",
        "auto",
    ] {
        for checksum in ["blake3", "none"] {
            let repo = scratch.path(&format!("{mode}-{checksum}"));
            let source = scratch.copy_of(&format!("{mode}-{checksum}-source"), "oracle-mini");
            let flags = ["--transfer", mode, "--checksum", checksum];
            let _ = import(&repo, &source, &flags).ok();
            let before = (everything(&repo), everything(&source));
            let said = import(&repo, &source, &flags).ok();
            assert!(said.starts_with("nothing to do"), "{mode}: {said}");
            assert!(before == (everything(&repo), everything(&source)), "{mode}");
        }
    }
}

#[test]
fn a_second_run_in_place_changes_nothing() {
    let scratch = Scratch::new();
    let repo = scratch.empty("repo");
    let source = repo.join("ingested");
    copy_tree(&fixture("oracle-mini"), &source);
    let _ = import(&repo, &source, &[]).ok();
    let before = everything(&repo);
    let said = import(&repo, &source, &[]).ok();
    assert!(said.starts_with("nothing to do"), "{said}");
    assert!(before == everything(&repo));
}

#[test]
fn records_that_differ_stay_and_are_shown() {
    let scratch = Scratch::new();
    let (repo, victim) = (scratch.filled("repo"), Victim::new(&scratch));
    let text = victim.text.replace("full_name: Ch1", "full_name: Chx").replace(
        "exposure_time: 30.0\n    dark_time: null\n    observation_type: science\n    observation_reason: null\n    seq_num: 1",
        "exposure_time: 31.5\n    dark_time: null\n    observation_type: science\n    observation_reason: null\n    seq_num: 7",
    );
    assert_ne!(text, victim.text);
    victim.write(&text);
    let before = everything(&repo);
    let ran = import(&repo, &victim.directory, &["--transfer", "copy"]);
    for says in [
        "2 dimension record",
        "detector",
        "Ch1",
        "Chx",
        "exposure_time",
        "30",
        "31.5",
        "seq_num",
    ] {
        assert!(ran.stderr.contains(says), "{says}: {ran}");
    }
    let said = ran.ok();
    assert!(said.contains("2 dimension records differ"), "{said}");
    assert!(before == everything(&repo));
    let failed = import(
        &repo,
        &victim.directory,
        &["--transfer", "copy", "--on-conflict", "error"],
    );
    assert_eq!(failed.code, Some(1), "{failed}");
    assert!(
        failed.stderr.contains("Chx") && failed.stderr.contains("31.5"),
        "{failed}"
    );
    assert!(before == everything(&repo));
    // Left out, they do not matter.
    let flags = [
        "--transfer",
        "copy",
        "--on-conflict",
        "error",
        "-s",
        "detector,exposure",
    ];
    let said = import(&repo, &victim.directory, &flags).ok();
    assert!(said.starts_with("nothing to do"), "{said}");
    assert!(before == everything(&repo));
}

#[test]
fn elements_left_out_must_be_in_the_repository() {
    let scratch = Scratch::new();
    let (repo, export) = (scratch.empty("repo"), fixture("oracle-mini"));
    let before = everything(&repo);
    let ran = import(
        &repo,
        &export,
        &["--transfer", "copy", "--skip-dimensions", "detector"],
    );
    let said = complaint(&ran);
    assert!(
        said.contains("export.yaml:") && said.contains("detector"),
        "{said}"
    );
    assert!(before == everything(&repo));
}

#[test]
fn missing_files_can_be_skipped_and_come_later() {
    let scratch = Scratch::new();
    let calm = scratch.filled("calm");
    let (repo, source) = (
        scratch.path("repo"),
        scratch.copy_of("source", "oracle-mini"),
    );
    let gone = [
        "runs/first/bands/g/bands_Cam_g_runs_first.json",
        "runs/first/header/20261001/obs11/header_Cam_Cam-g_obs11_Ch0_runs_first.yaml",
    ];
    for path in gone {
        fs::remove_file(source.join(path)).unwrap();
    }
    let report = scratch.path("report.jsonl");
    let flags = [
        "--transfer",
        "copy",
        "--checksum",
        "none",
        "--on-missing",
        "skip",
        "--missing-report",
        report.to_str().unwrap(),
    ];
    let said = import(&repo, &source, &flags).ok();
    assert!(said.contains("2 missing files"), "{said}");
    let text = fs::read_to_string(&report).unwrap();
    let mut found: Vec<serde_json::Value> = text
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    found.sort_by_key(|f| f["line"].as_u64());
    let paths: Vec<_> = found.iter().map(|f| f["path"].as_str().unwrap()).collect();
    assert_eq!(paths, gone);
    let lines: Vec<_> = found.iter().map(|f| f["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [284, 403]);
    let rows = compare::rows(&repo, &[]);
    let count = |table: &str| {
        rows.iter()
            .filter(|r| r.starts_with(&format!("[\"{table}\"")))
            .count()
    };
    assert_eq!(
        (
            count("dataset"),
            count("dataset_location"),
            count("file_datastore_records")
        ),
        (20, 16, 16)
    );
    for path in gone {
        fs::copy(fixture("oracle-mini").join(path), source.join(path)).unwrap();
    }
    let _ = import(&repo, &source, &flags).ok();
    compare::assert_same_rows(&repo, &calm, &[]);
    assert_eq!(tree(&repo), tree(&calm));
}

#[test]
fn compressed_exports_are_the_same() {
    let scratch = Scratch::new();
    let calm = scratch.filled("calm");
    let source = scratch.copy_of("source", "oracle-mini");
    let text = fs::read(source.join("export.yaml")).unwrap();
    fs::remove_file(source.join("export.yaml")).unwrap();
    let code =
        "import gzip, sys; gzip.open(sys.argv[2], 'wb').write(open(sys.argv[1], 'rb').read())";
    let plain = fixture("oracle-mini").join("export.yaml");
    pantry_testkit::oracle::eval(code, [plain, source.join("export.yaml.gz")]);
    fs::write(source.join("export.yaml.zst"), zstd(&text)).unwrap();
    for name in ["export.yaml.gz", "export.yaml.zst"] {
        let repo = scratch.path(&format!("repo-{name}"));
        let flags = [
            "--transfer",
            "copy",
            "--checksum",
            "none",
            "--export-file",
            name,
        ];
        let _ = import(&repo, &source, &flags).ok();
        compare::assert_same_rows(&repo, &calm, &[]);
        // Cut off.
        let bytes = fs::read(source.join(name)).unwrap();
        fs::write(source.join(name), &bytes[..bytes.len() - 10]).unwrap();
        let before = everything(&repo);
        let said = complaint(&import(&repo, &source, &flags));
        assert!(said.contains(name), "{said}");
        assert!(before == everything(&repo));
    }
}

/// One frame of raw blocks (RFC 8878, 3.1.1): nothing is compressed, but it is zstd.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1010_0000];
    frame.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    let blocks: Vec<&[u8]> = bytes.chunks(100_000).collect();
    for (i, block) in blocks.iter().enumerate() {
        let is_last = u32::from(i + 1 == blocks.len());
        let header = is_last | u32::try_from(block.len()).unwrap() << 3;
        frame.extend(&header.to_le_bytes()[..3]);
        frame.extend(*block);
    }
    frame
}

#[test]
fn nothing_is_left_beside_the_repository() {
    let scratch = Scratch::new();
    let (repo, temporary) = (scratch.path("in/repo"), scratch.path("tmp"));
    fs::create_dir(scratch.path("in")).unwrap();
    fs::create_dir(&temporary).unwrap();
    let mut command = crate::pantry::command();
    command.arg("import").arg(&repo).arg(fixture("oracle-mini"));
    command
        .args(["--transfer", "copy"])
        .env("TMPDIR", &temporary);
    let _ = pantry_testkit::run(&mut command).ok();
    assert_eq!(files(&tree(&temporary)), [] as [&Path; 0]);
    assert_eq!(fs::read_dir(scratch.path("in")).unwrap().count(), 1);
}
