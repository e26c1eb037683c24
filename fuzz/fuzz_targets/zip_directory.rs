//! The directory of an archive of any bytes: members that are told have their bytes in it, none shared.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_datastore::zip::directory;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(members) = directory(bytes) {
        let together: u64 = members.iter().map(|member| member.compressed).sum();
        assert!(together <= bytes.len() as u64);
    }
});
