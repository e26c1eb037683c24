//! The answer to a GET or HEAD of a file.

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use uuid::Uuid;

use super::byte_ranges::{Wanted, wanted};
use super::file_body::Piece;
use super::multipart::{content_range, multipart};
use super::named_file::NamedFile;
use super::validators::Condition;

/// Answer with a file, or with the parts of it that `asked` wants.
pub fn answer(method: &Method, asked: &HeaderMap, file: &NamedFile) -> Response {
    let validators = file.validators.as_ref();
    let condition = validators.map_or(Condition::Met, |validators| validators.check(asked));
    let mut headers = file.headers.clone();
    let (status, body) = match condition {
        Condition::Met => {
            let is_same = validators.is_none_or(|v| v.allow_range(asked));
            let range = asked.get(header::RANGE).filter(|_| is_same);
            // For other methods a range means nothing (14.2).
            let range = range.filter(|_| *method == Method::GET);
            let wanted = range
                .and_then(|range| range.to_str().ok())
                .map_or(Wanted::Whole, |range| wanted(range, file.content.size()));
            body(method, &mut headers, file, wanted)
        }
        Condition::NotModified => (StatusCode::NOT_MODIFIED, Body::empty()),
        Condition::Failed => (StatusCode::PRECONDITION_FAILED, Body::empty()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn body(
    method: &Method,
    headers: &mut HeaderMap,
    file: &NamedFile,
    wanted: Wanted,
) -> (StatusCode, Body) {
    let size = file.content.size();
    headers.insert(header::CONTENT_DISPOSITION, file.disposition.clone());
    headers.insert(header::CONTENT_TYPE, file.content_type.clone());
    let (status, pieces) = match wanted {
        Wanted::Whole => (StatusCode::OK, vec![Piece::Range(0..size)]),
        Wanted::One(range) => {
            insert_content_range(headers, content_range(&range, size));
            (StatusCode::PARTIAL_CONTENT, vec![Piece::Range(range)])
        }
        Wanted::Many(ranges) => (
            StatusCode::PARTIAL_CONTENT,
            many(headers, &file.content_type, &ranges, size),
        ),
        Wanted::Unsatisfiable => {
            headers.remove(header::CONTENT_TYPE);
            insert_content_range(headers, format!("bytes */{size}"));
            (StatusCode::RANGE_NOT_SATISFIABLE, Vec::new())
        }
    };
    let length: u64 = pieces.iter().map(Piece::length).sum();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let body = match *method == Method::HEAD || length == 0 {
        true => Body::empty(),
        false => file.content.body(pieces),
    };
    (status, body)
}

fn many(
    headers: &mut HeaderMap,
    content_type: &HeaderValue,
    ranges: &[Range<u64>],
    size: u64,
) -> Vec<Piece> {
    // Random, so that no file has it in it.
    let boundary = Uuid::now_v7().simple().to_string();
    let value = format!("multipart/byteranges; boundary={boundary}");
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    multipart(&boundary, content_type, ranges, size)
}

fn insert_content_range(headers: &mut HeaderMap, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(header::CONTENT_RANGE, value);
    }
}
