//! Datasets of calibration collections.

use std::sync::Arc;

use pantry_registry::model::universe::Universe;

use super::question::Question;

pub fn questions(universe: &Arc<Universe>) -> Vec<Question> {
    let new = |name, about, dimensions: &[&str]| {
        Question::new(universe, name, about, dimensions).join("bias", &["detector"], &["all"])
    };
    vec![
        new(
            "calibration_all",
            "All calibrations, with the time for which each is valid.",
            &["detector"],
        )
        .filter("instrument = 'HSC'")
        .fields(&[], "bias", &["dataset_id", "collection", "timespan"]),
        new(
            "calibration_temporal_join",
            "The calibration for an exposure: valid when it was taken, the first in the order of the collections.",
            &["exposure", "detector"],
        )
        .filter("instrument = 'HSC' AND exposure = 7")
        .datasets("bias", true),
        new(
            "calibration_of_each_exposure",
            "The calibration for each exposure, in rows that keep the exposure.",
            &["exposure", "detector"],
        )
        .filter("instrument = 'HSC'")
        .fields(&[], "bias", &["dataset_id", "run"])
        .find_first(),
        new(
            "calibration_time",
            "Calibrations that are valid at some time.",
            &["detector"],
        )
        .filter(
            "instrument = 'HSC' \
             AND bias.timespan OVERLAPS (T'2020-01-01T00:00:00/tai', T'2020-01-02T00:00:00/tai')",
        )
        .datasets("bias", false),
    ]
}
