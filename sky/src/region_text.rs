//! The text forms of regions: base64 in database columns, hexadecimal in YAML and JSON.

use crate::base64;
use crate::error::SkyError;
use crate::region::Region;
use crate::union_region::UnionRegion;

/// The prefix of the YAML tags of all regions.
const TAG_PREFIX: &str = "lsst.sphgeom.";

impl Region {
    /// The encoded bytes in base64, as the reference stores regions in text columns.
    pub fn to_base64(&self) -> String {
        base64::encode(&self.encode())
    }

    /// Reads base64 (`Region.decodeBase64`): several regions separated by ':' make a union, no text the empty union.
    pub fn from_base64(text: &str) -> Result<Self, SkyError> {
        if text.is_empty() {
            return Ok(UnionRegion::new(Vec::new()).into());
        }
        if !text.contains(':') {
            return decode_one(text);
        }
        let operands: Result<_, _> = text.split(':').map(decode_one).collect();
        Ok(UnionRegion::new(operands?).into())
    }

    /// Whether any of several pairs of regions overlap (`Region.decodeOverlapsBase64`): `None` if the reference cannot
    /// tell.
    ///
    /// Pairs are `a&b`, separated by '|'; no text is false. What comes after a pair that overlaps is not read.
    pub fn overlaps_base64(text: &str) -> Result<Option<bool>, SkyError> {
        let mut result = Some(false);
        if text.is_empty() {
            return Ok(result);
        }
        let mut rest = Some(text);
        while let Some(terms) = rest {
            let (a, after) = terms
                .split_once('&')
                .ok_or_else(|| SkyError::Text("an overlap term has no '&'".into()))?;
            let a = decode_one(a)?;
            let (b, next) = match after.split_once('|') {
                Some((b, next)) => (b, Some(next)),
                None => (after, None),
            };
            match a.overlaps(&decode_one(b)?) {
                Some(true) => return Ok(Some(true)),
                Some(false) => {}
                None => result = None,
            }
            rest = next;
        }
        Ok(result)
    }

    /// The encoded bytes in lower-case hexadecimal, as in JSON and under `encoded` in YAML.
    pub fn to_hex(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let bytes = self.encode();
        let mut out = String::with_capacity(2 * bytes.len());
        for byte in bytes {
            out.push(DIGITS[usize::from(byte >> 4)].into());
            out.push(DIGITS[usize::from(byte & 15)].into());
        }
        out
    }

    /// Reads hexadecimal of either case; white space between bytes is skipped, as Python's `bytes.fromhex` does.
    pub fn from_hex(text: &str) -> Result<Self, SkyError> {
        let mut bytes = Vec::with_capacity(text.len() / 2);
        for word in text.split(|c: char| c.is_ascii_whitespace() || c == '\x0b') {
            let (pairs, rest) = word.as_bytes().as_chunks::<2>();
            if !rest.is_empty() {
                return Err(SkyError::Text(
                    "hexadecimal text has an odd number of digits".into(),
                ));
            }
            for [high, low] in pairs {
                bytes.push(hex_digit(*high)? << 4 | hex_digit(*low)?);
            }
        }
        Self::decode(&bytes)
    }

    /// The tag of the YAML mapping that holds the hexadecimal form under `encoded`, for example `lsst.sphgeom.Circle`.
    pub fn yaml_tag(&self) -> String {
        format!("{TAG_PREFIX}{}", self.class_name())
    }

    /// True for the six tags of regions. The reference does not check that tag and encoded kind agree.
    pub fn is_yaml_tag(tag: &str) -> bool {
        matches!(
            tag.strip_prefix(TAG_PREFIX),
            Some(
                "Box"
                    | "Circle"
                    | "ConvexPolygon"
                    | "Ellipse"
                    | "UnionRegion"
                    | "IntersectionRegion"
            )
        )
    }
}

fn decode_one(text: &str) -> Result<Region, SkyError> {
    Region::decode(&base64::decode(text)?)
}

fn hex_digit(c: u8) -> Result<u8, SkyError> {
    match c {
        b'0'..=b'9' => Ok(c - b'0'),
        b'a'..=b'f' => Ok(c - b'a' + 10),
        b'A'..=b'F' => Ok(c - b'A' + 10),
        _ => Err(SkyError::Text(format!(
            "invalid hexadecimal character {:?}",
            c as char
        ))),
    }
}
