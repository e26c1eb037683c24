//! What reads parameters, cursors, positions and `Accept`, and the whole REST, with texts that nobody has thought of.
//! `PANTRY_REST_REQUESTS=5000` and `PANTRY_REST_SEED=2` draw others than the tests do.

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, Request, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_testkit::postgres::Database;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::covers::place;
use super::cursor::{Cursor, Place};
use super::format::{Format, accepted};
use super::parameters::Parameters;
use super::problem::PROBLEM;
use super::tests::Served;

/// The parameters behind a `?`.
fn read(query: &str) -> Parameters {
    let request = Request::get(format!("/?{query}")).body(()).unwrap();
    let (mut parts, ()) = request.into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let read = runtime.block_on(Parameters::from_request_parts(&mut parts, &()));
    read.unwrap_or_else(|refusal| panic!("{query}: {refusal}"))
}

/// The same parameters, written as a client writes them.
fn parameters(pairs: &[(String, String)]) -> Parameters {
    read(&encoded(pairs))
}

fn encoded(pairs: &[(String, String)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn accept(text: &str) -> Option<Format> {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, text.parse().ok()?);
    accepted(&headers).ok()
}

/// Numbers as people and programs write them, right and wrong.
fn numbers() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<f64>().prop_map(|number| number.to_string()),
        (-400.0..400.0f64).prop_map(|number| number.to_string()),
        (-200..200i32).prop_map(|number| number.to_string()),
        Just("nan".to_owned()),
        Just("inf".to_owned()),
        ".{0,6}",
    ]
}

proptest! {
    #[test]
    fn parameters_come_back_as_they_were_written(name in "[a-z.]{1,8}", value in any::<String>()) {
        let pair = (name.clone(), value.clone());
        let read = parameters(std::slice::from_ref(&pair));
        prop_assert_eq!(read.text(&name), Ok(Some(value.as_str())));
        prop_assert!(parameters(&[pair.clone(), pair]).text(&name).is_err());
        prop_assert_eq!(read.text("another_name"), Ok(None));
    }

    #[test]
    fn any_query_is_read(query in "[!$-;=?-~]{0,60}") {
        let read = read(&query);
        let _ = (read.binds(), read.list("type"), read.wildcard("collections"));
        let _ = (read.flag("find_first"), read.number::<u64>("limit"), read.check_names(&["where"]));
    }

    #[test]
    fn a_position_is_on_the_sphere(ra in numbers(), dec in numbers(), radius in numbers()) {
        let pairs = [("ra", &ra), ("dec", &dec), ("radius", &radius)];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.clone()));
        let number = |text: &str| text.parse::<f64>().ok().filter(|n| n.is_finite());
        let is_fit = number(&ra).is_some()
            && number(&dec).is_some_and(|dec| dec.abs() <= 90.0)
            && number(&radius).is_some_and(|radius| (0.0..=180.0).contains(&radius));
        let place = place(&parameters(&pairs));
        prop_assert_eq!(place.is_ok(), is_fit, "{:?}", place);
    }

    #[test]
    fn the_type_that_accept_likes_best_is_answered(qualities in prop::array::uniform6(0..=4u8), spaces in " {0,2}") {
        let range = |(format, quality): (Format, u8)| {
            let media_type = format.content_type().split(';').next().unwrap_or_default();
            format!("{media_type};{spaces}q={}", f32::from(quality) / 4.0)
        };
        let text = Format::ALL.into_iter().zip(qualities).map(range).collect::<Vec<_>>().join(",");
        let best = qualities.into_iter().max().filter(|best| *best > 0);
        let first = best.and_then(|best| qualities.iter().position(|quality| *quality == best));
        prop_assert_eq!(accept(&text), first.map(|first| Format::ALL[first]), "{}", text);
    }

    #[test]
    fn any_accept_is_read(text in "[ -~]{0,60}") {
        let _ = accept(&text);
    }

    #[test]
    fn a_cursor_comes_back(
        part in ".*",
        values in prop::collection::vec(
            prop_oneof![".*".prop_map(DataIdValue::Str), any::<i64>().prop_map(DataIdValue::Int)], 0..5),
        skip in any::<Option<u64>>(),
    ) {
        let place = skip.map_or(Place::After(values), Place::Skip);
        let cursor = Cursor { part, place };
        prop_assert_eq!(Cursor::read(&cursor.written()), Some(cursor));
    }

    #[test]
    fn any_cursor_is_read(text in ".*", json in r#"[\[\]{}",:a-z0-9 .-]{0,40}"#) {
        let _ = (Cursor::read(&text), Cursor::read(&URL_SAFE_NO_PAD.encode(json)));
    }
}

/// Paths below a repo, with the parameters that they know.
const PATHS: [(&str, &[&str]); 9] = [
    ("collections", &["name", "type", "chains", "dataset_types"]),
    ("collections/summary", &["name"]),
    ("dataset-types", &["name", "collections"]),
    (
        "datasets",
        &[
            "type",
            "collections",
            "find_first",
            "where",
            "order_by",
            "limit",
            "cursor",
        ],
    ),
    (
        "data-ids",
        &[
            "dimensions",
            "datasets",
            "collections",
            "where",
            "order_by",
            "limit",
            "cursor",
        ],
    ),
    (
        "dimension-records/visit",
        &[
            "datasets",
            "collections",
            "where",
            "order_by",
            "limit",
            "cursor",
        ],
    ),
    (
        "dimension-records/htm7",
        &[
            "datasets",
            "collections",
            "where",
            "order_by",
            "limit",
            "cursor",
        ],
    ),
    (
        "covers",
        &["ra", "dec", "radius", "type", "collections", "limit"],
    ),
    (
        "datasets/00000000-0000-0000-0000-000000000000/file",
        &["component"],
    ),
];

/// Values that some parameter takes, or nearly takes.
fn values() -> impl Strategy<Value = String> {
    let known = [
        "calexp",
        "deepCoadd*",
        "*",
        "HSC/runs/mini",
        "HSC/*",
        "",
        "visit",
        "visit,detector",
        "-visit",
        "patch",
        "true",
        "0",
        "1",
        "3",
        "150.9",
        "2.2",
        "csv",
        "json",
        "instrument='HSC'",
        "visit > :v",
        "visit.timespan OVERLAPS (null, null)",
        "visit IN (1, 2) OR tract=0",
        "visit.region OVERLAPS POINT(150.9, 2.2)",
        "eyJwYXJ0IjoiIiwic2tpcCI6MX0",
        "RUN",
        "tree",
        "\0",
        "a\0*",
        "18446744073709551616",
        "htm7",
    ];
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[a-z0-9 ().,=<>!*'\"/:-]{0,30}",
    ]
}

/// A path with parameters.
fn requests() -> impl Strategy<Value = String> {
    let one = prop::sample::select(PATHS.to_vec()).prop_flat_map(|(path, names)| {
        let names: Vec<&str> = names
            .iter()
            .copied()
            .chain(["format", "bind.v", "nothing"])
            .collect();
        let pair = (prop::sample::select(names), values());
        (Just(path), prop::collection::vec(pair, 0..5))
    });
    one.prop_map(|(path, pairs)| {
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        format!("repos/mini/{path}?{}", encoded(&pairs.collect::<Vec<_>>()))
    })
}

#[test]
fn any_request_has_an_answer_or_a_problem() {
    ask_anything(&Served::new());
}

#[test]
fn any_request_has_an_answer_or_a_problem_on_postgresql() {
    ask_anything(&Served::with(Some(Database::new())));
}

fn ask_anything(served: &Served) {
    // The same requests every time, unless others are asked for.
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse::<u32>().unwrap())
    };
    let seed = number("PANTRY_REST_SEED").unwrap_or(1).to_le_bytes();
    let cases = number("PANTRY_REST_REQUESTS").unwrap_or(400);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed.repeat(8));
    let mut runner = TestRunner::new_with_rng(Config::with_cases(cases), rng);
    let ran = runner.run(&requests(), |path| {
        let answer = served.get(&path, &[]);
        let status = answer.status;
        prop_assert!(!status.is_server_error(), "{path}: {status}");
        if !status.is_success() {
            prop_assert_eq!(answer.header(header::CONTENT_TYPE), PROBLEM, "{}", path);
            prop_assert_eq!(&answer.json()["status"], status.as_u16(), "{}", path);
        }
        Ok(())
    });
    ran.unwrap_or_else(|e| panic!("{e}"));
}
