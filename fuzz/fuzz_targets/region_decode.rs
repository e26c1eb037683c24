//! Regions of any bytes are decoded or refused; a decoded region encodes to bytes that mean the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_sky::Region;

fuzz_target!(|bytes: &[u8]| {
    let Ok(region) = Region::decode(bytes) else {
        return;
    };
    let encoded = region.encode();
    let again = Region::decode(&encoded).expect("an encoded region can be decoded");
    assert_eq!(again.encode(), encoded);
});
