//! Whole numbers in connection parameters.

use super::super::error::ConfigError;
use super::keywords::Keywords;

/// The number under a keyword.
pub(super) fn integer(keywords: &Keywords, keyword: &str) -> Result<Option<i64>, ConfigError> {
    keywords
        .get(keyword)
        .map(|text| {
            text.trim().parse().map_err(|_| {
                ConfigError::postgres(keyword, format!("invalid integer value \"{text}\""))
            })
        })
        .transpose()
}
