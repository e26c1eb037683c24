//! Regions: constraints, joins of elements that have them, pixels.

use std::sync::Arc;

use pantry_registry::model::universe::Universe;

use super::question::Question;

pub fn questions(universe: &Arc<Universe>) -> Vec<Question> {
    let new = |name, about, dimensions: &[&str]| Question::new(universe, name, about, dimensions);
    vec![
        new("region_of_patch", "Patches in a circle.", &["patch"])
            .filter("skymap = 'rings' AND patch.region OVERLAPS CIRCLE(150.0, 2.0, 0.01)"),
        new(
            "region_of_visit_detector",
            "Detectors of visits at a point.",
            &["visit", "detector"],
        )
        .filter(
            "instrument = 'HSC' AND visit_detector_region.region OVERLAPS POINT(150.0, 2.0)",
        ),
        new(
            "spatial_join",
            "Two elements with regions: joined by the pixels that both overlap.",
            &["visit", "detector", "patch"],
        )
        .filter("instrument = 'HSC' AND skymap = 'rings' AND visit = 5"),
        new(
            "spatial_join_projection",
            "A spatial join of which one side is dropped: the regions of all pairs of a row are compared.",
            &["visit", "tract"],
        )
        .filter("instrument = 'HSC' AND skymap = 'rings' AND tract IN (1, 2)")
        .data_ids(&["visit"]),
        new("htm7", "Pixels that the overlap tables hold.", &["visit", "htm7"])
            .filter("instrument = 'HSC' AND htm7 = 253869"),
        new(
            "htm7_of_two",
            "Pixels of two elements: joins that are asked for.",
            &["visit", "patch", "htm7"],
        )
        .filter(
            "instrument = 'HSC' AND skymap = 'rings' \
             AND visit.region OVERLAPS patch.region AND visit.region OVERLAPS htm7.region",
        ),
    ]
}
