-- Detectors of visits at a point.
-- where: instrument = 'HSC' AND visit_detector_region.region OVERLAPS POINT(150.0, 2.0)
SELECT overlap.instrument AS instrument,
    overlap.detector AS detector,
    overlap.visit AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    visit.physical_filter AS physical_filter,
    visit_detector_region.region AS "visit_detector_region:region"
FROM (
    SELECT DISTINCT visit_detector_region_skypix_overlap.instrument AS instrument,
        visit_detector_region_skypix_overlap.detector AS detector,
        visit_detector_region_skypix_overlap.visit AS visit
    FROM (VALUES ($1, $2)) AS ranges
    CROSS JOIN visit_detector_region_skypix_overlap AS visit_detector_region_skypix_overlap ON true
    WHERE (visit_detector_region_skypix_overlap.skypix_index >= ranges.column1)
        AND (visit_detector_region_skypix_overlap.skypix_index < ranges.column2)
        AND (visit_detector_region_skypix_overlap.skypix_system = $3)
        AND (visit_detector_region_skypix_overlap.skypix_level = $4)
        AND (visit_detector_region_skypix_overlap.instrument = $5)
) AS overlap
CROSS JOIN visit AS visit ON (overlap.instrument = visit.instrument)
    AND (overlap.visit = visit.id)
CROSS JOIN physical_filter AS physical_filter ON (overlap.instrument = physical_filter.instrument)
    AND (visit.physical_filter = physical_filter.name)
CROSS JOIN visit_detector_region AS visit_detector_region ON (overlap.detector = visit_detector_region.detector)
    AND (overlap.instrument = visit_detector_region.instrument)
    AND (overlap.visit = visit_detector_region.visit)
WHERE overlap.instrument = $5
-- $1 = Int(231869)
-- $2 = Int(231870)
-- $3 = Text("htm")
-- $4 = Int(7)
-- $5 = Text("HSC")
