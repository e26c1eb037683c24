//! The keys by which links are signed.

use std::fs;
use std::path::Path;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;

/// Letters of a key, at least: as many as 16 random bytes have in hexadecimal.
const SHORTEST: usize = 32;

/// Why there are no keys.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LinkKeysError {
    /// The file cannot be read.
    #[error("cannot read the keys of links from {path}: {reason}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// A key that could be guessed.
    #[error(
        "the key in line {line} is shorter than {SHORTEST} characters; make one with: head -c 32 /dev/urandom | base64"
    )]
    Short {
        /// Counted from 1.
        line: usize,
    },
    /// The file has no key.
    #[error("there is no key; make one with: head -c 32 /dev/urandom | base64")]
    None,
    /// The system gives no random bytes.
    #[error("cannot make a random key for links")]
    Random,
}

/// Keys for HMAC-SHA256. The first signs, all verify: a new key goes to the top, and the old one is taken out when the links
/// that it has signed have expired.
pub struct LinkKeys {
    signing: hmac::Key,
    others: Vec<hmac::Key>,
}

impl LinkKeys {
    /// One random key: links of other processes, and of this one before its last start, are not valid.
    ///
    /// # Errors
    /// [`LinkKeysError::Random`].
    pub fn random() -> Result<Self, LinkKeysError> {
        let signing = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        Ok(Self {
            signing: signing.map_err(|_| LinkKeysError::Random)?,
            others: Vec::new(),
        })
    }

    /// Keys from a file: one a line, the bytes of the line as they are; empty lines and those with `#` at their begin are
    /// left out.
    ///
    /// # Errors
    /// [`LinkKeysError`].
    pub fn read(path: &Path) -> Result<Self, LinkKeysError> {
        let text = fs::read_to_string(path).map_err(|reason| LinkKeysError::Read {
            path: path.display().to_string(),
            reason: reason.to_string(),
        })?;
        Self::parse(&text)
    }

    /// Keys from the text of such a file.
    ///
    /// # Errors
    /// [`LinkKeysError`].
    pub fn parse(text: &str) -> Result<Self, LinkKeysError> {
        let mut keys = Vec::new();
        for (i, line) in text.lines().enumerate() {
            match line.trim() {
                "" => {}
                comment if comment.starts_with('#') => {}
                short if short.len() < SHORTEST => {
                    return Err(LinkKeysError::Short { line: i + 1 });
                }
                key => keys.push(hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes())),
            }
        }
        let mut keys = keys.into_iter();
        Ok(Self {
            signing: keys.next().ok_or(LinkKeysError::None)?,
            others: keys.collect(),
        })
    }

    /// The signature of fields, by the first key.
    pub fn sign(&self, fields: &[&[u8]]) -> hmac::Tag {
        hmac::sign(&self.signing, &joined(fields))
    }

    /// Whether one of the keys has signed these fields; takes the same time for every wrong signature.
    pub fn verify(&self, fields: &[&[u8]], signature: &[u8]) -> bool {
        let joined = joined(fields);
        let mut keys = std::iter::once(&self.signing).chain(&self.others);
        keys.any(|key| hmac::verify(key, &joined, signature).is_ok())
    }
}

/// Each field with its length before it, so that no two lists of fields are the same bytes.
fn joined(fields: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::new();
    for field in fields {
        joined.extend_from_slice(&(field.len() as u64).to_be_bytes());
        joined.extend_from_slice(field);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "fedcba9876543210fedcba9876543210";

    // RFC 4231, test case 2, by the library that signs here.
    #[test]
    fn the_example_of_the_standard() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"Jefe");
        let tag = hmac::sign(&key, b"what do ya want for nothing?");
        let hex: String = tag.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(
            hex,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn keys_are_rotated() {
        let old = LinkKeys::parse(OLD).unwrap();
        let both = LinkKeys::parse(&format!("# since today\n{NEW}\n\n  {OLD}\n")).unwrap();
        let new = LinkKeys::parse(NEW).unwrap();
        let fields: [&[u8]; 2] = [b"a", b"b"];
        let by_old = old.sign(&fields);
        let by_both = both.sign(&fields);
        assert!(both.verify(&fields, by_old.as_ref()));
        assert!(new.verify(&fields, by_both.as_ref()));
        assert!(!new.verify(&fields, by_old.as_ref()));
        assert!(!old.verify(&fields, by_both.as_ref()));
        assert!(!LinkKeys::random().unwrap().verify(&fields, by_old.as_ref()));
    }

    #[test]
    fn fields_are_kept_apart() {
        let keys = LinkKeys::parse(OLD).unwrap();
        let signature = keys.sign(&[b"ab", b"c"]);
        assert!(!keys.verify(&[b"a", b"bc"], signature.as_ref()));
        assert!(!keys.verify(&[b"abc"], signature.as_ref()));
        assert!(!keys.verify(&[b"ab", b"c"], &signature.as_ref()[..31]));
        assert!(!keys.verify(&[b"ab", b"c"], b""));
    }

    #[test]
    fn keys_that_could_be_guessed_are_refused() {
        let fail = |text: &str| LinkKeys::parse(text).err();
        assert_eq!(fail("# none\n"), Some(LinkKeysError::None));
        assert_eq!(
            fail(&format!("{OLD}\nsecret")),
            Some(LinkKeysError::Short { line: 2 })
        );
    }
}
