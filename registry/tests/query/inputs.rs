//! What a query refers to beside its tree, as the generator writes it.

use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::{Materialization, QueryInputs, Upload};
use pantry_registry::query::tree::json;
use serde_json::Value;
use std::sync::Arc;
use uuid::Uuid;

use crate::engine::Question;

const DRAWN: &str = "as the generator made it";

/// Uploads, materialisations and the default data ID.
pub fn read(question: &Question, universe: &Arc<Universe>) -> Result<QueryInputs, QueryError> {
    let mut inputs = QueryInputs::default();
    for (governor, value) in question.default_data_id.as_object().expect(DRAWN) {
        let value = value.as_str().expect(DRAWN).to_owned();
        inputs.default_data_id.push((governor.clone(), value));
    }
    for input in question.inputs.as_array().expect(DRAWN) {
        let key: Uuid = input["key"].as_str().expect(DRAWN).parse().expect(DRAWN);
        let dimensions =
            DimensionGroup::conform(universe, texts(&input["dimensions"])).expect(DRAWN);
        if input["type"] == "upload" {
            let rows = input["rows"].as_array().expect(DRAWN).iter();
            let rows = rows.map(|row| row.as_array().expect(DRAWN).iter().map(value).collect());
            let rows = rows.collect();
            inputs.uploads.insert(key, Upload { dimensions, rows });
            continue;
        }
        let materialization = Materialization {
            tree: json::tree_from_json(&input["tree"], universe)?,
            dimensions,
            datasets: texts(&input["datasets"]).map(str::to_owned).collect(),
            allow_duplicate_overlaps: input["allow_duplicate_overlaps"] == true,
        };
        inputs.materializations.push((key, materialization));
    }
    Ok(inputs)
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let texts = value.as_array().expect(DRAWN).iter();
    texts.map(|text| text.as_str().expect(DRAWN))
}

fn value(value: &Value) -> DataIdValue {
    match value.as_i64() {
        Some(v) => DataIdValue::Int(v),
        None => DataIdValue::Str(value.as_str().expect(DRAWN).to_owned()),
    }
}
