//! Checksums of the kinds that lists of files have, several of them in one reading.

use std::fmt;
use std::fs::File;
use std::path::Path;

use adler2::Adler32;
use blake2::Blake2b512;
use futures_util::StreamExt;
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::checksum::read_through;
use crate::error::{DatastoreError, Result};
use crate::store::Stored;

/// How a checksum is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// Adler-32, 8 hexadecimal digits; rucio's.
    Adler32,
    /// MD5, 32 digits.
    Md5,
    /// SHA-1, 40 digits.
    Sha1,
    /// SHA-256, 64 digits.
    Sha256,
    /// SHA-512, 128 digits.
    Sha512,
    /// BLAKE2b of 64 bytes, 128 digits.
    Blake2b,
    /// BLAKE3 of 32 bytes, 64 digits.
    Blake3,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Adler32,
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
        Self::Blake2b,
        Self::Blake3,
    ];

    /// Its name in lower case, without a hyphen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Adler32 => "adler32",
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::Blake2b => "blake2b",
            Self::Blake3 => "blake3",
        }
    }

    /// The algorithm of a name such as `SHA-256`, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let plain = name.replace('-', "").to_ascii_lowercase();
        Self::ALL.into_iter().find(|a| a.name() == plain)
    }

    /// Hexadecimal digits of a checksum.
    pub fn digits(self) -> usize {
        match self {
            Self::Adler32 => 8,
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha256 | Self::Blake3 => 64,
            Self::Sha512 | Self::Blake2b => 128,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Checksums of bytes that come one after the other.
pub struct Digests {
    states: Vec<(Algorithm, State)>,
}

enum State {
    Adler32(Adler32),
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
    Sha512(Sha512),
    Blake2b(Box<Blake2b512>),
    Blake3(Box<blake3::Hasher>),
}

impl Digests {
    /// By these algorithms.
    pub fn new(algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        let state = |algorithm| match algorithm {
            Algorithm::Adler32 => State::Adler32(Adler32::new()),
            Algorithm::Md5 => State::Md5(Md5::default()),
            Algorithm::Sha1 => State::Sha1(Sha1::default()),
            Algorithm::Sha256 => State::Sha256(Sha256::default()),
            Algorithm::Sha512 => State::Sha512(Sha512::default()),
            Algorithm::Blake2b => State::Blake2b(Box::default()),
            Algorithm::Blake3 => State::Blake3(Box::default()),
        };
        Self {
            states: algorithms.into_iter().map(|a| (a, state(a))).collect(),
        }
    }

    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        use sha2::Digest;
        for (_, state) in &mut self.states {
            match state {
                State::Adler32(sum) => sum.write_slice(bytes),
                State::Md5(hasher) => hasher.update(bytes),
                State::Sha1(hasher) => hasher.update(bytes),
                State::Sha256(hasher) => hasher.update(bytes),
                State::Sha512(hasher) => hasher.update(bytes),
                State::Blake2b(hasher) => blake2::Digest::update(hasher.as_mut(), bytes),
                State::Blake3(hasher) => drop(hasher.update(bytes)),
            }
        }
    }

    /// The checksums in lower-case hexadecimal digits, in the order of the algorithms.
    pub fn finish(self) -> Vec<(Algorithm, String)> {
        use sha2::Digest;
        let sum = |state| match state {
            State::Adler32(sum) => format!("{:08x}", sum.checksum()),
            State::Md5(hasher) => hex(&hasher.finalize()),
            State::Sha1(hasher) => hex(&hasher.finalize()),
            State::Sha256(hasher) => hex(&hasher.finalize()),
            State::Sha512(hasher) => hex(&hasher.finalize()),
            State::Blake2b(hasher) => hex(&blake2::Digest::finalize(*hasher)),
            State::Blake3(hasher) => hasher.finalize().to_hex().to_string(),
        };
        let states = self.states.into_iter();
        states
            .map(|(algorithm, state)| (algorithm, sum(state)))
            .collect()
    }

    /// Read a file of this machine to its end; returns the number of its bytes.
    ///
    /// # Errors
    /// Those of the system.
    pub fn read_file(&mut self, path: &Path) -> Result<u64> {
        let fail = |e| DatastoreError::io("reading", path, e);
        let file = File::open(path).map_err(fail)?;
        let expected = file.metadata().map_err(fail)?.len();
        read_through(file, path, expected, |bytes| {
            self.update(bytes);
            Ok(())
        })
    }

    /// Read the first `size` bytes of a file of a store, which it must have.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn read_stored(&mut self, file: &Stored, size: u64) -> Result<()> {
        let mut bytes = file.store.stream(&file.key, 0..size);
        while let Some(piece) = bytes.next().await {
            self.update(&piece?);
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_other_programs() {
        // Of "abc": RFC 1321, FIPS 180-4, RFC 7693, the test vectors of BLAKE3's `b3sum`, and zlib's adler32().
        let expected = [
            "024d0127",
            "900150983cd24fb0d6963f7d28e17f72",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
            "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
        ];
        let mut digests = Digests::new(Algorithm::ALL);
        digests.update(b"a");
        digests.update(b"bc");
        let found = digests.finish();
        for ((algorithm, sum), expected) in found.iter().zip(expected) {
            assert_eq!(sum, expected, "{algorithm}");
            assert_eq!(sum.len(), algorithm.digits());
            assert_eq!(Algorithm::named(algorithm.name()), Some(*algorithm));
        }
        assert_eq!(found.len(), expected.len());
        assert_eq!(Algorithm::named("SHA-256"), Some(Algorithm::Sha256));
        assert_eq!(Algorithm::named("DropboxHash"), None);
    }
}
