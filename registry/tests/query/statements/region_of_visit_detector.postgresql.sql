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
    FROM NAMESPACE.visit_detector_region_skypix_overlap AS visit_detector_region_skypix_overlap
    WHERE (visit_detector_region_skypix_overlap.skypix_system = $1)
        AND (visit_detector_region_skypix_overlap.skypix_level = $2)
        AND (visit_detector_region_skypix_overlap.instrument = $3)
        AND ((visit_detector_region_skypix_overlap.skypix_index >= $4 AND visit_detector_region_skypix_overlap.skypix_index < $5))
) AS overlap
JOIN NAMESPACE.visit AS visit ON (overlap.instrument = visit.instrument)
    AND (overlap.visit = visit.id)
JOIN NAMESPACE.physical_filter AS physical_filter ON (overlap.instrument = physical_filter.instrument)
    AND (visit.physical_filter = physical_filter.name)
JOIN NAMESPACE.visit_detector_region AS visit_detector_region ON (overlap.detector = visit_detector_region.detector)
    AND (overlap.instrument = visit_detector_region.instrument)
    AND (overlap.visit = visit_detector_region.visit)
WHERE overlap.instrument = $3
-- $1 = Text("htm")
-- $2 = Int(7)
-- $3 = Text("HSC")
-- $4 = Int(231869)
-- $5 = Int(231870)
