//! Database URLs against SQLAlchemy.

use pantry_registry::config::{
    ConfigError, ConnectionString, DatabaseTarget, DatabaseUrl, Environment,
};
use pantry_testkit::oracle;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

const REFERENCE: &str = r#"
import json, sys
from sqlalchemy.engine import make_url
out = []
for text in json.load(open(sys.argv[1])):
    try:
        url = make_url(text)
    except Exception as e:
        out.append(None)
        continue
    query = sorted((k, v) for k, vs in url.query.items() for v in ([vs] if isinstance(vs, str) else vs))
    out.append([url.drivername, url.username, url.password, url.host, url.port, url.database, query, str(url)])
json.dump(out, sys.stdout)
"#;

fn ours(text: &str) -> Json {
    let Ok(url) = DatabaseUrl::parse(text) else {
        return Json::Null;
    };
    let password = url.password.as_ref().map(|p| p.reveal());
    let mut query = url.query.clone();
    query.sort();
    json!([
        url.drivername,
        url.username,
        password,
        url.host,
        url.port,
        url.database,
        query,
        url.to_string()
    ])
}

fn compare(texts: &[String]) -> usize {
    let folder = tempfile::tempdir().expect("test set-up");
    let input = folder.path().join("urls.json");
    std::fs::write(&input, serde_json::to_string(texts).expect("test set-up"))
        .expect("test set-up");
    let reference = oracle::json(REFERENCE, [&input]);
    let reference = reference.as_array().expect("test set-up");
    assert_eq!(reference.len(), texts.len());
    let wrong: Vec<String> = texts
        .iter()
        .zip(reference)
        .filter(|(text, reference)| ours(text) != **reference && !out_of_range(reference))
        .map(|(text, reference)| {
            format!(
                "{text}\n  reference: {reference}\n  ours:      {}",
                ours(text)
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        texts.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    reference.iter().filter(|r| !r.is_null()).count()
}

/// SQLAlchemy lets ports through that no server can have.
fn out_of_range(reference: &Json) -> bool {
    reference[4]
        .as_i64()
        .is_some_and(|port| !(0..=65535).contains(&port))
}

#[test]
fn urls_are_split_as_sqlalchemy_splits_them() {
    let texts = [
        "sqlite:///<butlerRoot>/gen3.sqlite3",
        "sqlite:////abs/gen3.sqlite3",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///a b/%41?uri=true",
        "postgresql://host/db",
        "postgresql://user@host/db",
        "postgresql://user:pa%40ss@host:5432/db",
        "postgresql+psycopg://user:p:w/x@host/db",
        "postgresql+psycopg2:///db?host=a:1&host=b:2",
        "postgresql://u@x@host/db",
        "postgresql://[::1]:5432/db",
        "postgresql://[::1/db",
        "postgresql://[]/db",
        "postgresql://user@[fe80::1%25eth0]/db",
        "postgresql://host:/db",
        "postgresql://host:x/db",
        "postgresql://:5432/db",
        "postgresql://host?sslmode=require",
        "postgresql://@host/db",
        "postgresql://:pw@host/db",
        "postgresql://u:@host/db",
        "postgresql://host/db?a=1&b=&c&d=%20+%2B&a=2&=x",
        "postgresql://host:5432/d@b",
        "postgresql://host/db?options=-csearch_path%3Dx@y",
        "nothing",
        "",
        "://x",
        "a-b://x",
        "a+b://x",
        "é://x",
        "postgresql:/host",
        "postgresql://host/%zz%4",
        "postgresql://host/%ff",
        "postgresql://h/d?x=%ff",
        "postgresql://u%3Av:p@h/d",
        "postgresql://h/a/b/c?x=1?y=2",
        "postgresql://h/d#f",
        "postgresql://a,b:1,2/d",
        "postgresql:///",
        "postgresql://host:99999/db",
    ];
    let texts: Vec<String> = texts.iter().map(|t| (*t).to_owned()).collect();
    assert!(compare(&texts) > 30);
}

#[test]
fn arbitrary_urls_are_split_as_sqlalchemy_splits_them() {
    let mut runner = TestRunner::deterministic();
    let strategy = "(sqlite|postgresql|postgresql\\+psycopg|pg)://[a-c@:/?&=%+\\[\\]0-9.,]{0,24}";
    let texts: Vec<String> = (0..5000)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect();
    assert!(compare(&texts) > 3000);
}

proptest! {
    #[test]
    fn splitting_never_panics(text in "\\PC{0,40}", tail in "\\PC{0,40}") {
        let _ = DatabaseUrl::parse(&text);
        let _ = DatabaseUrl::parse(&format!("postgresql://{text}"));
        let environment = Environment::new("/").with_user("u");
        if let Ok(connection) = ConnectionString::from_url(&format!("postgresql://{text}?{tail}")) {
            let _ = connection.target(&environment);
        }
    }

    #[test]
    fn passwords_are_never_shown(password in "[a-zA-Z0-9]{12,20}") {
        let environment = Environment::new("/").with_user("u");
        let connection = ConnectionString::from_url(&format!("postgresql://user:{password}@host/db")).unwrap();
        let target = connection.target(&environment).unwrap();
        for shown in [format!("{connection}"), format!("{connection:?}"), format!("{target:?}")] {
            prop_assert!(!shown.contains(&password), "{}", shown);
        }
        let query = ConnectionString::from_url(&format!("postgresql://user@host/db?password={password}")).unwrap();
        let shown = format!("{query} {query:?}");
        prop_assert!(!shown.contains(&password), "{}", shown);
    }
}

#[test]
fn sqlite_targets() {
    let environment = Environment::new("/work dir");
    let target = |url: &str| {
        ConnectionString::from_url(url)
            .unwrap()
            .target(&environment)
    };
    let file = |url: &str| match target(url).unwrap() {
        DatabaseTarget::Sqlite(path) => path.to_string_lossy().into_owned(),
        DatabaseTarget::Postgres(_) => panic!("not SQLite"),
    };
    assert_eq!(file("sqlite:////abs/gen3.sqlite3"), "/abs/gen3.sqlite3");
    assert_eq!(
        file("sqlite:///rel/gen3.sqlite3"),
        "/work dir/rel/gen3.sqlite3"
    );
    assert_eq!(file("sqlite+pysqlite:////a%20b"), "/a b");
    for url in ["sqlite://", "sqlite:///", "sqlite:///:memory:"] {
        assert!(matches!(target(url), Err(ConfigError::InMemory)), "{url}");
    }
    assert!(matches!(
        target("sqlite:////x?uri=true"),
        Err(ConfigError::Url(_))
    ));
    assert!(matches!(
        target("mysql://h/d"),
        Err(ConfigError::Dialect(_))
    ));
    assert!(matches!(
        target("postgresql+asyncpg://h/d"),
        Err(ConfigError::Dialect(_))
    ));
}
