//! Whatever the bytes, nothing panics, and index and check agree.

use std::fs;

use pantry_fits::table::Table;
use pantry_fits::{Card, Hdu, Header, check, index};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::astropy::files;
use crate::made::{header, primary};

/// Read all that can be read of some bytes.
fn read(bytes: &[u8]) {
    let report = check(bytes).unwrap();
    let hdus: Vec<Hdu> = index(bytes).unwrap().map_while(Result::ok).collect();
    assert_eq!(report.hdus, hdus.len());
    for hdu in hdus {
        let header = Header::read(bytes, &hdu).unwrap();
        assert!(header.get("BITPIX").is_some());
        let Ok(table) = Table::open(bytes, &hdu) else {
            continue;
        };
        for column in table.columns() {
            if let Ok(rows) = table.read(bytes, &[&column.name]) {
                let read: u64 = rows.map_while(Result::ok).map(|b| b.rows as u64).sum();
                assert!(read <= table.rows_len());
            }
        }
    }
}

fn corpus() -> Vec<Vec<u8>> {
    let all = files("sound").into_iter().chain(files("damaged"));
    all.map(|file| fs::read(file).unwrap()).collect()
}

proptest! {
    #[test]
    fn any_card_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let card = Card::parse(&bytes);
        prop_assert!(card.keyword.len() <= 80 * 3);
    }

    #[test]
    fn any_text_of_a_card_is_read(text in "[A-Z ]{8}(= )?[-+0-9.eEdDTF'/(), ]{0,40}") {
        Card::parse(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..6000)) {
        read(&bytes);
    }

    #[test]
    fn any_cards_are_read(cards in proptest::collection::vec(
        ("(XTENSION|BITPIX  |NAXIS   |NAXIS1  |NAXIS2  |PCOUNT  |GCOUNT  |TFIELDS |TFORM1  |THEAP   )",
         "(= 'BINTABLE'|= 'TABLE'|= 'IMAGE'|= -?[0-9]{1,20}|= '[0-9]{0,20}[A-Z]'|= 8|= 2)"), 0..14)) {
        let mut bytes = primary();
        let begin = std::iter::once("XTENSION= 'BINTABLE'".to_owned());
        let cards: Vec<String> = begin.chain(cards.into_iter().map(|(k, v)| k + &v)).collect();
        bytes.extend(header(&cards));
        bytes.extend([0; 2880]);
        read(&bytes);
    }

    #[test]
    fn spoiled_files_are_read(
        file in any::<Index>(),
        changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..8),
        cut in proptest::option::of(any::<Index>()),
    ) {
        let corpus = corpus();
        let mut bytes = file.get(&corpus).clone();
        for (at, byte) in changes {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        read(&bytes);
    }
}
