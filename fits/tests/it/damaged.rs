//! Each damage of the corpus is found and named; where astropy complains there is a finding.

use std::fs::File;

use pantry_fits::{Severity, check};
use serde_json::json;

use crate::astropy::{facts, files};

/// File, number of HDUs whose size is known, whether data are missing, the first finding.
const EXPECTED: [(&str, usize, bool, &str); 34] = [
    (
        "after-end",
        2,
        false,
        "HDU 1 at byte 2880: the header's last block is not blank after END",
    ),
    ("bad-value", 1, false, ""),
    (
        "bitpix-float",
        1,
        true,
        "HDU 1 at byte 2880: BITPIX cannot be 16",
    ),
    ("bitpix", 1, true, "HDU 1 at byte 2880: BITPIX cannot be 7"),
    (
        "data-cut",
        2,
        true,
        "HDU 1 at byte 2880: the file is truncated: the data end at byte 5960, the file at byte 5910",
    ),
    (
        "data-missing",
        2,
        true,
        "HDU 1 at byte 2880: the file is truncated: the data end at byte 5960, the file at byte 5760",
    ),
    ("empty", 0, true, "HDU 0 at byte 0: the file is empty"),
    (
        "extension",
        2,
        false,
        "HDU 1 at byte 2880: extension of the unregistered type \"FOREIGN\"",
    ),
    (
        "fill-cut",
        2,
        true,
        "HDU 1 at byte 2880: the file ends at byte 5960, within what fills the last block of the data",
    ),
    (
        "fill",
        2,
        false,
        "HDU 1 at byte 2880: what fills the last block of the data is not zero",
    ),
    (
        "header-cut-after-end",
        1,
        true,
        "HDU 1 at byte 2880: the file ends within the last block of the header",
    ),
    (
        "header-cut",
        1,
        true,
        "HDU 1 at byte 2880: the file ends within the last block of the header",
    ),
    (
        "heap",
        2,
        true,
        "HDU 1 at byte 2880: the heap begins at byte 5 of the data, which is in the rows or behind the data",
    ),
    (
        "html",
        0,
        true,
        "HDU 0 at byte 0: not a FITS file: it begins with \"<!DOCTYP\" and not with SIMPLE",
    ),
    (
        "huge",
        2,
        true,
        "HDU 1 at byte 2880: the file is truncated: the data end at byte 180000000005760, the file at byte 8640",
    ),
    (
        "misplaced",
        2,
        false,
        "HDU 1 at byte 2880: BITPIX is card 3 of the header, not card 2",
    ),
    (
        "more-bits",
        1,
        true,
        "HDU 1 at byte 2880: NAXIS1 cannot be 99999999999999999999",
    ),
    (
        "negative-pcount",
        1,
        true,
        "HDU 1 at byte 2880: PCOUNT cannot be -8",
    ),
    (
        "negative",
        1,
        true,
        "HDU 1 at byte 2880: NAXIS1 cannot be -10",
    ),
    (
        "no-end-primary",
        0,
        true,
        "HDU 0 at byte 0: the header has no END",
    ),
    (
        "no-end",
        1,
        true,
        "HDU 1 at byte 2880: the header has no END",
    ),
    (
        "no-naxis",
        1,
        true,
        "HDU 1 at byte 2880: the header has no NAXIS",
    ),
    (
        "no-naxis2",
        1,
        true,
        "HDU 1 at byte 2880: the header has no NAXIS2",
    ),
    (
        "no-pcount",
        1,
        true,
        "HDU 1 at byte 2880: the header has no PCOUNT",
    ),
    (
        "no-tform",
        2,
        true,
        "HDU 1 at byte 2880: the header has no TFORM2",
    ),
    (
        "not-ascii",
        2,
        false,
        "HDU 1 at byte 2880: the header's last block is not blank after END",
    ),
    (
        "not-simple",
        1,
        false,
        "HDU 0 at byte 0: SIMPLE is not T: the file does not claim to follow the standard",
    ),
    (
        "overflow",
        1,
        true,
        "HDU 1 at byte 2880: the data would have more bytes than a file can have",
    ),
    (
        "row-length",
        2,
        true,
        "HDU 1 at byte 2880: the columns of the table have 7 bytes, its rows 6",
    ),
    ("short", 0, true, "HDU 0 at byte 0: the header has no END"),
    (
        "tform",
        2,
        true,
        "HDU 1 at byte 2880: TFORM2 cannot be '2Z'",
    ),
    (
        "thousand-axes",
        1,
        true,
        "HDU 1 at byte 2880: NAXIS cannot be 1000",
    ),
    (
        "trailing-junk",
        2,
        true,
        "HDU 2 at byte 8640: 400 bytes after the last HDU that belong to none",
    ),
    (
        "trailing-zeros",
        2,
        false,
        "HDU 2 at byte 8640: 2880 zero bytes after the last HDU",
    ),
];

#[test]
fn every_damage_is_found() {
    let mut found = Vec::new();
    for file in files("damaged") {
        let report = check(&File::open(&file).unwrap()).unwrap();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let first = report.worst().or(report.faults.first());
        let first = first.map(ToString::to_string).unwrap_or_default();
        found.push((name, report.hdus, !report.is_sound(), first));
    }
    let mut wanted = EXPECTED
        .map(|(n, h, e, f)| (n.to_owned(), h, e, f.to_owned()))
        .to_vec();
    wanted.sort();
    found.sort();
    assert_eq!(found, wanted);
}

#[test]
fn where_astropy_complains_there_is_a_finding() {
    let files = files("damaged");
    for (file, facts) in files.iter().zip(facts(&files)) {
        let report = check(&File::open(file).unwrap()).unwrap();
        // Values of single cards are nothing of the structure.
        if facts["complaints"] != json!([]) && !file.ends_with("bad-value.fits") {
            assert_ne!(
                report.faults,
                [],
                "{}: {}",
                file.display(),
                facts["complaints"]
            );
        }
        // What it reads without complaint has no HDU less.
        if facts["complaints"] == json!([]) {
            assert_eq!(
                report.hdus,
                facts["hdus"].as_array().unwrap().len(),
                "{}",
                file.display()
            );
            assert!(
                report
                    .faults
                    .iter()
                    .all(|f| f.severity == Severity::Warning)
                    || report.hdus == 2
            );
        }
    }
}
