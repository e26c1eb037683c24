//! The oracle answers, databases are private, and the comparison sees what differs.

use pantry_testkit::postgres::Database;
use pantry_testkit::{compare, fixture, oracle};

#[test]
fn the_oracle_is_the_version_we_compare_with() {
    let found = oracle::json(
        "import json, sys\nfrom importlib.metadata import version\nprint(json.dumps(version(sys.argv[1])))",
        ["lsst-daf-butler"],
    );
    assert_eq!(found, "30.2026.4300");
}

#[test]
fn the_oracle_takes_large_input_and_gives_large_output() {
    let numbers: Vec<u32> = (0..200_000).collect();
    let code = "import json, sys\nprint(json.dumps([2 * n for n in json.load(sys.stdin)]))";
    let answer = oracle::ask(code, &serde_json::json!(numbers));
    let doubled: Vec<u32> = numbers.iter().map(|n| 2 * n).collect();
    assert_eq!(answer, serde_json::json!(doubled));
}

#[test]
fn a_command_that_fails_keeps_its_code_and_message() {
    let ran = oracle::butler(["query-collections", "/nonexistent/repo"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("/nonexistent/repo"), "{ran}");
}

#[test]
fn databases_are_private_and_dropped() {
    let (one, two) = (Database::new(), Database::without_btree_gist());
    one.sql("CREATE TABLE a (i int); INSERT INTO a VALUES (7)");
    assert_eq!(one.sql("SELECT i FROM a"), "7\n");
    assert_eq!(two.sql("SELECT to_regclass('a')"), "\n");
    let extensions = "SELECT count(*) FROM pg_extension WHERE extname = 'btree_gist'";
    assert_eq!(
        (one.sql(extensions), two.sql(extensions)),
        ("1\n".into(), "0\n".into())
    );
    let gone = one.name().to_owned();
    drop(one);
    let left = two.sql(&format!(
        "SELECT count(*) FROM pg_database WHERE datname = '{gone}'"
    ));
    assert_eq!(left, "0\n");
}

/// Import the fixture twice, once after another export, so that generated ids differ; then change one row.
#[test]
fn comparison_maps_generated_ids_and_sees_changes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (left, right) = (folder.path().join("left"), folder.path().join("right"));
    let export = fixture("oracle-mini").join("export.yaml");
    for repo in [&left, &right] {
        oracle::create(repo);
    }
    oracle::load(
        &left,
        ["base.yaml", "datasets.yaml"]
            .map(Into::into)
            .iter()
            .chain([&export]),
    );
    oracle::load(
        &right,
        [export.clone(), "base.yaml".into(), "datasets.yaml".into()],
    );
    compare::assert_same_rows(&left, &right, &[]);
    let ids =
        std::panic::catch_unwind(|| compare::assert_same_rows(&left, &right, &["--keep-ids"]));
    assert!(ids.is_err(), "ids are given out in the order of arrival");

    let change = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\n\
                  c.execute(\"UPDATE collection SET doc = 'x' WHERE name = 'runs/first'\")\nc.commit()";
    oracle::eval(change, [right.join("gen3.sqlite3")]);
    let changed = std::panic::catch_unwind(|| compare::assert_same_rows(&left, &right, &[]));
    let message = changed.expect_err("one row differs");
    let message = message.downcast_ref::<String>().expect("a message");
    assert!(
        message.contains(r#"+ ["collection",{"collection_id":"runs/first","doc":"x""#),
        "{message}"
    );
}

#[test]
fn comparison_works_on_postgresql_with_a_namespace() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = Database::new();
    let (left, right) = (folder.path().join("left"), folder.path().join("right"));
    oracle::create_postgres(&left, &database, Some("one"));
    oracle::create_postgres(&right, &database, Some("two"));
    compare::assert_same_schema(&left, &right, &["--comments"]);
    compare::assert_same_rows(&left, &right, &[]);
    database.sql("CREATE INDEX extra ON two.dataset (ingest_date)");
    let found = compare::schema(&right, &[]);
    let extra = "index dataset | extra | CREATE INDEX extra ON dataset USING btree (ingest_date)";
    assert!(found.iter().any(|line| line == extra));
    assert!(std::panic::catch_unwind(|| compare::assert_same_schema(&left, &right, &[])).is_err());
}
