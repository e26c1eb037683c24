//! What where-expressions say about plain columns.

use std::sync::Arc;

use pantry_registry::model::universe::Universe;

use super::question::Question;

pub fn questions(universe: &Arc<Universe>) -> Vec<Question> {
    let one = |name, about, text: &str| {
        Question::new(universe, name, about, &["exposure", "detector"])
            .filter(&format!("instrument = 'HSC' AND {text}"))
            .data_ids(&["exposure", "detector"])
    };
    vec![
        one(
            "in_list",
            "Values, ranges and strides.",
            "exposure IN (1, 10..20, 100..200:7) AND detector NOT IN (3, 9)",
        ),
        one(
            "null",
            "Values that are missing.",
            "(exposure.target_name != NULL OR exposure.seq_num = NULL)",
        ),
        one(
            "glob",
            "Patterns.",
            "GLOB(exposure.obs_id, 'HSC?[%]*') AND NOT GLOB(exposure.observation_type, 'b*')",
        ),
        one(
            "logic",
            "NOT over AND and OR, and columns of truth values.",
            "NOT (detector = 3 AND exposure.seq_num > 5) AND (exposure.can_see_sky OR exposure.exposure_time >= 30.0)",
        ),
        one(
            "arithmetic",
            "Arithmetic.",
            "exposure % 2 = 0 AND (exposure.dark_time - exposure.exposure_time) * 2.0 < 1.5 AND -exposure.seq_num + 1 > -10",
        ),
        one(
            "time",
            "Times and timespans.",
            "exposure.timespan OVERLAPS (T'2020-01-01T00:00:00/tai', T'2020-01-02T00:00:00/tai') \
             AND exposure.timespan.end < T'2020-01-01T12:00:00/tai'",
        ),
    ]
}
