//! Paths made from templates against the oracle.

use pantry_datastore::template::FileTemplate;
use pantry_datastore::{LookupValue, default_templates};
use serde_json::json;

use crate::dataset::{JsonDataset, datasets};
use crate::oracle::{Answer, ask};
use crate::random::Random;

const TEMPLATE_PIECES: [&str; 40] = [
    "{run:/}/",
    "{run}/",
    "{run}",
    "{id}",
    "{datasetType}",
    "{datasetType}.{component:?}/",
    "{component:?}",
    "{component}",
    "{visit:?}/",
    "{visit:08d}",
    "{visit:?}",
    "_{visit.name:?}",
    "/{exposure.obs_id|group:?}/",
    "_{group:?}",
    "{day_obs|visit.day_obs|exposure.day_obs:?}/",
    "{tract:?}/",
    "{patch:?}",
    "{skymap:?}",
    "_{skypix:?}",
    "{skypix:07d}",
    "{htm7:?}",
    "{detector.full_name:?}",
    "{detector:03d}",
    "-{detector:?>4}",
    "{instrument:?}",
    "{instrument!r:?}",
    "{band:?}_{physical_filter:?}",
    "{physical_filter}",
    "{visit.exposure_time:.2f}",
    "{visit.exposure_time:?}",
    ".",
    "#",
    "/",
    "//",
    "..",
    "{{x}}",
    " a",
    "{visit.nothing:?}",
    "{skypix.id:?}",
    "{nothing|visit}",
];

#[test]
fn paths_are_the_oracles() {
    let mut random = Random(2);
    let mut templates: Vec<String> = default_templates()
        .into_iter()
        .map(|(_, value)| match value {
            LookupValue::Text(text) => text,
            other => panic!("{other:?}"),
        })
        .collect();
    let start = [
        "{run}/{instrument:?}",
        "{run:/}/{skymap:?}",
        "{id}{visit:?}",
        "",
    ];
    templates.extend((0..6_000).map(|_| {
        let start = *random.pick(&start);
        format!("{start}{}", random.text(&TEMPLATE_PIECES, 7))
    }));
    let datasets = datasets();
    let mut requests = Vec::new();
    for (index, template) in templates.iter().enumerate() {
        for (dataset_index, dataset) in datasets.iter().enumerate() {
            if index < 2 || (index + dataset_index) % 3 == 0 {
                requests.push(json!({"ask": "path", "template": template, "dataset": dataset}));
            }
        }
    }
    let mut both_succeed = 0;
    for (request, answer) in requests.iter().zip(ask(&requests)) {
        let template = request["template"].as_str().unwrap();
        let dataset = JsonDataset(&request["dataset"]);
        let ours = FileTemplate::new(template).and_then(|t| t.format(&dataset));
        match (ours, answer) {
            (Ok(ours), Answer::Ok(theirs)) => {
                assert_eq!(Some(ours.as_str()), theirs.as_str(), "{request}");
                both_succeed += 1;
            }
            (Err(_), Answer::Raised(_)) => {}
            (ours, theirs) => panic!("{request}: {ours:?}, the oracle {theirs:?}"),
        }
    }
    assert!(both_succeed > 3_000, "{both_succeed} of {}", requests.len());
}
