//! Names that are not marked as UTF-8 are in code page 437 (APPNOTE, appendix D).

/// The upper half of the code page.
const UPPER: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The text of such a name.
pub(super) fn decode(bytes: &[u8]) -> String {
    if bytes.is_ascii() {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let letter = |byte: &u8| match byte.checked_sub(128) {
        None => char::from(*byte),
        Some(upper) => UPPER.chars().nth(upper.into()).unwrap_or('?'),
    };
    bytes.iter().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected: bytes(range(128, 256)).decode("cp437") of CPython.
    #[test]
    fn the_upper_half_has_its_letters() {
        assert_eq!(UPPER.chars().count(), 128);
        assert_eq!(decode(b"a\x81\xe1\xff"), "aüß\u{a0}");
        assert_eq!(decode(&[0x9b, 0xb0, 0xdb, 0xe0, 0xf8]), "¢░█α°");
    }
}
