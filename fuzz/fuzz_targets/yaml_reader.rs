//! The export reader must neither panic nor take much memory, whatever a file contains.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_import::yaml::ExportReader;

fuzz_target!(|bytes: &[u8]| {
    let Ok(reader) = ExportReader::from_bytes("fuzz.yaml", bytes.to_vec()) else {
        return;
    };
    let failures = reader.filter(Result::is_err).count();
    assert!(failures <= 1, "events after an error");
});
