//! Headers, places of data and columns are those that astropy finds.

use std::fs::{self, File};
use std::path::PathBuf;

use pantry_fits::table::{Cells, Table};
use pantry_fits::{Card, CardValue, Hdu, HduKind, Header, check, index};
use pantry_testkit::{oracle, run, workspace};
use serde_json::{Value, json};

/// Files of a folder of the corpus, sorted.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(workspace().join("fixtures/fits").join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

/// What astropy says of files, in their order.
pub fn facts(files: &[PathBuf]) -> Vec<Value> {
    let printed = run(oracle::script("fits_facts.py").args(files)).ok();
    let lines: Vec<Value> = printed
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(lines.len(), files.len());
    lines
}

fn kind(hdu: &Hdu) -> &'static str {
    match hdu.kind {
        HduKind::Primary if hdu.is_groups => "GroupsHDU",
        HduKind::Primary => "PrimaryHDU",
        HduKind::Image => "ImageHDU",
        HduKind::AsciiTable => "TableHDU",
        HduKind::BinaryTable => "BinTableHDU",
        HduKind::Other(_) => "NonstandardExtHDU",
    }
}

fn card(card: &Card) -> Value {
    let (kind, value) = match &card.value {
        CardValue::Commentary(text) => return json!([card.keyword, "text", text]),
        CardValue::Invalid(_) => return json!([card.keyword, "invalid", null]),
        CardValue::Undefined => ("undefined", Value::Null),
        CardValue::Logical(v) => ("logical", json!(v)),
        CardValue::Integer(v) => ("integer", json!(v.to_string())),
        CardValue::BigInteger(v) => ("integer", json!(v)),
        CardValue::Float(v) => ("float", json!(v)),
        CardValue::Complex(re, im) => ("complex", json!([re, im])),
        CardValue::Text(v) => ("string", json!(v)),
    };
    json!([card.keyword, kind, value, card.comment])
}

/// Cards without value are strings to astropy.
fn theirs(card: &Value) -> Value {
    match card[0].as_str() {
        Some("NOVALUE") => json!(["NOVALUE", "text", card[2]]),
        _ => card.clone(),
    }
}

#[test]
fn headers_and_places_are_astropys() {
    let files = files("sound");
    for (file, facts) in files.iter().zip(facts(&files)) {
        let name = file.display();
        let source = File::open(file).unwrap();
        let hdus: Vec<Hdu> = index(&source).unwrap().map(Result::unwrap).collect();
        let theirs_all = facts["hdus"].as_array().unwrap();
        assert_eq!(hdus.len(), theirs_all.len(), "{name}");
        for (hdu, facts) in hdus.iter().zip(theirs_all) {
            let name_found = match (&hdu.kind, &hdu.name) {
                (HduKind::Primary, None) => "PRIMARY",
                (_, name) => name.as_deref().unwrap_or_default(),
            };
            let ours = json!([
                kind(hdu),
                name_found,
                hdu.version,
                hdu.header_offset,
                hdu.data_offset,
                hdu.data_len.next_multiple_of(2880)
            ]);
            let wanted = json!([
                facts["kind"],
                facts["name"],
                facts["version"],
                facts["header"],
                facts["data"],
                facts["span"]
            ]);
            assert_eq!(ours, wanted, "{name}");
            // Of groups astropy counts the elements.
            if !hdu.is_groups {
                assert_eq!(json!(hdu.data_len), facts["size"], "{name}");
            }
            let header = Header::read(&source, hdu).unwrap();
            let ours: Vec<Value> = header.cards().iter().map(card).collect();
            let wanted: Vec<Value> = facts["cards"]
                .as_array()
                .unwrap()
                .iter()
                .map(theirs)
                .collect();
            // Astropy leaves the blank cards at the end of a header out.
            let end = ours
                .iter()
                .rposition(|c| *c != json!(["", "text", ""]))
                .map_or(0, |at| at + 1);
            assert_eq!(ours[..end], wanted, "{name}");
        }
    }
}

/// A cell of either side as text: numbers that are equal are written alike, and no text is no value.
fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => text.parse::<f64>().map_or(text.clone(), |v| v.to_string()),
        Value::Number(number) => number.as_f64().unwrap().to_string(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn cells(cells: &Cells) -> Vec<String> {
    let values: Vec<Value> = match cells {
        Cells::Logical(v) => v.iter().map(|v| json!(v)).collect(),
        Cells::Integer(v) => v.iter().map(|v| json!(v.map(|v| v.to_string()))).collect(),
        Cells::Float(v) => v.iter().map(|v| json!(v)).collect(),
        Cells::Text(v) => v.iter().map(|v| json!(v)).collect(),
    };
    values.iter().map(cell).collect()
}

#[test]
fn columns_of_tables_are_astropys() {
    let files: Vec<PathBuf> = ["columns.fits", "ascii.fits", "table.fits"]
        .map(|name| workspace().join("fixtures/fits/sound").join(name))
        .to_vec();
    let mut compared = 0;
    for (file, facts) in files.iter().zip(facts(&files)) {
        let source = File::open(file).unwrap();
        let hdu = index(&source).unwrap().nth(1).unwrap().unwrap();
        let table = Table::open(&source, &hdu).unwrap();
        for (name, theirs) in facts["hdus"][1]["columns"].as_object().unwrap() {
            let ours: Vec<String> = table
                .read(&source, &[name])
                .unwrap()
                .flat_map(|block| cells(&block.unwrap().columns[0]))
                .collect();
            let theirs: Vec<String> = theirs.as_array().unwrap().iter().map(cell).collect();
            assert_eq!(ours, theirs, "{name}");
            compared += 1;
        }
    }
    assert_eq!(compared, 20);
}

#[test]
fn what_astropy_finds_sound_is_sound() {
    let files = files("sound");
    for (file, facts) in files.iter().zip(facts(&files)) {
        let report = check(&File::open(file).unwrap()).unwrap();
        assert_eq!(report.faults, [], "{}", file.display());
        assert_eq!(report.hdus, facts["hdus"].as_array().unwrap().len());
        // These are cards as nobody should write them, though they can be read.
        if !file.ends_with("cards.fits") {
            assert_eq!(facts["complaints"], json!([]), "{}", file.display());
        }
    }
}

#[test]
fn compressed_images_are_known() {
    let source = File::open(workspace().join("fixtures/fits/sound/compressed.fits")).unwrap();
    let hdus: Vec<Hdu> = index(&source).unwrap().map(Result::unwrap).collect();
    let image = hdus[1].compressed.as_ref().unwrap();
    assert_eq!(
        (
            image.algorithm.as_str(),
            image.bitpix,
            image.axes.as_slice()
        ),
        ("RICE_1", -32, &[50, 60][..])
    );
    assert_eq!(hdus[2].compressed.as_ref().unwrap().bitpix, 32);
    assert_eq!(hdus[0].compressed, None);
}
