//! Names as SQLAlchemy quotes them and as the reference shortens them.

use pantry_registry::schema::dialect::Dialect;
use pantry_testkit::oracle;
use serde_json::{Value, json};

const ORACLE: &str = "
import sys, json
from sqlalchemy.dialects import sqlite, postgresql
from lsst.daf.butler.name_shrinker import NameShrinker
names = json.load(sys.stdin)
quote = [[d.dialect().identifier_preparer.quote(n) for n in names] for d in (sqlite, postgresql)]
print(json.dumps(quote + [[NameShrinker(63).shrink(n) for n in names]]))
";

#[test]
fn quoting_and_shortening_agree() {
    let mut names: Vec<String> = [
        "visit", "Visit", "a b", "1a", "a1", "$a", "a$", "_", "x\"y", "a-b", "a.b",
    ]
    .map(str::to_owned)
    .to_vec();
    let words = oracle::json(
        "import json; from sqlalchemy.dialects import sqlite, postgresql as p\n\
         r = lambda d: d.dialect().identifier_preparer.reserved_words\n\
         print(json.dumps(sorted(r(sqlite) | r(p))))",
        [""; 0],
    );
    let words = words.as_array().unwrap();
    assert!(words.len() > 150);
    names.extend(words.iter().map(|w| w.as_str().unwrap().to_owned()));
    names.extend((60..70).map(|n| "long_name_".repeat(7)[..n].to_owned()));
    let expected = oracle::ask(ORACLE, &json!(names));
    let quoted = |dialect: Dialect| -> Value { names.iter().map(|n| dialect.quote(n)).collect() };
    assert_eq!(quoted(Dialect::Sqlite), expected[0]);
    assert_eq!(quoted(Dialect::Postgresql), expected[1]);
    let shrunk: Value = names
        .iter()
        .map(|n| Dialect::Postgresql.shrink(n))
        .collect();
    assert_eq!(shrunk, expected[2]);
}
