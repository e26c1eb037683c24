//! `--bind` values, data IDs, and terms to sort by.

use super::predicates::binds;
use crate::model::dimension_group::DimensionGroup;
use crate::model::time::{TaiNs, TimeScale};
use crate::model::universe::Universe;
use crate::query::expression::{
    BindValue, IdentifierContext, bind_literal, data_id_predicate, order_by,
};
use crate::query::tree::ColumnLiteral;

#[test]
fn values_of_binds_are_literals_or_text() {
    use ColumnLiteral as L;
    let text = |text: &str| L::String(text.to_owned());
    let time = TaiNs::parse_isot("2020-01-01T00:00:00", TimeScale::Tai).unwrap();
    for (value, expected) in [
        ("3", L::Int(3)),
        ("-3", L::Int(-3)),
        ("1.5", L::Float(1.5)),
        ("'3'", text("3")),
        ("HSC", text("HSC")),
        ("", text("")),
        ("r", text("r")),
        ("a b", text("a b")),
        ("1, 2", text("1, 2")),
        ("1) OR (2", text("1) OR (2")),
        ("1..3", text("1..3")),
        ("NULL", text("NULL")),
        ("T'2020-01-01/tai'", L::DateTime(time)),
    ] {
        assert_eq!(bind_literal(value), BindValue::Literal(expected), "{value}");
    }
    let list = BindValue::List(vec![text("a"), text("b")]);
    assert_eq!(bind_literal("('a', 'b')"), list);
    assert_eq!(bind_literal("(3)"), BindValue::List(vec![L::Int(3)]));
    assert_eq!(bind_literal("(a, b)"), BindValue::Literal(text("(a, b)")));
}

#[test]
fn data_ids_filter() {
    let universe = Universe::from_json(Universe::default_json()).unwrap();
    let pairs = [
        ("instrument", ColumnLiteral::String("HSC".to_owned())),
        ("visit", ColumnLiteral::Int(5)),
    ];
    let predicate = data_id_predicate(&universe, pairs).unwrap();
    assert_eq!(predicate.to_string(), "instrument == 'HSC' AND visit == 5");
    let wrong = data_id_predicate(&universe, [("instrument", ColumnLiteral::Int(5))]);
    assert_eq!(
        wrong.unwrap_err().to_string(),
        "Column types for comparison instrument == 5 do not agree (string, int)."
    );
    assert!(data_id_predicate(&universe, [("nothing", ColumnLiteral::Int(5))]).is_err());
}

#[test]
fn terms_to_sort_by() {
    let universe = Universe::from_json(Universe::default_json()).unwrap();
    let binds = binds();
    let context = IdentifierContext {
        dimensions: &DimensionGroup::conform(&universe, ["visit", "detector"]).unwrap(),
        datasets: &["raw".to_owned()],
        binds: &binds,
    };
    let sorted = |term: &str| {
        let order = order_by(&[term.to_owned()], &context);
        order
            .map(|terms| terms[0].to_string())
            .map_err(|e| e.to_string())
    };
    assert_eq!(sorted("-visit").unwrap(), "visit DESC");
    assert_eq!(
        sorted("visit.timespan.begin").unwrap(),
        "visit.timespan.begin"
    );
    assert_eq!(sorted("-ingest_date").unwrap(), "raw.ingest_date DESC");
    assert_eq!(sorted("-").unwrap_err(), "Empty dimension name in ORDER BY");
    assert_eq!(sorted("num").unwrap_err(), "Unrecognized identifier 'num'.");
    assert!(sorted("visit.region").unwrap_err().contains("not ordered"));
}
