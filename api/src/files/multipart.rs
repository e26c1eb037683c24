//! Several ranges in one answer: `multipart/byteranges` (RFC 9110, 14.6 and 15.3.7.2).

use std::ops::Range;

use axum::http::HeaderValue;
use bytes::Bytes;

use super::file_body::Piece;

/// The pieces of an answer with `ranges` of a file of `size` bytes, the last boundary included.
pub fn multipart(
    boundary: &str,
    content_type: &HeaderValue,
    ranges: &[Range<u64>],
    size: u64,
) -> Vec<Piece> {
    let content_type = content_type.to_str().unwrap_or("application/octet-stream");
    let mut pieces = Vec::with_capacity(2 * ranges.len() + 1);
    for (i, range) in ranges.iter().enumerate() {
        let begin = if i == 0 { "" } else { "\r\n" };
        let part = format!(
            "{begin}--{boundary}\r\nContent-Type: {content_type}\r\nContent-Range: {}\r\n\r\n",
            content_range(range, size)
        );
        pieces.push(Piece::Text(part.into()));
        pieces.push(Piece::Range(range.clone()));
    }
    let end = format!("\r\n--{boundary}--\r\n");
    pieces.push(Piece::Text(Bytes::from(end)));
    pieces
}

/// The value of `Content-Range` for a range that is not empty.
pub fn content_range(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 9110, 14.6: the example of two parts.
    #[test]
    fn the_example_of_the_standard() {
        let content_type = HeaderValue::from_static("application/pdf");
        let ranges = [500..1000, 7000..8000];
        let pieces = multipart("THIS_STRING_SEPARATES", &content_type, &ranges, 8000);
        let texts: Vec<&str> = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) => std::str::from_utf8(text).ok(),
                Piece::Range(_) => None,
            })
            .collect();
        assert_eq!(
            texts,
            [
                "--THIS_STRING_SEPARATES\r\nContent-Type: application/pdf\r\nContent-Range: bytes 500-999/8000\r\n\r\n",
                "\r\n--THIS_STRING_SEPARATES\r\nContent-Type: application/pdf\r\nContent-Range: bytes 7000-7999/8000\r\n\r\n",
                "\r\n--THIS_STRING_SEPARATES--\r\n",
            ]
        );
        assert_eq!(pieces[1], Piece::Range(500..1000));
        assert_eq!(pieces[3], Piece::Range(7000..8000));
    }
}
