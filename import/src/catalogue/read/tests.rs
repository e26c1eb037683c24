//! Files that are damaged in any way are read or refused; nothing panics, and no more rows come than the file says.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

const CSV: &str = "objectId,ra,dec,name\n1,150.5,2,a\n2,151,-2,\"b, \"\"c\"\"\"\n3,151.5,2e0,\n";
/// A table with one column of integers, as astropy writes it.
const FITS: &str = "fits/sound/table.fits";
const PARQUET: &str = "hsc-mini/HSC/runs/mini/20261001T000000Z/objectTable/9813/27/\
                       objectTable_9813_27_hsc_rings_mini_v1_HSC_runs_mini_20261001T000000Z.parq";

/// Read some bytes as a file of this name: the rows that came, and what was said.
fn outcome(bytes: &[u8], name: &str) -> (u64, Result<Facts, Fault>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let file = FileBytes::local(&path).unwrap();
    let mut rows = 0;
    let pick = |columns: &[Column]| {
        let last = columns.len().checked_sub(1).ok_or("no columns")?;
        let position = (last >= 2).then_some((1, 2));
        Ok(Picked { id: 0, position })
    };
    let read = read(&file, name, &[], &pick, &mut |block| {
        rows += block.ids.len() as u64;
        Ok(())
    });
    (rows, read)
}

fn whole(name: &str) -> Vec<u8> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    match name {
        "a.csv" => CSV.as_bytes().to_vec(),
        "a.fits" => fs::read(fixtures.join(FITS)).unwrap(),
        _ => fs::read(fixtures.join(PARQUET)).unwrap(),
    }
}

#[test]
fn whole_files_are_read() {
    // `fixtures/README.md` says how many rows there are.
    for (name, count) in [("a.csv", 3), ("a.parq", 40)] {
        let (rows, read) = outcome(&whole(name), name);
        assert_eq!((rows, read.unwrap().rows), (count, count));
    }
    let (rows, read) = outcome(&whole("a.fits"), "a.fits");
    assert!(matches!(read, Ok(facts) if facts.rows == rows && rows > 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn damaged_files_are_read_or_refused(
        name in prop::sample::select(vec!["a.csv", "a.fits", "a.parq"]),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 0..6),
        from_end in any::<bool>(),
        cut in prop::option::weighted(0.3, any::<Index>()),
    ) {
        let mut bytes = whole(name);
        for (at, byte) in changes {
            // What says where things are is at the end of Parquet files and at the begin of others.
            let near = at.index(bytes.len().min(4096));
            let place = if from_end { bytes.len() - 1 - near } else { near };
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let (rows, read) = outcome(&bytes, name);
        if let Ok(facts) = read {
            prop_assert_eq!(rows, facts.rows);
        }
    }
}
