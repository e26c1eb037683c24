//! Whatever the bytes, decoding ends in a region or an error, and nothing that can be asked of a region panics.

use pantry_sky::{HtmPixelization, Pixelization, Region, SkyError};
use proptest::prelude::*;

/// Doubles that geometry likes least.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => -1.0..1.0,
        1 => prop::sample::select(vec![
            0.0, -0.0, 1.0, -1.0, 4.0, 7.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE, 5e-324,
        ]),
        1 => any::<f64>(),
    ]
}

/// Bytes of the right length for some kind of region, with any numbers.
fn simple() -> impl Strategy<Value = Vec<u8>> {
    let shape = prop::sample::select(vec![
        (b'b', 4),
        (b'c', 5),
        (b'e', 14),
        (b'p', 9),
        (b'p', 12),
        (b'p', 15),
    ]);
    shape.prop_flat_map(|(kind, n)| {
        prop::collection::vec(number(), n).prop_map(move |numbers| {
            let mut bytes = vec![kind];
            bytes.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
            bytes
        })
    })
}

fn nested() -> impl Strategy<Value = Vec<u8>> {
    simple().prop_recursive(3, 12, 4, |operand| {
        (
            prop::sample::select(b"ui".to_vec()),
            prop::collection::vec(operand, 0..4),
        )
            .prop_map(|(kind, operands)| {
                let mut bytes = vec![kind];
                for operand in operands {
                    bytes.extend((operand.len() as u64).to_le_bytes());
                    bytes.extend(operand);
                }
                bytes
            })
    })
}

fn ask_everything(a: &Region, b: &Region) {
    let _ = (
        a.relate(b),
        a.overlaps(b),
        a.contains_region(b),
        a.is_empty(),
        a.bounding_box(),
    );
    let _ = (
        a.bounding_circle(),
        a.bounding_box3d(),
        a == b,
        format!("{a:?}"),
    );
    let htm = HtmPixelization::new(3).expect("a valid level");
    assert!(htm.interior(a).difference(&htm.universe()).is_empty());
    assert!(htm.envelope(a).difference(&htm.universe()).is_empty());
}

proptest! {
    #[test]
    fn any_bytes_decode_or_fail(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in prop::sample::select(b"bcepui?".to_vec())) {
        let mut bytes = bytes;
        if let Some(first) = bytes.first_mut() {
            *first = kind;
        }
        if let Ok(region) = Region::decode(&bytes) {
            ask_everything(&region, &region);
        }
    }

    #[test]
    fn any_numbers_survive_everything(a in nested(), b in nested()) {
        if let (Ok(a), Ok(b)) = (Region::decode(&a), Region::decode(&b)) {
            ask_everything(&a, &b);
            let again = Region::decode(&a.encode()).expect("encoded by us");
            prop_assert_eq!(again.encode(), a.encode());
        }
    }

    #[test]
    fn any_text_decodes_or_fails(text in "\\PC{0,60}|[A-Za-z0-9+/=:&|]{0,200}") {
        let _ = (Region::from_base64(&text), Region::from_hex(&text), Region::overlaps_base64(&text));
    }
}

#[test]
fn deep_nesting_is_an_error_and_not_a_stack_overflow() {
    let mut bytes = vec![b'u'];
    for _ in 0..90 {
        bytes = wrap(&bytes);
    }
    assert!(Region::decode(&bytes).is_ok());
    for _ in 0..3_000 {
        bytes = wrap(&bytes);
    }
    assert!(
        matches!(Region::decode(&bytes), Err(SkyError::Decode(message)) if message.contains("deeper"))
    );
}

fn wrap(inner: &[u8]) -> Vec<u8> {
    let mut outer = vec![b'i'];
    outer.extend((inner.len() as u64).to_le_bytes());
    outer.extend(inner);
    outer
}

#[test]
fn errors_say_what_was_expected() {
    let message = |bytes: &[u8]| Region::decode(bytes).expect_err("damaged").to_string();
    assert!(message(b"").contains("no bytes"));
    assert!(
        message(b"c123").contains("Circle has 41 bytes, these are 4"),
        "{}",
        message(b"c123")
    );
    assert!(message(b"z").contains("first byte is 0x7a"));
    assert!(message(&[b'p'; 49]).contains("at least 3 vertices"));
    assert!(message(b"u\x09\0\0\0\0\0\0\0c").contains("truncated"));
    assert!(message(b"u\xff\xff\xff\xff\xff\xff\xff\xffc").contains("truncated"));
}
