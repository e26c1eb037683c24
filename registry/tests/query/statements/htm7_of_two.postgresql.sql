-- Pixels of two elements: joins that are asked for.
-- where: instrument = 'HSC' AND skymap = 'rings' AND visit.region OVERLAPS patch.region AND visit.region OVERLAPS htm7.region
SELECT visit_skypix_overlap.skypix_index AS htm7,
    visit_skypix_overlap.instrument AS instrument,
    patch_skypix_overlap.skymap AS skymap,
    patch_skypix_overlap.tract AS tract,
    patch_skypix_overlap.patch AS patch,
    visit_skypix_overlap.visit AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    visit.physical_filter AS physical_filter,
    visit.region AS "visit:region",
    patch.region AS "patch:region"
FROM NAMESPACE.visit_skypix_overlap AS visit_skypix_overlap
JOIN NAMESPACE.patch_skypix_overlap AS patch_skypix_overlap ON visit_skypix_overlap.skypix_index = patch_skypix_overlap.skypix_index
JOIN NAMESPACE.patch AS patch ON (patch_skypix_overlap.patch = patch.id)
    AND (patch_skypix_overlap.skymap = patch.skymap)
    AND (patch_skypix_overlap.tract = patch.tract)
JOIN NAMESPACE.visit AS visit ON (visit_skypix_overlap.instrument = visit.instrument)
    AND (visit_skypix_overlap.visit = visit.id)
JOIN NAMESPACE.physical_filter AS physical_filter ON (visit_skypix_overlap.instrument = physical_filter.instrument)
    AND (visit.physical_filter = physical_filter.name)
WHERE (visit_skypix_overlap.skypix_system = $1)
    AND (visit_skypix_overlap.skypix_level = $2)
    AND (visit_skypix_overlap.instrument = $3)
    AND (patch_skypix_overlap.skypix_system = $1)
    AND (patch_skypix_overlap.skypix_level = $2)
    AND (patch_skypix_overlap.skymap = $4)
    AND ((visit_skypix_overlap.instrument = $3) AND (patch_skypix_overlap.skymap = $4))
-- $1 = Text("htm")
-- $2 = Int(7)
-- $3 = Text("HSC")
-- $4 = Text("rings")
