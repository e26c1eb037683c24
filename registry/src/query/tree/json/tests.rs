//! What is read and written with names that the reference never makes: round trips of random trees, and hostile nesting.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::model::dimension_group::DimensionGroup;
use crate::model::time::TaiNs;
use crate::model::timespan::Timespan;
use crate::query::tree::{
    BinaryOperator, ColumnReference, ComparisonOperator, DatasetField, DatasetKey, DatasetSearch,
    PredicateLeaf, RegionLiteral, ResultKind, UnaryOperator,
};

fn universe() -> Arc<Universe> {
    static UNIVERSE: OnceLock<Arc<Universe>> = OnceLock::new();
    let make = || Universe::from_json(Universe::default_json()).expect("a universe");
    Arc::clone(UNIVERSE.get_or_init(make))
}

fn group(names: &[&str]) -> DimensionGroup {
    DimensionGroup::conform(&universe(), names).expect("names of dimensions")
}

fn literal() -> impl Strategy<Value = ColumnLiteral> {
    let point = |(lon, lat)| {
        let point = pantry_sky::UnitVector3d::from_lon_lat(
            &pantry_sky::LonLat::from_degrees(lon, lat).expect("in range"),
        );
        ColumnLiteral::Region(RegionLiteral::point(point))
    };
    prop_oneof![
        any::<i64>().prop_map(ColumnLiteral::Int),
        any::<String>().prop_map(ColumnLiteral::String),
        any::<f64>()
            .prop_filter("finite", |f| f.is_finite())
            .prop_map(ColumnLiteral::Float),
        any::<Vec<u8>>().prop_map(ColumnLiteral::Hash),
        any::<u128>().prop_map(|n| ColumnLiteral::Uuid(Uuid::from_u128(n))),
        any::<i64>().prop_map(|n| ColumnLiteral::DateTime(TaiNs(n))),
        any::<(i64, i64)>().prop_map(|(a, b)| ColumnLiteral::Timespan(Timespan::from_ns(a, b))),
        (0.0..360.0, -90.0..=90.0).prop_map(point),
    ]
}

fn reference() -> impl Strategy<Value = ColumnReference> {
    let field = |(element, name)| ColumnReference::dimension_field(&universe(), element, name);
    let fields = [
        ("visit", "exposure_time"),
        ("visit", "timespan"),
        ("visit", "region"),
        ("exposure", "can_see_sky"),
        ("detector", "full_name"),
    ];
    prop_oneof![
        prop::sample::select(vec!["visit", "instrument", "htm7"])
            .prop_map(|d| ColumnReference::dimension_key(&universe(), d).expect("a dimension")),
        prop::sample::select(fields.to_vec()).prop_map(move |f| field(f).expect("a field")),
        prop::sample::select(DatasetField::PUBLIC.to_vec()).prop_map(|field| {
            let dataset_type = DatasetKey::Named("d".to_owned());
            ColumnReference::DatasetField {
                dataset_type,
                field,
            }
        }),
    ]
}

fn expression() -> impl Strategy<Value = ColumnExpression> {
    let atom = prop_oneof![
        literal().prop_map(ColumnExpression::Literal),
        reference().prop_map(ColumnExpression::Reference)
    ];
    atom.prop_recursive(4, 16, 2, |inner| {
        // Those whose types do not fit are left as they are.
        let unary = (
            prop::sample::select(UnaryOperator::ALL.to_vec()),
            inner.clone(),
        )
            .prop_map(|(o, e)| ColumnExpression::unary(o, e.clone()).unwrap_or(e));
        let binary = (
            prop::sample::select(BinaryOperator::ALL.to_vec()),
            inner.clone(),
            inner,
        )
            .prop_map(|(o, a, b)| ColumnExpression::binary(o, a.clone(), b).unwrap_or(a));
        prop_oneof![unary, binary]
    })
}

fn leaf() -> impl Strategy<Value = PredicateLeaf> {
    let operators = prop::sample::select(ComparisonOperator::ALL.to_vec());
    let plain = prop_oneof![
        expression().prop_map(PredicateLeaf::IsNull),
        (expression(), operators, expression())
            .prop_map(|(a, operator, b)| PredicateLeaf::Comparison { a, operator, b }),
        (expression(), prop::collection::vec(expression(), 0..3))
            .prop_map(|(member, container)| PredicateLeaf::InContainer { member, container }),
        (expression(), any::<i64>(), any::<Option<i64>>(), 1..9_i64).prop_map(
            |(member, start, stop, step)| PredicateLeaf::InRange {
                member,
                start,
                stop,
                step
            }
        ),
        expression().prop_map(|column| PredicateLeaf::InQuery {
            member: column.clone(),
            column,
            query_tree: Box::new(tree(Predicate::from_bool(true))),
        }),
    ];
    let fits = |leaf: PredicateLeaf| match leaf.validate() {
        Ok(()) => leaf,
        Err(_) => PredicateLeaf::IsNull(ColumnExpression::Literal(ColumnLiteral::Int(1))),
    };
    (plain, any::<bool>()).prop_map(move |(leaf, inverted)| match inverted {
        true => fits(leaf).invert(),
        false => fits(leaf),
    })
}

fn tree(predicate: Predicate) -> QueryTree {
    let dimensions = group(&["visit", "exposure", "detector", "htm7"]);
    let search = DatasetSearch {
        collections: vec!["a".to_owned(), "b".to_owned()],
        dimensions: group(&["visit"]),
    };
    QueryTree {
        dimensions,
        datasets: [("d".to_owned(), search.clone())].into_iter().collect(),
        any_dataset: Some(search),
        data_coordinate_uploads: BTreeMap::from([(Uuid::from_u128(5), group(&["detector"]))]),
        materializations: BTreeMap::from([(Uuid::from_u128(7), group(&["visit"]))]),
        predicate,
        validate_governor_constraints: false,
    }
}

proptest! {
    #[test]
    fn trees_survive_a_round_trip(operands in prop::collection::vec(prop::collection::vec(leaf(), 0..3), 0..3)) {
        let tree = tree(Predicate { operands });
        let text = tree_to_json(&tree).to_string();
        let read = tree_from_json(&parse(&text).expect("JSON"), &universe());
        prop_assert_eq!(read.expect("a tree"), tree);
    }

    #[test]
    fn specifications_survive_a_round_trip(
        operand in expression(),
        is_reversed in any::<bool>(),
        limit in any::<Option<u32>>(),
        find_first in any::<bool>(),
    ) {
        let mut spec = ResultSpec::new(ResultKind::General {
            dimensions: group(&["visit"]),
            dimension_fields: BTreeMap::from([("visit".to_owned(), ["name".to_owned()].into())]),
            dataset_fields: BTreeMap::from([("d".to_owned(), [DatasetField::Run].into())]),
            include_dimension_records: !find_first,
            find_first,
        });
        spec.order_by.extend(OrderExpression::new(operand, is_reversed).ok());
        spec.limit = limit.map(u64::from);
        let text = spec_to_json(&spec).to_string();
        let read = spec_from_json(&parse(&text).expect("JSON"), &universe());
        prop_assert_eq!(read.expect("a specification"), spec);
    }
}

fn nested(levels: usize, wrap: impl Fn(Value) -> Value) -> Value {
    let key = json!({"expression_type": "dimension_key", "dimension": "visit"});
    (0..levels).fold(key, |inner, _| wrap(inner))
}

fn negated(inner: Value) -> Value {
    let mut outer = json!({"expression_type": "unary", "operator": "-"});
    // Moved: the macro would copy it level by level, on the stack.
    outer["operand"] = inner;
    outer
}

fn is_null(operand: Value) -> Value {
    let leaf = json!({"predicate_type": "is_null"});
    let mut tree = json!({"dimensions": ["visit"], "predicate": {"operands": [[leaf]]}});
    tree["predicate"]["operands"][0][0]["operand"] = operand;
    tree
}

#[test]
fn nesting_is_bounded() {
    assert!(tree_from_json(&is_null(nested(100, negated)), &universe()).is_ok());
    for levels in [130, 5_000] {
        let value = is_null(nested(levels, negated));
        let error = tree_from_json(&value, &universe()).expect_err("too deep");
        assert!(error.to_string().contains("nested deeper"), "{error}");
        // Values of this depth are taken apart level by level, too.
        let mut rest = value;
        while let Some(inner) = rest.pointer_mut("/predicate/operands/0/0/operand") {
            rest = inner.take();
        }
        while let Some(inner) = rest.get_mut("operand") {
            rest = inner.take();
        }
    }
    let text = "[".repeat(100_000);
    assert!(
        parse(&text)
            .expect_err("too deep")
            .to_string()
            .contains("recursion limit")
    );
}

#[test]
fn queries_in_queries_are_bounded() {
    let key = || json!({"expression_type": "dimension_key", "dimension": "visit"});
    let inside = |tree: Value| {
        let leaf = json!({"predicate_type": "in_query", "member": key(), "column": key(), "query_tree": tree});
        json!({"dimensions": ["visit"], "predicate": {"operands": [[leaf]]}})
    };
    let levels = |n| (0..n).fold(json!({"dimensions": ["visit"]}), |tree, _| inside(tree));
    assert!(tree_from_json(&levels(20), &universe()).is_ok());
    let error = tree_from_json(&levels(40), &universe()).expect_err("too deep");
    assert!(error.to_string().contains("nested deeper"), "{error}");
}

#[test]
fn faults_are_placed() {
    let value = is_null(json!({"expression_type": "int", "value": "x"}));
    let error = tree_from_json(&value, &universe()).expect_err("no integer");
    assert_eq!(
        error.to_string(),
        "predicate.operands.0.0.operand.value: expected an integer of 64 bits, not \"x\""
    );
}
