-- A spatial join of which one side is dropped: the regions of all pairs of a row are compared.
-- where: instrument = 'HSC' AND skymap = 'rings' AND tract IN (1, 2)
SELECT overlap.instrument AS instrument,
    overlap.visit AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    visit.physical_filter AS physical_filter,
    group_concat(tract.region || '&' || visit.region, '|') AS "_tract_OVERLAPS_visit"
FROM (
    SELECT DISTINCT visit_skypix_overlap.instrument AS instrument,
        tract_skypix_overlap.skymap AS skymap,
        tract_skypix_overlap.tract AS tract,
        visit_skypix_overlap.visit AS visit
    FROM tract_skypix_overlap AS tract_skypix_overlap
    CROSS JOIN visit_skypix_overlap AS visit_skypix_overlap ON tract_skypix_overlap.skypix_index = visit_skypix_overlap.skypix_index
    WHERE (tract_skypix_overlap.skypix_system = $1)
        AND (tract_skypix_overlap.skypix_level = $2)
        AND (tract_skypix_overlap.skymap = $3)
        AND (visit_skypix_overlap.skypix_system = $1)
        AND (visit_skypix_overlap.skypix_level = $2)
        AND (visit_skypix_overlap.instrument = $4)
) AS overlap
CROSS JOIN tract AS tract ON (overlap.skymap = tract.skymap)
    AND (overlap.tract = tract.id)
CROSS JOIN visit AS visit ON (overlap.instrument = visit.instrument)
    AND (overlap.visit = visit.id)
CROSS JOIN physical_filter AS physical_filter ON (overlap.instrument = physical_filter.instrument)
    AND (visit.physical_filter = physical_filter.name)
WHERE (overlap.instrument = $4)
    AND (overlap.skymap = $3)
    AND ((overlap.tract = $5) OR (overlap.tract = $6))
GROUP BY overlap.instrument,
    overlap.visit,
    physical_filter.band,
    visit.day_obs,
    visit.physical_filter
-- $1 = Text("htm")
-- $2 = Int(7)
-- $3 = Text("rings")
-- $4 = Text("HSC")
-- $5 = Int(1)
-- $6 = Int(2)
