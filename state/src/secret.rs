//! What a token looks like and what is kept of it.
//!
//! `pantry_<id>_<secret>`: the id is public and finds the row, so that no secret is ever compared by an index; the secret is
//! 256 random bits. Kept is the BLAKE3 hash of the whole; with that many random bits a slow hash would add nothing.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

const PREFIX: &str = "pantry_";
const ID_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;

/// A whole token as its holder presents it. It is shown once, when it is made; its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one; returns its id as well.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub(crate) fn random() -> Result<(Self, String), getrandom::Error> {
        let mut id = [0; ID_BYTES];
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut secret)?;
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let secret = BASE64_URL_SAFE_NO_PAD.encode(secret);
        Ok((Self(format!("{PREFIX}{id}_{secret}")), id))
    }

    /// The text: letters, digits, `-` and `_` only, so that it needs quotes in no shell and no header.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> blake3::Hash {
        blake3::hash(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The id in a text that was presented as a token; `None` if it cannot be one of ours.
pub(crate) fn id_of(presented: &str) -> Option<&str> {
    let (id, _) = presented.strip_prefix(PREFIX)?.split_once('_')?;
    is_id(id).then_some(id)
}

/// Whether a text has the form of an id.
pub(crate) fn is_id(text: &str) -> bool {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    text.len() == 2 * ID_BYTES && text.chars().all(hex)
}

/// Whether a text is the token with this hash, in a time that does not tell where they differ.
pub(crate) fn matches(presented: &str, hash: &blake3::Hash) -> bool {
    // `blake3::Hash` compares in constant time.
    blake3::hash(presented.as_bytes()) == *hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_in_id_and_secret_and_need_no_quotes() {
        let (one, id) = Secret::random().unwrap();
        let (other, other_id) = Secret::random().unwrap();
        assert_ne!(id, other_id);
        assert_eq!(id_of(one.reveal()), Some(id.as_str()));
        // 32 bytes are 43 letters of base64 without padding (RFC 4648).
        assert_eq!(one.reveal().len(), "pantry_".len() + 16 + 1 + 43);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        assert!(one.reveal().chars().all(plain));
        assert!(matches(one.reveal(), &one.hash()) && !matches(other.reveal(), &one.hash()));
        assert_eq!(format!("{one:?}"), "***");
    }

    #[test]
    fn other_texts_have_no_id() {
        for text in [
            "",
            "pantry_",
            "pantry_0123456789abcdef",
            "pantry_0123456789ABCDEF_x",
            "pantry_0123456789abcde_x",
            "pantry_0123456789abcdé_x",
            "gt-0123456789abcdef_x",
            "anonymous",
        ] {
            assert_eq!(id_of(text), None, "{text}");
        }
    }
}
