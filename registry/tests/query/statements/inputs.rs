//! Uploaded data IDs, rows of other queries, and queries in filters.

use std::sync::Arc;

use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::execute::{Materialization, Upload};
use pantry_registry::query::tree::{
    ColumnExpression, ColumnReference, Predicate, PredicateLeaf, QueryTree,
};
use uuid::Uuid;

use super::question::{Question, group};

const KEY: Uuid = Uuid::from_u128(1);

pub fn questions(universe: &Arc<Universe>) -> Vec<Question> {
    vec![upload(universe), materialization(universe), query(universe)]
}

fn upload(universe: &Arc<Universe>) -> Question {
    let about = "Data IDs that are uploaded: all are one value, JSON text.";
    let mut question = Question::new(universe, "upload", about, &["visit", "detector"]);
    let dimensions = group(universe, &["visit"]);
    question.tree = question.tree.join_data_coordinate_upload(KEY, &dimensions);
    let row = |visit| vec![DataIdValue::Str("HSC".to_owned()), DataIdValue::Int(visit)];
    let rows = vec![row(1), row(2)];
    let upload = Upload { dimensions, rows };
    question.inputs.uploads.insert(KEY, upload);
    question
}

fn materialization(universe: &Arc<Universe>) -> Question {
    let about = "Rows of another query, which becomes part of the statement.";
    let other = Question::new(universe, "", about, &["exposure", "detector"])
        .join("raw", &["exposure", "detector"], &["run/a"])
        .filter("instrument = 'HSC' AND exposure > 5");
    let dimensions = group(universe, &["exposure", "detector"]);
    let mut question = Question::new(universe, "materialization", "", &["exposure", "detector"]);
    question.about = other.about;
    question.tree = question.tree.join_materialization(KEY, &dimensions);
    let materialization = Materialization {
        tree: other.tree,
        dimensions,
        datasets: vec!["raw".to_owned()],
        allow_duplicate_overlaps: false,
    };
    question.inputs.materializations = vec![(KEY, materialization)];
    question.filter("instrument = 'HSC' AND detector = 3")
}

fn query(universe: &Arc<Universe>) -> Question {
    let about = "A value that is in a column of another query.";
    let visit = || {
        let column = ColumnReference::dimension_key(universe, "visit");
        ColumnExpression::Reference(column.expect("of the standard universe"))
    };
    let other: QueryTree = Question::new(universe, "", about, &["visit", "detector"])
        .join("calexp", &["visit", "detector"], &["run/a"])
        .filter("instrument = 'HSC' AND detector = 3")
        .tree;
    let predicate = Predicate::leaf(PredicateLeaf::InQuery {
        member: visit(),
        column: visit(),
        query_tree: Box::new(other),
    });
    Question::new(universe, "in_query", about, &["visit"])
        .filter("instrument = 'HSC'")
        .matching(predicate.expect("both are integers"))
}
