//! `pantry verify-catalogue`: what is wrong with catalogues, in folders, buckets and repositories, is what other programs find.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pantry_testkit::postgres::Database;
use pantry_testkit::{Ran, fixture, oracle, run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bucket::{Site, files_of, text};
use crate::pantry::{command, pantry};

const TABLES: [&str; 6] = [
    "--director",
    "object=object/{tract}/{patch}.*",
    "--child",
    "forced=forced_{tract}_{patch}.*",
    "--child",
    "source=source/{band}/{tract}_{patch}.*",
];
const SKYMAP: &str = "hsc_rings_mini_v1";
/// The collection in which the tables of patches and tracts are of the same objects.
const SAME: &str = "HSC/runs/mini/20261001T000000Z";

/// Registers a patch that nothing was observed in.
pub const ONE_MORE_PATCH: &str = "
import sys
from lsst.daf.butler import Butler
butler = Butler.from_config(sys.argv[1], writeable=True)
one = next(iter(butler.query_dimension_records('patch', skymap='hsc_rings_mini_v1', tract=9814)))
record = dict(skymap=one.skymap, tract=9814, id=80, cell_x=8, cell_y=8, region=one.region)
butler.registry.insertDimensionData('patch', record)";

/// Catalogues of these formats, each sound and damaged.
fn make(folder: &Path, endings: &[&str]) {
    let mut script = oracle::script("catalogues.py");
    script.arg("make").arg(fixture("hsc-mini")).arg(folder);
    let _ = run(script.args(endings)).ok();
}

/// What other programs find in each of these folders.
fn expected(repo: &Path, folders: &[PathBuf]) -> Vec<Vec<Value>> {
    let mut script = oracle::script("catalogues.py");
    let printed = run(script.arg("check").arg(repo).args(folders)).ok();
    serde_json::from_str(&printed).unwrap()
}

/// The example survey with its sky map.
fn survey(folder: &Path) -> PathBuf {
    let repo = folder.join("survey");
    let export = fixture("hsc-mini");
    let words = ["import", text(&repo), text(&export), "--transfer", "copy"];
    let _ = pantry(words).ok();
    repo
}

fn known_by(repo: &Path) -> [&str; 4] {
    ["--repo", text(repo), "--skymap", SKYMAP]
}

fn verify(source: &str, flags: &[&str]) -> Ran {
    pantry([&["verify-catalogue", source, "--format", "jsonl"], flags].concat())
}

/// Problem, table, data ID, file and number of each finding, and the ids.
#[track_caller]
fn findings(ran: &Ran) -> BTreeSet<(String, Vec<i64>)> {
    let rows: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(ran.code, Some(i32::from(!rows.is_empty())), "{ran}");
    let found = rows.iter().map(|row| {
        let what = ["problem", "table", "data_id", "file", "count"].map(|name| row[name].clone());
        let ids = row["ids"].as_str().unwrap_or_default().split_whitespace();
        let ids = ids.map(|id| id.parse().unwrap()).collect();
        (json!(what).to_string(), ids)
    });
    let found: BTreeSet<_> = found.collect();
    assert_eq!(found.len(), rows.len(), "something is told twice: {ran}");
    found
}

/// The same findings, each with some of its ids.
#[track_caller]
fn assert_same(ran: &Ran, expected: &[Value]) {
    let found = findings(ran);
    let wanted: BTreeSet<String> = expected
        .iter()
        .map(|row| json!(row.as_array().unwrap()[..5]).to_string())
        .collect();
    let told: BTreeSet<String> = found.iter().map(|(what, _)| what.clone()).collect();
    assert_eq!(told, wanted, "{ran}");
    for row in expected {
        let what = json!(row.as_array().unwrap()[..5]).to_string();
        let all: BTreeSet<i64> = row[5]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_i64)
            .collect();
        let (_, ids) = found.iter().find(|(told, _)| *told == what).unwrap();
        assert!(ids.iter().all(|id| all.contains(id)), "{what}: {ids:?}");
        assert_eq!(ids.len(), all.len().min(5), "{what}: {ids:?}");
    }
}

fn lines(file: &Path) -> BTreeSet<String> {
    fs::read_to_string(file)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn in_every_format_the_findings_are_those_of_other_programs() {
    let folder = TempDir::new().unwrap();
    let repo = survey(folder.path());
    let endings = ["parq", "fits", "csv", "tsv"];
    make(folder.path(), &endings);
    let damaged = endings.map(|ending| folder.path().join(format!("{ending}-damaged")));
    let wanted = expected(&repo, &damaged);
    for ((ending, damaged), wanted) in endings.iter().zip(&damaged).zip(wanted) {
        let sound = folder.path().join(format!("{ending}-sound"));
        let (accept, reject) = (folder.path().join("accept"), folder.path().join("reject"));
        let lists = [
            "--accept",
            text(&accept),
            "--reject",
            text(&reject),
            "--margin",
            "0",
        ];
        let flags = [&TABLES[..], &known_by(&repo), &lists].concat();

        let ran = verify(text(&sound), &flags);
        assert_same(&ran, &[]);
        let all: BTreeSet<String> = files_of(&sound)
            .iter()
            .map(|f| text(f).to_owned())
            .collect();
        assert_eq!(
            (lines(&accept), lines(&reject)),
            (all.clone(), BTreeSet::new())
        );

        assert!(wanted.len() > 15, "{ending}: {wanted:?}");
        assert_same(&verify(text(damaged), &flags), &wanted);
        let rejected: BTreeSet<String> = lines(&reject)
            .iter()
            .map(|line| line.split_once('\t').unwrap().0.to_owned())
            .collect();
        let blamed: BTreeSet<String> = wanted
            .iter()
            .filter_map(|row| Some(row[3].as_str()?.to_owned()))
            .collect();
        assert!(
            rejected.is_superset(&blamed),
            "{ending}: {rejected:?} {blamed:?}"
        );
        // Of the patches whose director is not accepted nothing is.
        let orphan = format!("source/g/9813_36.{ending}");
        assert!(
            !blamed.contains(&orphan) && rejected.contains(&orphan),
            "{ending}"
        );
        let all: BTreeSet<String> = files_of(damaged)
            .iter()
            .map(|f| text(f).to_owned())
            .collect();
        assert_eq!(lines(&accept), all.difference(&rejected).cloned().collect());
    }
}

#[test]
fn a_folder_in_a_bucket_is_as_good() {
    let site = Site::new();
    let repo = survey(site.scratch.path("").as_path());
    make(&site.scratch.path("made"), &["parq"]);
    let folder = site.scratch.path("made/parq-damaged");
    for file in files_of(&folder) {
        let key = format!("cat/{}", file.display());
        site.server
            .put("data", &key, &fs::read(folder.join(&file)).unwrap());
    }
    let words = [
        &[
            "verify-catalogue",
            "s3://data/cat",
            "--format",
            "jsonl",
            "--margin",
            "0",
        ],
        &TABLES[..],
        &known_by(&repo),
    ];
    assert_same(
        &site.pantry(&words.concat()),
        &expected(&repo, &[folder])[0],
    );
}

#[test]
fn tables_of_a_repository_are_found_by_their_types() {
    let folder = TempDir::new().unwrap();
    let database = Database::new();
    let (sqlite, postgresql) = (survey(folder.path()), folder.path().join("postgresql"));
    let export = fixture("hsc-mini");
    let mut import = command();
    import.args([
        "import",
        text(&postgresql),
        text(&export),
        "--transfer",
        "copy",
    ]);
    let _ = run(import.args(["--db", &database.url()])).ok();
    for repo in [&sqlite, &postgresql] {
        let tables = ["--director", "objectTable", "--child", "objectTable_tract"];
        let flags = [
            &tables[..],
            &["--collections", SAME, "--one-row", "objectTable_tract"],
        ]
        .concat();
        let counts = folder.path().join("counts.csv");
        let with_counts = [&flags[..], &["--row-counts", text(&counts)]].concat();
        assert_eq!(findings(&verify(text(repo), &with_counts)), BTreeSet::new());
        let told = fs::read_to_string(&counts).unwrap();
        let row = told.lines().find(|line| line.contains("patch=27")).unwrap();
        assert!(
            row.starts_with("objectTable,") && row.ends_with(",40"),
            "{told}"
        );

        // Where there are coadds there are objects; not so in all patches of the tracts.
        let _ = oracle::eval(ONE_MORE_PATCH, [repo]);
        let coadds = [
            &flags[..],
            &[
                "--expect",
                "deepCoadd_calexp",
                "--collections",
                "HSC/runs/mini",
            ],
        ];
        assert_eq!(
            findings(&verify(text(repo), &coadds.concat())),
            BTreeSet::new()
        );
        let all = verify(text(repo), &[&flags[..], &["--all-patches"]].concat());
        let data_id = format!("skymap={SKYMAP}, tract=9814, patch=80");
        let what = json!(["missing-file", "objectTable", data_id, null, null]).to_string();
        assert_eq!(findings(&all), BTreeSet::from([(what, Vec::new())]));

        // Both versions of a tract.
        let flags = [&tables[..], &["--collections", "HSC/runs/mini/2*"]].concat();
        let several = verify(text(repo), &flags);
        assert!(several.stdout.contains("\"several-files\""), "{several}");
    }

    let tract = files_of(&sqlite)
        .into_iter()
        .find(|f| text(f).contains("20261001T000000Z/objectTable_tract/9814/"))
        .unwrap();
    let program = "
import sys
import pyarrow.parquet as parquet
table = parquet.read_table(sys.argv[1])
parquet.write_table(table.slice(2), sys.argv[1])
import json
print(json.dumps(table['objectId'].to_pylist()[:2]))";
    let lost = oracle::json(program, [sqlite.join(&tract)]);
    let mut ids: Vec<i64> = lost
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_i64)
        .collect();
    ids.sort_unstable();
    let flags = [
        "--director",
        "objectTable",
        "--child",
        "objectTable_tract",
        "--collections",
        SAME,
    ];
    let found = findings(&verify(text(&sqlite), &flags));
    let file = sqlite.join(&tract);
    let data_id = format!("skymap={SKYMAP}, tract=9814");
    let what = json!(["missing-id", "objectTable_tract", data_id, file, 2]).to_string();
    assert_eq!(found, BTreeSet::from([(what, ids)]));
    let flags = [
        &flags[..],
        &["--one-row", "objectTable_tract", "--ignore", "missing-id"],
    ]
    .concat();
    let counted = verify(text(&sqlite), &flags);
    assert!(
        counted
            .stdout
            .contains("\"expected\":\"143 rows\",\"found\":\"141 rows\""),
        "{counted}"
    );
}

/// A director with these two files and a child that fits.
fn small(folder: &Path, one: &str, two: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join("o_1_1.csv"), one).unwrap();
    fs::write(folder.join("o_1_2.csv"), two).unwrap();
}

#[test]
fn tables_of_text_may_be_without_names_or_packed_or_cut() {
    let folder = TempDir::new().unwrap();
    let cat = folder.path().join("cat");
    let problems = |flags: &[&str]| -> Vec<String> {
        let ran = verify(text(&cat), &[&["--director", "o"], flags].concat());
        let rows = ran
            .stdout
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.map(|row| format!("{} {}", row["problem"].as_str().unwrap(), row["file"]))
            .collect()
    };
    let head = "objectId,ra,dec,name\n";
    let good = [
        format!("{head}1,150.5,2,a\n2,151,2,\"b, c\"\n"),
        format!("{head}3,150.5,-2,\n"),
    ];
    small(&cat, &good[0], &good[1]);
    assert_eq!(problems(&[]), Vec::<String>::new());
    small(
        &cat,
        good[0].strip_prefix(head).unwrap(),
        good[1].strip_prefix(head).unwrap(),
    );
    assert_eq!(
        problems(&["--text-columns", "objectId,ra,dec,name"]),
        Vec::<String>::new()
    );
    let one = "\"o_1_1.csv\"";
    for (text, problem) in [
        (good[0].trim_end(), "truncated"),
        ("objectId,ra,dec,name\n1,150.5,2\n", "unreadable"),
        ("objectId,ra,dec,name\n", "empty"),
        ("", "unreadable"),
        ("<!DOCTYPE html><html>", "unreadable"),
        ("objectId,ra,name\n1,2,a\n", "missing-column"),
        ("objectId,ra,dec,name\n1.5,150,2,a\n", "bad-id"),
        (
            "objectId,ra,dec,name\n1,150,2,a\n1,150,2,a\n",
            "repeated-id",
        ),
        ("objectId,ra,dec,name\n1,150,-91,a\n", "bad-position"),
        ("objectId,ra,dec,flux\n1,150,2,7\n", "columns"),
        ("objectId,dec,ra,name\n1,2,150,a\n", "columns"),
    ] {
        small(&cat, text, &good[1]);
        fs::write(cat.join("o_1_3.csv"), format!("{head}9,150,2,x\n")).unwrap();
        let found: Vec<String> = problems(&[])
            .into_iter()
            .filter(|p| p.ends_with(one))
            .collect();
        let expected = format!("{problem} {one}");
        // Without a column that is needed the columns differ, too.
        let others: Vec<&String> = found.iter().filter(|p| !p.starts_with("columns")).collect();
        match problem {
            "missing-column" => assert_eq!(others, [&expected]),
            _ => assert_eq!(found, [expected], "{text}"),
        }
    }
    small(&cat, &good[0], &good[0]);
    assert_eq!(
        problems(&[]),
        ["shared-id \"o_1_1.csv\"", "shared-id \"o_1_2.csv\""]
    );
    // Nothing says that these are degrees.
    fs::remove_file(cat.join("o_1_3.csv")).unwrap();
    small(
        &cat,
        &format!("{head}1,2.6,0.03,a\n"),
        &format!("{head}2,2.61,0.02,a\n"),
    );
    assert_eq!(problems(&[]), ["radians null"]);
    assert_eq!(problems(&["--ignore", "radians"]), Vec::<String>::new());
    // The objects of a patch may be spread over files of visits.
    small(&cat, &good[0], &good[1]);
    for (name, ids) in [
        ("v_1_1_7", "1\n"),
        ("v_1_1_8", "2\n2\n"),
        ("v_1_2_7", "3\n"),
    ] {
        fs::write(
            cat.join(name).with_extension("csv"),
            format!("objectId\n{ids}"),
        )
        .unwrap();
    }
    let visits = ["--child", "v=v_{tract}_{patch}_{visit}.csv"];
    assert_eq!(problems(&visits), Vec::<String>::new());
    fs::write(cat.join("v_1_1_8.csv"), "objectId\n1\n").unwrap();
    assert_eq!(problems(&visits), ["missing-id null"]);
    fs::remove_dir_all(&cat).unwrap();
    let program = "
import gzip, sys
for patch in (1, 2):
    with gzip.open(f'{sys.argv[1]}/o_1_{patch}.csv.gz', 'wt') as out: out.write(f'objectId,ra,dec\\n{patch},150,2\\n')";
    fs::create_dir(&cat).unwrap();
    let _ = oracle::eval(program, [&cat]);
    assert_eq!(problems(&[]), Vec::<String>::new());
}

#[test]
fn bombs_and_rubbish_are_told_and_not_unpacked() {
    let folder = TempDir::new().unwrap();
    let program = "
import gzip, sys, os
import numpy as np, pyarrow
import pyarrow.parquet as parquet
folder = sys.argv[1]
zeros = np.zeros(17_000_000, 'i8')
parquet.write_table(pyarrow.table({'objectId': zeros, 'ra': zeros, 'dec': zeros}), folder + '/o_1_1.parq',
                    use_dictionary=False, data_page_size=1 << 30, row_group_size=len(zeros), write_batch_size=len(zeros),
                    max_rows_per_page=len(zeros), write_statistics=False, compression='snappy')
with gzip.open(folder + '/o_1_2.csv.gz', 'wb', 9) as out:
    out.write(b'objectId,ra,dec\\n')
    for _ in range(40): out.write(b'1' * (1 << 20))
open(folder + '/o_1_3.parq', 'wb').write(b'PAR1' + os.urandom(999) + b'PAR1')
open(folder + '/o_1_4.fits', 'wb').write(b'SIMPLE  =                    T' + b' ' * 2850)
open(folder + '/o_1_5.xyz', 'wb').write(b'?')";
    let _ = oracle::eval(program, [folder.path()]);
    let ran = verify(text(folder.path()), &["--director", "o"]);
    let rows: Vec<Value> = ran
        .stdout
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    for (row, words) in rows
        .iter()
        .zip(["unpacked", "more than", "Parquet", "HDU", "format"])
    {
        assert_eq!(row["problem"], "unreadable", "{ran}");
        assert!(
            row["found"].as_str().unwrap().contains(words),
            "{words}: {ran}"
        );
    }
    assert_eq!((rows.len(), ran.code), (5, Some(1)), "{ran}");
    assert!(!ran.stderr.contains("panicked"), "{ran}");
}

#[test]
fn what_makes_no_sense_is_refused_and_pages_are_written() {
    let folder = TempDir::new().unwrap();
    let cat = folder.path().join("cat");
    small(
        &cat,
        "objectId,ra,dec\n1,150,2\n",
        "objectId,ra,dec\n1,150,2\n",
    );
    let cat = text(&cat);
    for (flags, code, words) in [
        (vec!["--director", "nothing"], 1, "no file below"),
        (vec!["--director", "{a}{b}"], 2, "nothing stands between"),
        (
            vec!["--director", "o", "--child", "**/o_*.csv"],
            2,
            "two tables with the name",
        ),
        (
            vec!["--director", "o", "--child", "x=**/o_*.csv"],
            1,
            "two tables",
        ),
        (
            vec!["--director", "o", "--skymap", "x", "--expect", "y"],
            2,
            "--repo",
        ),
        (
            vec!["--director", "o", "--ignore", "nonsense"],
            2,
            "shared-id",
        ),
        (vec!["--director", "o", "--one-row", "p"], 2, "no child"),
        (vec!["--director", "o", "--margin", "-1"], 2, "--margin"),
    ] {
        let ran = pantry([&["verify-catalogue", cat], &flags[..]].concat());
        assert_eq!(ran.code, Some(code), "{ran}");
        assert!(ran.stderr.contains(words), "{words}: {ran}");
    }
    let page = folder.path().join("page.html");
    let ran = pantry([
        "verify-catalogue",
        cat,
        "--director",
        "o",
        "--html",
        text(&page),
    ]);
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(
        ran.stdout
            .ends_with("o: 2 files, 2 rows, 2 files rejected\n2 findings\n"),
        "{ran}"
    );
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.contains("<td>shared-id</td>") && page.contains("width:100.00%"),
        "{page}"
    );
}
