//! Shorter names for constraints and indexes whose natural names are too long.

use blake2::Blake2bVar;
use blake2::digest::{Update, VariableOutput};

/// Bytes of the hash at the end of a shortened name.
const HASH_SIZE: usize = 4;

/// `name` itself if it fits, else its beginning, `_`, and the BLAKE2b hash of the whole in hexadecimal, together
/// `max_length` bytes (`lsst/daf/butler/name_shrinker.py`).
pub(super) fn shrink(name: &str, max_length: usize) -> String {
    if name.len() <= max_length {
        return name.to_owned();
    }
    let mut hash = [0u8; HASH_SIZE];
    // Both calls fail only for output sizes that BLAKE2b cannot have; four bytes it can.
    if let Ok(mut hasher) = Blake2bVar::new(HASH_SIZE) {
        hasher.update(name.as_bytes());
        let _ = hasher.finalize_variable(&mut hash);
    }
    let keep = (0..=max_length - 2 * HASH_SIZE - 1)
        .rev()
        .find(|&i| name.is_char_boundary(i))
        .unwrap_or(0);
    let hex: String = hash.iter().map(|b| format!("{b:02x}")).collect();
    format!("{}_{hex}", &name[..keep])
}

#[cfg(test)]
mod tests {
    use super::shrink;

    // Expected values: `NameShrinker(63).shrink(name)` of the reference.
    #[test]
    fn long_names_end_in_the_reference_hash() {
        let name = "fkey_visit_physical_filter_instrument_name_instrument_physical_filter";
        assert_eq!(
            shrink(name, 63),
            "fkey_visit_physical_filter_instrument_name_instrument__daee087b"
        );
        assert_eq!(shrink(&name[..63], 63), &name[..63]);
    }
}
