//! The answer to a GET or HEAD of a file.

use std::ops::Range;
use std::time::SystemTime;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use headers::{HeaderMapExt, LastModified};
use uuid::Uuid;

use super::byte_ranges::{Wanted, wanted};
use super::content::Content;
use super::content_type::content_type;
use super::disposition::disposition;
use super::file_body::Piece;
use super::multipart::{content_range, multipart};
use super::recent_files::NamedFile;
use super::validators::Condition;

/// Answer with a file, or with the parts of it that `asked` wants.
pub fn answer(method: &Method, asked: &HeaderMap, named: &NamedFile) -> Response {
    let NamedFile { content, name } = named;
    let validators = content.validators(SystemTime::now());
    let condition = validators
        .as_ref()
        .map_or(Condition::Met, |validators| validators.check(asked));
    let mut response = match condition {
        Condition::Met => {
            let is_same = validators.as_ref().is_none_or(|v| v.allow_range(asked));
            let range = asked.get(header::RANGE).filter(|_| is_same);
            // For other methods a range means nothing (14.2).
            let range = range.filter(|_| *method == Method::GET);
            let size = content.size();
            let wanted = range
                .and_then(|range| range.to_str().ok())
                .map_or(Wanted::Whole, |range| wanted(range, size));
            let content_type = content_type(name);
            let mut response = body(method, content, wanted, content_type);
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_DISPOSITION, disposition(name));
            response
        }
        Condition::NotModified => StatusCode::NOT_MODIFIED.into_response(),
        Condition::Failed => StatusCode::PRECONDITION_FAILED.into_response(),
    };
    let headers = response.headers_mut();
    if let Some(validators) = validators {
        headers.typed_insert(validators.tag);
        if let Some(modified) = validators.modified {
            headers.typed_insert(LastModified::from(modified));
        }
    }
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // Who has a copy asks whether it is still the file; nobody else may have one.
    let cache = HeaderValue::from_static("private, no-cache");
    headers.insert(header::CACHE_CONTROL, cache);
    let sniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, sniff);
    response
}

fn body(method: &Method, content: &Content, wanted: Wanted, content_type: HeaderValue) -> Response {
    let size = content.size();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, content_type.clone());
    let (status, pieces) = match wanted {
        Wanted::Whole => (StatusCode::OK, vec![Piece::Range(0..size)]),
        Wanted::One(range) => {
            insert_content_range(&mut headers, content_range(&range, size));
            (StatusCode::PARTIAL_CONTENT, vec![Piece::Range(range)])
        }
        Wanted::Many(ranges) => (
            StatusCode::PARTIAL_CONTENT,
            many(&mut headers, &content_type, &ranges, size),
        ),
        Wanted::Unsatisfiable => {
            headers.remove(header::CONTENT_TYPE);
            insert_content_range(&mut headers, format!("bytes */{size}"));
            (StatusCode::RANGE_NOT_SATISFIABLE, Vec::new())
        }
    };
    let length: u64 = pieces.iter().map(Piece::length).sum();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let body = match *method == Method::HEAD || length == 0 {
        true => Body::empty(),
        false => content.body(pieces),
    };
    (status, headers, body).into_response()
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
