//! FITS files of any bytes are indexed, checked and read; what the index finds the check has counted.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_fits::table::Table;
use pantry_fits::{Header, check, index};

fuzz_target!(|bytes: &[u8]| {
    let report = check(bytes).expect("bytes in memory can be read");
    let hdus: Vec<_> = index(bytes).expect("the same").map_while(Result::ok).collect();
    assert_eq!(report.hdus, hdus.len());
    for hdu in hdus {
        Header::read(bytes, &hdu).expect("the index has found END");
        if let Ok(table) = Table::open(bytes, &hdu) {
            for column in table.columns() {
                if let Ok(rows) = table.read(bytes, &[&column.name]) {
                    rows.map_while(Result::ok).for_each(drop);
                }
            }
        }
    }
});
