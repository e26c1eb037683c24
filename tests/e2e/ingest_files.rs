//! `ingest-files` leaves the rows and files that the Python Butler's leaves, from every kind of table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pantry_testkit::{oracle, run};

use crate::import_setup::{Scratch, assert_same_tree, batch_without_fault, step, tree};
use crate::ingest_setup::{Filled, arguments, butler_step, folder, ingest};

pub const TWO: &str = "file,patch\nfiles/0.parq,0\nfiles/1.parq,1\n";
pub const FIXED: [&str; 4] = ["--data-id", "skymap=tiny", "--data-id", "tract=0"];
pub const REPEATABLE: [&str; 2] = ["--id-generation-mode", "DATAID_TYPE_RUN"];

/// One case: name, dataset type, table, and flags besides the folder's.
struct Case<'a> {
    name: &'a str,
    dataset_type: &'a str,
    table: &'a str,
    flags: Vec<&'a str>,
}

fn case<'a>(name: &'a str, table: &'a str, flags: &[&'a str]) -> Case<'a> {
    let common = FIXED.iter().chain(&REPEATABLE);
    Case {
        name,
        dataset_type: "catalog",
        table,
        flags: common.chain(flags).copied().collect(),
    }
}

fn cases() -> Vec<Case<'static>> {
    let direct = ["--transfer", "direct"];
    let mut cases = vec![
        case("direct", TWO, &direct),
        case(
            "untracked",
            TWO,
            &["--transfer", "direct", "--no-track-file-attrs"],
        ),
        case(
            "formatter",
            TWO,
            &[
                "--transfer",
                "direct",
                "--formatter",
                "lsst.daf.butler.formatters.json.JsonFormatter",
            ],
        ),
        case(
            "by_type",
            TWO,
            &[
                "--transfer",
                "direct",
                "--id-generation-mode",
                "DATAID_TYPE",
            ],
        ),
        case(
            "commas",
            TWO,
            &["--transfer", "direct", "--data-id", "skymap=tiny,tract= 0 "],
        ),
        case(
            "overridden",
            "file,tract,patch\nfiles/0.parq,99,0\n",
            &direct,
        ),
        case(
            "more_columns",
            "file,note,detector,patch\nfiles/0.parq,,5,1\n",
            &direct,
        ),
        case(
            "repeated_column",
            "file,patch,patch\nfiles/0.parq,1,0\n",
            &direct,
        ),
        case(
            "shared",
            "file,patch\nfiles/0.parq,1\n./files/../files/0.parq,0\n",
            &direct,
        ),
        case("empty", "file,patch\n", &direct),
        case("short_row", "file,patch,note\nfiles/0.parq,0\n", &direct),
        case(
            "quoted",
            "\"file\",\"patch\"\n\"files/0.parq\",\"0\"\n\n",
            &direct,
        ),
    ];
    let other = |name, dataset_type, table, data_id: &'static [&'static str]| Case {
        name,
        dataset_type,
        table,
        flags: data_id
            .iter()
            .chain(&REPEATABLE)
            .chain(&direct)
            .copied()
            .collect(),
    };
    cases.push(other(
        "no_dimensions",
        "summary",
        "file\nfiles/0.parq\n",
        &[],
    ));
    cases.push(other(
        "pixels",
        "refcat",
        "file,htm7\nfiles/0.parq,254018\nfiles/1.parq,254019\n",
        &[],
    ));
    cases.push(other(
        "calibration",
        "gain",
        "file,detector\nfiles/0.parq,0\nfiles/1.parq,2\n",
        &["--data-id", "instrument=Cam"],
    ));
    let implied = "file,visit,band\nfiles/0.parq,11,r\n";
    cases.push(other(
        "implied",
        "visit_log",
        implied,
        &["--data-id", "instrument=Cam"],
    ));
    cases
}

/// Ingest with both programs, compare rows and trees.
fn same(kind: &Filled, scratch: &Scratch, cases: &[Case<'_>]) {
    let mut steps = Vec::new();
    let mut pairs = Vec::new();
    for case in cases {
        let name = case.name;
        let ours = kind.create(scratch, &format!("{name}_ours"));
        let theirs = kind.create(scratch, &format!("{name}_theirs"));
        // A move takes the files away, and links count: then each side has files of its own.
        let has_own = |flag: &&str| ["move", "hardlink", "link", "auto"].contains(flag);
        let is_shared = !case.flags.iter().any(has_own);
        let sources = ["a", "b"].map(|side| {
            let side = if is_shared { "a" } else { side };
            folder(scratch, &format!("{name}-files-{side}"), case.table)
        });
        let [(our_folder, our_arguments), (their_folder, their_arguments)] =
            sources.map(|source| {
                let flags: Vec<&str> = case
                    .flags
                    .iter()
                    .copied()
                    .chain(["--prefix", source.to_str().unwrap()])
                    .collect();
                let arguments = arguments(case.dataset_type, &source.join("table.csv"), &flags);
                (source, arguments)
            });
        let _ = ingest(
            &ours,
            &[
                our_arguments.as_slice(),
                &["--checksum".to_owned(), "none".to_owned()],
            ]
            .concat(),
        )
        .ok();
        steps.push(butler_step(&theirs, &their_arguments));
        steps.push(step("same", [&ours, &theirs]));
        pairs.push((ours, theirs, our_folder, their_folder));
    }
    batch_without_fault(steps);
    for (ours, theirs, our_folder, their_folder) in pairs {
        assert_same_tree(&picture(&ours), &picture(&theirs));
        assert_same_tree(&tree(&our_folder), &tree(&their_folder));
    }
}

/// The files of a repository without its configuration, which names the namespace.
fn picture(repo: &Path) -> BTreeMap<PathBuf, crate::import_setup::Entry> {
    let mut found = tree(repo);
    found.remove(Path::new("butler.yaml"));
    found
}

fn modes() -> Vec<Case<'static>> {
    let shared = "file,patch\nfiles/0.parq,1\nfiles/1.parq,0\n";
    [
        "copy",
        "move",
        "link",
        "hardlink",
        "symlink",
        "relsymlink",
        "auto",
    ]
    .map(|mode| case(mode, shared, &["--transfer", mode][..]))
    .into_iter()
    .chain([case(
        "shared_copy",
        "file,patch\nfiles/2.parq,1\nfiles/2.parq,0\n",
        &["--transfer", "copy"],
    )])
    .collect()
}

#[test]
fn rows_are_the_reference_s() {
    let scratch = Scratch::new();
    same(&Filled::sqlite(&scratch), &scratch, &cases());
}

#[test]
fn rows_are_the_reference_s_in_postgresql() {
    let scratch = Scratch::new();
    let kind = Filled::postgresql();
    // Of different dataset types, so that they go into one pair of repositories: to make one takes long.
    let chosen = [
        "direct",
        "pixels",
        "no_dimensions",
        "calibration",
        "implied",
    ];
    let [ours, theirs] = ["ours", "theirs"].map(|name| kind.create(&scratch, name));
    let mut steps = Vec::new();
    for case in cases().iter().filter(|c| chosen.contains(&c.name)) {
        let source = folder(&scratch, case.name, case.table);
        let prefix = ["--prefix", source.to_str().unwrap()];
        let flags: Vec<&str> = case.flags.iter().copied().chain(prefix).collect();
        let arguments = arguments(case.dataset_type, &source.join("table.csv"), &flags);
        let _ = ingest(&ours, &arguments).ok();
        steps.push(butler_step(&theirs, &arguments));
    }
    assert_eq!(steps.len(), chosen.len());
    steps.push(step("same", [&ours, &theirs]));
    batch_without_fault(steps);
    let copy: Vec<Case<'_>> = modes()
        .into_iter()
        .filter(|c| c.name == "shared_copy")
        .collect();
    same(&kind, &scratch, &copy);
}

#[test]
fn files_go_where_the_reference_puts_them() {
    let scratch = Scratch::new();
    same(&Filled::sqlite(&scratch), &scratch, &modes());
}

#[test]
fn tables_of_all_formats_are_read_alike() {
    let scratch = Scratch::new();
    let folder = scratch.path("tables");
    let _ = run(oracle::script("write_tables.py").arg(&folder)).ok();
    let kind = Filled::sqlite(&scratch);
    let mut tables: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_file())
        .collect();
    tables.sort();
    assert_eq!(tables.len(), 12);
    let theirs = kind.create(&scratch, "theirs");
    let flags = [
        "--transfer",
        "direct",
        REPEATABLE[0],
        REPEATABLE[1],
        "--prefix",
        folder.to_str().unwrap(),
    ];
    let mut steps = vec![butler_step(
        &theirs,
        &arguments("catalog", &folder.join("table.csv"), &flags),
    )];
    for (i, table) in tables.iter().enumerate() {
        let ours = kind.create(&scratch, &format!("ours{i}"));
        let _ = ingest(&ours, &arguments("catalog", table, &flags)).ok();
        steps.push(step("same", [&ours, &theirs]));
    }
    batch_without_fault(steps);
}
