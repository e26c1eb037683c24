//! Classes of characters as Python's regular expressions have them, by which the reference splits texts.

/// The decimal digits zero of Unicode 14 outside of ASCII; nine more follow each.
const ZEROS: [u32; 65] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650,
    0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50,
    0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// The value of a decimal digit of any script (`\\d`, `int`).
pub(super) fn digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let code = u32::from(c);
    let after = ZEROS.partition_point(|zero| *zero <= code);
    let zero = *ZEROS.get(after.checked_sub(1)?)?;
    (code - zero < 10).then_some(code - zero)
}

/// White space (`\\s`, `str.split`).
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// A letter that begins an identifier. Without regard to case `[a-z]` has four letters more: two forms of i, one of s, one of k.
pub(super) fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | '\u{130}' | '\u{131}' | '\u{17f}' | '\u{212a}')
}

/// A letter or digit of an identifier.
pub(super) fn is_word(c: char) -> bool {
    is_letter(c) || c.is_ascii_digit()
}

/// An identifier in upper case (`str.upper`).
pub(super) fn upper(identifier: &str) -> String {
    let one = |c| match c {
        '\u{131}' => 'I',
        '\u{17f}' => 'S',
        c => c.to_ascii_uppercase(),
    };
    identifier.chars().map(one).collect()
}
