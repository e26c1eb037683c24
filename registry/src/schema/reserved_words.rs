//! Words that SQLAlchemy quotes when they are names (`IdentifierPreparer.reserved_words` of its dialects).

use std::collections::HashSet;
use std::sync::LazyLock;

use super::dialect::Dialect;

/// Whether a word is one of them. Names are looked at some hundred times for one query.
pub(super) fn has(dialect: Dialect, word: &str) -> bool {
    static WORDS: LazyLock<[HashSet<&str>; 2]> = LazyLock::new(|| {
        let words = |text: &'static str| text.split(' ').collect();
        [words(SQLITE), words(POSTGRESQL)]
    });
    let [sqlite, postgresql] = &*WORDS;
    match dialect {
        Dialect::Sqlite => sqlite.contains(word),
        Dialect::Postgresql => postgresql.contains(word),
    }
}

/// For SQLite, parted by spaces.
const SQLITE: &str = "\
    add after all alter analyze and as asc attach autoincrement before begin between by cascade case \
    cast check collate column commit conflict constraint create cross current_date current_time \
    current_timestamp database default deferrable deferred delete desc detach distinct drop each \
    else end escape except exclusive exists explain fail false for foreign from full glob group \
    having if ignore immediate in index indexed initially inner insert instead intersect into is \
    isnull join key left like limit match natural not notnull null of offset on or order outer plan \
    pragma primary query raise references reindex rename replace restrict right rollback row select \
    set table temp temporary then to transaction trigger true union unique update using vacuum \
    values view virtual when where";

/// For PostgreSQL, parted by spaces.
const POSTGRESQL: &str = "\
    all analyse analyze and any array as asc asymmetric authorization between binary both case cast \
    check collate column constraint create cross current_catalog current_date current_role \
    current_schema current_time current_timestamp current_user default deferrable desc distinct do \
    else end except false fetch for foreign freeze from full grant group having ilike in initially \
    inner intersect into is isnull join leading left like limit localtime localtimestamp natural new \
    not notnull null of off offset old on only or order outer over overlaps placing primary \
    references returning right select session_user similar some symmetric table then to trailing \
    true union unique user using variadic verbose when where window with";
