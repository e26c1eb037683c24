//! Dataset ids in messages.

use uuid::Uuid;

/// A dataset id as people know it; SQLite stores it without hyphens.
pub(crate) fn shown_id(stored: &str) -> String {
    Uuid::try_parse(stored).map_or_else(|_| stored.to_owned(), |id| id.to_string())
}
