//! Validation and selection of templates against the oracle.

use pantry_datastore::template::{FileTemplate, FileTemplates, TemplateDimensions};
use pantry_datastore::{LookupEntity, LookupValue};
use serde_json::{Value, json};

use crate::dataset::datasets;
use crate::oracle::{Answer, ask};
use crate::random::Random;

const VALIDATION_PIECES: [&str; 23] = [
    "{run:/}/",
    "{run}",
    "{id}",
    "{datasetType}",
    "{component:?}",
    "{component}",
    "{visit}",
    "{visit:?}",
    "{detector.full_name}",
    "{instrument:?}",
    "{skypix}",
    "{htm7:?}",
    "{htm7}",
    "{tract}",
    "{patch}",
    "{skymap:?}",
    "{band}",
    "{nothing|visit}",
    "{nothing|none:?}",
    "{exposure|visit:?}",
    "{collection}",
    "/",
    "../",
];

#[test]
fn validation_is_the_oracles() {
    let mut random = Random(4);
    let types = [
        ("calexp", json!(["visit", "detector"])),
        ("calexp.wcs", json!(["visit", "detector"])),
        ("cal_ref_cat", json!(["htm7"])),
        ("deepCoadd", json!(["patch", "band"])),
        ("packages", json!([])),
        ("two", json!(["htm7", "htm9"])),
    ];
    let requests: Vec<Value> = (0..8_000)
        .map(|_| {
            let (name, dimensions) = random.pick(&types);
            let mut dataset = json!({"name": name, "dimensions": dimensions});
            if name.contains('.') {
                dataset["parent_storage_class"] = "Composite".into();
            }
            json!({"ask": "validate", "template": random.text(&VALIDATION_PIECES, 8), "dataset": dataset})
        })
        .collect();
    let mut valid = 0;
    for (request, answer) in requests.iter().zip(ask(&requests)) {
        let dimensions = dimensions_of(request["dataset"]["name"].as_str().unwrap());
        let name = request["dataset"]["name"].as_str().unwrap();
        let ours = FileTemplate::new(request["template"].as_str().unwrap())
            .and_then(|template| template.validate(name, &dimensions));
        let theirs = matches!(answer, Answer::Ok(_));
        assert_eq!(
            ours.is_ok(),
            theirs,
            "{request}: {ours:?}, the oracle {answer:?}"
        );
        valid += usize::from(theirs);
    }
    assert!(valid > 80, "{valid}");
}

/// The dimensions that the oracle's universe gives the dataset types above.
fn dimensions_of(dataset_type: &str) -> TemplateDimensions<'static> {
    let required: &[&str] = match dataset_type {
        "cal_ref_cat" => &["htm7"],
        "deepCoadd" => &["skymap", "tract", "patch", "band"],
        "packages" => &[],
        "two" => &["htm7", "htm9"],
        _ => &["instrument", "visit", "detector"],
    };
    let names = match dataset_type {
        "calexp" | "calexp.wcs" => &[
            "instrument",
            "visit",
            "detector",
            "band",
            "day_obs",
            "physical_filter",
        ],
        _ => required,
    };
    let skypix = (dataset_type == "cal_ref_cat").then_some("htm7");
    TemplateDimensions {
        required,
        names,
        skypix,
    }
}

#[test]
fn selection_is_the_oracles() {
    let keys = [
        "default",
        "calexp",
        "calexp.wcs",
        "visit+detector",
        "detector+exposure+physical_filter",
        "patch+",
        "Thing",
        "Composite",
        "no+such",
        "htm7+",
    ];
    let template = |key: &str| {
        format!(
            "{{run}}/{{visit:?}}{}",
            key.replace(['+', '.', '<', '>'], "_")
        )
    };
    let mut random = Random(5);
    let mut requests = Vec::new();
    for _ in 0..1_500 {
        let mut section = serde_json::Map::new();
        let mut inner = serde_json::Map::new();
        for key in keys {
            if random.below(3) == 0 {
                let value = if key == "default" && random.below(2) == 0 {
                    json!(false)
                } else {
                    json!(template(key))
                };
                section.insert(key.to_owned(), value);
            }
            if random.below(4) == 0 {
                inner.insert(key.to_owned(), json!(template(&format!("i_{key}"))));
            }
        }
        let instrument = random.pick(&["instrument<HSC>", "instrument<LATISS>", "detector<16>"]);
        section.insert((*instrument).to_owned(), Value::Object(inner));
        let mut dataset = random.pick(&datasets()).clone();
        dataset["parent_storage_class"] = if dataset["name"] == "calexp.wcs" {
            "Composite".into()
        } else {
            Value::Null
        };
        requests.push(json!({"ask": "choose", "section": section, "dataset": dataset}));
    }
    let universe = dimension_groups();
    let conform = |names: &[&str]| {
        universe
            .iter()
            .find(|(key, _)| key == names)
            .map(|(_, all)| all.clone())
    };
    for (request, answer) in requests.iter().zip(ask(&requests)) {
        let dataset = &request["dataset"];
        let names: Vec<&str> = dataset["data_id"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let entity = LookupEntity {
            dataset_type: dataset["name"].as_str().unwrap(),
            dimensions: &names,
            storage_class: "Thing",
            parent_storage_class: dataset["parent_storage_class"].as_str(),
            instrument: dataset["data_id"]["instrument"].as_str(),
        };
        let templates = FileTemplates::new(&section(&request["section"]), &conform).unwrap();
        let ours = templates
            .get(&entity)
            .map(|template| template.as_str().to_owned());
        match (ours, answer) {
            (Ok(ours), Answer::Ok(theirs)) => {
                assert_eq!(Some(ours.as_str()), theirs.as_str(), "{request}")
            }
            (Err(_), Answer::Raised(error)) if error.starts_with("KeyError") => {}
            (ours, theirs) => panic!("{request}: {ours:?}, the oracle {theirs:?}"),
        }
    }
}

/// The groups named in the keys above, as the oracle's universe spans them.
fn dimension_groups() -> Vec<(Vec<&'static str>, Vec<String>)> {
    let keys = vec![
        vec!["visit", "detector"],
        vec!["detector", "exposure", "physical_filter"],
        vec!["patch"],
        vec!["htm7"],
    ];
    let requests: Vec<Value> = keys
        .iter()
        .map(|names| json!({"ask": "conform", "dimensions": names}))
        .collect();
    let groups = ask(&requests).into_iter().map(|answer| match answer {
        Answer::Ok(names) => serde_json::from_value(names).expect("names"),
        Answer::Raised(error) => panic!("{error}"),
    });
    keys.into_iter().zip(groups).collect()
}

fn section(value: &Value) -> Vec<(String, LookupValue)> {
    let convert = |value: &Value| match value {
        Value::String(text) => LookupValue::Text(text.clone()),
        Value::Object(_) => LookupValue::Section(section(value)),
        Value::Bool(false) | Value::Null => LookupValue::Off,
        other => LookupValue::Other(other.to_string()),
    };
    value
        .as_object()
        .expect("a mapping")
        .iter()
        .map(|(key, value)| (key.clone(), convert(value)))
        .collect()
}
