//! The cards of one header, one after the other, in constant memory.

use std::io;

use crate::limits::{BLOCK, CARD, HEADER, HEADER_READ};
use crate::source::ReadAt;

/// How a header ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderEnd {
    /// With END; data begin here.
    At {
        /// Offset of the data.
        data: u64,
        /// Whether something else than blanks follows END in its block.
        is_blank: bool,
    },
    /// With END, in a block that the file has only a part of.
    Cut,
    /// The file ends, or the longest header that is read, without END.
    Missing,
}

/// Hand each card before END to `each`; `len` is that of the file.
pub(crate) fn scan(
    source: &(impl ReadAt + ?Sized),
    offset: u64,
    len: u64,
    mut each: impl FnMut(&[u8]),
) -> io::Result<HeaderEnd> {
    let limit = len.min(offset.saturating_add(HEADER));
    let mut at = offset;
    let mut buffer = Vec::new();
    while at < limit {
        let size = (limit - at).min(HEADER_READ);
        buffer.resize(usize::try_from(size).unwrap_or(0), 0);
        source.read_at(at, &mut buffer)?;
        for (number, card) in buffer.chunks(CARD).enumerate() {
            if is_end(card) {
                let card_at = at + (number * CARD) as u64;
                let data = offset + (card_at - offset) / BLOCK * BLOCK + BLOCK;
                if data > len {
                    return Ok(HeaderEnd::Cut);
                }
                let rest = buffer[(number * CARD).min(buffer.len())..].iter().skip(3);
                let in_block = usize::try_from(data - card_at - 3).unwrap_or(0);
                let is_blank = rest.take(in_block).all(|b| *b == b' ');
                return Ok(HeaderEnd::At { data, is_blank });
            }
            if card.len() == CARD {
                each(card);
            }
        }
        at += size;
    }
    Ok(HeaderEnd::Missing)
}

/// END alone in its card, or cut off by the end of the file.
fn is_end(card: &[u8]) -> bool {
    card.strip_prefix(b"END")
        .is_some_and(|rest| rest.first().is_none_or(|b| *b == b' '))
}
