-- Data IDs for which datasets of two types exist.
SELECT DISTINCT raw_tags.instrument AS instrument,
    raw_tags.detector AS detector,
    calexp.visit AS visit,
    physical_filter.band AS band,
    exposure.day_obs AS day_obs,
    exposure.physical_filter AS physical_filter
FROM NAMESPACE.dataset_tags_00000001 AS raw_tags
JOIN (
    SELECT DISTINCT calexp_tags.instrument AS instrument,
        calexp_tags.detector AS detector,
        calexp_tags.visit AS visit
    FROM NAMESPACE.dataset_tags_00000002 AS calexp_tags
    WHERE (calexp_tags.dataset_type_id = $1)
        AND (calexp_tags.collection_id IN ($2, $3))
) AS calexp ON (raw_tags.detector = calexp.detector)
    AND (raw_tags.instrument = calexp.instrument)
JOIN NAMESPACE.exposure AS exposure ON (raw_tags.exposure = exposure.id)
    AND (raw_tags.instrument = exposure.instrument)
    AND (calexp.instrument = exposure.instrument)
JOIN NAMESPACE.physical_filter AS physical_filter ON (raw_tags.instrument = physical_filter.instrument)
    AND (calexp.instrument = physical_filter.instrument)
    AND (exposure.instrument = physical_filter.instrument)
    AND (exposure.physical_filter = physical_filter.name)
JOIN NAMESPACE.visit AS visit ON (exposure.day_obs = visit.day_obs)
    AND (raw_tags.instrument = visit.instrument)
    AND (calexp.instrument = visit.instrument)
    AND (exposure.instrument = visit.instrument)
    AND (physical_filter.instrument = visit.instrument)
    AND (exposure.physical_filter = visit.physical_filter)
    AND (physical_filter.name = visit.physical_filter)
    AND (calexp.visit = visit.id)
JOIN NAMESPACE.visit_definition AS visit_definition ON (raw_tags.exposure = visit_definition.exposure)
    AND (exposure.id = visit_definition.exposure)
    AND (raw_tags.instrument = visit_definition.instrument)
    AND (calexp.instrument = visit_definition.instrument)
    AND (exposure.instrument = visit_definition.instrument)
    AND (physical_filter.instrument = visit_definition.instrument)
    AND (visit.instrument = visit_definition.instrument)
    AND (calexp.visit = visit_definition.visit)
    AND (visit.id = visit_definition.visit)
WHERE (raw_tags.dataset_type_id = $4)
    AND (raw_tags.collection_id = $2)
-- $1 = Int(2)
-- $2 = Int(11)
-- $3 = Int(12)
-- $4 = Int(1)
