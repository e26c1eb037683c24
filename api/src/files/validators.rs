//! Conditional requests: whether a client has the file already, or another one (RFC 9110, 8.8 and 13).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, header};
use headers::{ETag, HeaderMapExt, IfMatch, IfModifiedSince, IfNoneMatch, IfUnmodifiedSince};
use pantry_datastore::OpenFile;
use pantry_datastore::store::Object;

/// By what a file is recognised.
#[derive(Debug, Clone)]
pub struct Validators {
    /// A strong entity tag.
    pub tag: ETag,
    /// When it was last written, to the second; `None` if that is not in the past.
    pub modified: Option<SystemTime>,
    /// Whether it could have been written again in the same second.
    is_fresh: bool,
}

/// What the conditions of a request come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Answer as if there were none.
    Met,
    /// 304: the client has this file.
    NotModified,
    /// 412: the file is not the one that the client means.
    Failed,
}

impl Validators {
    /// Those of a file, at the time `now`. The tag is of the size and the time in nanoseconds, not of the recorded checksum,
    /// which would stay if somebody wrote the file anew.
    pub fn of(file: &OpenFile, now: SystemTime) -> Option<Self> {
        Self::new(file.size(), file.modified(), now)
    }

    /// Those of an object of a store, by the tag that the store gives it, else as for files.
    pub fn of_object(object: &Object, now: SystemTime) -> Option<Self> {
        let mut made = Self::new(object.size, object.modified?, now)?;
        if let Some(tag) = object.etag.as_ref().and_then(|tag| tag.parse().ok()) {
            made.tag = tag;
        }
        Some(made)
    }

    fn new(size: u64, modified: SystemTime, now: SystemTime) -> Option<Self> {
        let (sign, age) = match modified.duration_since(UNIX_EPOCH) {
            Ok(after) => ("", after),
            Err(before) => ("-", before.duration()),
        };
        let tag = format!("\"{sign}{:x}-{size:x}\"", age.as_nanos()).parse();
        let seconds = UNIX_EPOCH + Duration::from_secs(age.as_secs());
        let is_past = sign.is_empty() && modified <= now;
        Some(Self {
            tag: tag.ok()?,
            modified: is_past.then_some(seconds),
            is_fresh: seconds + Duration::from_secs(1) > now,
        })
    }

    /// Evaluate the conditions of a GET or HEAD in the order of 13.2.2.
    pub fn check(&self, headers: &HeaderMap) -> Condition {
        if let Some(wanted) = headers.typed_get::<IfMatch>() {
            if !wanted.precondition_passes(&self.tag) {
                return Condition::Failed;
            }
        } else if let (Some(since), Some(modified)) =
            (headers.typed_get::<IfUnmodifiedSince>(), self.modified)
            && !since.precondition_passes(modified)
        {
            return Condition::Failed;
        }
        if let Some(known) = headers.typed_get::<IfNoneMatch>() {
            if !known.precondition_passes(&self.tag) {
                return Condition::NotModified;
            }
        } else if let (Some(since), Some(modified)) =
            (headers.typed_get::<IfModifiedSince>(), self.modified)
            && !since.is_modified(modified)
        {
            return Condition::NotModified;
        }
        Condition::Met
    }

    /// Whether `If-Range` lets a range of this file be sent: the same strong tag, or exactly the same date if that is strong
    /// (13.1.5).
    pub fn allow_range(&self, headers: &HeaderMap) -> bool {
        let Some(value) = headers.get(header::IF_RANGE) else {
            return true;
        };
        let Ok(value) = value.to_str() else {
            return false;
        };
        if let Ok(tag) = value.trim().parse::<ETag>() {
            // Both are strong and equal only if they are written in the same way.
            return tag == self.tag;
        }
        let date = httpdate::parse_http_date(value).ok();
        date.is_some() && date == self.modified && !self.is_fresh
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    const MODIFIED: &str = "Sat, 29 Oct 1994 19:43:31 GMT";

    fn validators(milliseconds: i64) -> Validators {
        let modified = httpdate::parse_http_date(MODIFIED).unwrap() + Duration::from_millis(250);
        let by = Duration::from_millis(milliseconds.unsigned_abs());
        let now = if milliseconds < 0 {
            modified - by
        } else {
            modified + by
        };
        Validators::new(1000, modified, now).unwrap()
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let header = |(name, value): &(&'static str, &str)| {
            let value = HeaderValue::from_str(value).unwrap();
            (HeaderName::from_static(name), value)
        };
        pairs.iter().map(header).collect()
    }

    #[test]
    fn conditions_are_evaluated_in_their_order() {
        let file = validators(60_000);
        let tag = "\"adf688c2159d080-3e8\"";
        assert_eq!(file.tag, tag.parse().unwrap());
        let weak = format!("W/{tag}");
        let list = format!("\"x\", {tag}");
        let (earlier, later) = (
            "Sat, 29 Oct 1994 19:43:30 GMT",
            "Sat, 29 Oct 1994 19:43:32 GMT",
        );
        for (pairs, expected) in [
            (vec![], Condition::Met),
            (vec![("if-none-match", tag)], Condition::NotModified),
            (vec![("if-none-match", &weak)], Condition::NotModified),
            (vec![("if-none-match", &list)], Condition::NotModified),
            (vec![("if-none-match", "*")], Condition::NotModified),
            (vec![("if-none-match", "\"x\"")], Condition::Met),
            (
                vec![("if-modified-since", MODIFIED)],
                Condition::NotModified,
            ),
            (vec![("if-modified-since", later)], Condition::NotModified),
            (vec![("if-modified-since", earlier)], Condition::Met),
            (vec![("if-modified-since", "yesterday")], Condition::Met),
            // The tag is asked alone if both are there.
            (
                vec![("if-none-match", "\"x\""), ("if-modified-since", later)],
                Condition::Met,
            ),
            (vec![("if-match", tag)], Condition::Met),
            (vec![("if-match", "*")], Condition::Met),
            (vec![("if-match", &weak)], Condition::Failed),
            (vec![("if-match", "\"x\"")], Condition::Failed),
            (
                vec![("if-match", "\"x\""), ("if-none-match", tag)],
                Condition::Failed,
            ),
            (vec![("if-unmodified-since", MODIFIED)], Condition::Met),
            (vec![("if-unmodified-since", earlier)], Condition::Failed),
            (
                vec![("if-match", tag), ("if-unmodified-since", earlier)],
                Condition::Met,
            ),
        ] {
            assert_eq!(file.check(&headers(&pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_range_goes_out_only_of_the_same_file() {
        let tag = "\"adf688c2159d080-3e8\"";
        let weak = format!("W/{tag}");
        let later = "Sat, 29 Oct 1994 19:43:32 GMT";
        for (value, now_after, expected) in [
            (tag, 60_000, true),
            (&weak, 60_000, false),
            ("\"x\"", 60_000, false),
            (MODIFIED, 60_000, true),
            (MODIFIED, 100, false),
            // Later is not the same.
            (later, 60_000, false),
            ("nonsense", 60_000, false),
        ] {
            let asked = headers(&[("if-range", value)]);
            assert_eq!(
                validators(now_after).allow_range(&asked),
                expected,
                "{value}"
            );
        }
        assert!(validators(0).allow_range(&HeaderMap::new()));
    }

    #[test]
    fn a_time_to_come_is_not_told() {
        assert_eq!(validators(-5000).modified, None);
        let old = UNIX_EPOCH - Duration::from_secs(5);
        let file = Validators::new(1, old, SystemTime::now()).unwrap();
        assert_eq!(file.modified, None);
        assert_eq!(file.tag, "\"-12a05f200-1\"".parse().unwrap());
    }
}
