//! Tables of files in all formats, and lists of checksums: any bytes are read or refused, in little memory.

#![no_main]

use std::io::Write;

use libfuzzer_sys::fuzz_target;
use pantry_import::ingest::lists;
use pantry_import::ingest::TableFile;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, content)) = bytes.split_first() else {
        return;
    };
    let ending = [".csv", ".ecsv", ".fits", ".parq"][usize::from(kind % 4)];
    let mut file = tempfile::Builder::new().suffix(ending).tempfile().expect("a temporary file");
    file.write_all(content).expect("room for it");
    if let Ok(mut table) = TableFile::open(file.path()) {
        let wanted: Vec<usize> = (0..table.columns().len().min(3)).collect();
        let _ = table.rows(&wanted, &mut |_, values| {
            assert_eq!(values.len(), wanted.len());
            Ok(())
        });
    }
    let _ = lists::read("MD5SUMS", content, &mut |_, listed| {
        assert!(!listed.path.ends_with('/'));
        Ok(())
    });
});
