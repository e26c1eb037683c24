-- Two elements with regions: joined by the pixels that both overlap.
-- where: instrument = 'HSC' AND skymap = 'rings' AND visit = 5
SELECT overlap.instrument AS instrument,
    overlap.skymap AS skymap,
    overlap.detector AS detector,
    overlap.tract AS tract,
    overlap.patch AS patch,
    overlap.visit AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    visit.physical_filter AS physical_filter,
    patch.region AS "patch:region",
    visit_detector_region.region AS "visit_detector_region:region"
FROM (
    SELECT DISTINCT visit_detector_region_skypix_overlap.instrument AS instrument,
        patch_skypix_overlap.skymap AS skymap,
        visit_detector_region_skypix_overlap.detector AS detector,
        patch_skypix_overlap.tract AS tract,
        patch_skypix_overlap.patch AS patch,
        visit_detector_region_skypix_overlap.visit AS visit
    FROM NAMESPACE.visit_detector_region_skypix_overlap AS visit_detector_region_skypix_overlap
    JOIN NAMESPACE.patch_skypix_overlap AS patch_skypix_overlap ON visit_detector_region_skypix_overlap.skypix_index = patch_skypix_overlap.skypix_index
    WHERE (visit_detector_region_skypix_overlap.skypix_system = $1)
        AND (visit_detector_region_skypix_overlap.skypix_level = $2)
        AND (visit_detector_region_skypix_overlap.instrument = $3)
        AND (visit_detector_region_skypix_overlap.visit = $4)
        AND (patch_skypix_overlap.skypix_system = $1)
        AND (patch_skypix_overlap.skypix_level = $2)
        AND (patch_skypix_overlap.skymap = $5)
) AS overlap
JOIN NAMESPACE.patch AS patch ON (overlap.patch = patch.id)
    AND (overlap.skymap = patch.skymap)
    AND (overlap.tract = patch.tract)
JOIN NAMESPACE.visit AS visit ON (overlap.instrument = visit.instrument)
    AND (overlap.visit = visit.id)
JOIN NAMESPACE.physical_filter AS physical_filter ON (overlap.instrument = physical_filter.instrument)
    AND (visit.physical_filter = physical_filter.name)
JOIN NAMESPACE.visit_detector_region AS visit_detector_region ON (overlap.detector = visit_detector_region.detector)
    AND (overlap.instrument = visit_detector_region.instrument)
    AND (overlap.visit = visit_detector_region.visit)
WHERE (overlap.instrument = $3)
    AND (overlap.skymap = $5)
    AND (overlap.visit = $4)
-- $1 = Text("htm")
-- $2 = Int(7)
-- $3 = Text("HSC")
-- $4 = Int(5)
-- $5 = Text("rings")
