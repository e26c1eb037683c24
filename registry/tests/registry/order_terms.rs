//! What the query engine makes of identifiers, beside the reference: every field of every element and dataset, with and without
//! its element, for several dimensions and datasets; with the messages of errors.

use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::expression::{Binds, IdentifierContext, order_by};
use pantry_testkit::oracle;
use serde_json::json;

const CONTEXTS: [(&[&str], &[&str]); 6] = [
    (&[], &[]),
    (&["visit", "detector"], &["image"]),
    (&["exposure", "htm7"], &[]),
    (&["patch", "band"], &["image", "other"]),
    (&["visit", "exposure", "tract"], &["visit_image"]),
    (&["htm7", "healpix5"], &["image"]),
];

/// Reads contexts and terms, prints for each context what each term means, or the message of the error.
const REFERENCE: &str = "
import sys, json
from lsst.daf.butler import DimensionUniverse, InvalidQueryError
from lsst.daf.butler.queries.convert_args import convert_order_by_args
universe = DimensionUniverse()
contexts, terms = json.load(sys.stdin)
def meaning(dimensions, datasets, term):
    try:
        [order] = convert_order_by_args(universe.conform(dimensions), set(datasets), term)
        return str(order)
    except InvalidQueryError as error:
        return 'error: ' + str(error)
print(json.dumps([[meaning(*context, term) for term in terms] for context in contexts]))";

fn terms(universe: &Universe) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for owner in ["image", "other", "nosuch", "timespan"] {
        for field in [
            "dataset_id",
            "ingest_date",
            "run",
            "collection",
            "timespan",
            "id",
            "x",
        ] {
            names.extend([field.to_owned(), format!("{owner}.{field}")]);
        }
    }
    let skypix = ["htm7", "htm24", "htm25", "healpix5", "healpix99"];
    for name in skypix {
        names.extend([
            name.to_owned(),
            format!("{name}.id"),
            format!("{name}.region"),
        ]);
    }
    for element in universe.elements().iter().filter(|e| !e.is_skypix()) {
        names.extend([element.name.clone(), format!("{}.nosuch", element.name)]);
        for column in universe.record_columns(element) {
            names.push(format!("{}.{}", element.name, column.name));
            names.push(column.name);
        }
    }
    let bounds: Vec<String> = names
        .iter()
        .flat_map(|name| {
            [
                format!("{name}.begin"),
                format!("-{name}.end"),
                format!("{name}.x"),
            ]
        })
        .collect();
    names.extend(bounds);
    names.extend(["", "-", "--visit", ".", "visit.", "a.b.c.d", "-visit"].map(str::to_owned));
    names.sort();
    names.dedup();
    names
}

#[test]
fn terms_mean_what_they_mean_to_the_reference() {
    let universe = Universe::from_json(Universe::default_json()).unwrap();
    let terms = terms(&universe);
    let theirs = oracle::ask(REFERENCE, &json!([CONTEXTS, terms]));
    let mut accepted = 0;
    for ((dimensions, datasets), theirs) in CONTEXTS.iter().zip(theirs.as_array().unwrap()) {
        let datasets: Vec<String> = datasets.iter().map(ToString::to_string).collect();
        let context = IdentifierContext {
            dimensions: &DimensionGroup::conform(&universe, *dimensions).unwrap(),
            datasets: &datasets,
            binds: &Binds::new(),
        };
        for (term, theirs) in terms.iter().zip(theirs.as_array().unwrap()) {
            let ours = match order_by(std::slice::from_ref(term), &context) {
                Ok(order) => order[0].to_string(),
                Err(error) => format!("error: {error}"),
            };
            assert_eq!(ours, theirs.as_str().unwrap(), "{term} for {dimensions:?}");
            accepted += usize::from(!ours.starts_with("error"));
        }
    }
    assert!(accepted > 500, "only {accepted} terms were accepted");
}
