//! Datasets of runs, chains and tagged collections.

use std::sync::Arc;

use pantry_registry::model::universe::Universe;

use super::question::Question;

const RAW: [&str; 2] = ["exposure", "detector"];
const CALEXP: [&str; 2] = ["visit", "detector"];

pub fn questions(universe: &Arc<Universe>) -> Vec<Question> {
    let new = |name, about, dimensions: &[&str]| Question::new(universe, name, about, dimensions);
    vec![
        new("datasets_run", "Datasets of one run.", &RAW)
            .join("raw", &RAW, &["run/a"])
            .filter("instrument = 'HSC'")
            .datasets("raw", true),
        new(
            "datasets_chain",
            "The first dataset of each data ID in a chain; collections that cannot hold any are left out.",
            &RAW,
        )
        .join("raw", &RAW, &["all"])
        .filter("instrument = 'HSC' AND detector = 50")
        .datasets("raw", true),
        new(
            "datasets_chain_all",
            "All datasets in a chain.",
            &RAW,
        )
        .join("raw", &RAW, &["all"])
        .datasets("raw", false),
        new("datasets_records", "Datasets with the records of their data IDs; those that are cached are not joined.", &CALEXP)
        .join("calexp", &CALEXP, &["run/a"])
        .filter("instrument = 'HSC' AND visit = 5")
        .datasets("calexp", true)
        .with_records(),
        new("datasets_tagged", "Datasets of a tagged collection.", &CALEXP)
            .join("calexp", &CALEXP, &["good"])
            .datasets("calexp", true),
        new(
            "datasets_fields",
            "Columns of datasets, in the result and in the filter.",
            &RAW,
        )
        .join("raw", &RAW, &["run/a", "good"])
        .filter("raw.ingest_date > T'2020-01-01T00:00:00/tai' AND raw.run = 'run/a'")
        .fields(
            &["exposure.obs_id"],
            "raw",
            &["dataset_id", "run", "collection", "ingest_date", "timespan"],
        ),
        new(
            "datasets_of_two_types",
            "Data IDs for which datasets of two types exist.",
            &["exposure", "visit", "detector"],
        )
        .join("raw", &RAW, &["run/a"])
        .join("calexp", &CALEXP, &["run/a", "run/b"])
        .data_ids(&["visit", "detector"]),
        new(
            "datasets_region",
            "Datasets by their region.",
            &["patch", "band"],
        )
        .join("coadd", &["patch", "band"], &["all"])
        .filter("skymap = 'rings' AND patch.region OVERLAPS CIRCLE(150.0, 2.0, 0.01)")
        .datasets("coadd", true),
        new(
            "datasets_none",
            "A collection that cannot hold any: the statement is made but not run.",
            &CALEXP,
        )
        .join("calexp", &CALEXP, &["run/other"])
        .datasets("calexp", true),
    ]
}
