-- Pixels that the overlap tables hold.
-- where: instrument = 'HSC' AND htm7 = 253869
SELECT visit_skypix_overlap.skypix_index AS htm7,
    visit_skypix_overlap.instrument AS instrument,
    visit_skypix_overlap.visit AS visit,
    physical_filter.band AS band,
    visit.day_obs AS day_obs,
    visit.physical_filter AS physical_filter
FROM visit_skypix_overlap AS visit_skypix_overlap
CROSS JOIN visit AS visit ON (visit_skypix_overlap.instrument = visit.instrument)
    AND (visit_skypix_overlap.visit = visit.id)
CROSS JOIN physical_filter AS physical_filter ON (visit_skypix_overlap.instrument = physical_filter.instrument)
    AND (visit.physical_filter = physical_filter.name)
WHERE (visit_skypix_overlap.skypix_system = $1)
    AND (visit_skypix_overlap.skypix_level = $2)
    AND (visit_skypix_overlap.instrument = $3)
    AND ((visit_skypix_overlap.instrument = $3) AND (visit_skypix_overlap.skypix_index = $4))
-- $1 = Text("htm")
-- $2 = Int(7)
-- $3 = Text("HSC")
-- $4 = Int(253869)
