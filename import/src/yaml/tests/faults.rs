//! Bad exports: each a clear error with file and line, in bounded time and memory.

use crate::yaml::event::Event;
use crate::yaml::reader::ExportReader;

const GOOD: &str =
    "description: x\nversion: 1.0.2\nuniverse_version: 8\nuniverse_namespace: daf_butler\ndata:\n";

/// The error that reading ends with.
fn error_of(bytes: impl Into<Vec<u8>>) -> String {
    let read = |mut reader: ExportReader| {
        while reader.next_event()?.is_some() {}
        Ok(())
    };
    ExportReader::from_bytes("export.yaml", bytes.into())
        .and_then(read)
        .expect_err("an error")
        .to_string()
}

fn assert_error(bytes: impl Into<Vec<u8>>, line: u64, message: &str) {
    let error = error_of(bytes);
    assert!(
        error.starts_with(&format!("export.yaml:{line}: ")),
        "line {line}: {error}"
    );
    assert!(error.contains(message), "{message}: {error}");
}

#[test]
fn shapes_that_are_no_export() {
    assert_error("", 1, "the export is empty");
    assert_error("# nothing\n", 2, "the export is empty");
    assert_error("a", 1, "must be a mapping");
    assert_error("- a\n", 1, "must be a mapping");
    assert_error("version: 0\n", 1, "needs the key `data`");
    assert_error("version: 0\ndata:\n", 2, "`data` must be a list");
    assert_error("version: 0\ndata: {}\n", 2, "`data` must be a list");
    assert_error("version: 0\ndata:\n- a\n", 3, "must be a mapping");
    assert_error(
        format!("{GOOD}- type: dimension\n  element: x\n  records: 1\n"),
        8,
        "`records` must be a list",
    );
    assert_error(
        format!("{GOOD}- type: dimension\n  element: x\n  records:\n  - 1\n"),
        9,
        "a record must be a mapping",
    );
    assert_error(
        format!("{GOOD}- type: x\n  records: []\n  dataset_ids: []\n"),
        8,
        "second list",
    );
    assert_error(
        format!("{GOOD}- validity_ranges:\n  - 1\n"),
        7,
        "a validity range must be a mapping",
    );
    assert_error(
        format!("{GOOD}- validity_ranges:\n  - timespan: null\n"),
        7,
        "needs `dataset_ids`",
    );
    assert_error(
        "version: 0\ndata: []\n---\nversion: 0\n",
        3,
        "second YAML document",
    );
}

#[test]
fn duplicate_keys_at_every_level() {
    assert_error(
        "version: 0\nversion: 0\ndata: []\n",
        2,
        "duplicate key `version`",
    );
    assert_error(
        "version: 0\ndata: []\ndata: []\n",
        3,
        "duplicate key `data`",
    );
    assert_error(
        format!("{GOOD}- type: a\n  name: b\n  type: c\n"),
        8,
        "duplicate key `type`",
    );
    assert_error(
        format!("{GOOD}- type: dimension\n  element: x\n  records:\n  - a: 1\n    a: 2\n"),
        10,
        "duplicate key `a`",
    );
    assert_error(
        format!("{GOOD}- type: dimension\n  element: x\n  records: []\n  element: y\n"),
        9,
        "duplicate key `element`",
    );
    assert_error(
        format!("{GOOD}- records: []\n  records: []\n"),
        7,
        "duplicate key `records`",
    );
}

#[test]
fn bytes_that_are_no_text() {
    assert_error(b"a: b\nc: \xff\n".to_vec(), 2, "not UTF-8");
    assert_error(b"a: b\nc: \xe2\x82".to_vec(), 2, "not UTF-8");
    assert_error(b"\xff\xfea\0:\0".to_vec(), 1, "UTF-16");
    assert_error(b"a: b\nc: \x07\n".to_vec(), 2, "U+0007");
    assert_error(b"a: b\nc: d\0\n".to_vec(), 2, "U+0000");
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3];
    assert!(error_of(gzip).starts_with("cannot read the export export.yaml: "));
    let missing = ExportReader::open("nowhere/export.yaml".as_ref())
        .expect_err("no file")
        .to_string();
    assert!(
        missing.starts_with("cannot read the export nowhere/export.yaml: "),
        "{missing}"
    );
    let folder = ExportReader::open(env!("CARGO_MANIFEST_DIR").as_ref())
        .expect_err("a folder")
        .to_string();
    assert!(folder.contains("not a regular file"), "{folder}");
}

#[test]
fn values_that_are_wrong() {
    let record = |value: &str| {
        format!("{GOOD}- type: dimension\n  element: x\n  records:\n  - a: 1\n    b: {value}\n")
    };
    assert_error(record("!uuid 12"), 10, "\"12\" is not a UUID");
    assert_error(record("!foo 12"), 10, "unknown tag !foo");
    assert_error(
        record("!!python/tuple [1]"),
        10,
        "unknown tag !!python/tuple",
    );
    assert_error(
        record("!<lsst.sphgeom.Circle> {encoded: xy}"),
        10,
        "not hexadecimal",
    );
    assert_error(
        record("!<lsst.sphgeom.Circle> {encoded: '123'}"),
        10,
        "middle of a byte",
    );
    assert_error(
        record("!butler_time/tai/iso noon"),
        10,
        "\"noon\" is not a time",
    );
    assert_error(
        record("!lsst.daf.butler.Timespan {begin: null}"),
        10,
        "a timespan needs `end`",
    );
    assert_error(record("*nowhere"), 10, "anchor");
    assert_error(record("2020-02-30"), 10, "not a date");
    assert_error(record("'unclosed"), 10, "not valid YAML, or cut off");
}

/// Every file that is cut off somewhere is an error, or ends with a complete element and is smaller.
#[test]
fn truncation() {
    let text = include_str!("calibrations.yaml");
    let count = |bytes: &[u8]| {
        let reader = ExportReader::from_bytes("export.yaml", bytes.to_vec()).expect("opens");
        reader
            .map(|event| event.map(|_| ()))
            .collect::<Result<Vec<()>, _>>()
            .map(|events| events.len())
    };
    let whole = count(text.as_bytes()).expect("the whole file is good");
    let mut errors = 0;
    for end in 0..text.len() {
        match count(&text.as_bytes()[..end]) {
            Ok(events) => assert!(events <= whole),
            Err(error) => {
                errors += 1;
                assert!(error.to_string().starts_with("export.yaml:"), "{error}");
            }
        }
    }
    assert!(errors > text.len() / 4, "{errors}");
}

#[test]
fn alias_bombs_and_deep_nesting() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let error = error_of(format!("{bomb}data: []\n"));
    assert!(
        error.contains("needs more than 64 MiB") || error.contains("anchors (&)"),
        "{error}"
    );
    let flow = format!(
        "version: {}{}\ndata: []\n",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    assert_error(flow, 1, "nested more than 100 deep");
    let mut block = "version:\n".to_owned();
    for level in 1..2000 {
        block.push_str(&format!("{}a:\n", " ".repeat(level)));
    }
    assert_error(block, 101, "nested more than 100 deep");
    assert_error(
        "version: &a [*a]\ndata: []\n",
        1,
        "refers to what contains it",
    );
    let chain: String = (1..200)
        .map(|level| format!("a{level}: &a{level} [*a{}]\n", level - 1))
        .collect();
    assert_error(
        format!("a0: &a0 []\n{chain}"),
        100,
        "nest lists and mappings more than 100 deep",
    );
}

/// Text without an end: the reader must stop long before it has it all.
#[test]
fn gigantic_scalars() {
    for start in ["version: ", "version: |\n  ", "version: \"\\\n  "] {
        let mut bytes = start.as_bytes().to_vec();
        bytes.resize(6 << 20, b'a');
        let mut reader = ExportReader::from_bytes("export.yaml", bytes).expect("opens");
        let error = reader.next_event().expect_err("too long").to_string();
        assert!(
            error.contains("more than 4 MiB without a value ending"),
            "{start:?}: {error}"
        );
        assert!(
            reader.bytes_read() < 5 << 20,
            "{start:?}: {} bytes read",
            reader.bytes_read()
        );
        assert!(
            matches!(reader.next_event(), Ok(None)),
            "nothing after an error"
        );
    }
}

#[test]
fn records_know_their_lines() {
    let text = format!(
        "{GOOD}- type: dimension\n  element: x\n  records:\n  - a: 1\n    b: 2\n\n  # c\n  - a: 3\n"
    );
    let reader = ExportReader::from_bytes("export.yaml", text.into_bytes()).expect("opens");
    let mut lines = Vec::new();
    for event in reader {
        match event.expect("a good export") {
            Event::Header(header) => lines.push(header.line),
            Event::Entry { header, .. } => lines.extend([header.line, header.fields()[1].line]),
            Event::Record(record) => lines.extend(record.fields().iter().map(|field| field.line)),
            _ => {}
        }
    }
    assert_eq!(lines, [1, 6, 7, 9, 10, 13]);
}
