//! `pantry verify` as it is run regularly: samples, what was verified lately, a time limit, a page, completeness, and what is in
//! files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pantry_testkit::postgres::Database;
use pantry_testkit::{Ran, fixture, oracle, run};
use serde_json::{Value, json};

use crate::bucket::{Site, text};
use crate::import_setup::Scratch;
use crate::pantry::{command, pantry};
use crate::verify::verify;
use crate::verify_catalogue::ONE_MORE_PATCH;

const SUMMARY: &str = "runs/first/summary/summary_runs_first.yaml";

/// Problem and path, or what is expected, of each finding.
#[track_caller]
fn findings(ran: &Ran) -> BTreeSet<(String, String)> {
    let rows: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(ran.code, Some(i32::from(!rows.is_empty())), "{ran}");
    let text = |row: &Value, name: &str| row[name].as_str().map(str::to_owned);
    rows.iter()
        .map(|row| {
            let what = text(row, "path").or_else(|| text(row, "expected"));
            (text(row, "problem").unwrap(), what.unwrap())
        })
        .collect()
}

fn jsonl(repo: &Path, flags: &[&str]) -> Ran {
    verify(repo, &[&["--format", "jsonl"], flags].concat())
}

/// `hsc-mini` with some files that are not what their names say.
fn spoiled(scratch: &Scratch) -> PathBuf {
    let export = scratch.copy_of("export", "hsc-mini");
    let runs = export.join("HSC/runs/mini/20261001T000000Z");
    let first = |folder: &str, ending: &str| {
        let mut found: Vec<PathBuf> = crate::bucket::files_of(&runs.join(folder))
            .into_iter()
            .filter(|file| text(file).ends_with(ending))
            .collect();
        found.sort();
        found
            .into_iter()
            .map(|file| runs.join(folder).join(file))
            .collect::<Vec<_>>()
    };
    let coadds = first("deepCoadd_calexp", ".fits");
    let bytes = fs::read(&coadds[0]).unwrap();
    fs::write(&coadds[0], &bytes[..bytes.len() / 3]).unwrap();
    fs::write(
        &coadds[1],
        "<!DOCTYPE html>\n<title>502 Bad Gateway</title>",
    )
    .unwrap();
    let tables = first("objectTable", ".parq");
    let mut bytes = fs::read(&tables[0]).unwrap();
    bytes.truncate(bytes.len() - 100);
    fs::write(&tables[0], bytes).unwrap();
    export
}

/// Files below a folder that astropy and pyarrow cannot read to their ends.
fn broken(folder: &Path) -> BTreeSet<(String, String)> {
    let program = "
import sys, json, warnings
from pathlib import Path
import pyarrow.parquet as parquet
from astropy.io import fits
# Such as that a file may have been truncated.
warnings.simplefilter('error')
root, broken = Path(sys.argv[1]), []
for path in sorted(p for p in root.rglob('*') if p.is_file()):
    try:
        if path.suffix == '.fits':
            with fits.open(path, disable_image_compression=True) as hdus:
                for hdu in hdus:
                    info = hdu.fileinfo()
                    assert info['datLoc'] + info['datSpan'] <= path.stat().st_size
        elif path.suffix == '.parq':
            parquet.ParquetFile(path)
    except Exception:
        broken.append(str(path.relative_to(root)))
print(json.dumps(broken))";
    let found = oracle::json(program, [folder]);
    let found = found
        .as_array()
        .unwrap()
        .iter()
        .map(|path| path.as_str().unwrap().to_owned());
    found.map(|path| ("broken-file".to_owned(), path)).collect()
}

#[test]
fn broken_files_are_those_that_other_programs_cannot_read() {
    let site = Site::new();
    let export = spoiled(&site.scratch);
    let repo = site.scratch.path("repo");
    let words = ["import", text(&repo), text(&export), "--transfer", "copy"];
    let _ = pantry(words).ok();
    let expected = broken(&repo);
    assert_eq!(expected.len(), 3, "{expected:?}");
    assert_eq!(findings(&jsonl(&repo, &["--checksums"])), BTreeSet::new());
    assert_eq!(findings(&jsonl(&repo, &["--structure"])), expected);
    let both = jsonl(
        &repo,
        &["--structure", "--checksums", "--rate-limit", "1GB"],
    );
    assert_eq!(findings(&both), expected);

    let remote = site.repo_in_bucket("remote");
    let _ = site
        .pantry(&["import", text(&remote), text(&export), "--transfer", "copy"])
        .ok();
    let there = ["verify", text(&remote), "--structure", "--format", "jsonl"];
    assert_eq!(findings(&site.pantry(&there)), expected);
}

#[test]
fn a_sample_is_the_same_each_time() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    fs::remove_dir_all(repo.join("runs")).unwrap();
    let all = findings(&jsonl(&repo, &["--sample", "100%"]));
    assert_eq!(all, findings(&jsonl(&repo, &[])));
    let half = ["--sample", "50%", "--seed", "3"];
    let some = findings(&jsonl(&repo, &half));
    assert!(
        some.is_subset(&all) && !some.is_empty() && some != all,
        "{some:?}"
    );
    assert_eq!(some, findings(&jsonl(&repo, &half)));
    let others = findings(&jsonl(&repo, &["--sample", "0.5", "--seed", "4"]));
    assert_ne!(some, others);
    let state = scratch.path("state");
    let kept = [&half[..], &["--resume", text(&state), "--for", "0s"]].concat();
    let _ = verify(&repo, &kept);
    let other = verify(&repo, &["--sample", "50%", "--resume", text(&state)]);
    assert!(other.stderr.contains("sample 0.5 of seed 3"), "{other}");
    for wrong in [
        ["--sample", "0"],
        ["--sample", "2"],
        ["--for", "2y"],
        ["--rate-limit", "fast"],
    ] {
        assert_eq!(verify(&repo, &wrong).code, Some(2), "{wrong:?}");
    }
}

#[test]
fn what_was_verified_lately_is_passed_over() {
    let scratch = Scratch::new();
    let database = Database::new();
    let url = format!("{}&schema=pantry", database.url());
    let file = scratch.path("state.sqlite3");
    let repo = scratch.filled("repo");
    // Three datasets share a file.
    for state in [text(&file), &url] {
        let lately = ["--older-than", "30d", "--state", state];
        let said = |flags: &[&str]| verify(&repo, &[&lately, flags].concat());
        let first = said(&[]).ok();
        assert!(
            first.starts_with("20 records of 18 files: nothing"),
            "{first}"
        );
        let second = said(&[]).ok();
        assert!(
            second.starts_with("20 records of 18 files, 18 files passed over: "),
            "{second}"
        );
        let kept = fs::read(repo.join(SUMMARY)).unwrap();
        fs::remove_file(repo.join(SUMMARY)).unwrap();
        let third = said(&[]).ok();
        assert!(third.contains("18 files passed over"), "{third}");
        // More than was looked at before: again, and again as long as something is wrong.
        for passed in [None, Some(17)] {
            let ran = said(&["--structure"]);
            assert_eq!(ran.code, Some(1), "{ran}");
            let words = match passed {
                None => "20 records of 18 files, looked into 17 files: 1 finding".to_owned(),
                Some(n) => format!("looked into 0 files, {n} files passed over: 1 finding"),
            };
            assert!(ran.stdout.contains(&words), "{ran}");
        }
        fs::write(repo.join(SUMMARY), kept).unwrap();
        // Of another repository nothing is known.
        let remembers = verify(&scratch.path("repo"), &["--remember", "--state", state]).ok();
        assert!(!remembers.contains("passed"), "{remembers}");
    }
    let other = scratch.filled("other");
    let known = verify(&other, &["--older-than", "1h", "--state", text(&file)]).ok();
    assert!(!known.contains("passed"), "{known}");
}

#[test]
fn when_the_time_is_up_it_can_go_on() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    fs::write(repo.join("zzz"), "").unwrap();
    fs::remove_file(repo.join(SUMMARY)).unwrap();
    let whole = findings(&jsonl(&repo, &[]));
    assert_eq!(whole.len(), 2);
    let state = scratch.path("state");
    let short = verify(&repo, &["--for", "0s", "--resume", text(&state)]);
    assert!(short.stdout.contains("then the time was up"), "{short}");
    assert!(
        !short.stdout.contains("extra-file") && state.exists(),
        "{short}"
    );
    let rest = jsonl(&repo, &["--resume", text(&state)]);
    assert_eq!(findings(&rest), whole);
    assert!(!state.exists());
}

/// A survey in which one coadd is missing in one band.
fn incomplete(scratch: &Scratch, name: &str, create: &[&str]) -> PathBuf {
    let (survey, export) = (scratch.path("survey"), scratch.path("some"));
    if !survey.exists() {
        let all = fixture("hsc-mini");
        let _ = pantry(["import", text(&survey), text(&all), "--no-files"]).ok();
        let _ = oracle::eval(ONE_MORE_PATCH, [&survey]);
        let words = [
            "export",
            text(&survey),
            text(&export),
            "--dataset-type",
            "deepCoadd_calexp,objectTable*",
            "--where",
            "skymap = 'hsc_rings_mini_v1' AND NOT (tract = 9813 AND patch = 27 AND band = 'r')",
            "--dimension-records",
            "patch",
            "--no-files",
        ];
        let _ = pantry(words).ok();
    }
    let repo = scratch.path(name);
    let mut import = command();
    import
        .args(["import", text(&repo), text(&export), "--no-files"])
        .args(create);
    let _ = run(&mut import).ok();
    repo
}

#[test]
fn completeness_is_that_of_the_reference() {
    let scratch = Scratch::new();
    let database = Database::new();
    let sqlite = incomplete(&scratch, "sqlite", &[]);
    let postgresql = incomplete(&scratch, "postgresql", &["--db", &database.url()]);
    let program = "
import sys, json
from lsst.daf.butler import Butler
butler = Butler.from_config(sys.argv[1])
def places(name, *dimensions):
    refs = butler.query_datasets(name, '*', find_first=False, limit=None, explain=False)
    return {tuple(ref.dataId[d] for d in dimensions) for ref in refs}
have = places('deepCoadd_calexp', 'skymap', 'tract', 'patch', 'band')
bands = {place[3] for place in have}
patches = {place[:3] for place in have}
tracts = {place[:2] for place in patches}
all = {(r.skymap, r.tract, r.id) for r in butler.query_dimension_records('patch', limit=None, explain=False)
       if (r.skymap, r.tract) in tracts}
words = lambda name, places: sorted(name + ' ' + ', '.join(f'{d}={v}' for d, v in zip(('skymap', 'tract', 'patch', 'band'), p))
                                    for p in places)
missing = lambda patches: words('deepCoadd_calexp', {(*p, b) for p in patches for b in bands} - have)
tables = places('objectTable', 'skymap', 'tract', 'patch')
print(json.dumps([missing(patches), missing(all), words('objectTable', patches - tables), words('objectTable', all - tables)]))";
    let expected = oracle::json(program, [&sqlite]);
    let count = |number: usize| expected[number].as_array().unwrap().len();
    assert_eq!(
        [count(0), count(1), count(2), count(3)],
        [1, 4, 0, 1],
        "{expected}"
    );
    for repo in [&sqlite, &postgresql] {
        for (number, flags) in [
            ["--complete", "deepCoadd_calexp", "--patches", "any"],
            ["--complete", "deepCoadd_calexp", "--patches", "all"],
            ["--complete", "objectTable", "--patches", "deepCoadd_calexp"],
            ["--complete", "objectTable", "--patches", "all"],
        ]
        .into_iter()
        .enumerate()
        {
            let ran = jsonl(repo, &[&["--no-files"], &flags[..]].concat());
            let mut told: Vec<String> = findings(&ran)
                .into_iter()
                .filter(|(problem, _)| problem == "missing-dataset")
                .map(|(_, what)| what)
                .collect();
            told.sort();
            assert_eq!(json!(told), expected[number], "{flags:?}: {ran}");
        }
        let page = scratch.path("page.html");
        let flags = [
            "--no-files",
            "--complete",
            "deepCoadd_calexp,objectTable",
            "--html",
            text(&page),
        ];
        let ran = verify(repo, &flags);
        assert!(
            ran.stdout
                .contains("23 of 24 deepCoadd_calexp, 8 of 8 objectTable"),
            "{ran}"
        );
        let page = fs::read_to_string(&page).unwrap();
        let bar = "<tr><td>deepCoadd_calexp</td><td><div class=\"bar\"><div class=\"good\" style=\"width:95.83%\"></div>\
                   <div class=\"bad\" style=\"width:4.17%\"></div></div></td><td class=\"n\">24</td><td class=\"n\">1</td></tr>";
        assert!(page.contains(bar), "{page}");
        let more = [
            "--no-files",
            "--complete",
            "deepCoadd_calexp",
            "--bands",
            "g,z",
        ];
        let ran = verify(repo, &more);
        assert!(ran.stdout.contains("8 of 16 deepCoadd_calexp"), "{ran}");
    }
    for (name, words) in [("nothing", "no dataset type"), ("skyMap", "no tract")] {
        let ran = verify(&scratch.path("survey"), &["--no-files", "--complete", name]);
        assert!(ran.stderr.contains(words), "{ran}");
    }
    let ran = verify(
        &scratch.path("survey"),
        &["--no-files", "--complete", "calexp"],
    );
    assert!(ran.stderr.contains("has the dimension"), "{ran}");
}

#[test]
fn the_page_has_a_bar_for_each_collection_and_type() {
    let scratch = Scratch::new();
    let repo = scratch.filled("repo");
    fs::remove_file(repo.join(SUMMARY)).unwrap();
    let page = scratch.path("page.html");
    let ran = verify(&repo, &["--html", text(&page)]);
    assert_eq!(ran.code, Some(1), "{ran}");
    let page = fs::read_to_string(&page).unwrap();
    let program = "
import sys, json, sqlite3
database = sqlite3.connect(sys.argv[1])
print(json.dumps(database.execute('''SELECT c.name || ': ' || t.name, count(*) FROM dataset d
    JOIN collection c ON c.collection_id = d.run_id JOIN dataset_type t ON t.id = d.dataset_type_id GROUP BY 1''').fetchall()))";
    let groups = oracle::json(program, [repo.join("gen3.sqlite3")]);
    let groups = groups.as_array().unwrap();
    assert!(groups.len() > 10);
    for group in groups {
        let (label, count) = (group[0].as_str().unwrap(), &group[1]);
        let line = page
            .lines()
            .find(|l| l.contains(&format!("<td>{label}</td>")))
            .unwrap();
        let bad = u8::from(label == "runs/first: summary");
        assert!(
            line.ends_with(&format!(
                "<td class=\"n\">{count}</td><td class=\"n\">{bad}</td></tr>"
            )),
            "{line}"
        );
    }
    assert!(page.contains(&format!("<td>{SUMMARY}</td>")), "{page}");
}
