//! Dimensions alone: data IDs, records, order and number.

use std::sync::Arc;

use pantry_registry::model::universe::Universe;

use super::question::Question;

pub fn questions(universe: &Arc<Universe>) -> Vec<Question> {
    let new = |name, about, dimensions: &[&str]| Question::new(universe, name, about, dimensions);
    vec![
        new(
            "data_ids",
            "Data IDs of dimensions that are joined by their keys.",
            &["visit", "detector"],
        )
        .filter("instrument = 'HSC'"),
        new(
            "data_ids_many_to_many",
            "Exposures and visits, which a table of their own relates.",
            &["exposure", "visit"],
        ),
        new(
            "band",
            "A dimension without a table: the values that occur in the tables of those that imply it.",
            &["band"],
        ),
        new(
            "records",
            "Records of an element, filtered by a field of one that it implies.",
            &["visit"],
        )
        .filter("instrument = 'HSC' AND band = 'i'")
        .records("visit"),
        new(
            "records_band",
            "Records of a dimension without a table.",
            &["band"],
        )
        .records("band"),
        new("sorted", "Order and limit.", &["visit", "detector"])
            .filter("instrument = 'HSC'")
            .sorted(&["-visit.timespan.begin", "detector.full_name"])
            .limit(10),
        new(
            "projection",
            "Fewer dimensions than were joined.",
            &["visit", "detector"],
        )
        .filter("instrument = 'HSC' AND detector > 50")
        .data_ids(&["physical_filter"])
        .sorted(&["-physical_filter"]),
        new("count", "The number of data IDs.", &["visit", "detector"])
            .filter("instrument = 'HSC' AND visit.exposure_time > 30.0")
            .counted(),
    ]
}
