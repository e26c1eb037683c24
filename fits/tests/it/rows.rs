//! Columns come in blocks of rows, however long the rows are; what cannot be read is refused by name.

use std::cell::Cell;
use std::io;

use pantry_fits::table::{Cells, RowBlock, Table};
use pantry_fits::{Hdu, ReadAt, index, limits};

use crate::made::table;

/// Bytes that note how many were wanted at once.
struct Watched(Vec<u8>, Cell<usize>);

impl ReadAt for Watched {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.1.set(self.1.get().max(buffer.len()));
        self.0.as_slice().read_at(offset, buffer)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }
}

fn open(source: &impl ReadAt) -> (Hdu, Table) {
    let hdu = index(source).unwrap().nth(1).unwrap().unwrap();
    let table = Table::open(source, &hdu).unwrap();
    (hdu, table)
}

/// Rows of an id and so many bytes of padding.
fn rows(count: i64, padding: usize) -> Vec<Vec<u8>> {
    let row = |i: i64| [(i * 7).to_be_bytes().to_vec(), vec![b'x'; padding]].concat();
    (0..count).map(row).collect()
}

fn ids(source: &impl ReadAt) -> (Vec<i128>, usize) {
    let (_, table) = open(source);
    let blocks: Vec<RowBlock> = table
        .read(source, &["ID"])
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut ids = Vec::new();
    for block in &blocks {
        assert_eq!(block.first, ids.len() as u64);
        let Cells::Integer(values) = &block.columns[0] else {
            panic!("{block:?}");
        };
        assert_eq!(block.rows, values.len());
        ids.extend(values.iter().flatten());
    }
    (ids, blocks.len())
}

#[test]
fn many_rows_come_in_blocks_of_bounded_size() {
    let bytes = table(&[("id", "K"), ("pad", "992A")], 1000, &rows(3000, 992));
    let source = Watched(bytes, Cell::new(0));
    let (ids, blocks) = ids(&source);
    assert_eq!(ids, (0..3000).map(|i| i * 7).collect::<Vec<i128>>());
    assert_eq!(blocks, 3);
    assert!(source.1.get() as u64 <= limits::ROWS);
}

#[test]
fn of_long_rows_only_the_cells_are_read() {
    let length = 3_000_000;
    let bytes = table(
        &[("id", "K"), ("pad", "3000000A")],
        length + 8,
        &rows(3, length),
    );
    let source = Watched(bytes, Cell::new(0));
    assert_eq!(ids(&source), (vec![0, 7, 14], 3));
    assert!(source.1.get() < 100_000);
}

#[test]
fn what_cannot_be_read_is_refused_by_name() {
    let columns = [
        ("id", "K"),
        ("vector", "2E"),
        ("heap", "1PE(3)"),
        ("odd", "Z"),
        ("wide", "2000000A"),
        ("tail", "J"),
    ];
    let bytes = table(&columns, 40, &[vec![0; 40]]);
    let source = bytes.as_slice();
    let (_, table) = open(&source);
    let refusal = |name: &str| {
        table
            .read(&source, &[name])
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refusal("nothing"),
        "the table in HDU 1 has no column 'nothing'"
    );
    assert_eq!(
        refusal("vector"),
        "column 'vector' of HDU 1: '2E' is not one value a row"
    );
    assert_eq!(
        refusal("heap"),
        "column 'heap' of HDU 1: '1PE(3)' is not one value a row"
    );
    assert_eq!(
        refusal("odd"),
        "column 'odd' of HDU 1: its definition 'Z' cannot be used"
    );
    assert_eq!(
        refusal("wide"),
        "column 'wide' of HDU 1: its definition '2000000A' cannot be used"
    );
    assert_eq!(
        refusal("tail"),
        "column 'tail' of HDU 1: its definition 'J' cannot be used"
    );
    let primary = index(&source).unwrap().next().unwrap().unwrap();
    assert_eq!(
        Table::open(&source, &primary).unwrap_err().to_string(),
        "HDU 0 is no table"
    );
}

#[test]
fn rows_that_the_file_has_not_are_an_error_and_no_more_follows() {
    let mut bytes = table(&[("id", "K")], 8, &rows(1000, 0));
    bytes.truncate(2 * 2880 + 100);
    let source = bytes.as_slice();
    let (_, table) = open(&source);
    let mut read = table.read(&source, &["id"]).unwrap();
    assert!(read.next().unwrap().is_err());
    assert!(read.next().is_none());
}

#[test]
fn rows_without_bytes_are_none() {
    let mut bytes = table(&[], 0, &[]);
    let text = String::from_utf8(bytes.clone()).unwrap();
    let at = text.find("NAXIS2  = 0").unwrap();
    bytes[at..at + 29].copy_from_slice(b"NAXIS2  = 9000000000000000000");
    let source = bytes.as_slice();
    let (hdu, table) = open(&source);
    assert_eq!(hdu.rows(), Some(9_000_000_000_000_000_000));
    assert_eq!(table.read(&source, &[]).unwrap().count(), 0);
}
