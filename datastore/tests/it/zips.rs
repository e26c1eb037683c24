//! Members of zips: what Python's zipfile writes is read, what we write Python reads, and what is damaged is refused.

use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use futures_util::TryStreamExt;
use pantry_datastore::store::{Object, Ranges, StoreSettings, Stored, Stores, Variables};
use pantry_datastore::zip::{ZipArchive, ZipFiles, ZipWriter, directory};
use pantry_datastore::{DatastoreError, ResourcePath};
use pantry_testkit::oracle;
use pantry_testkit::s3::S3Server;
use proptest::prelude::*;
use serde_json::Value;

const MAKE: &str = include_str!("zips.py");

/// Prints how many members an archive has, and the first and last with the begin of their bytes.
const READ: &str = "
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    infos = archive.infolist()
    shown = [[i.filename, i.compress_type, archive.read(i).hex()[:200]] for i in infos[:4] + infos[-1:]]
    print(json.dumps([len(infos), *shown]))
";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn here() -> ZipFiles {
    let settings = StoreSettings::new(Variables::new(std::iter::empty(), None));
    ZipFiles::new(Stores::new(settings))
}

/// The bytes of a member.
fn read(zips: &ZipFiles, zip: &ResourcePath, name: &str) -> Result<Vec<u8>, DatastoreError> {
    let uri = zip.member(name)?;
    zips.stores()
        .wait(async { zips.member(&uri).await?.whole(1 << 30).await })
}

#[test]
fn archives_of_python_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = oracle::json(MAKE, [folder.path()]);
    let server = S3Server::start(&["data"]);
    let at_server = StoreSettings {
        first_pause: Duration::from_millis(1),
        ..StoreSettings::new(Variables::new(server.variables(), None))
    };
    let there = ZipFiles::new(Stores::new(at_server));
    let archives = said.as_object().expect("archives");
    assert_eq!(archives.len(), 9);
    for (name, members) in archives {
        let path = folder.path().join(name);
        server.put("data", name, &std::fs::read(&path).expect("an archive"));
        let local = ResourcePath::from_absolute(&path).expect("a URI");
        let remote = ResourcePath::parse(&format!("s3://data/{name}")).expect("a URI");
        let places = [(&here(), &local), (&there, &remote)];
        for (zips, uri) in places {
            let archive = zips.stores().wait(zips.archive(uri)).expect("an archive");
            let archive = archive.expect("a file");
            let wanted = members.as_object().expect("members");
            if name == "many.zip" {
                assert_eq!(archive.members().len(), 66_000);
            }
            for (member, bytes) in wanted {
                let found = read(zips, uri, member).map(|bytes| hex(&bytes));
                assert_eq!(found.expect("a member"), *bytes, "{name} {member}");
            }
        }
    }
}

#[test]
fn parts_of_members_are_read_without_the_archive() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.zip");
    let bytes: Vec<u8> = (0..500_000_u32).flat_map(|i| i.to_le_bytes()).collect();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, is_deflated) in [("stored", false), ("deflated", true)] {
        let size = bytes.len() as u64;
        zip.add(name, size, is_deflated, &mut bytes.as_slice())
            .expect("added");
    }
    std::fs::write(&path, zip.finish().expect("finished").into_inner()).expect("written");
    let server = S3Server::start(&["data"]);
    server.put("data", "large.zip", &std::fs::read(&path).expect("a file"));
    let stores = Stores::new(StoreSettings::new(Variables::new(server.variables(), None)));
    let zips = ZipFiles::new(stores);
    let uri = ResourcePath::parse("s3://data/large.zip").expect("a URI");
    for name in ["stored", "deflated"] {
        server.requests();
        let member = uri.member(name).expect("a URI");
        for (start, end) in [
            (0, 10),
            (700_001, 1_000_000),
            (1_999_999, 2_000_000),
            (5, 5),
        ] {
            let part = zips.stores().wait(async {
                let member = zips.member(&member).await?;
                let pieces: Vec<_> = member.part(start..end).try_collect().await?;
                Ok(pieces.concat())
            });
            assert!(
                part.expect("a part") == bytes[start as usize..end as usize],
                "{name} {start}"
            );
        }
        // The directory once, a header for each part, and of what is stored only the part.
        let requests = server.requests();
        if name == "stored" {
            assert!(requests.len() <= 1 + 3 * 4, "{requests:?}");
        }
    }
}

#[test]
fn archives_of_ours_are_read_by_python() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ours.zip");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let text = b"some text ".repeat(30_000);
    let mut expected = Vec::new();
    let members: [(&str, bool, &[u8]); 4] = [
        ("index.json", true, &text),
        ("plain.bin", false, &text[..1000]),
        ("é ü.txt", false, b"e"),
        ("empty", false, b""),
    ];
    for (name, is_deflated, bytes) in members {
        let size = bytes.len() as u64;
        zip.add(name, size, is_deflated, &mut &*bytes)
            .expect("added");
        let short = &hex(bytes)[..200.min(2 * bytes.len())];
        expected.push(serde_json::json!([
            name,
            if is_deflated { 8 } else { 0 },
            short
        ]));
    }
    for i in 0..66_000 {
        let name = format!("many/{i}");
        zip.add(&name, 1, false, &mut &b"x"[..]).expect("added");
    }
    std::fs::write(&path, zip.finish().expect("finished").into_inner()).expect("written");
    let said = oracle::json(READ, [&path]);
    let said = said.as_array().expect("members");
    assert_eq!(said[0], 66_004);
    assert_eq!(said[1..5], expected);
    assert_eq!(said[5], serde_json::json!(["many/65999", 0, "78"]));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let short = zip.add("short", 3, false, &mut &b"xx"[..]);
    assert!(short.is_err());
}

/// A member as its headers have it.
#[derive(Clone)]
struct Made {
    name: &'static [u8],
    method: u16,
    flags: u16,
    crc: u32,
    bytes: Vec<u8>,
    size: u64,
    is_wide: bool,
    /// Where the directory says the header is; by default where it is.
    header: Option<u64>,
}

fn stored(name: &'static [u8], bytes: &[u8]) -> Made {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    Made {
        name,
        method: 0,
        flags: 0,
        crc: crc.sum(),
        bytes: bytes.to_vec(),
        size: bytes.len() as u64,
        is_wide: false,
        header: None,
    }
}

fn deflated(name: &'static [u8], bytes: &[u8]) -> Made {
    use std::io::Write;
    let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).expect("deflated");
    let packed = out.finish().expect("deflated");
    Made {
        method: 8,
        bytes: packed,
        ..stored(name, bytes)
    }
}

/// An archive by hand, after APPNOTE 4.3.
fn archive(members: &[Made]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let begin = member.header.unwrap_or(out.len() as u64);
        let packed = member.bytes.len() as u64;
        let numbers = |out: &mut Vec<u8>, is_wide: bool| {
            for number in [member.flags, member.method, 0, 0x21] {
                out.extend(number.to_le_bytes());
            }
            out.extend(member.crc.to_le_bytes());
            for size in [packed, member.size] {
                out.extend((if is_wide { u32::MAX } else { size as u32 }).to_le_bytes());
            }
            out.extend((member.name.len() as u16).to_le_bytes());
        };
        out.extend(b"PK\x03\x04\x14\0");
        numbers(&mut out, false);
        out.extend([0, 0]);
        out.extend(member.name);
        out.extend(&member.bytes);
        directory.extend(b"PK\x01\x02\x14\x03\x14\0");
        numbers(&mut directory, member.is_wide);
        directory.extend((if member.is_wide { 28_u16 } else { 0 }).to_le_bytes());
        directory.extend([0; 10]);
        let offset = if member.is_wide {
            u32::MAX
        } else {
            begin as u32
        };
        directory.extend(offset.to_le_bytes());
        directory.extend(member.name);
        if member.is_wide {
            directory.extend([1, 0, 24, 0]);
            for number in [member.size, packed, begin] {
                directory.extend(number.to_le_bytes());
            }
        }
    }
    let begin = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        out.extend((members.len() as u16).to_le_bytes());
    }
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(begin.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// Read all members of an archive.
fn read_all(path: &Path, bytes: &[u8]) -> Result<Members, DatastoreError> {
    std::fs::write(path, bytes).expect("written");
    let zips = here();
    let uri = ResourcePath::from_absolute(path)?;
    let stored = zips.stores().find(&uri)?;
    zips.stores().wait(async {
        let object = Object {
            key: stored.key.clone(),
            size: bytes.len() as u64,
            etag: None,
            modified: None,
        };
        let archive = ZipArchive::open(stored, object).await?;
        let mut found = Vec::new();
        for member in archive.members() {
            let bytes = archive.bytes_of(member).await?.whole(1 << 20).await?;
            found.push((member.name.clone(), bytes));
        }
        Ok(found)
    })
}

#[test]
fn wide_fields_of_the_directory_are_understood() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("wide.zip");
    let wide = |member: Made| Made {
        is_wide: true,
        ..member
    };
    let bytes = archive(&[wide(stored(b"a", b"aa")), wide(deflated(b"b", &[7; 999]))]);
    let found = read_all(&path, &bytes).expect("members");
    assert_eq!(
        found,
        [
            ("a".to_owned(), b"aa".to_vec()),
            ("b".to_owned(), vec![7; 999])
        ]
    );
    // Python agrees that this is what they mean.
    let said = oracle::json(READ, [&path]);
    assert_eq!(said[1], serde_json::json!(["a", 0, "6161"]));
}

#[test]
fn what_could_mean_two_things_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bad.zip");
    let (one, two) = (stored(b"one", &[1; 100]), deflated(b"two", &[2; 5000]));
    let whole = archive(&[one.clone(), two.clone()]);
    assert_eq!(read_all(&path, &whole).expect("members").len(), 2);
    let changed = |change: &dyn Fn(&mut Made, &mut Made)| {
        let (mut one, mut two) = (one.clone(), two.clone());
        change(&mut one, &mut two);
        archive(&[one, two])
    };
    let cut = |from: usize, to: usize| whole[from..to].to_vec();
    let end = whole.len();
    let mut other_name = whole.clone();
    other_name[30] = b'O';
    let mut no_header = whole.clone();
    no_header[2] = 9;
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "no end of a central directory"),
        (
            "text",
            b"not a zip at all, but long enough".to_vec(),
            "no end of a central directory",
        ),
        (
            "cut at its end",
            cut(0, end - 1),
            "no end of a central directory",
        ),
        (
            "cut before its end",
            cut(0, end - 30),
            "no end of a central directory",
        ),
        ("cut at its begin", cut(50, end), "before the file"),
        (
            "bomb",
            changed(&|_, two| two.size = 4_000_000),
            "cannot become",
        ),
        (
            "stored bomb",
            changed(&|one, _| one.size = 1_000_000),
            "cannot become",
        ),
        (
            "more than it says",
            changed(&|_, two| two.size = 4000),
            "more bytes",
        ),
        (
            "less than it says",
            changed(&|_, two| two.size = 6000),
            "lacks 1000 bytes",
        ),
        ("other bytes", changed(&|one, _| one.bytes[5] = 0), "CRC-32"),
        ("other crc", changed(&|_, two| two.crc ^= 1), "CRC-32"),
        (
            "cut stream",
            changed(&|_, two| two.bytes.truncate(5)),
            "cut off",
        ),
        (
            "no stream",
            changed(&|_, two| two.bytes[0] = 0xff),
            "cannot be inflated",
        ),
        (
            "overlap",
            changed(&|_, two| two.header = Some(0)),
            "overlap",
        ),
        ("encrypted", changed(&|one, _| one.flags = 1), "encrypted"),
        ("patch", changed(&|one, _| one.flags = 1 << 5), "patch"),
        ("method", changed(&|_, two| two.method = 12), "method 12"),
        (
            "not UTF-8",
            changed(&|one, _| (one.name, one.flags) = (b"\xff", 1 << 11)),
            "not UTF-8",
        ),
        ("other name", other_name, "is that of 'One'"),
        ("no header", no_header, "no local header"),
    ];
    for (what, bytes, reason) in cases {
        match read_all(&path, &bytes) {
            Err(error @ DatastoreError::BadZip { .. }) => {
                let said = error.to_string();
                assert!(said.contains(reason), "{what}: {said}");
            }
            other => panic!("{what}: {other:?}"),
        }
    }
}

/// Names and bytes.
type Members = Vec<(String, Vec<u8>)>;

fn samples() -> Vec<(Vec<u8>, Members)> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sample.zip");
    let samples = [
        archive(&[stored(b"one", &[1; 100]), deflated(b"two", &[2; 5000])]),
        archive(&[Made {
            is_wide: true,
            ..stored(b"wide", b"abc")
        }]),
        archive(&[]),
    ];
    let with_members = |bytes: Vec<u8>| {
        let members = read_all(&path, &bytes).expect("members");
        (bytes, members)
    };
    samples.into_iter().map(with_members).collect()
}

#[test]
fn a_damaged_archive_gives_the_true_bytes_or_none() {
    let samples = samples();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("damaged.zip");
    let mut runner = proptest::test_runner::TestRunner::default();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    let cut = prop::option::of(any::<prop::sample::Index>());
    let sample = 0..samples.len();
    let outcome = runner.run(&(sample, changes, cut), |(sample, changes, cut)| {
        let (bytes, members) = &samples[sample];
        let mut bytes = bytes.clone();
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        for (name, found) in read_all(&path, &bytes).unwrap_or_default() {
            // A name may have changed in both headers only if both were hit.
            let is_true = members.iter().any(|(_, true_bytes)| *true_bytes == found);
            prop_assert!(is_true || found.is_empty(), "{name}");
        }
        Ok(())
    });
    outcome.expect("no damage gives other bytes");
}

proptest! {
    #[test]
    fn any_bytes_are_no_directory_or_one(bytes in prop::collection::vec(any::<u8>(), 0..200), end in any::<[u8; 18]>()) {
        let members = directory(&[&bytes[..], b"PK\x05\x06", &end].concat());
        prop_assert!(members.map_or(0, |members| members.len()) <= bytes.len() / 46);
    }
}

#[test]
fn a_zip_that_is_written_anew_is_read_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.zip");
    let uri = ResourcePath::from_absolute(&path).expect("a URI");
    let zips = here();
    assert!(matches!(
        read(&zips, &uri, "x"),
        Err(DatastoreError::Missing { .. })
    ));
    std::fs::write(&path, archive(&[stored(b"x", b"1")])).expect("written");
    assert_eq!(read(&zips, &uri, "x").expect("a member"), b"1");
    assert!(matches!(
        read(&zips, &uri, "y"),
        Err(DatastoreError::Missing { .. })
    ));
    std::fs::write(&path, archive(&[stored(b"x", b"22"), stored(b"y", b"3")])).expect("written");
    assert_eq!(read(&zips, &uri, "x").expect("a member"), b"22");
    let members = [uri.member("y"), uri.member("z")].map(|uri| uri.expect("a URI"));
    let sizes = zips
        .stores()
        .wait(zips.sizes(&members.iter().collect::<Vec<_>>()));
    assert_eq!(sizes.expect("sizes"), [Some(1), None]);
}

/// The records of the reference for members, as its `ResourcePath` reads them.
#[test]
fn the_reference_reads_the_names_that_we_write() {
    let names = [
        "a b+é.fits",
        "d/a.fits",
        "a%20b",
        "a#b",
        "ü?&;=",
        "x%zz",
        "[1]",
    ];
    let root = pantry_datastore::DatastoreRoot::new("/r".as_ref()).expect("a root");
    let mut records = Vec::new();
    for zip in ["zips/u.zip", "file:///x/u.zip", "s3://bucket/k/u.zip"] {
        let zip = root.locate(zip).expect("a location");
        for name in names {
            let made = root.member(&zip, name).expect("a record");
            records.push((made.record().to_owned(), name));
        }
    }
    let code = "
import json, sys
from lsst.resources import ResourcePath
print(json.dumps([ResourcePath(r, forceAbsolute=False, forceDirectory=False).unquoted_fragment
                  for r in json.load(sys.stdin)]))
";
    let asked: Vec<&String> = records.iter().map(|(record, _)| record).collect();
    let said: Value = oracle::ask(code, &serde_json::json!(asked));
    for ((record, name), said) in records.iter().zip(said.as_array().expect("a list")) {
        assert_eq!(
            said.as_str(),
            Some(format!("zip-path={name}").as_str()),
            "{record}"
        );
    }
}

#[test]
fn a_member_is_a_file_that_is_only_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.zip");
    let bytes: Vec<u8> = (0..=255).collect();
    std::fs::write(
        &path,
        archive(&[stored(b"s", &bytes), deflated(b"d", &bytes)]),
    )
    .expect("written");
    let uri = ResourcePath::from_absolute(&path).expect("a URI");
    let zips = here();
    for name in ["s", "d"] {
        let outcome = zips.stores().wait(async {
            let member = zips.member(&uri.member(name)?).await?;
            let file = Stored::member(member);
            let size = file.store.stat(&file.key).await?.map(|object| object.size);
            let parts = file
                .store
                .read(&file.key, Ranges::exact(vec![3..7, 250..256, 9..9]));
            let parts = parts.await?.concat();
            let beyond = file
                .store
                .read(
                    &file.key,
                    Ranges::exact(Some(250..257).into_iter().collect()),
                )
                .await;
            let removed = file.store.delete(&file.key).await;
            Ok((size, parts, beyond.is_err(), removed.is_err()))
        });
        let parts = [&bytes[3..7], &bytes[250..]].concat();
        assert_eq!(outcome.expect("a member"), (Some(256), parts, true, true));
    }
}
