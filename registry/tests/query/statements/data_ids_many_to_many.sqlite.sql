-- Exposures and visits, which a table of their own relates.
SELECT physical_filter.instrument AS instrument,
    exposure.id AS exposure,
    visit.id AS visit,
    physical_filter.band AS band,
    exposure.day_obs AS day_obs,
    exposure."group" AS "group",
    physical_filter.name AS physical_filter
FROM physical_filter AS physical_filter
JOIN exposure AS exposure ON (physical_filter.instrument = exposure.instrument)
    AND (physical_filter.name = exposure.physical_filter)
JOIN visit AS visit ON (exposure.day_obs = visit.day_obs)
    AND (physical_filter.instrument = visit.instrument)
    AND (exposure.instrument = visit.instrument)
    AND (physical_filter.name = visit.physical_filter)
    AND (exposure.physical_filter = visit.physical_filter)
JOIN visit_definition AS visit_definition ON (exposure.id = visit_definition.exposure)
    AND (physical_filter.instrument = visit_definition.instrument)
    AND (exposure.instrument = visit_definition.instrument)
    AND (visit.instrument = visit_definition.instrument)
    AND (visit.id = visit_definition.visit)
