//! A dataset given as JSON, the same for the oracle and for our field look-up.

use std::borrow::Cow;

use pantry_datastore::template::{FieldSource, FieldValue, RecordField};
use serde_json::{Value, json};

/// The `dataset` object of a request to the oracle.
pub struct JsonDataset<'a>(pub &'a Value);

impl FieldSource for JsonDataset<'_> {
    fn dataset_type(&self) -> &str {
        self.0["name"].as_str().expect("name")
    }

    fn run(&self) -> &str {
        self.0["run"].as_str().expect("run")
    }

    fn id(&self) -> Cow<'_, str> {
        self.0["id"].as_str().expect("id").into()
    }

    fn data_id(&self, dimension: &str) -> Option<FieldValue<'_>> {
        self.0["data_id"].get(dimension).map(field_value)
    }

    fn skypix(&self) -> Option<&str> {
        let data_id = self.0["data_id"].as_object().expect("data_id");
        let mut found = data_id
            .keys()
            .filter(|name| name.starts_with("htm") || name.starts_with("healpix"));
        found
            .next()
            .filter(|_| found.next().is_none())
            .map(String::as_str)
    }

    fn record_field(&self, dimension: &str, field: &str) -> RecordField<'_> {
        if self.0["records"].is_null() {
            return RecordField::NotExpanded;
        }
        match &self.0["records"][dimension][field] {
            Value::Null => RecordField::Absent,
            value => RecordField::Value(field_value(value)),
        }
    }
}

pub fn field_value(value: &Value) -> FieldValue<'_> {
    match value {
        Value::String(text) => FieldValue::Text(text.into()),
        Value::Bool(flag) => FieldValue::Bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => FieldValue::Int(integer),
            None => FieldValue::Float(number.as_f64().expect("a double")),
        },
        other => panic!("no field value: {other}"),
    }
}

/// The id of every dataset in these tests.
pub const ID: &str = "0190c4a2-1b2c-7d3e-8f40-5162738495a6";

/// Datasets of several shapes with values that are hard on file names.
pub fn datasets() -> Vec<Value> {
    let visit = json!({
        "instrument": {"name": "HSC", "visit_max": 1, "exposure_max": 1, "detector_max": 10, "class_name": "x.Y"},
        "physical_filter": {"band": "r"}, "day_obs": {}, "band": {},
        "visit": {"name": "V 9/0:3", "exposure_time": 30.5, "day_obs": 20231109, "physical_filter": "HSC R"},
        "detector": {"full_name": "1_53.x", "name_in_raft": "53", "raft": "1", "purpose": "SCIENCE"},
    });
    let visit_id = json!({"instrument": "HSC", "visit": 903334, "detector": 16, "band": "r", "physical_filter": "HSC R/2 <a>:b\"|?*\\", "day_obs": 20231109});
    let exposure_id = json!({"instrument": "HSC", "exposure": 5, "detector": 1, "band": "r", "physical_filter": "r", "day_obs": 20231109, "group": "g/1"});
    let exposure = json!({
        "instrument": {}, "physical_filter": {"band": "r"}, "day_obs": {}, "group": {}, "band": {},
        "exposure": {"obs_id": "HSCA0.1#5", "day_obs": 20231109, "physical_filter": "r", "group": "g/1"},
        "detector": {"full_name": "0_1"},
    });
    vec![
        json!({"name": "calexp", "dimensions": ["visit", "detector"], "data_id": visit_id, "records": visit, "run": "HSC/runs/a b", "id": ID}),
        json!({"name": "calexp.wcs", "parent_storage_class": "Composite", "dimensions": ["visit", "detector"], "data_id": visit_id, "records": visit, "run": "u/me", "id": ID}),
        json!({"name": "calexp", "dimensions": ["visit", "detector"], "data_id": visit_id, "records": null, "run": "u/me", "id": ID}),
        json!({"name": "raw", "dimensions": ["exposure", "detector"], "data_id": exposure_id, "records": exposure, "run": "HSC/raw/all", "id": ID}),
        json!({"name": "deepCoadd", "dimensions": ["patch", "band"], "data_id": {"skymap": "hsc rings.v1", "tract": 9813, "patch": 40, "band": "i"}, "records": {}, "run": "r", "id": ID}),
        json!({"name": "cal_ref_cat", "dimensions": ["htm7"], "data_id": {"htm7": 147456}, "records": {"htm7": {"id": 147456}}, "run": "refcats/gen2", "id": ID}),
        json!({"name": "skyMap", "dimensions": ["skymap"], "data_id": {"skymap": "a/b#c.d"}, "records": null, "run": "skymaps", "id": ID}),
        json!({"name": "packages", "dimensions": [], "data_id": {}, "records": {}, "run": "x/..", "id": ID}),
    ]
}
