//! Whole exports as events.

use std::io::Write;

use serde_json::{Value, json};

use super::canonical::{canonical, canonical_mapping, reordered};
use super::oracle::{ask, registry_data};
use crate::yaml::event::{BulkKey, Event};
use crate::yaml::reader::ExportReader;

/// Has all kinds of entries, and anchors as PyYAML writes them.
const CALIBRATIONS: &str = include_str!("calibrations.yaml");

/// `["map", pairs]` with another pair.
fn with(mapping: Value, key: &str, elements: Vec<Value>) -> Value {
    let mut pairs = mapping[1].as_array().expect("pairs").clone();
    pairs.push(json!([["str", key], ["seq", elements]]));
    json!(["map", pairs])
}

/// Puts the export together again.
fn assembled(bytes: &[u8]) -> Value {
    let mut reader = ExportReader::from_bytes("test.yaml", bytes.to_vec()).expect("opens");
    let (mut top, mut entry, mut range) = (json!(null), (json!(null), None), json!(null));
    let (mut data, mut bulk, mut members) = (Vec::new(), Vec::new(), None::<Vec<Value>>);
    while let Some(event) = reader.next_event().expect("a good export") {
        match event {
            Event::Header(header) => top = canonical_mapping(&header),
            Event::Entry { header, bulk } => entry = (canonical_mapping(&header), bulk),
            Event::Record(record) => bulk.push(canonical_mapping(&record)),
            Event::Range(header) => {
                (range, members) = (canonical_mapping(&header), Some(Vec::new()))
            }
            Event::Member { id, .. } => members.as_mut().unwrap_or(&mut bulk).push(canonical(&id)),
            Event::EndRange => bulk.push(with(
                range.take(),
                "dataset_ids",
                members.take().expect("a range"),
            )),
            Event::EndEntry => {
                let (header, key) = std::mem::replace(&mut entry, (json!(null), None));
                let list = std::mem::take(&mut bulk);
                assert!(key.is_some() || list.is_empty());
                data.push(key.map_or(header.clone(), |key: BulkKey| with(header, key.key(), list)));
            }
        }
    }
    with(top, "data", data)
}

fn assert_assembles(text: &str, answer: &Value) {
    assert_eq!(
        reordered(&assembled(text.as_bytes())),
        reordered(&answer["value"]),
        "{text}"
    );
}

#[test]
fn events_of_the_exports_of_the_wheel() {
    let files = registry_data();
    let answers = ask(&json!({"files": files}));
    for (file, answer) in files.iter().zip(&answers) {
        assert_assembles(&std::fs::read_to_string(file).expect("readable"), answer);
    }
}

#[test]
fn events_do_not_depend_on_the_order_of_keys_or_the_style() {
    let mut texts: Vec<String> = registry_data()
        .iter()
        .map(|file| std::fs::read_to_string(file).expect("readable"))
        .filter(|text| text.len() < 15_000)
        .collect();
    texts.push(CALIBRATIONS.to_owned());
    let mut orders = Vec::new();
    for text in &texts {
        for sort_keys in [false, true] {
            for default_flow_style in [json!(false), json!(null), json!(true)] {
                let options =
                    json!({"sort_keys": sort_keys, "default_flow_style": default_flow_style});
                orders.push(json!({"text": text, "options": options}));
            }
        }
    }
    let answers = ask(&json!({"documents": [CALIBRATIONS], "rewrite": orders}));
    assert_assembles(CALIBRATIONS, &answers[0]);
    for answer in &answers[1..] {
        let text = answer["text"].as_str().expect("text");
        assert_assembles(text, answer);
    }
    let first = answers[1]["text"].as_str().expect("text");
    let sorted = answers[4]["text"].as_str().expect("text");
    assert!(
        first.find("data:") > first.find("version:")
            && sorted.find("data:") < sorted.find("\nversion:")
    );
}

/// What a program of the system makes of bytes.
fn piped(program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = std::process::Command::new(program)
        .args(arguments)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run {program}: {error}"));
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(input)
        .expect("reads its input");
    child.wait_with_output().expect("ends").stdout
}

#[test]
fn reads_gzip_of_several_members() {
    let text = CALIBRATIONS.as_bytes();
    let packed = [
        piped("gzip", &["-c"], &text[..500]),
        piped("gzip", &["-c"], &text[500..]),
    ]
    .concat();
    assert_ne!(packed, text);
    assert_eq!(assembled(&packed), assembled(text));
}

/// `version: 0\ndata: []\n` packed by zstd 1.5.4 with checksum, in two frames with a skippable frame between.
const ZSTD: [&[u8]; 3] = [
    &[
        0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x59, 0x00, 0x00, 0x76, 0x65, 0x72, 0x73, 0x69, 0x6f,
        0x6e, 0x3a, 0x20, 0x30, 0x0a, 0xfa, 0x3c, 0xd8, 0x0a,
    ],
    &[
        0x50, 0x2a, 0x4d, 0x18, 0x03, 0x00, 0x00, 0x00, 0x61, 0x62, 0x63,
    ],
    &[
        0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x49, 0x00, 0x00, 0x64, 0x61, 0x74, 0x61, 0x3a, 0x20,
        0x5b, 0x5d, 0x0a, 0x34, 0x88, 0x14, 0xfc,
    ],
];

#[test]
fn reads_zstd_of_several_frames() {
    let expected = assembled(b"version: 0\ndata: []\n");
    assert_eq!(assembled(&ZSTD.concat()), expected);
    let mut damaged = ZSTD.concat();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    let failed = ExportReader::from_bytes("test.yaml.zst", damaged).and_then(|mut reader| {
        while reader.next_event()?.is_some() {}
        Ok(())
    });
    let message = failed.expect_err("a wrong checksum").to_string();
    assert!(
        message.starts_with("cannot read the export test.yaml.zst: zstd: the checksum"),
        "{message}"
    );
}
