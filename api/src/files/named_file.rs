//! A dataset's file that is open, with what every answer says about it.

use std::time::SystemTime;

use axum::http::{HeaderMap, HeaderValue, header};
use headers::{HeaderMapExt, LastModified};

use super::content::Content;
use super::content_type::content_type;
use super::disposition::disposition;
use super::validators::Validators;

/// An open file. What is said of it is written once, because programs read FITS files by many small ranges.
#[derive(Debug, Clone)]
pub struct NamedFile {
    /// The file.
    pub content: Content,
    /// Its media type.
    pub content_type: HeaderValue,
    /// The name under which it is saved.
    pub disposition: HeaderValue,
    /// By what it is recognised, as of when it was opened.
    pub validators: Option<Validators>,
    /// Headers of every answer about it, be it sent or not.
    pub headers: HeaderMap,
}

impl NamedFile {
    /// A file just opened; `name` is the last part of its path.
    pub fn new(content: Content, name: &str) -> Self {
        let validators = content.validators(SystemTime::now());
        let mut headers = HeaderMap::with_capacity(16);
        if let Some(validators) = &validators {
            headers.typed_insert(validators.tag.clone());
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
        Self {
            content,
            content_type: content_type(name),
            disposition: disposition(name),
            validators,
            headers,
        }
    }
}
